"""What the loop after the reminder owes for one sub-task: sign-off, reports sent back, the climb, cases, follow-ups.

From the words of the rules, like ``oracle_rules``: no database, no clockwork, nothing of the engine's rules.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

from engine.model import Plan, SubTask
from tests.oracle_rules import Case, Due, offset, report_day

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
    closed: bool = False


class Followed(Case):
    """A sub-task with everything that people decide about it; ``units`` lead it, the first one foremost."""

    def __init__(self, plan: Plan, subtask: SubTask, units: Sequence[str]) -> None:
        self.units = list(units)
        self.signed: set[str] = set()
        self.actions: list[date] = []
        self.climb: Climb | None = None
        self.notices: list[Notice] = []
        self.follow_ups: dict[str, date] = {}  # what remains to be done, with its day
        self._red_since: date | None = None
        super().__init__(plan, subtask)

    def watch(self, on: date) -> None:
        """What time brings about by itself has happened: climbs begin, reach rungs and end; cases open."""
        self._red_since = (self._red_since or on) if self.is_red(on) else None
        trouble = self._trouble(on) if self.policy.escalate else None
        if trouble is None:
            self.climb = None
        else:
            self._climb(*trouble, on)
        for notice in self.notices:
            second = offset(notice.reply_due, self.policy.second_notice_after)
            if not (notice.replied_on or notice.closed or notice.second_on) and second <= on:
                notice.second_on = on

    def _climb(self, cause: str, start: date, on: date) -> None:
        if self.climb is None or (self.climb.cause, self.climb.start) != (cause, start):
            policy = self.policy
            rungs = (policy.escalate_head_after, policy.escalate_leader_after, policy.escalate_case_after)
            self.climb = Climb(cause, start, rungs)
        before = self.climb.level
        self.climb.level = sum(offset(start, rung) <= on for rung in self.climb.rungs)
        if before < self.climb.level == len(RUNGS) and self.policy.auto_open_case:
            self.open_notice(on)

    def open_notice(self, on: date) -> None:
        """A supervision case has been opened, unless one is open."""
        if all(one.closed for one in self.notices):
            reply_due = offset(on, self.policy.case_reply_days)
            self.notices.append(Notice(len(self.notices) + 1, self.units[0], on, reply_due))

    def _trouble(self, on: date) -> tuple[str, date] | None:
        """Red or silence, and the day on which its clock started."""
        if self.finished or self.at_rest or on > self.plan.ends_on or self.completed_since():
            return None
        since, cause = self._red_since, "red"
        if since is None:
            since, cause = self._silent_since(on), "silent"
        return None if since is None else (cause, max([since, *self.actions]))

    def _silent_since(self, on: date) -> date | None:
        for period in self.owed_periods:
            if not self.has_report_for(period):
                since = offset(report_day(period), self.policy.escalate_silent_after)
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
        if not self.policy.acknowledge:
            return []
        base, steps = (
            self.plan.starts_on,
            range(self.policy.acknowledge_first, 400, self.policy.acknowledge_every),
        )
        owed = self.latest("acknowledge", self.task, base, steps, base, on)
        return [
            replace(one, unit=unit)
            for unit in dict.fromkeys(self.units)
            if unit not in self.signed
            for one in owed
        ]

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
            if notice.closed or notice.replied_on:
                continue
            found += [replace(one, to="reply", unit=notice.unit) for one in self._case(notice, on)]
        return found

    def _case(self, notice: Notice, on: date) -> list[Due]:
        key, anchor = f"case:{self.subtask.id}/{notice.number}", f"{self.subtask.id}/{notice.number}"
        told = notice.second_on or notice.opened_on
        found = [Due(key, "case_notice", anchor, 2 if notice.second_on else 1, told)]
        if on <= notice.reply_due:
            return found + self.latest(
                "case_due", key, notice.reply_due, self.policy.case_offsets, anchor, on
            )
        steps = range(self.policy.case_late_first, 400, self.policy.case_late_every)
        return found + self.latest("case_late", key, notice.reply_due, steps, anchor, on)

    def accept(self, on: date) -> None:
        """The sub-task has been accepted; what follows gets its days."""
        if not self.finished:
            self.finished = True
            after = (self.policy.evaluation_due_after, self.policy.archive_due_after)
            self.follow_ups = {kind: offset(on, n) for kind, n in zip(FOLLOW_UPS, after, strict=True)}

    def _after_acceptance(self, on: date) -> list[Due]:
        found = []
        late = range(self.policy.follow_up_late_every, 400, self.policy.follow_up_late_every)
        for kind, day in self.follow_ups.items():
            key = f"follow_up:{self.subtask.id}/{kind}"
            found += self.latest("follow_up", key, day, (*self.policy.follow_up_offsets, *late), day, on)
        return found
