"""What must hold for any sub-task, not for chosen ones."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

from hypothesis import example, given, settings
from hypothesis import strategies as st

from engine.facts import Facts
from engine.model import (
    Indicator,
    Light,
    Milestone,
    OpenCase,
    OpenFollowUp,
    Owed,
    Phase,
    Plan,
    Report,
    Returned,
    Rule,
    Share,
    Span,
    State,
    SubTask,
)  # fmt: skip
from engine.periods import curve_of, due_day, period_end, period_target, planned
from engine.policy import Policy
from engine.reminders import decide
from engine.standing import judge
from tests.engine.cases import CAL

NEW_YEAR, NEW_YEARS_EVE = date(2024, 1, 1), date(2024, 12, 31)
DAYS = st.dates(NEW_YEAR, NEW_YEARS_EVE)
UNITS = st.sampled_from(["台", "名", "平方米", "公里", "万元", "%"])
STATES = st.sampled_from([State.ISSUED] * 6 + [State.COMPLETION_CLAIMED, State.SUSPENDED, State.ACCEPTED])
COMPARATORS = st.sampled_from(["=", ">=", ">", "~", "<="])
KINDS = st.sampled_from(["delivery", "delivery", "coverage", "level", "upper_bound", "binary"])


@st.composite
def policies(draw: st.DrawFn) -> Policy:
    return Policy(
        yellow_after=draw(st.integers(0, 8)),
        red_after=draw(st.integers(8, 25)),
        curve=draw(st.sampled_from(["linear", "late"])),
        report_late_every=draw(st.integers(1, 4)),
        lagging_every=draw(st.integers(1, 7)),
        overdue_every=draw(st.integers(1, 4)),
        max_wait_days=draw(st.integers(1, 40)),
        acknowledge=draw(st.booleans()),
        acknowledge_every=draw(st.integers(1, 5)),
        returned_every=draw(st.integers(1, 4)),
        ask_shares=draw(st.booleans()),
        escalate=draw(st.booleans()),
        escalate_silent_after=draw(st.integers(0, 8)),
        escalate_head_after=draw(st.integers(0, 5)),
        escalate_leader_after=draw(st.integers(5, 10)),
        escalate_case_after=draw(st.integers(10, 30)),
        case_late_every=draw(st.integers(1, 4)),
        follow_up_late_every=draw(st.integers(1, 6)),
    )


@st.composite
def plans(draw: st.DrawFn) -> Plan:
    issued = draw(st.none() | st.dates(NEW_YEAR, date(2024, 4, 30)))
    end = draw(st.dates(date(2024, 9, 1), date(2024, 12, 20)))
    phases = [Phase("execute", issued or NEW_YEAR, end)]
    if draw(st.booleans()):
        phases.append(Phase("gap_fill", end + timedelta(days=draw(st.integers(1, 9))), NEW_YEARS_EVE))
    return Plan(1, "计划", 2024, issued, tuple(phases), draw(policies()))


@st.composite
def quantities(draw: st.DrawFn) -> Decimal:
    return Decimal(draw(st.integers(1, 400))) / draw(st.sampled_from([1, 1, 1, 10]))


@st.composite
def reports(draw: st.DrawFn, number: int) -> Report:
    received = draw(DAYS)
    month = max(1, received.month - draw(st.integers(0, 2)))
    period = f"2024-{month:02d}"
    figures = draw(st.dictionaries(st.sampled_from([1, 2]), quantities(), max_size=2))
    status = draw(st.sampled_from(["in_progress", "lagging", "not_started", "done"]))
    return Report(number, period, min(period_end(period), received), received, False, status, figures)


@st.composite
def milestones(draw: st.DrawFn, number: int) -> Milestone:
    figures = draw(st.dictionaries(st.sampled_from([1, 2]), quantities(), max_size=2))
    return Milestone(number, draw(DAYS), "节点", Decimal(draw(st.integers(0, 3))), figures)


@st.composite
def suspensions(draw: st.DrawFn) -> tuple[Span, ...]:
    ends = sorted(draw(st.sets(DAYS, max_size=4)))
    closed = [Span(first, last) for first, last in zip(ends[::2], ends[1::2], strict=False)]
    return tuple([*closed, Span(ends[-1])] if len(ends) % 2 else closed)


@st.composite
def sent_back(draw: st.DrawFn, number: int) -> Returned:
    day = draw(DAYS)
    return Returned(90 + number, f"2024-{draw(st.integers(1, day.month)):02d}", day, "数字不符", None)


@st.composite
def cases(draw: st.DrawFn, number: int) -> OpenCase:
    opened = draw(DAYS)
    due = opened + timedelta(days=draw(st.integers(1, 12)))
    notices = draw(st.integers(1, 2))
    return OpenCase(number, 3, opened, due, notices, opened + timedelta(days=20 * (notices - 1)))


@st.composite
def shares(draw: st.DrawFn, unit: int) -> Share:
    received = sorted(draw(st.lists(reports(1), max_size=3)), key=lambda one: one.received_on)
    return Share(unit, {1: draw(quantities())}, tuple(received))


@st.composite
def subtasks(draw: st.DrawFn) -> SubTask:
    received = [draw(reports(number)) for number in range(draw(st.integers(0, 6)))]
    indicators = [
        Indicator(number, "指标", draw(quantities()), draw(UNITS), draw(COMPARATORS), draw(KINDS))
        for number in range(1, draw(st.integers(0, 2)) + 1)
    ]
    return SubTask(
        id=7,
        no="1",
        title="任务",
        state=draw(STATES),
        starts_on=draw(st.none() | DAYS),
        deadline=draw(st.none() | DAYS),
        indicators=tuple(indicators),
        milestones=tuple(draw(milestones(number)) for number in range(draw(st.integers(0, 3)))),
        reports=tuple(sorted(received, key=lambda report: report.received_on)),
        shares=tuple(draw(shares(unit)) for unit in range(1, draw(st.integers(0, 2)) + 1)),
        suspensions=draw(suspensions()),
        actions=tuple(sorted(draw(st.sets(DAYS, max_size=3)))),
        unsigned=tuple(range(draw(st.integers(0, 2)))),
        returned=tuple(draw(sent_back(number)) for number in range(draw(st.integers(0, 1)))),
        cases=tuple(draw(cases(number)) for number in range(draw(st.integers(0, 2)))),
        follow_ups=tuple(OpenFollowUp(kind, draw(DAYS)) for kind in ("evaluation", "archive")),
    )


def keys(owed: tuple[Owed, ...]) -> list[tuple[str, Rule, str, int]]:
    return [(one.obligation, one.rule, one.anchor, one.step) for one in owed]


def dates(first: date, last: date) -> Iterator[date]:
    return (first + timedelta(days=n) for n in range((last - first).days + 1))


# Sent back between two checks, with nothing else to look for: both of its first days are asked on.
QUIET = Plan(
    1, "计划", 2024, None, (Phase("execute", NEW_YEAR, date(2024, 9, 1)),),
    Policy(acknowledge=False, escalate=False, returned_every=1, report_late_every=1, max_wait_days=3),
)  # fmt: skip
SENT_BACK = SubTask(
    7, "1", "任务", State.ISSUED, returned=(Returned(90, "2024-01", date(2024, 1, 3), "数字不符", None),)
)


@given(plans(), subtasks())
@example(QUIET, SENT_BACK)
@settings(max_examples=150, deadline=None)
def test_checking_only_on_the_days_it_asks_for_owes_what_checking_every_day_owes(
    plan: Plan, subtask: SubTask
) -> None:
    daily: set[tuple[str, Rule, str, int]] = set()
    asked: set[tuple[str, Rule, str, int]] = set()
    lights: dict[date, Light] = {}
    due: date | None = NEW_YEAR
    yesterday, last_check = None, None
    climb, asked_climb = None, None
    for on in dates(NEW_YEAR, NEW_YEARS_EVE + timedelta(days=5)):
        decision = decide(plan, replace(subtask, checked_on=yesterday, climb=climb), CAL, on)
        climb = decision.climb
        daily |= set(keys(decision.current + decision.missed))
        if due is not None and on >= due:
            checked = decide(plan, replace(subtask, checked_on=last_check, climb=asked_climb), CAL, on)
            assert checked.climb == climb, f"{checked.climb} {climb} {on} {last_check}"
            asked_climb = checked.climb
            asked |= set(keys(checked.current + checked.missed))
            light, due, last_check = checked.standing.light, checked.next_check_on, on
        lights[on] = decision.standing.light
        if due is not None:
            assert light == decision.standing.light, f"the light turned on {on}, between checks"
        yesterday = on
    assert asked == daily


@given(plans(), subtasks(), DAYS, st.none() | DAYS)
@settings(max_examples=300, deadline=None)
def test_a_decision_is_repeatable_keeps_its_keys_apart_and_looks_ahead(
    plan: Plan, subtask: SubTask, on: date, checked_on: date | None
) -> None:
    subtask = replace(subtask, checked_on=checked_on)
    decision = decide(plan, subtask, CAL, on)
    assert decide(plan, subtask, CAL, on) == decision
    owed = keys(decision.current + decision.missed)
    assert len(set(owed)) == len(owed)
    assert len({(one.obligation, one.rule, one.anchor) for one in decision.current}) == len(decision.current)
    assert decision.standing.behind >= 0
    assert decision.next_check_on is None or decision.next_check_on > on
    floor = max(subtask.starts_on or plan.starts_on, plan.starts_on)
    early = (Rule.ACKNOWLEDGE, Rule.CASE_NOTICE)  # do not wait for the start
    for one in decision.current + decision.missed:
        assert floor <= one.nominal_on <= on or one.rule in early


@given(plans(), subtasks(), DAYS)
@settings(max_examples=300, deadline=None)
def test_silence_is_kept_where_a_louder_rule_speaks(plan: Plan, subtask: SubTask, on: date) -> None:
    decision = decide(plan, subtask, CAL, on)
    rules = {one.rule for one in decision.current}
    if Rule.OVERDUE in rules:
        assert not rules & {Rule.LAGGING, Rule.DEADLINE_DUE, Rule.MILESTONE_DUE, Rule.GAP_FILL}
    if Rule.MILESTONE_OVERDUE in rules:
        assert Rule.LAGGING not in rules
    if Rule.ACCEPTANCE in rules:
        assert rules == {Rule.ACCEPTANCE}
    if Rule.FOLLOW_UP in rules:
        assert rules == {Rule.FOLLOW_UP}
    if decision.standing.light is Light.GREY:
        assert not rules & {Rule.LAGGING, Rule.REPORT_LATE}


@given(plans(), subtasks(), st.integers(1, 60))
@settings(max_examples=100, deadline=None)
def test_after_the_plan_has_ended_nothing_is_owed(plan: Plan, subtask: SubTask, later: int) -> None:
    decision = decide(plan, replace(subtask, follow_ups=()), CAL, plan.ends_on + timedelta(days=later))
    assert (decision.current, decision.missed, decision.next_check_on) == ((), (), None)


@given(plans(), subtasks(), DAYS, st.integers(0, 5), quantities())
@settings(max_examples=300, deadline=None)
def test_having_done_more_is_never_further_behind(
    plan: Plan, subtask: SubTask, on: date, which: int, more: Decimal
) -> None:
    if not subtask.reports:
        return
    which %= len(subtask.reports)
    report = subtask.reports[which]
    better = replace(report, quantities={number: value + more for number, value in report.quantities.items()})
    others = subtask.reports
    improved = replace(subtask, reports=(*others[:which], better, *others[which + 1 :]))
    assert judge(plan, improved, CAL, on).behind <= judge(plan, subtask, CAL, on).behind


@given(
    plans(),
    st.none() | DAYS,
    st.none() | DAYS,
    st.integers(1, 100_000),
    UNITS,
    st.lists(st.tuples(DAYS, st.integers(1, 100_000)), max_size=4),
    st.booleans(),
)
@settings(max_examples=150, deadline=None)
def test_reporting_exactly_what_is_planned_at_every_months_end_stays_green(
    plan: Plan,
    starts_on: date | None,
    deadline: date | None,
    target: int,
    unit: str,
    marks: list[tuple[date, int]],
    by_figures: bool,
) -> None:
    starts_on = min(starts_on, plan.execute_ends_on) if starts_on else None
    start = starts_on or plan.starts_on
    marks = [(due, quantity) for due, quantity in marks if due >= start and quantity <= target]
    subtask = SubTask(
        id=7,
        no="1",
        title="任务",
        state=State.ISSUED,
        starts_on=starts_on,
        deadline=max(deadline, start) if deadline else None,
        indicators=(Indicator(1, "指标", Decimal(target), unit),),
        milestones=tuple(
            Milestone(number, due, "", Decimal(1), {1: Decimal(quantity)} if by_figures else {})
            for number, (due, quantity) in enumerate(sorted(marks))
        ),
    )
    months = [f"2024-{month:02d}" for month in range(start.month, 13)]
    reports = tuple(
        Report(number, period, due_day(period, CAL), due_day(period, CAL), True, "in_progress", figures)
        for number, period in enumerate(months)
        if (figures := period_target(plan, subtask, CAL, period))
    )
    subtask = replace(subtask, reports=reports)
    seen = {judge(plan, subtask, CAL, on).light for on in dates(plan.starts_on, plan.ends_on)}
    assert seen <= {Light.GREEN, Light.GREY, Light.DONE}


@given(plans(), subtasks(), quantities())
@settings(max_examples=300, deadline=None)
def test_the_plan_asks_for_a_quantity_on_the_first_day_that_it_expects_it(
    plan: Plan, subtask: SubTask, quantity: Decimal
) -> None:
    if not subtask.indicators:
        return
    facts = Facts.of(plan, subtask, CAL, NEW_YEARS_EVE)
    curve = curve_of(facts, subtask.indicators[0])
    required = curve.required_on(quantity)
    last = date.fromordinal(curve.points[-1][0])
    if required is None:
        assert curve.expected(last, 9) < quantity
        return
    assert curve.expected(required, 1) >= quantity
    before = required - timedelta(days=1)
    assert curve.expected(before, 9) < quantity or before < facts.start
    assert planned(facts, subtask.indicators[0], last) <= curve.points[-1][1]
