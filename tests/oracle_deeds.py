"""What people do to a sub-task, in the oracle's words: each deed changes the facts, or does nothing if it is refused."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal

from engine.model import Report
from tests.oracle_following import Followed


@dataclass(frozen=True)
class Reported:
    """The lead unit hands in a report."""

    report: Report

    def happen(self, case: Followed, on: date) -> None:
        if case.finished or case.at_rest:
            return
        case.reports.append(self.report)
        if case.policy.auto_review:
            case.actions.append(on)
        if case.policy.auto_accept and case.completed_since():
            case.accept(on)


@dataclass(frozen=True)
class Accepted:
    """A coordinator accepts the sub-task."""

    def happen(self, case: Followed, on: date) -> None:
        case.accept(on)


@dataclass(frozen=True)
class Reviewed:
    """A coordinator accepts the latest report that nobody has reviewed, or returns it."""

    accepts: bool

    def happen(self, case: Followed, on: date) -> None:
        waiting = [one for one in case.reports if not one.accepted]
        if not waiting or case.finished:
            return
        report = waiting[-1]
        place = case.reports.index(report)
        if self.accepts:
            case.reports[place] = replace(report, accepted=True)
            case.actions.append(on)
            return
        del case.reports[place]
        case.returned.append((report, on))
        case.changed()


@dataclass(frozen=True)
class Signed:
    """A lead unit signs for the sub-task."""

    unit: str

    def happen(self, case: Followed, _on: date) -> None:
        case.signed.add(self.unit)


@dataclass(frozen=True)
class Changed:
    """A change request is approved: its kind, the new deadline, the new quantities by indicator."""

    kind: str
    deadline: date | None = None
    quantities: Mapping[int, Decimal] = field(default_factory=dict)

    def happen(self, case: Followed, on: date) -> None:
        if case.finished or (self.kind == "resumption") != bool(case.spans and case.spans[-1][1] is None):
            return
        subtask = case.subtask
        indicators = tuple(
            replace(one, quantity=self.quantities.get(one.id, one.quantity)) for one in subtask.indicators
        )
        case.subtask = replace(subtask, deadline=self.deadline or subtask.deadline, indicators=indicators)
        if self.kind == "suspension":
            case.spans.append((on, None))
        if self.kind == "resumption":
            case.spans[-1] = (case.spans[-1][0], on)
        case.at_rest = self.kind in ("suspension", "termination")
        case.actions.append(on)
        case.changed()


@dataclass(frozen=True)
class Replied:
    """The unit answers the open supervision case."""

    def happen(self, case: Followed, on: date) -> None:
        for notice in case.notices:
            if not notice.closed and notice.replied_on is None:
                notice.replied_on = on
                case.actions.append(on)


@dataclass(frozen=True)
class Closed:
    """A coordinator closes the case that is answered."""

    def happen(self, case: Followed, _on: date) -> None:
        for notice in case.notices:
            notice.closed = notice.closed or notice.replied_on is not None


@dataclass(frozen=True)
class FollowedUp:
    """What remained after acceptance is done."""

    kind: str

    def happen(self, case: Followed, _on: date) -> None:
        case.follow_ups.pop(self.kind, None)


Happening = Reported | Accepted | Reviewed | Signed | Changed | Replied | Closed | FollowedUp
