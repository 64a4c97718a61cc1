"""duban remind: what it prints the first time and the second, and that a refusal has its code."""

from __future__ import annotations

from tests.cli.test_case_commands import Run, run

__all__ = ["run"]
TUESDAY = ("--at", "2024-04-02T10:00")


def test_it_says_to_whom_it_goes_and_when_and_that_it_went_already(run: Run) -> None:
    first = run("remind", "1.1", "--reason", "请抓紧", *TUESDAY)
    assert first.out == "区住建局 联络员：04-02 10:00 发出\n"
    again = run("remind", "1.1", *TUESDAY)
    assert again.out == "区住建局 联络员：今天已催办过（04-02 10:00），不再重复\n"
    assert "请抓紧" in run("audit", "list", "--subtask", "1.1").out


def test_what_is_done_is_refused_with_a_code(run: Run) -> None:
    run("accept", "1.1", "--reason", "核实", *TUESDAY)
    assert "PROMPT_REFUSED" in run("remind", "1.1", *TUESDAY).err
