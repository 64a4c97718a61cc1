"""节点表: milestones as cells of sub-task × month that people type, move, or fill by template; stores nothing."""

from __future__ import annotations

import calendar
import itertools
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal

from engine.calendar import WorkCalendar
from engine.facts import accumulates
from engine.milestone_templates import Kind, Promised, propose
from engine.model import Milestone, Plan, SubTask
from engine.months import month_end, month_of, period_name
from engine.quantities import narrow, number_in
from notifications.words import DEFAULT_LOCALE, listed, say
from workflows.milestone_changes import Wanted

TEXT = 0  # in the place of an indicator's id: the words of the milestone
LONGEST = 300  # signs of a milestone's words
MOST_DIGITS = 18
Entries = tuple[Wanted, ...]  # every milestone that a sub-task would have; ``was_on`` is where it stands now


@dataclass(frozen=True, slots=True)
class Cell:
    """The figure of an indicator, or the words, that a month's milestone has."""

    key: int
    month: int


def months_of(plan: Plan) -> range:
    """The months of the plan, as numbers, the first and the last included."""
    return range(month_of(plan.starts_on), month_of(plan.ends_on) + 1)


def entries_of(standing: Sequence[Milestone], wanted: Iterable[Wanted]) -> Entries:
    """The milestones as they would stand after the change."""
    days = {one.due_on: one for one in standing}
    found = {
        day: Wanted(day, _period(day), one.text, dict(one.quantities), day, one.weight)
        for day, one in days.items()
    }
    changes = list(wanted)
    for one in changes:
        found.pop(one.from_day, None)
    for one in changes:
        if not one.removes:
            old = days.get(one.from_day)
            weight = one.weight if one.weight is not None else old.weight if old else Decimal(1)
            found[one.due_on] = replace(one, was_on=one.from_day if old else None, weight=weight)
    return tuple(found[day] for day in sorted(found))


def wanted_of(standing: Sequence[Milestone], entries: Entries) -> tuple[Wanted, ...]:
    """The change that leads from what stands to the entries; nothing where they are the same."""
    days = {one.due_on: one for one in standing}
    taken = {one.was_on for one in entries} | {one.due_on for one in entries}
    removed = [Wanted(day, None, "", {}) for day in days if day not in taken]
    changed = []
    for one in entries:
        old = days.get(one.was_on or one.due_on)
        same = old and (old.due_on, old.text, dict(old.quantities), old.weight) == (
            *(one.due_on, one.text, dict(one.figures), one.weight),
        )
        if not same:
            changed.append(replace(one, was_on=None if one.was_on == one.due_on else one.was_on))
    return tuple(sorted([*removed, *changed], key=lambda one: one.due_on))


def entry_at(entries: Entries, cell: Cell) -> Wanted | None:
    """The milestone whose value the cell shows: the month's last one that has it."""
    having = [one for one in entries if month_of(one.due_on) == cell.month and _value(one, cell.key)]
    return having[-1] if having else None


def value_at(entries: Entries, cell: Cell) -> str:
    """What the cell shows."""
    entry = entry_at(entries, cell)
    return _value(entry, cell.key) if entry else ""


def day_for(plan: Plan, subtask: SubTask, month: int) -> date:
    """The day of a new milestone of the month: its end, unless the deadline or the plan's end comes before."""
    deadline = subtask.deadline or plan.execute_ends_on
    last = min(month_end(month), plan.ends_on)
    return deadline if month_of(deadline) == month else last


def typed_in(
    plan: Plan, subtask: SubTask, entries: Entries, typed: Mapping[Cell, str]
) -> tuple[Entries, dict[Cell, str]]:
    """The entries with what was typed, and why cells were refused: ``number``, ``long``, ``falling``.

    A refused cell changes nothing.
    """
    after, refused, placed = _placed(plan, subtask, entries, typed)
    falling = _falling(after, placed)
    if not falling:
        return after, refused
    rest = {cell: text for cell, text in typed.items() if cell not in falling}
    after, more = typed_in(plan, subtask, entries, rest)
    return after, more | falling


def moved(
    plan: Plan, entries: Entries, today: date, days: int = 0, months: int = 0
) -> tuple[Entries, str | None]:
    """Everything from ``today`` on that much later; or, unchanged, why not: ``outside`` the plan, ``same_day``."""
    after = tuple(
        one
        if one.due_on < today
        else replace(one, due_on=(day := _later(one.due_on, days, months)), period=_period(day))
        for one in entries
    )
    if any(not plan.starts_on <= one.due_on <= plan.ends_on for one in after):
        return entries, "outside"
    if len({one.due_on for one in after}) < len(after):
        return entries, "same_day"
    return tuple(sorted(after, key=lambda one: one.due_on)), None


def filled(
    plan: Plan,
    subtask: SubTask,
    entries: Entries,
    kind: Kind,
    cal: WorkCalendar,
    today: date,
    locale: str = DEFAULT_LOCALE,
) -> Entries:
    """What lies before ``today`` as it is, and from then on the template's milestones in place of the others,
    in the words of that language."""
    start = subtask.starts_on or plan.starts_on
    deadline = subtask.deadline or plan.execute_ends_on
    promised = tuple(
        Promised(one.id, one.quantity, one.unit) for one in subtask.indicators if accumulates(one)
    )
    standing = {one.due_on: one.was_on for one in entries}
    proposed = (
        Wanted(
            *(one.due_on, _period(one.due_on), _stages(one.text, locale), one.quantities),
            *(standing.get(one.due_on), one.weight),
        )
        for one in propose(kind, start, deadline, promised, cal)
        if one.due_on >= today
    )
    return (*(one for one in entries if one.due_on < today), *proposed)


def _stages(text: str, locale: str) -> str:
    """The template's stages in that language; a day may have several."""
    return listed([say(locale, f"stage.{one}") for one in text.split("、") if one], locale)


def _placed(
    plan: Plan, subtask: SubTask, entries: Entries, typed: Mapping[Cell, str]
) -> tuple[Entries, dict[Cell, str], dict[tuple[int, date], Cell]]:
    """What was typed in its place, what cannot be read, and on which day each cell came to stand."""
    refused: dict[Cell, str] = {}
    placed: dict[tuple[int, date], Cell] = {}
    units = {one.id: one.unit for one in subtask.indicators}
    for cell, text in typed.items():
        if text.strip() == value_at(entries, cell):
            continue
        if cell.key == TEXT and len(text) > LONGEST:
            refused[cell] = "long"
            continue
        try:
            value = text.strip() if cell.key == TEXT else read_figure(text, units[cell.key])
        except ValueError:
            refused[cell] = "number"
            continue
        at = entry_at(entries, cell)
        day = at.due_on if at else day_for(plan, subtask, cell.month)
        placed[cell.key, day] = cell
        entries = _put(entries, day, cell.key, value)
    return entries, refused, placed


def _value(one: Wanted, key: int) -> str:
    if key == TEXT:
        return one.text
    return f"{one.figures[key].normalize():f}" if key in one.figures else ""


def read_figure(text: str, unit: str) -> Decimal | None:
    """The figure, or nothing for an empty cell. Raises ``ValueError`` for what is none."""
    plain = narrow(text).strip()
    if not plain:
        return None
    value = number_in(plain.removesuffix(narrow(unit)).removesuffix(unicodedata.normalize("NFKC", unit)))
    if value is None or value < 0 or len(f"{value:f}".replace(".", "")) > MOST_DIGITS:
        raise ValueError(text)
    return value


def _put(entries: Entries, day: date, key: int, value: Decimal | str | None) -> Entries:
    """The milestone of that day has the value; one that has nothing left is gone."""
    by_day = {one.due_on: one for one in entries}
    one = by_day.pop(day, Wanted(day, _period(day), "", {}, None, Decimal(1)))
    if isinstance(value, str):
        one = replace(one, text=value)
    else:
        rest = {other: figure for other, figure in one.figures.items() if other != key}
        one = replace(one, figures=rest if value is None else {**rest, key: value})
    if not one.removes:
        by_day[day] = one
    return tuple(by_day[day] for day in sorted(by_day))


def _falling(entries: Entries, placed: Mapping[tuple[int, date], Cell]) -> dict[Cell, str]:
    """Typed cells that ask for less than an earlier month, or for more than a later one."""
    found: dict[Cell, str] = {}
    for key in {key for key, _ in placed if key != TEXT}:
        having = [one for one in entries if key in one.figures]
        for low, high in itertools.pairwise(having):
            if high.figures[key] < low.figures[key]:
                cell = placed.get((key, high.due_on)) or placed.get((key, low.due_on))
                found |= {cell: "falling"} if cell else {}
    return found


def _period(day: date) -> str | None:
    return period_name(month_of(day)) if day == month_end(month_of(day)) else None


def _later(day: date, days: int, months: int) -> date:
    """So much later; the last day of a month stays the last of its month."""
    month = month_of(day) + months
    year, number = divmod(month, 12)
    last = calendar.monthrange(year, number + 1)[1]
    is_end = months and day == month_end(month_of(day))
    return date(year, number + 1, last if is_end else min(day.day, last)) + timedelta(days=days)
