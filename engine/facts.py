"""What is known of a sub-task on a day, worked out once for every rule that looks at it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from typing import NamedTuple

from engine.calendar import WorkCalendar
from engine.model import FINISHED_STATES, Indicator, Milestone, Phase, Plan, Report, Span, State, SubTask
from engine.months import month_due, month_end, month_of, period_name
from engine.policy import Policy

DAY = timedelta(days=1)
ACCUMULATING_KINDS = frozenset({"delivery", "coverage"})
DONE_STATUSES = frozenset({"done", "over_fulfilled"})
IDLE_STATUSES = frozenset({"lagging", "not_started"})
COMPLETE_STATES = FINISHED_STATES | {State.COMPLETION_CLAIMED}
RESTING_STATES = frozenset({State.DRAFT, State.SUSPENDED, State.TERMINATED})

Milestones = tuple[Milestone, ...]


class Known(NamedTuple):
    """The standing figure of an indicator, the day it stands for and the period it was reported for."""

    quantity: Decimal
    as_of: date
    period: str


@dataclass(slots=True)
class Ledger:
    """The last word of the reports read so far: of the latest period, and within it the last received.

    A figure that the latest report leaves out keeps its last earlier value.
    """

    latest: Report | None = None
    known: dict[int, Known] = field(default_factory=dict)

    def read(self, report: Report) -> None:
        """Take one more report, in order of receipt."""
        if self.latest is None or report.period >= self.latest.period:
            self.latest = report
        for indicator_id, quantity in report.quantities.items():
            held = self.known.get(indicator_id)
            if held is None or report.period >= held.period:
                self.known[indicator_id] = Known(quantity, report.as_of, report.period)


@dataclass(frozen=True, slots=True)
class Facts:
    """One sub-task on one day: its dates by the rules of precedence, and the reports received by then.

    No reminder falls before ``floor``; ``gap`` is the gap-fill phase. Months are numbers
    (``engine.months``): ``first_month`` to ``last_month`` are owed, the first one due on ``first_due``;
    ``fallen_month`` is the latest whose due day has passed, owed or not; ``late_month`` the one still
    missing. ``completed``: all that was promised is there, or people said so. ``unmet`` are the
    milestones not reached yet, due or not, earliest first.
    """

    plan: Plan
    subtask: SubTask
    cal: WorkCalendar
    on: date
    start: date
    floor: date
    deadline: date
    execute_end: date
    plan_end: date
    reports: tuple[Report, ...]
    ledger: Ledger
    gap: Phase | None
    first_month: int
    first_due: date
    last_month: int
    fallen_month: int
    late_month: int | None
    completed: bool
    resting: bool
    unmet: Milestones

    @classmethod
    def of(cls, plan: Plan, subtask: SubTask, cal: WorkCalendar, on: date) -> Facts:
        """The facts on ``on``; reports received later are not among them."""
        execute_end, plan_end = plan.execute_ends_on, plan.ends_on
        start, deadline = subtask.starts_on or plan.starts_on, subtask.deadline or execute_end
        reports = _received(subtask.reports, on)
        ledger = _read(reports)
        resting = subtask.state in RESTING_STATES or _is_away(subtask.suspensions, on)
        completed = is_completed(subtask, ledger, cal, deadline)
        last = month_of(plan_end)
        first = _first_owed(_first_month(start, plan.policy, cal), last, subtask.suspensions, cal)
        fallen = _fallen_month(on, cal)
        newest = _last_owed(min(fallen, last), first, subtask.suspensions, cal)
        late = None if resting or completed else _late_month(first, newest, ledger)
        unmet = _unmet(subtask, reports, ledger) if subtask.milestones else ()
        return cls(
            plan, subtask, cal, on, start, max(start, plan.starts_on), deadline, execute_end, plan_end,
            reports, ledger, plan.phase("gap_fill"), first, month_due(first, cal), last, fallen, late,
            completed, resting, unmet,
        )  # fmt: skip

    @property
    def policy(self) -> Policy:
        """The numbers that the plan's coordinator chose."""
        return self.plan.policy

    @property
    def latest(self) -> Report | None:
        """The report that counts, if there is one."""
        return self.ledger.latest

    @property
    def finished(self) -> bool:
        """Whether people accepted or closed it."""
        return self.subtask.state in FINISHED_STATES

    @property
    def next_month(self) -> int | None:
        """The owed month that falls due next, today included; ``None`` after the plan's last."""
        return self.owed_after(max(self.fallen_month, self.first_month - 1))

    @property
    def fallen_owed(self) -> int | None:
        """The latest owed month whose due day has passed."""
        newest = min(self.fallen_month, self.last_month)
        month = _last_owed(newest, self.first_month, self.subtask.suspensions, self.cal)
        return month if month >= self.first_month else None

    @property
    def asked_on(self) -> date:
        """The day for which the plan is asked: today, or the last one before the suspension that holds."""
        span = next((one for one in self.subtask.suspensions if one.holds(self.on)), None)
        return span.first - DAY if span else self.on

    def owed_after(self, month: int) -> int | None:
        """The next owed month after that one; ``None`` after the plan's last."""
        following = _first_owed(month + 1, self.last_month, self.subtask.suspensions, self.cal)
        return following if following <= self.last_month else None

    def is_owed(self, month: int) -> bool:
        """Whether a report is owed for that month, as far as dates decide it; none is while suspended."""
        if not self.first_month <= month <= self.last_month:
            return False
        return not self.subtask.suspensions or not self.is_away(month_due(month, self.cal))

    def is_away(self, day: date) -> bool:
        """Whether the sub-task was suspended on that day, so that what was due on it is not judged."""
        return _is_away(self.subtask.suspensions, day)

    def worked(self, after: date, until: date) -> int:
        """Working days after ``after`` up to ``until``, without those of suspensions."""
        days = self.cal.working_days_between(after, until)
        for span in self.subtask.suspensions:
            first, last = max(span.first - DAY, after), min(span.last or until, until)
            days -= self.cal.working_days_between(first, last) if first < last else 0
        return days


def _is_away(suspensions: tuple[Span, ...], day: date) -> bool:
    return any(span.holds(day) for span in suspensions)


def _first_owed(month: int, last: int, suspensions: tuple[Span, ...], cal: WorkCalendar) -> int:
    """That month or the first later one whose due day lies in no suspension."""
    while suspensions and month <= last and _is_away(suspensions, month_due(month, cal)):
        month += 1
    return month


def _last_owed(month: int, first: int, suspensions: tuple[Span, ...], cal: WorkCalendar) -> int:
    """That month or the last earlier one whose due day lies in no suspension."""
    while suspensions and month >= first and _is_away(suspensions, month_due(month, cal)):
        month -= 1
    return month


def _received(reports: tuple[Report, ...], on: date) -> tuple[Report, ...]:
    if not reports or reports[-1].received_on <= on:
        return reports
    return tuple(report for report in reports if report.received_on <= on)


def _first_month(start: date, policy: Policy, cal: WorkCalendar) -> int:
    """The month of the start if enough working days of it remained, else the next one."""
    month = month_of(start)
    if start.day == 1:
        return month
    ran = cal.working_days_between(start - DAY, month_end(month))
    return month if ran >= policy.first_period_min_days else month + 1


def _fallen_month(on: date, cal: WorkCalendar) -> int:
    month = month_of(on)
    return month if month_due(month, cal) < on else month - 1


def _late_month(first: int, month: int, ledger: Ledger) -> int | None:
    """That month if its report is owed and neither it nor a later one is there."""
    reported = ledger.latest is not None and ledger.latest.period >= period_name(month)
    return None if month < first or reported else month


def _read(reports: Iterable[Report]) -> Ledger:
    ledger = Ledger()
    for report in reports:
        ledger.read(report)
    return ledger


def histories(reports: Iterable[Report]) -> Iterator[tuple[Report, Ledger]]:
    """Each report in order of receipt with what was known right after it; the ledger is reused."""
    ledger = Ledger()
    for report in reports:
        ledger.read(report)
        yield report, ledger


def accumulates(indicator: Indicator) -> bool:
    """Whether the indicator grows towards its quantity over the year."""
    return indicator.kind in ACCUMULATING_KINDS and indicator.comparator not in ("<", "<=")


def is_bounded(indicator: Indicator) -> bool:
    """Whether the indicator must stay below its quantity."""
    return indicator.kind == "upper_bound" or indicator.comparator in ("<", "<=")


def reaches(indicator: Indicator, actual: Decimal, asked: Decimal) -> bool:
    """Whether a figure satisfies what is asked, by the indicator's comparator."""
    if is_bounded(indicator):
        return actual < asked if indicator.comparator == "<" else actual <= asked
    return actual > asked if indicator.comparator == ">" else actual >= asked


def is_met(indicator: Indicator, known: Known | None, cal: WorkCalendar, deadline: date) -> bool:
    """Whether the indicator is fulfilled for good.

    An upper bound is only met by a figure of the deadline or later; its last working day will do.
    """
    if known is None or not reaches(indicator, known.quantity, indicator.quantity):
        return False
    return not is_bounded(indicator) or known.as_of >= cal.offset(deadline, 0)


def is_completed(subtask: SubTask, ledger: Ledger, cal: WorkCalendar, deadline: date) -> bool:
    """Whether people said that it is complete, or the reports show it."""
    return subtask.state in COMPLETE_STATES or _is_fulfilled(subtask, ledger, cal, deadline)


def _is_fulfilled(subtask: SubTask, ledger: Ledger, cal: WorkCalendar, deadline: date) -> bool:
    """Every indicator is met, or the work reported done where there is none."""
    if ledger.latest is None:
        return False
    if not subtask.indicators:
        return ledger.latest.status in DONE_STATUSES
    known = ledger.known
    return all(is_met(one, known.get(one.id), cal, deadline) for one in subtask.indicators)


def completed_on(facts: Facts) -> date | None:
    """The day on which the present completion was first visible; ``None`` if no report shows it.

    Where people claimed it without figures, the last report's day.
    """
    since: date | None = None
    for report, ledger in histories(facts.reports):
        fulfilled = _is_fulfilled(facts.subtask, ledger, facts.cal, facts.deadline)
        since = (since or report.received_on) if fulfilled else None
    return since or (facts.reports[-1].received_on if facts.reports else None)


def _unmet(subtask: SubTask, reports: tuple[Report, ...], ledger: Ledger) -> Milestones:
    """The milestones not reached yet, due or not, earliest first."""
    bounded = {one.id for one in subtask.indicators if is_bounded(one)}
    unmet = [one for one in subtask.milestones if not _is_reached(one, bounded, reports, ledger)]
    unmet.sort(key=lambda one: (one.due_on, one.id))
    return tuple(unmet)


def _is_reached(milestone: Milestone, bounded: set[int], reports: tuple[Report, ...], ledger: Ledger) -> bool:
    """With figures: each is reached. With words only: a report for its month or a later one says that it moves."""
    if not milestone.quantities:
        return _is_moving(reports, milestone.due_on)
    return not any(
        is_short(ledger.known.get(indicator_id), asked, indicator_id in bounded)
        for indicator_id, asked in milestone.quantities.items()
    )


def is_short(known: Known | None, asked: Decimal, bounded: bool) -> bool:
    """Whether a milestone's figure is not there yet, or beyond its bound."""
    if known is None:
        return True
    return known.quantity > asked if bounded else known.quantity < asked


def _is_moving(reports: tuple[Report, ...], due_on: date) -> bool:
    month = period_name(month_of(due_on))
    last_words = {report.period: report.status for report in reports if report.period >= month}
    return any(status not in IDLE_STATUSES for status in last_words.values())
