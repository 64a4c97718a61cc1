"""An independent oracle: which messages a plan, its event log and a span of days must lead to.

No database, no clockwork, nothing of the engine but its input values. ``oracle_rules`` says what is due
for one sub-task; here that is merged by recipient and day and numbered within each episode.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from engine.model import Plan, SubTask
from tests.oracle_days import DAY, days, is_working, worked
from tests.oracle_deeds import Happening
from tests.oracle_following import Followed
from tests.oracle_rules import Due

POSTS = {
    "liaisons": ("联络员",),
    "heads": ("负责人",),
    "leaders": ("分管领导",),
    "reply": ("联络员", "负责人"),
}
TICK = timedelta(microseconds=1)
NEVER = datetime.min.replace(tzinfo=UTC)
Look = tuple[datetime, date]  # a moment, and the day that the service took it to be
SLOT = time(9, 10)  # by then the jitter of every recipient is over; events of a story keep clear of it


@dataclass(frozen=True)
class Event:
    """What people did at a moment."""

    at: datetime  # in the plan's zone
    subtask_id: int
    what: Happening


@dataclass(frozen=True, order=True)
class Item:
    """One line of a message."""

    subtask: str
    rule: str
    nominal_on: date
    number: int


@dataclass(frozen=True)
class Expected:
    """A message that must leave on that day, and no other to that recipient."""

    recipient: str
    on: date
    items: tuple[Item, ...]  # sorted; two milestones of one sub-task may read alike


@dataclass
class Story:
    """A plan with who leads which sub-task, and what people do; ``coordinators`` accept.

    ``posts`` are those that exist, as messages show them: the unit's name and the post's. Where one leader
    is in charge of several units, ``same`` names for each of those posts the one that is written to.
    """

    plan: Plan
    subtasks: Sequence[SubTask]
    units: Mapping[int, Sequence[str]]  # by sub-task id, the lead first, co-leads included
    posts: frozenset[str]
    coordinators: Sequence[str] = ("督查室",)
    events: Sequence[Event] = ()
    same: Mapping[str, str] = field(default_factory=dict)


@dataclass
class Telling:
    """Goes through a story; ``messages`` are what must be sent, ``keys`` every step that was ever alive."""

    story: Story
    looks: Sequence[Look] | None = None  # when the service looked, in order; ``None``: always
    messages: list[Expected] = field(default_factory=list)
    keys: dict[tuple[str, str, str, int, str], date] = field(default_factory=dict)  # with the nominal day
    _looked: datetime = NEVER
    _cases: dict[int, Followed] = field(default_factory=dict)
    _said: set[tuple[str, str, str, int, str]] = field(default_factory=set)
    _times: Counter[tuple[str, str, str, str]] = field(default_factory=Counter)

    def run(self, first: date, last: date) -> Telling:
        """Every day of the span has been lived through, its slot and its events in order."""
        self._cases = {
            one.id: Followed(self.story.plan, one, self.story.units[one.id], first)
            for one in self.story.subtasks
        }
        for day in days(min(first, self.story.plan.starts_on), last):
            if day < first:
                self._pass(day)
            else:
                self._live(day)
        return self

    def _pass(self, day: date) -> None:
        """A day before the span: things happen, nobody is told."""
        for case in self._cases.values():
            case.watch(day)
        for event in self.story.events:
            if event.at.date() == day:
                event.what.happen(self._cases[event.subtask_id], day)

    def _live(self, day: date) -> None:
        events = sorted((one for one in self.story.events if one.at.date() == day), key=lambda one: one.at)
        served: set[str] = set()
        for case in self._cases.values():
            case.watch(day)
        self._attend(day, time())
        self._note(day)
        for event in events:
            if event.at.time() < SLOT:
                self._happen(event)
        self._attend(day, SLOT)
        self._note(day)
        self._speak(day, SLOT, served)
        for event in events:
            if event.at.time() >= SLOT:
                self._happen(event)
                self._speak(day, event.at.time(), served)
        self._attend(day, time.max)
        self._note(day)

    def _attend(self, day: date, clock: time) -> None:
        """The service has looked at what lasts, if it was up since the last time."""
        until = datetime.combine(day, clock, ZoneInfo(self.story.plan.time_zone))
        found = [day] if self.looks is None else [on for at, on in self.looks if self._looked < at <= until]
        for on in found:
            for case in self._cases.values():
                case.attend(on)
        self._looked = until

    def _happen(self, event: Event) -> None:
        case, day = self._cases[event.subtask_id], event.at.date()
        self._attend(day, (event.at - TICK).time())
        event.what.happen(case, day)
        case.watch(day)
        self._attend(day, event.at.time())
        self._note(day, event.subtask_id)

    def _note(self, day: date, only: int | None = None) -> None:
        for key, case in self._cases.items():
            if only in (None, key):
                for due in case.due(day):
                    for recipient in self._recipients(key, due):
                        self.keys[_key(due, recipient)] = due.nominal_on

    def _speak(self, day: date, moment: time, served: set[str]) -> None:
        """Who has something due that was never said gets it now, if the window is open, once a day."""
        policy = self.story.plan.policy
        if not is_working(day) or not policy.window_opens <= moment < policy.window_closes:
            return
        waiting: dict[str, list[tuple[str, Due]]] = {}
        for key, case in self._cases.items():
            for due in case.due(day):
                for recipient in self._recipients(key, due):
                    if recipient not in served and _key(due, recipient) not in self._said:
                        waiting.setdefault(recipient, []).append((case.subtask.no, due))
        for recipient, lines in waiting.items():
            served.add(recipient)
            items = tuple(sorted(self._item(recipient, no, due) for no, due in lines))
            self.messages.append(Expected(recipient, day, items))

    def _item(self, recipient: str, no: str, due: Due) -> Item:
        self._said.add(_key(due, recipient))
        episode = (due.obligation, due.rule, due.anchor, recipient)
        self._times[episode] += 1
        return Item(no, due.rule, due.nominal_on, self._times[episode])

    def _recipients(self, subtask_id: int, due: Due) -> list[str]:
        """Each post once; several posts of one leader are one."""
        if due.to == "coordinators":
            return list(self.story.coordinators)
        units = [due.unit] if due.unit else self.story.units[subtask_id]
        named = [f"{unit} {post}" for unit in units for post in POSTS[due.to]]
        existing = (self.story.same.get(one, one) for one in named if one in self.story.posts)
        return list(dict.fromkeys(existing))


def tell(story: Story, first: date, last: date, looks: Sequence[Look] | None = None) -> Telling:
    """The story from the first to the last day, both included."""
    return Telling(story, looks).run(first, last)


def digest_days(plan: Plan, first: date, last: date) -> list[date]:
    """The last working day of each ISO week, none for a week without one; in the last days of gap-fill every one."""
    phase = plan.phase("gap_fill")
    return [
        day
        for day in days(first, min(last, plan.ends_on))
        if is_working(day)
        and (
            _is_last_of_week(day)
            or (
                phase is not None
                and day <= phase.ends_on
                and worked(day, phase.ends_on) < plan.policy.gap_daily_last
            )
        )
    ]


def _is_last_of_week(day: date) -> bool:
    following = days(day + DAY, day + DAY * (6 - day.weekday()))
    return not any(is_working(one) for one in following)


def _key(due: Due, recipient: str) -> tuple[str, str, str, int, str]:
    return due.obligation, due.rule, due.anchor, due.step, recipient
