"""What the loop after the reminder owes for one sub-task: sign-off, reports sent back, the climb, cases, follow-ups.

From the words of the rules, like ``oracle_rules``: no database, no clockwork, nothing of the engine's rules.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

from engine.model import Plan, SubTask
from tests.oracle_days import DAY, offset, report_day
from tests.oracle_rules import Case, Due

RUNGS = ("heads", "leaders", "coordinators")
FOLLOW_UPS = ("evaluation", "archive")


@dataclass
class Climb:
    """One climb of the ladder: its cause, the day on which its clock started, the rungs as they were then."""

    cause: str
    start: date
    rungs: tuple[int, int, int]
    level: int = 0


@dataclass
class Notice:
    """A supervision case; ``number`` counts those of the sub-task."""

    number: int
    unit: str
    opened_on: date
    reply_due: date
    second_on: date | None = None
    replied_on: date | None = None
    closed_on: date | None = None


class Followed(Case):
    """A sub-task with everything that people decide about it; ``units`` lead it, the first one foremost."""

    def __init__(self, plan: Plan, subtask: SubTask, units: Sequence[str], followed_on: date) -> None:
        self.units, self.followed_on = list(units), followed_on
        self.signed: set[str] = set()
        self.issued = subtask.state.value == "issued"  # neither signed for by everybody nor reported on
        self.actions: list[date] = []
        self.climb: Climb | None = None
        self.notices: list[Notice] = []
        self.follow_ups: dict[str, date] = {}  # what remains to be done, with its day
        self._red_since: date | None = None
        super().__init__(plan, subtask)

    def watch(self, on: date) -> None:
        """What time brings about by itself has happened: a climb begins, reaches rungs, ends."""
        self._red_since = (self._red_since or on) if self.is_red(on) else None
        trouble = self._trouble(on) if self.policy.escalate else None
        if trouble is None:
            self.climb = None
            return
        if self.climb is None or (self.climb.cause, self.climb.start) != trouble:
            policy = self.policy
            rungs = (policy.escalate_head_after, policy.escalate_leader_after, policy.escalate_case_after)
            self.climb = Climb(*trouble, rungs)
        self.climb.level = sum(offset(self.climb.start, rung) <= on for rung in self.climb.rungs)

    def attend(self, on: date) -> None:
        """What the service does when it looks and takes the day to be ``on``: cases and second notices."""
        if self.climb and self.climb.level == len(RUNGS) and self.policy.auto_open_case:
            top = offset(self.climb.start, self.climb.rungs[-1])
            if top <= on and all(one.closed_on and one.closed_on < top for one in self.notices):
                reply_due = offset(on, self.policy.case_reply_days)
                self.notices.append(Notice(len(self.notices) + 1, self.units[0], on, reply_due))
        for notice in self.notices:
            second = offset(notice.reply_due, self.policy.second_notice_after)
            is_open = not (notice.replied_on or notice.closed_on or notice.second_on or self.at_rest)
            if is_open and second <= on <= self.plan.ends_on:
                notice.second_on = on

    def _trouble(self, on: date) -> tuple[str, date] | None:
        """Red or silence, and the day on which its clock started."""
        if self.finished or self.at_rest or on > self.plan.ends_on or self.completed_since():
            return None
        causes = (("red", self._red_since), ("silent", self._silent_since(on)))
        begun = [
            (max([since, self.followed_on, *self.actions]), cause)
            for cause, since in causes
            if since is not None
        ]
        if not begun:
            return None
        start, cause = min(begun)  # what has lasted longest; a unit that is silent, too, does not begin anew
        return cause, start

    def _silent_since(self, on: date) -> date | None:
        """Whoever speaks ends the silence: it counts from the report's day, or from the last word since then."""
        for period in self.owed_periods:
            if not self.has_report_for(period):
                heard = [day for report, day in self.sent_back() if report.period >= period]
                heard += [report.received_on for report in self.reports]
                heard += [end - DAY for _first, end in self.spans if end is not None]
                since = offset(max([report_day(period), *heard]), self.policy.escalate_silent_after)
                return since if since <= on else None
        return None

    def due(self, on: date) -> list[Due]:
        found = super().due(on)
        if self.finished:
            return self._after_acceptance(on)
        if self.at_rest or on > self.plan.ends_on or self.completed_since():
            return found
        return [*found, *self._sign_off(on), *self._asked_again(on), *self._escalated(), *self._cases(on)]

    def _sign_off(self, on: date) -> list[Due]:
        unsigned = [unit for unit in dict.fromkeys(self.units) if unit not in self.signed]
        if not self.policy.acknowledge or not self.issued or not unsigned:
            return []
        base = max(self.followed_on, self.plan.starts_on)
        steps = range(self.policy.acknowledge_first, 400, self.policy.acknowledge_every)
        owed = self.latest("acknowledge", self.task, base, steps, base, on, begin=base)
        return [replace(one, unit=unit) for unit in unsigned for one in owed]

    def _asked_again(self, on: date) -> list[Due]:
        found = []
        steps = range(self.policy.returned_first, 400, self.policy.returned_every)
        for report, day in self.sent_back():
            key = f"report:{self.subtask.id}:{report.period}"
            found += self.latest("returned", key, day, steps, report.id, on)
        return found

    def _escalated(self) -> list[Due]:
        if self.climb is None or not self.climb.level:
            return []
        level, start = self.climb.level, self.climb.start
        nominal = offset(start, self.climb.rungs[level - 1])
        return [Due(self.task, "escalated", str(start), level, nominal, RUNGS[level - 1])]

    def _cases(self, on: date) -> list[Due]:
        found: list[Due] = []
        for notice in self.notices:
            if notice.closed_on or notice.replied_on:
                continue
            found += [replace(one, to="reply", unit=notice.unit) for one in self._case(notice, on)]
        return found

    def _case(self, notice: Notice, on: date) -> list[Due]:
        key, anchor = f"case:{self.subtask.id}/{notice.number}", f"{self.subtask.id}/{notice.number}"
        told = notice.second_on or notice.opened_on
        found = [Due(key, "case_notice", anchor, 2 if notice.second_on else 1, told)]
        due_on = notice.reply_due
        if on <= due_on:
            return found + self.latest("case_due", key, due_on, self.policy.case_offsets, due_on, on)
        steps = range(self.policy.case_late_first, 400, self.policy.case_late_every)
        return found + self.latest("case_late", key, due_on, steps, due_on, on)

    def accept(self, on: date) -> None:
        """The sub-task has been accepted; what follows gets its days."""
        if not self.finished:
            self.finished = True
            after = (self.policy.evaluation_due_after, self.policy.archive_due_after)
            self.follow_ups = {kind: offset(on, n) for kind, n in zip(FOLLOW_UPS, after, strict=True)}
            self.close_notices(on)

    def close_notices(self, on: date) -> None:
        """No supervision case stands any more."""
        for notice in self.notices:
            notice.closed_on = notice.closed_on or on

    def _after_acceptance(self, on: date) -> list[Due]:
        found = []
        late = range(1, 400, self.policy.follow_up_late_every)
        for kind, day in self.follow_ups.items():
            key = f"follow_up:{self.subtask.id}:{kind}"
            found += self.latest("follow_up", key, day, (*self.policy.follow_up_offsets, *late), day, on)
        return found
