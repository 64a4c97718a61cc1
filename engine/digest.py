"""The weekly digest: when it is due, the one table that all units see, and what changed since the last."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from engine.calendar import WorkCalendar
from engine.model import Light, Plan, Reason

HUNDRED = Decimal(100)


@dataclass(frozen=True, slots=True)
class Slot:
    """A day on which digests are due. ``period`` names it in the ledger: ``2024-W12``, or the day itself."""

    period: str
    on: date
    kind: str  # weekly daily


@dataclass(frozen=True, slots=True)
class TaskLine:
    """One sub-task as the digest of that day shows it; percents of the promise, figures cumulative."""

    subtask_id: int
    no: str
    title: str
    units: tuple[str, ...]
    light: Light
    reason: Reason
    behind: int = 0
    percent: Decimal | None = None
    target: Decimal | None = None
    expected: Decimal | None = None
    actual: Decimal | None = None
    unit: str = ""
    due_on: date | None = None
    unreviewed: bool = False
    in_gap: bool = False


@dataclass(frozen=True, slots=True)
class UnitRow:
    """A unit in the table: how many of its sub-tasks have which light, its rank and the places gained."""

    unit: str
    rank: int | None
    moved: int | None
    red: int
    yellow: int
    green: int
    done: int
    grey: int
    percent: Decimal


@dataclass(frozen=True, slots=True)
class Change:
    """What became of a sub-task since the last digest; ``before`` is ``None`` where it is new."""

    line: TaskLine
    before: Light | None
    actual_before: Decimal | None


@dataclass(frozen=True, slots=True)
class Snapshot:
    """What every recipient of one digest sees alike; frozen as the bulletin."""

    period: str
    on: date
    lines: tuple[TaskLine, ...]
    table: tuple[UnitRow, ...]


def slot_on(plan: Plan, calendar: WorkCalendar, day: date) -> Slot | None:
    """The digest due on that day, if one is.

    Weekly on the last working day of the ISO week, make-up days counted; a week without a working day
    has none. In the last working days of the gap-fill phase (policy ``gap_daily_last``) on each of them.
    """
    if not plan.starts_on <= day <= plan.ends_on or not calendar.is_working_day(day):
        return None
    sunday = day + timedelta(days=7 - day.isoweekday())
    if calendar.offset(sunday, 0) == day:
        year, week, _ = day.isocalendar()
        return Slot(f"{year}-W{week:02d}", day, "weekly")
    gap = plan.phase("gap_fill")
    if gap and gap.starts_on <= day <= gap.ends_on:
        left = calendar.working_days_between(day, gap.ends_on)
        if left < plan.policy.gap_daily_last:
            return Slot(day.isoformat(), day, "daily")
    return None


def slots_between(plan: Plan, calendar: WorkCalendar, first: date, last: date) -> Iterator[Slot]:
    """The digests due on those days, both included, in order."""
    day = max(first, plan.starts_on)
    while day <= min(last, plan.ends_on):
        slot = slot_on(plan, calendar, day)
        if slot:
            yield slot
        day += timedelta(days=1)


def snapshot(slot: Slot, lines: Sequence[TaskLine], previous: Snapshot | None) -> Snapshot:
    """The picture of that day, ranked; places are compared only over the same set of units."""
    return Snapshot(
        slot.period, slot.on, tuple(lines), standing_table(lines, previous.table if previous else ())
    )


def standing_table(lines: Sequence[TaskLine], previous: Sequence[UnitRow] = ()) -> tuple[UnitRow, ...]:
    """One row for each lead unit, best first.

    Fewest red, then fewest yellow, then the highest mean completion (each sub-task at most 100 %).
    Equal units share a rank; units whose sub-tasks are all grey are listed last, without a rank.
    """
    owned: dict[str, list[TaskLine]] = {}
    for line in lines:
        for unit in line.units:
            owned.setdefault(unit, []).append(line)
    rows = sorted((_merits(unit, own) for unit, own in owned.items()), key=lambda row: row[0])
    before = {row.unit: row.rank for row in previous}
    comparable = set(before) == set(owned)
    table: list[UnitRow] = []
    for place, (merit, unit, own) in enumerate(rows, 1):
        ranked = any(line.light is not Light.GREY for line in own)
        tied = bool(table) and rows[place - 2][0][:-1] == merit[:-1]
        rank = (table[-1].rank if tied else place) if ranked else None
        old = before.get(unit) if comparable else None
        table.append(_row(unit, own, rank, old - rank if old and rank else None))
    return tuple(table)


def changes(previous: Snapshot | None, lines: Sequence[TaskLine]) -> tuple[Change, ...]:
    """The sub-tasks whose light or figure moved since the last digest, worst light first; none without one."""
    if previous is None:
        return ()
    old = {line.subtask_id: line for line in previous.lines}
    moved = [
        Change(line, before.light if before else None, before.actual if before else None)
        for line in lines
        if (before := old.get(line.subtask_id)) is None
        or (before.light, before.actual) != (line.light, line.actual)
    ]
    return tuple(sorted(moved, key=lambda change: (SEVERITY[change.line.light], change.line.subtask_id)))


SEVERITY: Mapping[Light, int] = {
    Light.RED: 0, Light.YELLOW: 1, Light.GREEN: 2, Light.DONE: 3, Light.GREY: 4,
}  # fmt: skip


def to_json(picture: Snapshot) -> dict[str, Any]:
    """The snapshot in plain values, as it is stored."""
    return {
        "period": picture.period,
        "on": picture.on.isoformat(),
        "lines": [_plain(asdict(line)) for line in picture.lines],
        "table": [_plain(asdict(row)) for row in picture.table],
    }


def from_json(stored: Mapping[str, Any]) -> Snapshot:
    """The snapshot that was stored."""
    return Snapshot(
        period=stored["period"],
        on=date.fromisoformat(stored["on"]),
        lines=tuple(_line(entry) for entry in stored["lines"]),
        table=tuple(UnitRow(**{**entry, "percent": Decimal(entry["percent"])}) for entry in stored["table"]),
    )


def _merits(unit: str, own: Sequence[TaskLine]) -> tuple[tuple[Any, ...], str, Sequence[TaskLine]]:
    lights = Counter(line.light for line in own)
    resting = all(line.light is Light.GREY for line in own)
    merit = (resting, lights[Light.RED], lights[Light.YELLOW], -_mean(own), unit)
    return merit, unit, own


def _mean(own: Sequence[TaskLine]) -> Decimal:
    shares = [min(line.percent, HUNDRED) for line in own if line.percent is not None]
    return (sum(shares, Decimal(0)) / len(shares)).quantize(Decimal("0.1")) if shares else Decimal(0)


def _row(unit: str, own: Sequence[TaskLine], rank: int | None, moved: int | None) -> UnitRow:
    lights = Counter(line.light for line in own)
    return UnitRow(
        unit=unit,
        rank=rank,
        moved=moved,
        red=lights[Light.RED],
        yellow=lights[Light.YELLOW],
        green=lights[Light.GREEN],
        done=lights[Light.DONE],
        grey=lights[Light.GREY],
        percent=_mean(own),
    )


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _plain(part) for key, part in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(part) for part in value]
    if isinstance(value, Decimal):
        return format(value, "f")
    return value.isoformat() if isinstance(value, date) else value


def _line(entry: Mapping[str, Any]) -> TaskLine:
    numbers = {
        name: None if entry[name] is None else Decimal(entry[name])
        for name in ("percent", "target", "expected", "actual")
    }
    reason = entry["reason"]
    return TaskLine(
        **{
            **entry,
            **numbers,
            "units": tuple(entry["units"]),
            "light": Light(entry["light"]),
            "reason": Reason(reason["code"], tuple((name, value) for name, value in reason["inputs"])),
            "due_on": date.fromisoformat(entry["due_on"]) if entry["due_on"] else None,
        }
    )
