"""What is known of a sub-task on a day, worked out once for every rule that looks at it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import NamedTuple

from engine.calendar import WorkCalendar
from engine.model import FINISHED_STATES, Indicator, Milestone, Plan, Report, State, SubTask
from engine.policy import Policy

ACCUMULATING_KINDS = frozenset({"delivery", "coverage"})
DONE_STATUSES = frozenset({"done", "over_fulfilled"})
IDLE_STATUSES = frozenset({"lagging", "not_started"})
RESTING_STATES = frozenset({State.DRAFT, State.SUSPENDED, State.TERMINATED})


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
    """One sub-task on one day: its dates by the rules of precedence, and the reports received by then."""

    plan: Plan
    subtask: SubTask
    cal: WorkCalendar
    on: date
    start: date
    deadline: date
    execute_end: date
    plan_end: date
    reports: tuple[Report, ...]
    ledger: Ledger

    @classmethod
    def of(cls, plan: Plan, subtask: SubTask, cal: WorkCalendar, on: date) -> Facts:
        """The facts on ``on``; reports received later are not among them."""
        execute_end = plan.execute_ends_on
        reports = subtask.reports
        if reports and reports[-1].received_on > on:
            reports = tuple(report for report in reports if report.received_on <= on)
        return cls(
            plan=plan,
            subtask=subtask,
            cal=cal,
            on=on,
            start=subtask.starts_on or plan.starts_on,
            deadline=subtask.deadline or execute_end,
            execute_end=execute_end,
            plan_end=plan.ends_on,
            reports=reports,
            ledger=_read(reports),
        )

    @property
    def policy(self) -> Policy:
        """The numbers that the plan's coordinator chose."""
        return self.plan.policy

    @property
    def latest(self) -> Report | None:
        """The report that counts, if there is one."""
        return self.ledger.latest

    @property
    def resting(self) -> bool:
        """Whether people took the sub-task out of the follow-up: draft, suspended or terminated."""
        return self.subtask.state in RESTING_STATES

    @property
    def finished(self) -> bool:
        """Whether people accepted or closed it."""
        return self.subtask.state in FINISHED_STATES


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


def reaches(indicator: Indicator | None, actual: Decimal, asked: Decimal) -> bool:
    """Whether a figure satisfies what is asked, by the indicator's comparator; ≥ where none is known."""
    if indicator is None:
        return actual >= asked
    if is_bounded(indicator):
        return actual < asked if indicator.comparator == "<" else actual <= asked
    return actual > asked if indicator.comparator == ">" else actual >= asked


def is_met(facts: Facts, indicator: Indicator, known: Known | None) -> bool:
    """Whether the indicator is fulfilled for good.

    An upper bound is only met by a figure of the deadline or later; its last working day will do.
    """
    if known is None or not reaches(indicator, known.quantity, indicator.quantity):
        return False
    return not is_bounded(indicator) or known.as_of >= facts.cal.offset(facts.deadline, 0)


def is_completed(facts: Facts, ledger: Ledger) -> bool:
    """Whether all that was promised is there: every indicator met, or reported done where there is none."""
    if facts.finished or facts.subtask.state is State.COMPLETION_CLAIMED:
        return True
    return _fulfilled(facts, ledger)


def _fulfilled(facts: Facts, ledger: Ledger) -> bool:
    if ledger.latest is None:
        return False
    indicators = facts.subtask.indicators
    if not indicators:
        return ledger.latest.status in DONE_STATUSES
    known = ledger.known
    return all(is_met(facts, indicator, known.get(indicator.id)) for indicator in indicators)


def completed_on(facts: Facts) -> date | None:
    """The day on which the present completion was first visible; ``None`` if no report shows it.

    Where people claimed it without figures, the last report's day.
    """
    since: date | None = None
    for report, ledger in histories(facts.reports):
        since = (since or report.received_on) if _fulfilled(facts, ledger) else None
    return since or (facts.reports[-1].received_on if facts.reports else None)


def is_reached(facts: Facts, milestone: Milestone) -> bool:
    """Whether a milestone is met by what is known.

    With figures: each is reached. With words only: a report for its month or a later one is there and
    does not say that nothing moves.
    """
    if not milestone.quantities:
        return _is_moving(facts.reports, milestone.due_on)
    return all(_reaches_mark(facts, milestone, indicator_id) for indicator_id in milestone.quantities)


def _reaches_mark(facts: Facts, milestone: Milestone, indicator_id: int) -> bool:
    known = facts.ledger.known.get(indicator_id)
    indicator = next((one for one in facts.subtask.indicators if one.id == indicator_id), None)
    if known is None or not reaches(indicator, known.quantity, milestone.quantities[indicator_id]):
        return False
    if indicator is None or not is_bounded(indicator):
        return True
    return known.as_of >= facts.cal.offset(milestone.due_on, 0)


def _is_moving(reports: tuple[Report, ...], due_on: date) -> bool:
    month = f"{due_on:%Y-%m}"
    last_words = {report.period: report.status for report in reports if report.period >= month}
    return any(status not in IDLE_STATUSES for status in last_words.values())
