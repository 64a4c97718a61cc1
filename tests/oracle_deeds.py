"""What people do to a sub-task, in the oracle's words: each deed changes the facts, or does nothing if it is refused."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal

from engine.model import Report
from tests.oracle_days import offset
from tests.oracle_following import Followed


@dataclass(frozen=True)
class Reported:
    """The lead unit hands in a report."""

    report: Report

    def happen(self, case: Followed, on: date) -> None:
        if case.finished or case.at_rest:
            return
        case.reports.append(replace(self.report, accepted=case.policy.auto_review))
        case.issued = False
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
        if not waiting or case.finished or case.terminated:
            return
        report = waiting[-1]
        if any(one.id > report.id and one.period == report.period for one in case.reports):
            return  # replaced
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
    """A lead unit signs for the sub-task, while it is only issued."""

    unit: str

    def happen(self, case: Followed, _on: date) -> None:
        if case.issued and not case.at_rest and not case.finished:
            case.signed.add(self.unit)
            case.issued = not case.signed >= set(case.units)


@dataclass(frozen=True)
class Changed:
    """A change request is approved: its kind, the new deadline, the new quantities by indicator."""

    kind: str
    deadline: date | None = None
    quantities: Mapping[int, Decimal] = field(default_factory=dict)

    def happen(self, case: Followed, on: date) -> None:
        if not self._makes_sense(case, on):
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
        if self.kind in ("suspension", "termination", "resumption"):
            case.at_rest = self.kind != "resumption"
        if self.kind == "termination":
            case.terminated = True
            case.close_notices(on)
        case.actions.append(on)
        case.changed()

    def _makes_sense(self, case: Followed, on: date) -> bool:
        """What can be asked of a sub-task as it stands; anything else is refused."""
        if case.finished or case.terminated or on > case.plan.ends_on:
            return False
        moved = self.deadline is None or self.deadline > case.deadline
        match self.kind:
            case "suspension":
                return not case.at_rest
            case "extension":
                return not case.at_rest and self.deadline is not None and moved
            case "resumption":
                is_inside = case.is_away(case.deadline) and case.deadline < on
                in_time = self.deadline is None or self.deadline >= on
                return case.at_rest and moved and in_time and not (is_inside and self.deadline is None)
            case "adjustment":
                known = {one.id: one.quantity for one in case.subtask.indicators}
                return any(known[key] != value for key, value in self.quantities.items())
            case _:
                return True


@dataclass(frozen=True)
class Replied:
    """The unit answers the open supervision case."""

    def happen(self, case: Followed, on: date) -> None:
        for notice in case.notices:
            if not notice.closed_on and notice.replied_on is None:
                notice.replied_on = on
                case.actions.append(on)


@dataclass(frozen=True)
class Closed:
    """A coordinator closes the case that is answered."""

    def happen(self, case: Followed, on: date) -> None:
        for notice in case.notices:
            if notice.replied_on is not None:
                notice.closed_on = notice.closed_on or on


@dataclass(frozen=True)
class FollowedUp:
    """What remained after acceptance is done."""

    kind: str

    def happen(self, case: Followed, _on: date) -> None:
        case.follow_ups.pop(self.kind, None)


@dataclass(frozen=True)
class SentBack:
    """A coordinator is not content with the answer and asks for another one."""

    def happen(self, case: Followed, on: date) -> None:
        for notice in case.notices:
            if not notice.closed_on and notice.replied_on is not None:
                notice.replied_on = None
                notice.reply_due = offset(on, case.policy.case_reply_days)


Happening = Reported | Accepted | Reviewed | Signed | Changed | Replied | Closed | SentBack | FollowedUp
