"""The main flow by hand, one command after the other, on the example plan."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.cli.console import Console, Ended

PLAN = Path(__file__).resolve().parents[2] / "examples" / "matrix-plan-2024.xlsx"


@pytest.fixture
def office(console: Console) -> Console:
    """A folder with the example plan."""
    assert console.duban("import", str(PLAN), "--yes").code == 0
    return console


def run(console: Console, *words: str) -> Ended:
    """The command must succeed."""
    ended = console.duban(*words)
    assert ended.code == 0, ended.err
    return ended


def test_the_steps_by_hand_bring_the_messages_of_the_day(office: Console) -> None:
    # 26 March is three working days before the 29th, on which March's reports fall due
    at = ("--at", "2024-03-26T09:15")
    swept = run(office, "sweep", *at, "--json").json
    assert swept["checked"] == 22
    composed = run(office, "compose", *at, "--json").json
    assert (composed["composed"], composed["unreachable"]) == (8, 0)
    assert run(office, "deliver", *at, "--json").json["verdicts"] == {"accepted": 8}
    for command in ("sweep", "compose", "digest", "deliver"):
        assert not any(run(office, command, *at, "--json").json.values()), command
    listed = run(office, "messages", "--json").json
    assert len(listed) == 8
    assert {one["kind"] for one in listed} == {"reminder"}
    assert len(run(office, "messages", "--state", "accepted").out.splitlines()) == 8
    shown = run(office, "message", str(listed[0]["id"]), "--json").json
    assert [attempt["verdict"] for attempt in shown["attempts"]] == ["accepted"]
    assert listed[0]["subject"] in run(office, "message", str(listed[0]["id"])).out
    status = run(office, "status", "--json").json
    assert status["messages"] == {"accepted": 8}
    assert sum(status["plans"][0]["lights"].values()) == 22


def test_a_report_and_an_acceptance_by_hand(office: Console) -> None:
    filed = run(office, "report", "一.1", "--period", "2024-03", "--set", "6所", "--at", "2024-03-28")
    assert "✓ 完成" in filed.out
    accepted = run(office, "accept", "一.1", "--at", "2024-03-29")
    assert "已验收 一.1" in accepted.out
    again = office.duban("accept", "一.1", "--at", "2024-03-29")
    assert (again.code, "[ALREADY_ACCEPTED]" in again.err) == (1, True)
    unclaimed = office.duban("accept", "一.2", "--at", "2024-03-29")
    assert (unclaimed.code, "[NOT_CLAIMED]" in unclaimed.err) == (1, True)
    wrong = office.duban("report", "一.2", "--period", "2024-03", "--set", "many", "--at", "2024-03-28")
    assert (wrong.code, "[BAD_FIGURE]" in wrong.err) == (1, True)


def test_a_rehearsal_prints_one_line_a_message_and_writes_nothing(office: Console) -> None:
    reports = office.folder / "reports.jsonl"
    reports.write_text(
        json.dumps({"at": "2024-03-25T10:00", "subtask": "二.2", "period": "2024-03", "set": ["2处"]}) + "\n",
        encoding="utf-8",
    )
    words = ("simulate", "--from", "2024-03-26", "--to", "2024-03-26")
    lines = [json.loads(line) for line in run(office, *words, "--json").out.splitlines()]
    assert len(lines) == 8
    assert {line["date"] for line in lines} == {"2024-03-26"}
    with_report = run(
        office, "simulate", "--from", "2024-03-25", "--to", "2024-03-26", "--reports", str(reports), "--json"
    )
    reminded = [json.loads(line) for line in with_report.out.splitlines()]
    # 区文广旅体局 leads nothing but 二.2, which has been reported by then
    assert "区文广旅体局 联络员" in {line["recipient"] for line in lines}
    assert "区文广旅体局 联络员" not in {line["recipient"] for line in reminded}
    table = run(office, *words)
    assert table.out.startswith("2024-03-26")
    assert "共 8 封消息" in table.err
    assert run(office, "messages", "--json").json == []


def test_a_test_message_says_where_it_went(office: Console) -> None:
    assert "站内收件箱" in run(office, "send-test", "duty@example.org").out
    unknown = office.duban("send-test", "没有这个局")
    assert (unknown.code, "[UNKNOWN_UNIT]" in unknown.err) == (1, True)
