"""Which reminders are owed on which days, worked out by hand on the calendar of 2024."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from engine.model import Milestone, Plan, Rule, State, SubTask
from engine.policy import Policy
from engine.reminders import decide
from tests.engine.cases import CAL, a_milestone, a_plan, a_report, a_task, an_indicator, day

PLAN = a_plan()
ONE_A_DAY = an_indicator(274)
ON_PLAN = tuple(
    a_report(month, received, planned)
    for month, received, planned in [
        ("03", "03-29", 30), ("04", "04-30", 60), ("05", "05-31", 91), ("06", "06-28", 121),
        ("07", "07-31", 152), ("08", "08-30", 183), ("09", "09-30", 213), ("10", "10-31", 244),
    ]
)  # fmt: skip


def steps_between(task: SubTask, rule: Rule, first: str, last: str, plan: Plan = PLAN) -> dict[str, int]:
    """The steps of a rule that become current, by the day on which they do."""
    found: dict[str, int] = {}
    on = day(first)
    while on <= day(last):
        for owed in decide(plan, task, CAL, on).current:
            if owed.rule is rule and owed.nominal_on == on:
                found[f"{on:%m-%d}"] = owed.step
        on += timedelta(days=1)
    return found


def rules_on(task: SubTask, on: str, plan: Plan = PLAN) -> set[Rule]:
    return {owed.rule for owed in decide(plan, task, CAL, day(on)).current}


def test_a_deadline_is_announced_five_times() -> None:
    task = a_task(*ON_PLAN, indicators=(ONE_A_DAY,))
    assert steps_between(task, Rule.DEADLINE_DUE, "10-25", "12-05") == {
        "11-01": -20, "11-15": -10, "11-22": -5, "11-28": -1, "11-29": 0,
    }  # fmt: skip
    assert Rule.DEADLINE_DUE in rules_on(task, "11-30"), "the Saturday itself"
    assert Rule.DEADLINE_DUE not in rules_on(task, "12-01")


def test_a_milestone_is_announced_four_times_across_make_up_days_until_it_is_met() -> None:
    task = a_task(indicators=(), milestones=(a_milestone("05-13", text="开工"),))
    assert steps_between(task, Rule.MILESTONE_DUE, "04-20", "05-20") == {
        "04-26": -10, "05-07": -5, "05-11": -1, "05-13": 0,
    }  # fmt: skip
    met = replace(task, reports=(a_report("05", "05-08"),))
    assert steps_between(met, Rule.MILESTONE_DUE, "04-20", "05-20") == {"04-26": -10, "05-07": -5}


def test_a_report_is_asked_for_three_working_days_before_and_on_the_day() -> None:
    assert steps_between(a_task(), Rule.REPORT_DUE, "03-01", "04-30") == {
        "03-26": -3, "03-29": 0, "04-26": -3, "04-30": 0,
    }  # fmt: skip


def test_a_late_report_is_chased_every_two_working_days_until_the_next_falls_due() -> None:
    assert steps_between(a_task(), Rule.REPORT_LATE, "03-20", "04-12") == {
        "04-01": 1, "04-03": 3, "04-08": 5, "04-10": 7, "04-12": 9,
    }  # fmt: skip
    obligations = {owed.obligation for owed in decide(PLAN, a_task(), CAL, day("05-06")).current}
    assert obligations == {"report:7:2024-04"}, "April has taken March's place"


def test_a_report_ends_what_was_asked_about_it() -> None:
    task = a_task(a_report("03", "04-03", 30), indicators=(ONE_A_DAY,))
    assert Rule.REPORT_LATE in rules_on(task, "04-02")
    assert rules_on(task, "04-03") == set()


def test_lagging_is_told_from_the_working_day_after_the_report_and_then_weekly() -> None:
    # 28 June is a Friday; the 111th unit was asked for on 20 June.
    task = a_task(*ON_PLAN[:3], a_report("06", "06-28", 110), indicators=(ONE_A_DAY,))
    assert steps_between(task, Rule.LAGGING, "06-20", "07-16") == {"07-01": 1, "07-08": 6, "07-15": 11}
    (owed,) = decide(PLAN, task, CAL, day("07-02")).current
    assert (owed.obligation, owed.anchor, owed.reason.get("behind")) == ("subtask:7", "2024-06-28", "6")
    assert (owed.reason.get("actual"), owed.reason.get("expected")) == ("110", "119")


def test_a_report_that_catches_up_ends_the_lagging_and_a_new_one_begins_anew() -> None:
    lagging = a_report("06", "06-28", 110)
    task = a_task(
        lagging, a_report("07", "07-03", 124), a_report("07", "07-31", 130), indicators=(ONE_A_DAY,)
    )
    assert steps_between(task, Rule.LAGGING, "06-20", "08-08") == {"07-01": 1, "08-01": 1, "08-08": 6}
    anchors = {owed.anchor for owed in decide(PLAN, task, CAL, day("08-05")).current}
    assert anchors == {"2024-07-31"}


def test_overdue_is_told_from_the_day_after_its_months_report_fell_due() -> None:
    # Due on 15 May, judged on 31 May when nothing has come; 10 June is a holiday.
    task = a_task(deadline=day("05-15"))
    assert steps_between(task, Rule.OVERDUE, "05-10", "06-13") == {"06-03": 1, "06-06": 4, "06-12": 7}


def test_an_unmet_milestone_is_told_likewise() -> None:
    task = a_task(*ON_PLAN[:3], indicators=(ONE_A_DAY,), milestones=(a_milestone("05-15", 95),))
    assert steps_between(task, Rule.MILESTONE_OVERDUE, "05-10", "06-07") == {"06-03": 1, "06-06": 4}


def test_december_fills_gaps_every_three_working_days_and_daily_in_the_last_five() -> None:
    task = a_task(*ON_PLAN, a_report("11", "11-29", 270), indicators=(ONE_A_DAY,))
    assert steps_between(task, Rule.GAP_FILL, "11-20", "12-31") == {
        "12-02": 1, "12-05": 4, "12-10": 7, "12-13": 10, "12-18": 13, "12-23": 16,
        "12-25": 18, "12-26": 19, "12-27": 20, "12-30": 21, "12-31": 22,
    }  # fmt: skip


def test_a_claimed_completion_asks_for_acceptance_and_nothing_else() -> None:
    task = a_task(*ON_PLAN[:3], a_report("06", "06-28", 274), indicators=(ONE_A_DAY,))
    assert steps_between(task, Rule.ACCEPTANCE, "06-20", "07-09") == {"07-01": 1, "07-08": 6}
    assert rules_on(task, "12-20") == {Rule.ACCEPTANCE}
    assert rules_on(task, "07-09", a_plan(policy=Policy(auto_accept=True))) == set()
    assert rules_on(replace(task, state=State.ACCEPTED), "07-09") == set()


def test_a_unit_on_plan_hears_only_of_what_falls_due() -> None:
    task = a_task(*ON_PLAN, a_report("11", "11-29", 274), indicators=(ONE_A_DAY,))
    heard: set[Rule] = set()
    on = day("03-01")
    while on <= day("11-28"):
        heard |= rules_on(task, f"{on:%m-%d}")
        on += timedelta(days=1)
    assert heard == {Rule.REPORT_DUE, Rule.DEADLINE_DUE}


BEHIND = a_report("06", "06-28", 60)


@pytest.mark.parametrize(
    ("on", "deadline", "milestones", "speaks", "muted"),
    [
        # overdue speaks for everything but the report
        ("07-03", "06-14", (a_milestone("06-10", 70),), {Rule.OVERDUE},
         {Rule.LAGGING: Rule.OVERDUE, Rule.MILESTONE_OVERDUE: Rule.OVERDUE}),
        # an overdue milestone speaks for lagging, not for the next milestone
        ("07-03", "11-30", (a_milestone("06-14", 70), a_milestone("07-10", 80, 2)),
         {Rule.MILESTONE_OVERDUE, Rule.MILESTONE_DUE}, {Rule.LAGGING: Rule.MILESTONE_OVERDUE}),
        # a deadline speaks for a milestone of the same day, not of another
        ("07-05", "07-10", (a_milestone("07-10", 80),), {Rule.DEADLINE_DUE, Rule.LAGGING},
         {Rule.MILESTONE_DUE: Rule.DEADLINE_DUE}),
        ("07-05", "07-11", (a_milestone("07-10", 80),),
         {Rule.DEADLINE_DUE, Rule.MILESTONE_DUE, Rule.LAGGING}, {}),
        # gap-fill takes the place of overdue where the deadline is the end of execute
        ("12-10", "11-30", (a_milestone("12-12", 90),), {Rule.GAP_FILL, Rule.REPORT_LATE},
         {Rule.OVERDUE: Rule.GAP_FILL, Rule.LAGGING: Rule.GAP_FILL, Rule.MILESTONE_DUE: Rule.GAP_FILL}),
        # and gives way to it where the deadline lies before
        ("12-10", "11-22", (), {Rule.OVERDUE, Rule.REPORT_LATE},
         {Rule.GAP_FILL: Rule.OVERDUE, Rule.LAGGING: Rule.OVERDUE}),
    ],
)  # fmt: skip
def test_the_louder_rule_silences_the_quieter_one(
    on: str, deadline: str, milestones: tuple[Milestone, ...], speaks: set[Rule], muted: dict[Rule, Rule]
) -> None:
    task = a_task(BEHIND, indicators=(ONE_A_DAY,), deadline=day(deadline), milestones=milestones)
    decision = decide(PLAN, task, CAL, day(on))
    assert {owed.rule for owed in decision.current} == speaks
    assert {rule: by for _, rule, by in decision.muted} == muted


@pytest.mark.parametrize(
    ("state", "next_check"),
    [(State.SUSPENDED, "07-10"), (State.DRAFT, "07-10"), (State.TERMINATED, None), (State.CLOSED, None)],
)
def test_a_task_out_of_the_follow_up_owes_nothing(state: State, next_check: str | None) -> None:
    task = a_task(
        BEHIND, indicators=(ONE_A_DAY,), state=state, deadline=day("06-14"), checked_on=day("06-01")
    )
    decision = decide(PLAN, task, CAL, day("07-03"))
    assert (decision.current, decision.missed, decision.muted) == ((), (), ())
    assert decision.next_check_on == (day(next_check) if next_check else None)


@pytest.mark.parametrize(
    ("start", "steps"),
    [("11-15", {"11-15": -10, "11-22": -5, "11-28": -1, "11-29": 0}),
     ("11-16", {"11-22": -5, "11-28": -1, "11-29": 0})],
)  # fmt: skip
def test_a_step_before_the_start_is_dropped(start: str, steps: dict[str, int]) -> None:
    task = a_task(starts_on=day(start))
    assert steps_between(task, Rule.DEADLINE_DUE, "11-01", "11-30") == steps


def test_steps_that_came_and_went_while_nobody_looked_are_named_and_only_the_latest_is_current() -> None:
    # Two weeks down: from Monday 25 March to Monday 8 April.
    task = a_task(checked_on=day("03-25"))
    decision = decide(PLAN, task, CAL, day("04-08"))
    assert [(owed.rule, owed.step) for owed in decision.current] == [(Rule.REPORT_LATE, 5)]
    assert [(owed.rule, owed.step, f"{owed.nominal_on:%m-%d}") for owed in decision.missed] == [
        (Rule.REPORT_DUE, -3, "03-26"), (Rule.REPORT_DUE, 0, "03-29"),
        (Rule.REPORT_LATE, 1, "04-01"), (Rule.REPORT_LATE, 3, "04-03"),
    ]  # fmt: skip
    assert decide(PLAN, replace(task, checked_on=None), CAL, day("04-08")).missed == ()


def test_what_was_current_at_the_last_check_is_not_missed() -> None:
    task = a_task(checked_on=day("04-01"))
    decision = decide(PLAN, task, CAL, day("04-08"))
    assert [owed.step for owed in decision.missed] == [3]


@pytest.mark.parametrize(
    ("on", "task", "expected"),
    [
        ("02-20", a_task(), "02-27"),  # no longer than seven days
        ("02-27", a_task(), "03-01"),  # the start
        ("03-22", a_task(), "03-26"),  # a report is asked for
        ("03-29", a_task(), "03-30"),  # its month turns late
        ("03-30", a_task(), "04-01"),
        ("06-11", a_task(*ON_PLAN[:3], milestones=(a_milestone("06-14", 10),)), "06-18"),  # reached long ago
        ("06-11", a_task(*ON_PLAN[:3], milestones=(a_milestone("06-14", 99),)), "06-13"),
        ("06-14", a_task(*ON_PLAN[:3], milestones=(a_milestone("06-14", 99),)), "06-15"),
        ("06-26", a_task(*ON_PLAN[:3], milestones=(a_milestone("06-14", 99),)), "06-28"),
        ("11-27", a_task(*ON_PLAN, indicators=(ONE_A_DAY,)), "11-28"),
        ("11-30", a_task(*ON_PLAN, a_report("11", "11-29", 273), indicators=(ONE_A_DAY,)), "12-01"),
        ("12-31", a_task(), "2025-01-01"),
        ("2025-01-01", a_task(), None),
    ],
)
def test_the_next_check_is_the_first_day_on_which_anything_can_change(
    on: str, task: SubTask, expected: str | None
) -> None:
    assert decide(PLAN, task, CAL, day(on)).next_check_on == (day(expected) if expected else None)


def test_every_number_is_policy() -> None:
    policy = Policy(report_offsets=(-1,), report_late_first=2, report_late_every=5)
    plan = a_plan(policy=policy)
    assert steps_between(a_task(), Rule.REPORT_DUE, "03-01", "03-31", plan) == {"03-28": -1}
    assert steps_between(a_task(), Rule.REPORT_LATE, "03-29", "04-12", plan) == {"04-02": 2, "04-10": 7}
