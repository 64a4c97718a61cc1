"""Change requests by hand, from the question to the approval."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cli.console import Console, Ended

PLAN = Path(__file__).resolve().parents[2] / "examples" / "matrix-plan-2024.xlsx"
WHEN = ("--at", "2024-06-03")
WHY = ("--reason", "供货推迟", "--document", "示政函〔2024〕8号")


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


def test_an_extension_from_the_question_to_the_approval(office: Console) -> None:
    wish = ("change", "request", "一.1", "extension", "--deadline", "2024-12-20", *WHY, *WHEN)
    previewed = run(office, *wish, "--preview")
    assert "预演：如果现在批准：延期 一.1" in previewed.out
    assert run(office, "change", "list", "--json").json == []
    assert "已登记第 1 号申请" in run(office, *wish).out
    again = office.duban(*wish)
    assert (again.code, "[CHANGE_OPEN]" in again.err) == (1, True)
    listed = run(office, "change", "list", "--json").json
    assert [(one["state"], one["kind"], one["document"]) for one in listed] == [
        ("requested", "extension", "示政函〔2024〕8号")
    ]
    nobody = office.duban("change", "approve", "1", *WHEN)
    assert (nobody.code, "[NO_APPROVER]" in nobody.err) == (1, True)
    preview = run(office, "change", "approve", "1", "--preview", "--json", *WHEN).json
    approved = run(office, "change", "approve", "1", "--approver", "区政府办", "--json", *WHEN).json
    assert preview["coming"] == approved["coming"]
    assert approved["told"]["state"] == "approved"
    shown = run(office, "change", "show", "1").out
    assert "区政府办" in shown
    assert "2024-11-30 → 2024-12-20" in shown


def test_a_request_is_refused_with_a_reason_or_taken_back(office: Console) -> None:
    run(office, "change", "request", "一.1", "suspension", *WHY, *WHEN)
    silent = office.duban("change", "refuse", "1", *WHEN)
    assert (silent.code, "[NO_REASON]" in silent.err) == (1, True)
    assert "没有批准" in run(office, "change", "refuse", "1", "--reason", "不符合条件", *WHEN).out
    run(office, "change", "request", "一.1", "termination", *WHY, *WHEN)
    assert "已撤回" in run(office, "change", "withdraw", "2", *WHEN).out
    assert "没有变更申请" in run(office, "change", "list", "--open").out
