"""The commands at the end of the year: what they print, and that a refusal has its code."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cli.test_case_commands import Run, run

__all__ = ["run"]


def test_a_year_s_end_goes_from_command_to_command(run: Run) -> None:
    Path("验收单.pdf").write_bytes(b"%PDF-1.7")
    day = ("--at", "2024-11-04T10:00")
    listed = run("gap-list", "--at", "2024-12-09T10:00").out.splitlines()
    assert listed[0] == "年度任务  查漏补缺 2024-12-01 至 2024-12-31"
    assert "设备差100台" in listed[2]
    assert "16个工作日" in listed[2]
    accepted = run("accept", "1.1", "--reason", "核实", "--evidence", "验收单.pdf", *day)
    assert accepted.out == "已验收 1.1 任务1.1\n"
    owed = run("follow-up", "list", "--json", *day).json
    assert [(one["kind"], one["due_on"]) for one in owed] == [
        ("evaluation", "2024-12-02"),
        ("archive", "2024-12-30"),
    ]
    assert "已办结" in run("follow-up", "done", "1.1", "效果评估", "--note", "良好", *day).out
    assert "良好" in run("follow-up", "list", "--all", *day).out
    assert run("close", "1.1", "--reason", "办结", *day).out == "已销号 1.1 任务1.1\n"
    assert [one["no"] for one in run("gap-list", "--json", *day).json] == ["1.2"]
    closed = run("close-plan", "--reason", "转入下年", "--at", "2024-12-31T16:00")
    assert closed.out.splitlines() == [
        "已关闭计划“年度任务”，总表为通报 1",
        "未完成而关闭：1.2 任务1.2（未验收）",
        "未完成而关闭：1.1 任务1.1（档案登记未办）",
    ]


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (["accept", "1.1", "--reason", "核实", "--evidence", "missing.pdf"], "FILE_NOT_READ"),
        (["close", "1.1", "--reason", "办结"], "NOT_ACCEPTED"),
        (["follow-up", "done", "1.1", "archive"], "NO_SUCH_FOLLOW_UP"),
        (["close-plan"], "PLAN_NOT_DONE"),
    ],
)
def test_what_cannot_be_done_is_told_with_a_code(run: Run, words: list[str], code: str) -> None:
    ended = run(*words)
    assert ended.code == 1
    assert f"[{code}]" in ended.err
