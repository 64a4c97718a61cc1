"""Review by hand: what waits, accept, send back."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cli.console import Console

PLAN = Path(__file__).resolve().parents[2] / "examples" / "matrix-plan-2024.xlsx"


@pytest.fixture
def office(console: Console) -> Console:
    """A folder with the example plan and two reports that wait."""
    assert console.duban("import", str(PLAN), "--yes").code == 0
    for no, figure in (("一.1", "2所"), ("二.2", "1处")):
        filed = console.duban("report", no, "--period", "2024-03", "--set", figure, "--at", "2024-03-28")
        assert filed.code == 0, filed.err
    return console


def test_reports_are_listed_accepted_and_sent_back(office: Console) -> None:
    at = ("--at", "2024-04-02")
    listed = office.duban("review", "list", *at, "--json").json
    assert [(one["no"], one["waited"]) for one in listed] == [("一.1", 3), ("二.2", 3)]
    assert [one["figures"][0]["value"] for one in listed] == ["2", "1"]
    first, second = (str(one["report_id"]) for one in listed)
    assert "目标 6所" in office.duban("review", "list", *at).out
    silent = office.duban("review", "return", second, *at)
    assert (silent.code, "[NO_REASON]" in silent.err) == (1, True)
    assert "已退回 二.2" in office.duban("review", "return", second, "--reason", "缺照片", *at).out
    assert "已采纳 一.1" in office.duban("review", "accept", "--all", *at, "--who", "甲岗").out
    again = office.duban("review", "accept", first, *at)
    assert (again.code, "甲岗 于 2024-04-02 采纳" in again.err) == (1, True)
    assert "没有待审核的填报" in office.duban("review", "list", *at).out
    assert "已撤销采纳 一.1" in office.duban("review", "take-back", first, *at, "--who", "甲岗").out
    assert "一.1" in office.duban("review", "list", *at).out
    twice = office.duban("review", "take-back", first, *at)
    assert (twice.code, "[REVIEW_DECIDED]" in twice.err) == (1, True)


@pytest.mark.parametrize("words", [(), ("1", "--all"), ("1", "--unit", "区民政局")])
def test_ids_or_all_but_not_both(office: Console, words: tuple[str, ...]) -> None:
    ended = office.duban("review", "accept", *words)
    assert (ended.code, "[BAD_CHOICE]" in ended.err) == (2, True)


def test_who_is_waiting_for_whom_and_what_units_ask_for(office: Console) -> None:
    at = ("--at", "2024-04-02")
    assert office.duban("sweep", *at).code == 0
    waits = office.duban("waiting", *at, "--json").json
    assert {"review", "report"} <= {one["what"] for one in waits}
    assert [one["days"] for one in waits] == sorted((one["days"] for one in waits), reverse=True)
    assert {one["what"] for one in office.duban("waiting", "--ours", *at, "--json").json} == {"review"}
    assert "审核 2024-03 填报" in office.duban("waiting", *at).out
    assert "没有待协调的事项" in office.duban("coordination", "list").out
    unknown = office.duban("coordination", "settle", "1", "--answer", "已协调")
    assert (unknown.code, "[NO_SUCH_FINDING]" in unknown.err) == (1, True)
