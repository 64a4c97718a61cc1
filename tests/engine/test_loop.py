"""The loop after the reminder, worked out by hand on the calendar of 2024."""

from __future__ import annotations

import pytest

from engine.model import Audience, Light, OpenCase, OpenFollowUp, Returned, Rule, Span, State
from engine.reminders import decide
from engine.standing import judge
from tests.engine.cases import CAL, a_plan, a_report, a_task, an_indicator, day
from tests.engine.test_reminders import rules_on, steps_between

PLAN = a_plan()


def test_a_report_sent_back_is_asked_for_again_and_silences_its_month() -> None:
    task = a_task(returned=(Returned(9, "2024-03", day("04-02"), "数字不符"),))
    assert steps_between(task, Rule.RETURNED, "04-01", "04-10") == {"04-03": 1, "04-08": 3, "04-10": 5}
    assert rules_on(task, "04-02") == set(), "from the day of the return nothing else is said of March"
    assert rules_on(task, "04-09") == {Rule.RETURNED}


@pytest.mark.parametrize(
    ("on", "late"),
    [("04-09", "report:7:2024-03"), ("06-11", "report:7:2024-03"), ("07-01", "report:7:2024-06")],
)
def test_months_that_fell_due_while_suspended_owe_no_report(on: str, late: str) -> None:
    task = a_task(suspensions=(Span(day("04-10"), day("06-10")),))
    assert {owed.obligation for owed in decide(PLAN, task, CAL, day(on)).current} == {late}


def test_while_suspended_nothing_is_owed_and_the_light_is_grey() -> None:
    task = a_task(suspensions=(Span(day("04-10"), day("06-10")),))
    assert {judge(PLAN, task, CAL, day(on)).light for on in ("04-10", "06-10")} == {Light.GREY}
    assert rules_on(task, "05-06") == set()


@pytest.mark.parametrize(("spans", "behind"), [((), 6), ((Span(day("06-24"), day("06-25")),), 4)])
def test_working_days_of_a_suspension_do_not_count_as_behind(spans: tuple[Span, ...], behind: int) -> None:
    # One a day from 1 March: the 111th was asked for on 19 or 20 June; 6 working days to Friday the 28th, as in docs/rules.md.
    task = a_task(a_report("06", "06-28", 110), indicators=(an_indicator(274),), suspensions=spans)
    assert judge(PLAN, task, CAL, day("06-28")).behind == behind


def test_what_fell_into_a_suspension_is_not_judged() -> None:
    task = a_task(a_report("03", "03-29", 30), deadline=day("05-20"))
    assert judge(PLAN, task, CAL, day("06-11")).light is Light.RED
    away = a_task(
        a_report("03", "03-29", 30), deadline=day("05-20"), suspensions=(Span(day("05-10"), day("06-10")),)
    )
    assert judge(PLAN, away, CAL, day("06-11")).reasons[0].code != "overdue"


def test_a_case_is_noticed_then_due_then_late_to_liaison_and_head() -> None:
    task = a_task(
        a_report("04", "04-12", 50), cases=(OpenCase(5, 3, day("04-15"), day("04-22"), 1, day("04-15")),)
    )
    assert steps_between(task, Rule.CASE_NOTICE, "04-10", "04-30") == {"04-15": 1}
    assert steps_between(task, Rule.CASE_DUE, "04-10", "04-30") == {"04-19": -1, "04-22": 0}
    assert steps_between(task, Rule.CASE_LATE, "04-10", "04-26") == {"04-23": 1, "04-25": 3}
    (owed,) = [one for one in decide(PLAN, task, CAL, day("04-23")).current if one.rule is Rule.CASE_LATE]
    assert (owed.audience, owed.units, owed.obligation) == (Audience.UNITS_AND_HEADS, (3,), "case:5")


def test_what_follows_acceptance_is_asked_for_until_it_is_done_also_after_the_plan() -> None:
    # The Dragon Boat days off are 8 to 10 June.
    task = a_task(state=State.ACCEPTED, follow_ups=(OpenFollowUp("archive", day("06-14")),))
    assert steps_between(task, Rule.FOLLOW_UP, "06-01", "06-25") == {
        "06-06": -5,
        "06-14": 0,
        "06-17": 1,
        "06-24": 6,
    }
    late = decide(PLAN, task, CAL, day("2025-02-06"))
    assert [one.rule for one in late.current] == [Rule.FOLLOW_UP]
    assert late.next_check_on is not None
    done = a_task(state=State.ACCEPTED)
    assert decide(PLAN, done, CAL, day("06-14")).next_check_on is None
