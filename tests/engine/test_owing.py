"""What is waited for about one sub-task: both sides of each edge."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from engine.model import OpenCase, OpenFollowUp, Returned, Share, State
from engine.owing import owing
from engine.policy import Policy
from engine.waits import Wait
from tests.engine.cases import CAL, a_plan, a_report, a_task, an_indicator, day

PLAN = a_plan()
FALLEN = day("03-29")  # Friday, on which March's report falls due


@pytest.mark.parametrize(("on", "owed"), [("03-29", False), ("03-30", True)])
def test_a_report_is_owed_from_the_day_after_it_fell_due(on: str, owed: bool) -> None:
    found = owing(PLAN, a_task(), CAL, day(on))
    assert [(one.what, one.since, one.detail) for one in found] == (
        [(Wait.REPORT, FALLEN, "2024-03")] if owed else []
    )


def test_a_report_that_was_sent_back_is_waited_for_since_then() -> None:
    task = a_task(returned=(Returned(5, "2024-03", day("04-02"), "缺说明"),))
    assert [(one.what, one.since) for one in owing(PLAN, task, CAL, day("04-10"))] == [
        (Wait.RETURNED, day("04-02"))
    ]


def test_a_month_other_than_the_one_sent_back_is_owed_beside_it() -> None:
    task = a_task(returned=(Returned(5, "2024-03", day("04-02"), "缺说明"),))
    found = {one.what: one.detail for one in owing(PLAN, task, CAL, day("05-06"))}
    assert found == {Wait.RETURNED: "2024-03", Wait.REPORT: "2024-04"}


@pytest.mark.parametrize("state", [State.SUSPENDED, State.TERMINATED, State.DRAFT])
def test_nothing_is_owed_while_a_sub_task_rests(state: State) -> None:
    task = a_task(state=state, returned=(Returned(5, "2024-03", day("04-02"), ""),))
    assert owing(PLAN, task, CAL, day("04-10")) == ()


def test_a_share_is_owed_where_units_are_asked_for_theirs() -> None:
    shares = tuple(Share(unit, {1: Decimal(50)}) for unit in (11, 12))
    told = replace(shares[0], reports=(a_report("03", "03-29", 20),))
    task = a_task(a_report("03", "03-29", 40), shares=(told, shares[1]))
    asked = a_plan(policy=Policy(ask_shares=True))
    assert owing(PLAN, task, CAL, day("04-01")) == ()
    found = owing(asked, task, CAL, day("04-01"))
    assert [(one.what, one.unit_id, one.since) for one in found] == [(Wait.SHARE, 12, FALLEN)]


def test_a_case_waits_for_the_unit_that_it_was_sent_to() -> None:
    case = OpenCase(3, 11, day("04-08"), day("04-15"), 1, day("04-08"), "督办〔2024〕3号")
    task = a_task(a_report("03", "03-29", 40), cases=(case,))
    (found,) = owing(PLAN, task, CAL, day("04-10"))
    assert (found.what, found.unit_id, found.since, found.detail) == (
        Wait.CASE_REPLY,
        11,
        day("04-08"),
        "督办〔2024〕3号",
    )


@pytest.mark.parametrize(("on", "owed"), [("06-14", False), ("06-15", True)])
def test_what_remains_after_acceptance_is_waited_for_once_it_is_overdue(on: str, owed: bool) -> None:
    task = a_task(state=State.ACCEPTED, follow_ups=(OpenFollowUp("evaluation", day("06-14")),))
    assert [one.what for one in owing(PLAN, task, CAL, day(on))] == ([Wait.FOLLOW_UP] if owed else [])


@pytest.mark.parametrize(("automatic", "owed"), [(False, True), (True, False)])
def test_a_claim_of_completion_waits_for_the_coordinators(automatic: bool, owed: bool) -> None:
    plan = a_plan(policy=Policy(auto_accept=automatic))
    task = a_task(a_report("03", "03-29", 100), state=State.COMPLETION_CLAIMED)
    found = owing(plan, task, CAL, day("04-10"))
    assert [(one.what, one.since) for one in found] == (
        [(Wait.ACCEPTANCE, date(2024, 3, 29))] if owed else []
    )
    assert an_indicator().quantity == 100
