"""Lights and days behind, worked out by hand on a plan of one unit a day from 1 March to 30 November 2024."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest

from engine.model import Light, State, SubTask
from engine.periods import open_period, owed_period, owed_periods, period_target
from engine.policy import Policy
from engine.standing import judge
from tests.engine.cases import CAL, a_milestone, a_plan, a_report, a_task, an_indicator, day

PLAN = a_plan()
ONE_A_DAY = an_indicator(274)  # 274 days from 1 March to 30 November


@pytest.mark.parametrize(
    ("reported", "unit", "behind", "light"),
    [
        (119, "台", 0, Light.GREEN),  # 28 June is day 119
        (118, "台", 0, Light.GREEN),  # the 119th is asked for on the day of the figures
        (117, "台", 1, Light.GREEN),
        (111, "台", 5, Light.GREEN),  # the 112th was asked for on 21 June
        (110, "台", 6, Light.YELLOW),
        (89, "台", 20, Light.YELLOW),  # the 90th was asked for on 30 May
        (88, "台", 21, Light.RED),
        ("111.9", "台", 5, Light.GREEN),  # part of a lift is no lift
        (112, "公里", 5, Light.GREEN),
        ("111.5", "公里", 6, Light.YELLOW),  # 20 June is the last day that asks for no more
        ("0.5", "公里", 82, Light.RED),
        (111, "公里", 6, Light.YELLOW),
        (90, "公里", 20, Light.YELLOW),
        (89, "公里", 21, Light.RED),
        (300, "台", 0, Light.DONE),
    ],
)
def test_behind_counts_working_days_from_the_day_the_next_unit_was_asked_for(
    reported: object, unit: str, behind: int, light: Light
) -> None:
    task = a_task(a_report("06", "06-28", reported), indicators=(an_indicator(274, unit),))
    standing = judge(PLAN, task, CAL, day("06-28"))
    assert (standing.behind, standing.light) == (behind, light)


@pytest.mark.parametrize(("yellow", "red", "light"), [(6, 20, "green"), (5, 20, "yellow"), (2, 5, "red")])
def test_the_limits_of_the_lights_are_policy(yellow: int, red: int, light: str) -> None:
    plan = a_plan(policy=Policy(yellow_after=yellow, red_after=red))
    task = a_task(a_report("06", "06-28", 110), indicators=(ONE_A_DAY,))
    assert judge(plan, task, CAL, day("06-28")).light == light


def test_nothing_lags_before_the_first_report_is_due() -> None:
    task = a_task(a_report("03", "03-15", 0), indicators=(ONE_A_DAY,))
    before, due = judge(PLAN, task, CAL, day("03-28")), judge(PLAN, task, CAL, day("03-29"))
    assert (before.behind, before.light, before.lagging_since) == (0, Light.GREEN, None)
    # The first unit was asked for on Saturday 2 March: ten working days before the 15th.
    assert (due.behind, due.light, due.lagging_since) == (10, Light.YELLOW, day("03-29"))


@pytest.mark.parametrize(
    ("on", "light", "late"),
    [("03-29", Light.GREEN, None), ("03-30", Light.YELLOW, "2024-03"), ("04-30", Light.YELLOW, "2024-03"),
     ("05-01", Light.YELLOW, "2024-04")],
)  # fmt: skip
def test_a_missing_report_is_late_not_zero(on: str, light: Light, late: str | None) -> None:
    standing = judge(PLAN, a_task(), CAL, day(on))
    assert (standing.light, standing.late_period, standing.behind) == (light, late, 0)


def test_a_report_for_a_later_month_covers_the_earlier_one() -> None:
    task = a_task(a_report("04", "04-10", 15), indicators=(ONE_A_DAY,))
    assert judge(PLAN, task, CAL, day("04-29")).late_period is None


@pytest.mark.parametrize(
    ("start", "periods"),
    [("03-15", "2024-03"), ("03-18", "2024-03"), ("03-19", "2024-04"), ("03-31", "2024-04")],
)
def test_the_first_month_is_owed_if_ten_working_days_of_it_remained(start: str, periods: str) -> None:
    task = a_task(starts_on=day(start))
    owed = owed_periods(PLAN, task, CAL)
    assert (owed[0], owed[-1]) == (periods, "2024-12")


@pytest.mark.parametrize(
    ("on", "task", "opened", "missing"),
    [
        ("02-28", a_task(), None, None),
        ("03-05", a_task(), "2024-03", "2024-03"),
        ("04-05", a_task(), "2024-03", "2024-03"),
        ("04-05", a_task(a_report("03", "03-29", 10)), "2024-04", "2024-04"),
        ("03-30", a_task(a_report("03", "03-29", 10)), "2024-03", None),
        ("04-05", a_task(a_report("03", "03-29", 100)), None, None),
        ("04-05", a_task(state=State.SUSPENDED), None, None),
        ("2025-02-01", a_task(), "2024-12", "2024-12"),
        ("2025-02-01", a_task(a_report("12", "12-31", 10)), None, None),
    ],
)
def test_a_form_offers_the_late_month_else_the_present_one(
    on: str, task: SubTask, opened: str | None, missing: str | None
) -> None:
    assert open_period(PLAN, task, CAL, day(on)) == opened
    assert owed_period(PLAN, task, CAL, day(on)) == missing


@pytest.mark.parametrize(
    ("unit", "period", "asked"),
    [
        ("台", "03", "10"),
        ("公里", "03", "10.949"),
        ("台", "06", "44"),
        ("台", "11", "100"),
        ("台", "12", "100"),
    ],
)
def test_a_months_target_is_what_the_plan_asks_for_at_its_end(unit: str, period: str, asked: str) -> None:
    # 30 of 274 days have passed on 31 March, 121 on 30 June.
    task = a_task(indicators=(an_indicator(100, unit),))
    assert period_target(PLAN, task, CAL, f"2024-{period}") == {1: Decimal(asked)}


def test_the_plan_runs_through_the_milestones_quantities() -> None:
    task = a_task(milestones=(a_milestone("05-31", 10), a_milestone("08-31", 10, 2)))
    targets = {
        month: period_target(PLAN, task, CAL, f"2024-{month}")[1] for month in ("05", "07", "08", "11")
    }
    assert targets == {"05": 10, "07": 10, "08": 10, "11": 100}


def test_standing_still_as_planned_is_not_lagging() -> None:
    marks = (a_milestone("05-31", 10), a_milestone("08-31", 10, 2))
    kilometres = (an_indicator(100, "公里"),)
    task = a_task(a_report("08", "08-30", 10), milestones=marks, indicators=kilometres)
    assert judge(PLAN, task, CAL, day("08-30")).behind == 0


def test_a_late_curve_asks_for_little_at_first() -> None:
    # Half the time, a quarter of the work: 137 of 274 days have passed on 16 July.
    plan = a_plan(policy=Policy(curve="late"))
    task = a_task(a_report("07", "07-16", 24), indicators=(an_indicator(100),))
    standing = judge(plan, task, CAL, day("07-16"))
    assert standing.indicators[0].expected == 25
    assert standing.behind == 0
    assert judge(plan, a_task(a_report("07", "07-16", 20)), CAL, day("07-31")).behind > 0


@pytest.mark.parametrize(
    ("on", "reports", "light"),
    [
        ("06-14", (), Light.GREEN),
        ("06-27", (), Light.GREEN),  # the report of June decides, and it falls due on the 28th
        ("06-28", (), Light.RED),
        ("06-20", (("06", "06-20", 49),), Light.RED),
        ("06-20", (("06", "06-20", 50),), Light.GREEN),
        ("06-13", (("06", "06-13", 49),), Light.GREEN),
        ("06-15", (("06", "06-13", 49),), Light.RED),
        ("07-10", (("06", "06-28", 54),), Light.GREEN),  # 54.1 are asked for on the 28th
    ],
)
def test_a_milestone_is_judged_when_its_months_report_arrives_or_falls_due(
    on: str, reports: tuple[tuple[str, str, int], ...], light: Light
) -> None:
    given = [a_report("05", "05-31", 46), *(a_report(*one) for one in reports)]
    task = a_task(*given, milestones=(a_milestone("06-14", 50),))
    assert judge(PLAN, task, CAL, day(on)).light == light


@pytest.mark.parametrize(
    ("comparator", "actual", "light"),
    [
        (">", 50, Light.GREEN),  # a milestone asks for its figure, not for more
        (">", 49, Light.RED),
        ("<=", 50, Light.GREEN),
        ("<=", 51, Light.RED),
    ],
)
def test_a_milestones_figure_is_reached_or_for_an_upper_bound_not_exceeded(
    comparator: str, actual: int, light: Light
) -> None:
    level = an_indicator(100, comparator=comparator, kind="level")
    task = a_task(
        a_report("06", "06-28", actual), indicators=(level,), milestones=(a_milestone("06-30", 50),)
    )
    assert judge(PLAN, task, CAL, day("07-01")).light == light


@pytest.mark.parametrize(
    ("on", "status", "light"),
    [
        ("06-30", "lagging", Light.GREEN),  # Sunday 30 June itself
        ("07-01", "lagging", Light.RED),
        ("07-01", "not_started", Light.RED),
        ("07-01", "in_progress", Light.GREEN),
        ("07-01", "unknown", Light.GREEN),
    ],
)
def test_a_milestone_of_words_is_met_by_a_report_that_says_it_moves(
    on: str, status: str, light: Light
) -> None:
    report = a_report("06", "06-28", status=status)
    task = a_task(report, indicators=(), milestones=(a_milestone("06-30", text="完成招标"),))
    assert judge(PLAN, task, CAL, day(on)).light == light


@pytest.mark.parametrize(
    ("on", "reports", "light"),
    [
        ("05-15", (), Light.YELLOW),  # April's report is late
        ("05-30", (), Light.YELLOW),
        ("05-31", (), Light.RED),
        ("05-20", (("05", "05-20", 99),), Light.RED),
        ("05-20", (("05", "05-20", 100),), Light.DONE),
        ("05-15", (("05", "05-15", 99),), Light.GREEN),
        ("05-16", (("05", "05-15", 99),), Light.RED),
    ],
)
def test_a_deadline_is_judged_when_its_months_report_arrives_or_falls_due(
    on: str, reports: tuple[tuple[str, str, int], ...], light: Light
) -> None:
    task = a_task(*(a_report(*one) for one in reports), deadline=day("05-15"))
    standing = judge(PLAN, task, CAL, day(on))
    assert standing.light == light
    assert (standing.reasons[0].code == "overdue") is (light is Light.RED)


@pytest.mark.parametrize(
    ("comparator", "kind", "actual", "completed"),
    [
        ("=", "delivery", 99, False),
        ("=", "delivery", 100, True),
        (">=", "coverage", 100, True),
        ("~", "delivery", 100, True),
        (">", "delivery", 100, False),
        (">", "delivery", 101, True),
        (">=", "level", 99, False),
        (">=", "level", 100, True),
        (">=", "growth", 101, True),
        ("<=", "upper_bound", 100, True),
        ("<=", "upper_bound", 101, False),
        ("<", "upper_bound", 100, False),
        ("=", "upper_bound", 99, True),
    ],
)
def test_an_indicator_is_met_by_its_comparator(
    comparator: str, kind: str, actual: int, completed: bool
) -> None:
    task = a_task(
        a_report("11", "11-29", actual), indicators=(an_indicator(comparator=comparator, kind=kind),)
    )
    assert judge(PLAN, task, CAL, day("11-29")).completed is completed


@pytest.mark.parametrize(("period", "received", "completed"), [("10", "10-31", False), ("11", "11-28", False),
                                                             ("11", "11-29", True), ("12", "12-02", True)])  # fmt: skip
def test_an_upper_bound_is_only_met_at_the_deadlines_last_working_day(
    period: str, received: str, completed: bool
) -> None:
    bound = an_indicator(100, "件", comparator="<=", kind="upper_bound")
    task = a_task(a_report(period, received, 80), indicators=(bound,))
    assert judge(PLAN, task, CAL, day("12-02")).completed is completed


@pytest.mark.parametrize(
    ("status", "completed"), [("done", True), ("over_fulfilled", True), ("in_progress", False)]
)
def test_a_task_of_words_is_completed_when_its_report_says_so(status: str, completed: bool) -> None:
    task = a_task(a_report("06", "06-28", status=status), indicators=())
    assert judge(PLAN, task, CAL, day("06-28")).completed is completed


@pytest.mark.parametrize(
    ("state", "light", "code"),
    [
        (State.DRAFT, Light.GREY, "draft"),
        (State.SUSPENDED, Light.GREY, "suspended"),
        (State.TERMINATED, Light.GREY, "terminated"),
        (State.COMPLETION_CLAIMED, Light.DONE, "completed"),
        (State.ACCEPTED, Light.DONE, "accepted"),
        (State.ARCHIVED, Light.DONE, "accepted"),
        (State.IN_PROGRESS, Light.YELLOW, "report_late"),
    ],
)
def test_what_people_decided_comes_before_what_figures_say(state: State, light: Light, code: str) -> None:
    standing = judge(PLAN, a_task(state=state), CAL, day("06-15"))
    assert (standing.light, standing.reasons[0].code) == (light, code)


def test_before_its_start_a_task_is_grey() -> None:
    task = a_task(starts_on=day("06-03"))
    assert judge(PLAN, task, CAL, day("06-02")).reasons[0].code == "not_started"
    assert judge(PLAN, task, CAL, day("06-03")).light is Light.GREEN


def test_the_worst_indicator_decides() -> None:
    two = (an_indicator(274), replace(an_indicator(274), id=2, subject="改造楼道"))
    report = a_report("06", "06-28", quantities={1: Decimal(119), 2: Decimal(88)})
    standing = judge(PLAN, a_task(report, indicators=two), CAL, day("06-28"))
    assert (standing.light, standing.behind) == (Light.RED, 21)
    assert (standing.reasons[0].get("subject"), standing.reasons[0].get("expected")) == ("改造楼道", "119")
    assert standing.percent == Decimal("32.1"), "88 of 274, the indicator that is least far"


@pytest.mark.parametrize(("reported", "percent"), [(260, "260.0"), (100, "100.0"), (0, "0.0")])
def test_over_fulfilment_is_kept(reported: int, percent: str) -> None:
    assert judge(PLAN, a_task(a_report("06", "06-28", reported)), CAL, day("06-28")).percent == Decimal(
        percent
    )


def test_only_what_was_received_by_the_day_counts_and_a_later_period_beats_a_later_receipt() -> None:
    reports = (a_report("04", "05-20", 30), a_report("05", "05-10", 40))
    task = a_task(*reports)
    assert judge(PLAN, task, CAL, day("05-09")).indicators[0].actual is None
    assert judge(PLAN, task, CAL, day("05-31")).indicators[0].actual == 40


def test_a_figure_that_the_latest_report_leaves_out_keeps_its_last_value() -> None:
    task = a_task(a_report("04", "04-30", 30), a_report("05", "05-31"))
    standing = judge(PLAN, task, CAL, day("05-31"))
    assert (standing.indicators[0].actual, standing.as_of) == (30, day("05-31"))


def test_a_task_of_words_is_measured_by_the_weight_of_its_milestones() -> None:
    marks = (a_milestone("04-30", text="开工"), a_milestone("06-30", number=2, text="完工"))
    task = a_task(a_report("04", "04-30"), indicators=(), milestones=marks)
    standing = judge(PLAN, task, CAL, day("07-01"))
    assert (standing.percent, standing.expected_percent) == (50, 100)


def test_a_run_of_lagging_begins_with_its_first_report_and_a_good_report_ends_it() -> None:
    reports = [a_report("03", "03-29", 5), a_report("04", "04-30", 60), a_report("05", "05-31", 61),
               a_report("06", "06-28", 80)]  # fmt: skip
    task = a_task(*reports, indicators=(ONE_A_DAY,))
    assert judge(PLAN, task, CAL, day("03-29")).lagging_since == day("03-29")
    assert judge(PLAN, task, CAL, day("04-30")).lagging_since is None
    assert judge(PLAN, task, CAL, day("06-28")).lagging_since == day("05-31")
    assert judge(PLAN, task, CAL, day("06-28")).unreviewed is False
