"""Where a sub-task stands on a day: expected, actual, working days behind, light and why."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from decimal import ROUND_FLOOR, Decimal

from engine.calendar import WorkCalendar
from engine.curve import ZERO, Curve
from engine.facts import (
    Facts,
    Known,
    accumulates,
    completed_on,
    histories,
    is_bounded,
    is_met,
    is_short,
    reaches,
)
from engine.measures import is_divisible
from engine.model import (
    Indicator,
    IndicatorStanding,
    Light,
    Milestone,
    Plan,
    Reason,
    Standing,
    State,
    SubTask,
)
from engine.months import month_due, month_of, period_name
from engine.periods import PLACES, curve_of

HUNDRED = Decimal(100)
TENTH = Decimal("0.1")


def judge(plan: Plan, subtask: SubTask, cal: WorkCalendar, on: date) -> Standing:
    """The sub-task's standing on ``on``, from the reports received by then.

    Only figures decide how far behind it is: a missing report is late, not zero, and nothing lags
    before the first report is due.
    """
    return standing_of(Facts.of(plan, subtask, cal, on))


def standing_of(facts: Facts) -> Standing:
    """The standing for facts already worked out."""
    curves = {one.id: curve_of(facts, one) for one in facts.subtask.indicators if accumulates(one)}
    indicators = tuple(_measure(facts, one, curves.get(one.id)) for one in facts.subtask.indicators)
    behind = 0 if facts.completed else max((one.behind for one in indicators), default=0)
    light, reasons = _verdict(facts, indicators, behind)
    percent, expected_percent = _percents(facts, indicators)
    latest = facts.latest
    return Standing(
        on=facts.on,
        light=light,
        reasons=reasons,
        behind=behind,
        percent=percent,
        expected_percent=expected_percent,
        indicators=indicators,
        as_of=latest.as_of if latest else None,
        unreviewed=latest is not None and not latest.accepted,
        completed=facts.completed,
        late_period=None if facts.late_month is None else period_name(facts.late_month),
        lagging_since=_lagging_since(facts, curves) if behind > facts.policy.yellow_after else None,
        completed_on=completed_on(facts) if facts.completed else None,
    )


def light_of(facts: Facts) -> Light:
    """The light alone."""
    curves = {one.id: curve_of(facts, one) for one in facts.subtask.indicators if accumulates(one)}
    indicators = tuple(_measure(facts, one, curves.get(one.id)) for one in facts.subtask.indicators)
    behind = 0 if facts.completed else max((one.behind for one in indicators), default=0)
    return _verdict(facts, indicators, behind)[0]


def _measure(facts: Facts, indicator: Indicator, curve: Curve | None) -> IndicatorStanding:
    known = facts.ledger.known.get(indicator.id)
    met = is_met(indicator, known, facts.cal, facts.deadline)
    if curve is None:
        expected, behind = _level_asked(facts, indicator), 0
    else:
        expected = curve.expected(facts.asked_on, PLACES if is_divisible(indicator.unit) else 0)
        behind = 0 if facts.asked_on < facts.first_due else days_behind(facts, indicator, curve, known)
    return IndicatorStanding(indicator, expected, known.quantity if known else None, behind, met)


def _level_asked(facts: Facts, indicator: Indicator) -> Decimal:
    """What is asked of a level: its bound always, else the last milestone's value, all at the deadline."""
    if is_bounded(indicator) or facts.asked_on >= facts.deadline:
        return indicator.quantity
    asked = [
        (one.due_on, one.quantities[indicator.id])
        for one in facts.subtask.milestones
        if one.due_on <= facts.asked_on and indicator.id in one.quantities
    ]
    return max(asked)[1] if asked else ZERO


def days_behind(facts: Facts, indicator: Indicator, curve: Curve, known: Known | None) -> int:
    """Working days from the day on which the plan asks for more than is reported to the day of the figures.

    Earned Schedule: from the day that asks for the next whole unit, or where the unit can be split from
    the last day that asks for no more.
    """
    if known is None or reaches(indicator, known.quantity, indicator.quantity):
        return 0
    if is_divisible(indicator.unit):
        asked_on = curve.last_within(known.quantity)
    else:
        whole = known.quantity.to_integral_value(ROUND_FLOOR)
        asked_on = curve.required_on(min(whole + 1, indicator.quantity))
    return facts.worked(asked_on, known.as_of) if asked_on else 0


def judged_on(facts: Facts, due_on: date) -> date:
    """The day from which what was due on ``due_on`` can be called unmet.

    The day itself, or when its month's report arrives or falls due, whichever comes first.
    """
    month = month_of(due_on)
    falls_due = month_due(month, facts.cal)
    if facts.is_owed(month):
        period = period_name(month)
        arrivals = (report.received_on for report in facts.reports if report.period >= period)
        falls_due = min(next(arrivals, falls_due), falls_due)
    return max(due_on, falls_due)


def is_overdue(facts: Facts, due_on: date) -> bool:
    """Whether what was due on ``due_on``, and is not there, is judged to be missing.

    What fell into a suspension never is.
    """
    return facts.on > due_on and facts.on >= judged_on(facts, due_on) and not facts.is_away(due_on)


def _lagging_since(facts: Facts, curves: Mapping[int, Curve]) -> date | None:
    """The first day of the present unbroken run of lagging judgements, one after each report."""
    counting = [one for one in facts.subtask.indicators if one.id in curves]
    since: date | None = None
    for report, ledger in histories(facts.reports):
        behind = max(
            (days_behind(facts, one, curves[one.id], ledger.known.get(one.id)) for one in counting), default=0
        )
        lags = behind > facts.policy.yellow_after
        since = (since or max(report.received_on, facts.first_due)) if lags else None
    return since


def _verdict(
    facts: Facts, indicators: tuple[IndicatorStanding, ...], behind: int
) -> tuple[Light, tuple[Reason, ...]]:
    if facts.resting:
        return Light.GREY, (_resting_reason(facts),)
    if facts.finished:
        return Light.DONE, (Reason.of("accepted", state=facts.subtask.state.value),)
    if facts.completed:
        return Light.DONE, (Reason("completed", figures(indicators)),)
    if facts.on < facts.start and facts.latest is None:
        return Light.GREY, (Reason.of("not_started", starts_on=facts.start),)
    red, yellow = _red_reasons(facts, indicators, behind), _yellow_reasons(facts, indicators, behind)
    if red or yellow:
        return Light.RED if red else Light.YELLOW, (*red, *yellow)
    return Light.GREEN, (Reason("on_plan", figures(indicators)),)


def _resting_reason(facts: Facts) -> Reason:
    """The state that rests; of a suspension also since when."""
    state = facts.subtask.state
    span = next((one for one in facts.subtask.suspensions if one.holds(facts.on)), None)
    if span is None or state in (State.DRAFT, State.TERMINATED):
        return Reason.of(state.value)
    return Reason.of(State.SUSPENDED.value, since=span.first)


def _red_reasons(facts: Facts, indicators: tuple[IndicatorStanding, ...], behind: int) -> list[Reason]:
    reasons = []
    if is_overdue(facts, facts.deadline):
        judged = judged_on(facts, facts.deadline)
        reasons.append(_with(Reason.of("overdue", deadline=facts.deadline, judged_on=judged), indicators))
    reasons += [
        milestone_reason("milestone_overdue", facts, one)
        for one in facts.unmet
        if is_overdue(facts, one.due_on)
    ]
    if behind > facts.policy.red_after:
        reasons.append(lagging_reason(facts, indicators, behind))
    return reasons


def _yellow_reasons(facts: Facts, indicators: tuple[IndicatorStanding, ...], behind: int) -> list[Reason]:
    reasons, late = [], facts.late_month
    if facts.policy.yellow_after < behind <= facts.policy.red_after:
        reasons.append(lagging_reason(facts, indicators, behind))
    if late is not None:
        reasons.append(Reason.of("report_late", period=period_name(late), due_on=month_due(late, facts.cal)))
    return reasons


def lagging_reason(facts: Facts, indicators: tuple[IndicatorStanding, ...], behind: int) -> Reason:
    """How far behind, with the worst indicator's figures and what was asked on the day they stand for."""
    worst = max(indicators, key=lambda one: one.behind)
    as_of = facts.ledger.known[worst.indicator.id].as_of
    places = PLACES if is_divisible(worst.indicator.unit) else 0
    expected = curve_of(facts, worst.indicator).expected(as_of, places)
    return Reason.of(
        "lagging",
        behind=behind,
        as_of=as_of,
        subject=worst.indicator.subject,
        actual=worst.actual,
        expected=expected,
        quantity=worst.indicator.quantity,
        unit=worst.indicator.unit,
    )


def milestone_reason(code: str, facts: Facts, milestone: Milestone) -> Reason:
    """Which milestone, with the first of its figures that is still short."""
    figures: dict[str, object] = {"milestone": milestone.id, "due_on": milestone.due_on}
    if milestone.text:
        figures["text"] = milestone.text
    for indicator in facts.subtask.indicators:
        asked = milestone.quantities.get(indicator.id)
        known = facts.ledger.known.get(indicator.id)
        if asked is not None and is_short(known, asked, is_bounded(indicator)):
            figures |= {"subject": indicator.subject, "expected": asked, "unit": indicator.unit}
            figures |= {"actual": known.quantity} if known else {}
            break
    return Reason.of(code, **figures)


def _with(reason: Reason, indicators: tuple[IndicatorStanding, ...]) -> Reason:
    return Reason(reason.code, (*reason.inputs, *figures(indicators)))


def figures(indicators: tuple[IndicatorStanding, ...]) -> tuple[tuple[str, str], ...]:
    """The figures of the first indicator that is not met, else of the first."""
    if not indicators:
        return ()
    shown = next((one for one in indicators if not one.met), indicators[0])
    figures = (
        ("subject", shown.indicator.subject),
        ("expected", str(shown.expected)),
        ("quantity", str(shown.indicator.quantity)),
        ("unit", shown.indicator.unit),
    )
    return figures if shown.actual is None else (*figures, ("actual", str(shown.actual)))


def _percents(
    facts: Facts, indicators: tuple[IndicatorStanding, ...]
) -> tuple[Decimal | None, Decimal | None]:
    """Share reported and share asked for, of the indicator that is least far; of milestones where there is none."""
    if not indicators:
        return _milestone_shares(facts)
    known = [share for one in indicators if (share := _shares(one)) is not None]
    return min(known, key=lambda share: share[0]) if known else (None, None)


def _shares(one: IndicatorStanding) -> tuple[Decimal, Decimal | None] | None:
    """The shares of one indicator; ``None`` for bounds, and for levels that were never reported."""
    quantity = one.indicator.quantity
    if quantity <= 0 or is_bounded(one.indicator):
        return None
    if accumulates(one.indicator):
        return _percent(one.actual or ZERO, quantity), _percent(one.expected, quantity)
    return None if one.actual is None else (_percent(one.actual, quantity), None)


def _milestone_shares(facts: Facts) -> tuple[Decimal | None, Decimal | None]:
    whole = _weight(facts.subtask.milestones)
    if whole <= 0:
        return (HUNDRED if facts.completed else None), None
    due = _weight(one for one in facts.subtask.milestones if one.due_on <= facts.asked_on)
    met = whole if facts.completed else whole - _weight(facts.unmet)
    return _percent(met, whole), _percent(due, whole)


def _weight(milestones: Iterable[Milestone]) -> Decimal:
    return sum((one.weight for one in milestones), ZERO)


def _percent(part: Decimal, whole: Decimal) -> Decimal:
    """In tenths, rounded down: 100 means that nothing is missing."""
    return (part * HUNDRED / whole).quantize(TENTH, ROUND_FLOOR)
