"""消息日历: messages of a month by day, those that were sent and those that would be."""

from __future__ import annotations

import calendar
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from itertools import groupby
from typing import Any

from sqlalchemy import select
from sqlmodel import Session, col

from db import outbox, tables
from engine.calendar import WorkCalendar
from web.reasons import rule_word
from web.view import View
from web.words import knows

Line = dict[str, Any]
MOST_TASKS = 3  # that a reason names
CHUNK = 500  # messages in one query


@dataclass(frozen=True, slots=True)
class Entry:
    """One message: ``id`` of one that exists, whose ``items`` are only there once :func:`with_items` has read them."""

    on: date
    time: str
    to: str
    kind: str
    subject: str
    items: Sequence[Any] = ()
    id: int | None = None
    held: bool = False

    @property
    def merged(self) -> int:
        """How many reminders it holds."""
        return len(self.items)


@dataclass(frozen=True, slots=True)
class Cell:
    """A day of the month: its numbers by kind."""

    on: date
    works: bool
    is_past: bool
    counts: tuple[tuple[str, int], ...]

    @property
    def total(self) -> int:
        """All messages of the day."""
        return sum(number for _, number in self.counts)


def sent_entries(session: Session, first: date, last: date, now: datetime, view: View) -> list[Entry]:
    """The messages of those days that exist already."""
    message = tables.Message
    query = (
        select(
            col(message.id),
            col(message.slot_at),
            col(message.recipient),
            col(message.kind),
            col(message.subject),
            col(message.state),
        )
        .where(col(message.slot_on).between(first, last), col(message.slot_at) <= now)
        .where(col(message.state).in_(("held", *outbox.LIVE)))
        .order_by(col(message.slot_at), col(message.recipient), col(message.id))
    )
    return [
        Entry(*_when(at, view), to, kind, subject, id=number, held=state == "held")
        for number, at, to, kind, subject, state in session.execute(query)
    ]


def with_items(session: Session, entries: Sequence[Entry]) -> list[Entry]:
    """The same entries with what they hold: read for those that are shown, for there is much of it."""
    message = tables.Message
    ids = [one.id for one in entries if one.id is not None]
    items: dict[int | None, Sequence[Any]] = {}
    for start in range(0, len(ids), CHUNK):
        query = select(col(message.id), col(message.items)).where(
            col(message.id).in_(ids[start : start + CHUNK])
        )
        items.update((row[0], row[1]) for row in session.execute(query))
    return [one if one.id is None else replace(one, items=items.get(one.id, ())) for one in entries]


def coming_entries(lines: Iterable[Line], first: date, last: date, now: datetime, view: View) -> list[Entry]:
    """The rehearsed messages of those days that are still to come at that moment."""
    found = []
    for line in lines:
        at = moment_of(line, view)
        if first <= at.date() <= last and at > now:
            held = bool(line.get("held"))
            told = (line["recipient"], line["kind"], line["subject"], line["items"])
            found.append(Entry(*_when(at, view), *told, held=held))
    return found


def moment_of(line: Line, view: View) -> datetime:
    """When the rehearsed message would leave."""
    return datetime.combine(date.fromisoformat(line["date"]), time.fromisoformat(line["time"]), view.zone)


def weeks_of(
    first: date, entries: Sequence[Entry], cal: WorkCalendar, today: date
) -> list[list[Cell | None]]:
    """The month as weeks from Monday to Sunday; nothing outside the month."""
    by_day = {day: list(found) for day, found in groupby(entries, key=lambda one: one.on)}
    weeks = calendar.Calendar().monthdatescalendar(first.year, first.month)
    return [
        [_cell(day, by_day.get(day, []), cal, today) if day.month == first.month else None for day in week]
        for week in weeks
    ]


def month_span(first: date) -> tuple[date, date]:
    """The first and the last day of the month."""
    return first.replace(day=1), first.replace(day=calendar.monthrange(first.year, first.month)[1])


def month_before(first: date) -> date:
    """The first day of the month before."""
    return (first.replace(day=1) - timedelta(days=1)).replace(day=1)


def month_after(first: date) -> date:
    """The first day of the next month."""
    return month_span(first)[1] + timedelta(days=1)


def kind_word(kind: str, view: View) -> str:
    """What a kind of message is called."""
    key = f"kind.{kind}"
    return view.t(key) if knows(view.locale, key) else kind


def why(kind: str, items: Sequence[Any], view: View) -> str:
    """Why there is such a message, in words: each rule with the sub-tasks that it speaks of, else its kind."""
    return _of_items(items, view) or kind_word(kind, view)


def _of_items(items: Sequence[Any], view: View) -> str:
    known = [item for item in items if isinstance(item, dict) and item.get("rule")]
    known.sort(key=lambda item: str(item["rule"]))
    return view.t("calendar.and").join(_reasons(known, view))


def _reasons(known: Sequence[dict[str, Any]], view: View) -> Iterator[str]:
    for rule, same in groupby(known, key=lambda item: str(item["rule"])):
        titles = list(dict.fromkeys(str(item.get("title", "")) for item in same))
        shown = view.t("list").join(title for title in titles[:MOST_TASKS] if title)
        more = len(titles) - MOST_TASKS
        if more > 0:
            shown = view.t("grid.and_more", tasks=shown, n=len(titles))
        word = rule_word(rule, view.locale) if knows_rule(rule, view) else rule
        yield view.t("calendar.why", rule=word, tasks=shown) if shown else word


def knows_rule(rule: str, view: View) -> bool:
    """Whether the rule has a name; what a later version stored may not."""
    try:
        rule_word(rule, view.locale)
    except KeyError:
        return False
    return True


def _when(at: datetime, view: View) -> tuple[date, str]:
    local = at.astimezone(view.zone)
    return local.date(), f"{local:%H:%M}"


def _cell(day: date, found: Sequence[Entry], cal: WorkCalendar, today: date) -> Cell:
    counts = Counter(one.kind for one in found)
    return Cell(day, cal.is_working_day(day), day < today, tuple(sorted(counts.items())))
