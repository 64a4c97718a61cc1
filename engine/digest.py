"""The weekly digest: where everybody stands, what changed, what comes next; all as values."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from engine.calendar import WorkCalendar
from engine.digest_days import WeekSlot, digest_days, digest_on, latest_digest, latest_slot, slot_of
from engine.digest_model import (
    Change,
    Changes,
    DigestContent,
    NextDate,
    ShareLine,
    TaskLine,
    UnitRow,
    Waiting,
)
from engine.facts import Facts
from engine.forecast import forecast_of
from engine.model import FINISHED_STATES, IndicatorStanding, Light, Plan, Rule, Standing, SubTask
from engine.months import month_due, period_name
from engine.plain import from_plain, to_plain

__all__ = [
    "Change",
    "Changes",
    "DigestContent",
    "NextDate",
    "ShareLine",
    "TaskLine",
    "UnitRow",
    "Waiting",
    "WeekSlot",
    "build_digest",
    "changes",
    "digest_days",
    "digest_on",
    "from_json",
    "latest_digest",
    "latest_slot",
    "narrowed",
    "next_dates",
    "slot_of",
    "standing_table",
    "task_line",
    "to_json",
]

HUNDRED = Decimal(100)
TENTH = Decimal("0.1")
Pairs = list[tuple[TaskLine | None, TaskLine]]
WORST_FIRST = (Light.RED, Light.YELLOW, Light.GREEN, Light.DONE, Light.GREY)


def build_digest(
    plan: Plan,
    slot: WeekSlot,
    lines: Sequence[TaskLine],
    previous: DigestContent | None,
    unit: str | None = None,
    next_dates: Iterable[NextDate] = (),
    findings: Iterable[str] = (),
    *,
    waiting: Waiting | None = None,
    chain: str = "",
) -> DigestContent:
    """The digest of one unit, or with ``unit`` ``None`` the coordinators' with everything.

    ``lines`` are all of the plan. ``previous`` is the coordinators' content of the last digest. The dates
    are narrowed to the unit's own lines; findings and what waits are for the coordinators only.
    """
    office = DigestContent(
        plan_title=plan.title,
        slot=slot,
        phase=next((one.name for one in plan.phases if one.starts_on <= slot.on <= one.ends_on), ""),
        unit="",
        lines=tuple(lines),
        table=standing_table(lines, None if previous is None else previous.table),
        changes=Changes() if previous is None else changes(previous.lines, lines),
        gap_list=_worst_first(line for line in lines if line.in_gap),
        next_dates=_own_dates(next_dates, lines, ()),
        findings=tuple(findings),
        is_first=previous is None,
        audience="office",
        waiting=waiting,
        chain=chain,
    )
    if unit is None:
        return office
    own = tuple(line for line in lines if unit in line.units)
    return narrowed(office, own, previous.lines if previous else (), next_dates, unit=unit)


def narrowed(
    office: DigestContent,
    own: Sequence[TaskLine],
    previous: Iterable[TaskLine],
    next_dates: Iterable[NextDate],
    *,
    unit: str = "",
    shares: Sequence[ShareLine] = (),
    in_charge_of: Sequence[str] = (),
) -> DigestContent:
    """The coordinators' digest made one unit's, or that of the leader ``in_charge_of`` units.

    What everybody sees stays: table, gap list, the end of the sealed record. ``own`` are the reader's lines,
    ``previous`` what the last digest said of them, ``shares`` what the unit executes of other units' tasks.
    """
    return replace(
        office,
        unit=unit,
        lines=tuple(own),
        changes=Changes() if office.is_first else changes(previous, own),
        next_dates=_own_dates(next_dates, own, shares),
        findings=(),
        audience="leader" if in_charge_of else "unit",
        units=tuple(in_charge_of),
        shares=tuple(shares),
        waiting=None,
    )


def _own_dates(
    dates: Iterable[NextDate], own: Sequence[TaskLine], shares: Sequence[ShareLine]
) -> tuple[NextDate, ...]:
    """The dates of the lines by day; of what a unit only executes the deadline."""
    ids, executed = {line.subtask_id for line in own}, {line.subtask_id for line in shares}
    kept = (
        one
        for one in dates
        if one.subtask_id in ids or (one.rule is Rule.DEADLINE_DUE and one.subtask_id in executed)
    )
    return tuple(sorted(kept, key=lambda one: (one.on, one.no)))


def task_line(
    plan: Plan,
    subtask: SubTask,
    standing: Standing,
    cal: WorkCalendar,
    project: str,
    units: Sequence[str],
    *,
    level: int = 0,
    cases: Sequence[str] = (),
) -> TaskLine:
    """The sub-task's line on the standing's day; ``units`` are the names of its lead units.

    ``level`` is how far it has escalated, ``cases`` are the numbers of its open supervision cases.
    """
    worst = _furthest_behind(standing.indicators)
    deadline = subtask.deadline or plan.execute_ends_on
    received = [report.received_on for report in subtask.reports if report.received_on <= standing.on]
    return TaskLine(
        subtask_id=subtask.id,
        no=subtask.no,
        project=project,
        title=subtask.title,
        units=tuple(units),
        light=standing.light,
        deadline=deadline,
        reason=standing.reasons[0] if standing.reasons else None,
        behind=standing.behind,
        percent=standing.percent,
        expected_percent=standing.expected_percent,
        actual=worst.actual if worst else None,
        expected=worst.expected if worst else None,
        target=worst.indicator.quantity if worst else None,
        unit=worst.indicator.unit if worst else "",
        as_of=standing.as_of,
        reported_on=received[-1] if received else None,
        late_period=standing.late_period,
        unreviewed=standing.unreviewed,
        awaiting_acceptance=standing.completed and subtask.state not in FINISHED_STATES,
        in_gap=_is_in_gap(plan, subtask, standing, deadline),
        estimated=cal.is_estimated(deadline),
        forecast=forecast_of(Facts.of(plan, subtask, cal, standing.on)),
        level=level,
        cases=tuple(cases),
    )


def _furthest_behind(indicators: tuple[IndicatorStanding, ...]) -> IndicatorStanding | None:
    """The indicator that decides: most days behind, else the first that is not met."""
    return max(indicators, key=lambda one: (one.behind, not one.met), default=None)


def _is_in_gap(plan: Plan, subtask: SubTask, standing: Standing, deadline: date) -> bool:
    """Whether the sub-task is on the gap list: due by the end of ``execute`` and not accepted since."""
    phase = plan.phase("gap_fill")
    if phase is None or not phase.starts_on <= standing.on <= phase.ends_on:
        return False
    is_followed = standing.light is not Light.GREY and subtask.state not in FINISHED_STATES
    return is_followed and deadline <= plan.execute_ends_on


def standing_table(
    lines: Iterable[TaskLine], previous: Sequence[UnitRow] | None = None
) -> tuple[UnitRow, ...]:
    """All lead units by rank: fewest red, then fewest yellow, then highest average completion.

    Equal values share a rank, and the next one is skipped. The change of rank is only told against a
    table of the same ranked units. Units with nothing but grey lights come last, without a rank.
    """
    by_unit: dict[str, list[TaskLine]] = {}
    for line in lines:
        for unit in line.units:
            by_unit.setdefault(unit, []).append(line)
    rows = [_unit_row(unit, own) for unit, own in by_unit.items()]
    ranked = _ranked([row for row in rows if row.on_plan is not None])
    before = _comparable(ranked, previous or ())
    moved = [replace(row, rank_change=_gained(row, before)) for row in ranked]
    return (*moved, *(row for row in rows if row.on_plan is None))


def _unit_row(unit: str, lines: list[TaskLine]) -> UnitRow:
    lights = tuple(line.light for line in lines)
    count = {light: lights.count(light) for light in Light}
    running = len(lines) - count[Light.GREY]
    shares = [share for line in lines if (share := _share(line)) is not None]
    return UnitRow(
        unit=unit,
        rank=None,
        rank_change=None,
        done=count[Light.DONE],
        green=count[Light.GREEN],
        yellow=count[Light.YELLOW],
        red=count[Light.RED],
        grey=count[Light.GREY],
        on_plan=_tenths(HUNDRED * (count[Light.DONE] + count[Light.GREEN]) / running) if running else None,
        average=_tenths(sum(shares, Decimal(0)) / len(shares)) if shares else None,
        lights=lights,
    )


def _share(line: TaskLine) -> Decimal | None:
    """How much of a line is done, at most 100; ``None`` if it is not running or cannot be measured."""
    if line.light is Light.DONE:
        return HUNDRED
    if line.light is Light.GREY or line.percent is None:
        return None
    return min(line.percent, HUNDRED)


def _ranked(rows: list[UnitRow]) -> list[UnitRow]:
    ordered = sorted(rows, key=_merit)
    merits = [_merit(row) for row in ordered]
    return [replace(row, rank=merits.index(merit) + 1) for row, merit in zip(ordered, merits, strict=True)]


def _merit(row: UnitRow) -> tuple[int, int, Decimal]:
    return row.red, row.yellow, -(row.average or Decimal(0))


def _comparable(ranked: Sequence[UnitRow], previous: Sequence[UnitRow]) -> Mapping[str, int]:
    """The earlier ranks, if they are of the same units."""
    before = {row.unit: row.rank for row in previous if row.rank is not None}
    return before if before.keys() == {row.unit for row in ranked} else {}


def _gained(row: UnitRow, before: Mapping[str, int]) -> int | None:
    return before[row.unit] - row.rank if row.unit in before and row.rank is not None else None


def changes(previous: Iterable[TaskLine], lines: Sequence[TaskLine]) -> Changes:
    """What became of the lines since the previous ones; a line that is new counts from nothing."""
    old = {line.subtask_id: line for line in previous}
    pairs = [(old.get(line.subtask_id), line) for line in lines]
    return Changes(
        newly_red=_turned(pairs, Light.RED, {None, *Light}),
        newly_yellow=_turned(pairs, Light.YELLOW, {None, *Light} - {Light.RED}),
        back_to_green=_turned(pairs, Light.GREEN, {Light.RED, Light.YELLOW}),
        newly_done=_turned(pairs, Light.DONE, {None, *Light}),
        reported=tuple(line.subtask_id for before, line in pairs if _has_reported(before, line)),
        still_silent=tuple(line.subtask_id for line in lines if line.late_period is not None),
        moved=tuple(_change(before, line) for before, line in pairs if _has_moved(before, line)),
    )


def _turned(pairs: Pairs, into: Light, out_of: set[Light | None]) -> tuple[int, ...]:
    """The lines that have a light now and had one of others before; ``None`` stands for a new line."""
    return tuple(
        line.subtask_id
        for before, line in pairs
        if line.light is into and (before.light if before else None) in out_of - {into}
    )


def _has_reported(before: TaskLine | None, line: TaskLine) -> bool:
    return line.reported_on is not None and (before is None or line.reported_on != before.reported_on)


def _has_moved(before: TaskLine | None, line: TaskLine) -> bool:
    return before is None or before.light is not line.light or before.actual != line.actual


def _change(before: TaskLine | None, line: TaskLine) -> Change:
    return Change(
        subtask_id=line.subtask_id,
        no=line.no,
        title=line.title,
        before=before.light if before else None,
        after=line.light,
        reason=line.reason,
        actual_before=before.actual if before else None,
        actual=line.actual,
        unit=line.unit,
    )


def _worst_first(lines: Iterable[TaskLine]) -> tuple[TaskLine, ...]:
    return tuple(sorted(lines, key=lambda line: (WORST_FIRST.index(line.light), -line.behind)))


def next_dates(
    plan: Plan, subtask: SubTask, cal: WorkCalendar, on: date, until: date
) -> tuple[NextDate, ...]:
    """What of the sub-task falls due after ``on`` up to ``until``: its report, milestones, deadline; by day."""
    facts = Facts.of(plan, subtask, cal, on)
    if facts.resting or facts.completed:
        return ()
    coming = [one for one in _coming(facts) if on < one.on <= min(until, facts.plan_end)]
    return tuple(sorted(coming, key=lambda one: one.on))


def _coming(facts: Facts) -> Iterator[NextDate]:
    task, cal, month = facts.subtask, facts.cal, facts.next_month

    def falls_due(on: date, rule: Rule, what: str = "", period: str = "") -> NextDate:
        return NextDate(on, rule, task.id, task.no, task.title, what, period, cal.is_estimated(on))

    if month is not None and (facts.latest is None or facts.latest.period < period_name(month)):
        yield falls_due(month_due(month, cal), Rule.REPORT_DUE, period=period_name(month))
    for milestone in facts.unmet:
        yield falls_due(milestone.due_on, Rule.MILESTONE_DUE, what=milestone.text)
    yield falls_due(facts.deadline, Rule.DEADLINE_DUE)


def to_json(content: DigestContent) -> dict[str, Any]:
    """The content as plain JSON, for the frozen bulletin."""
    plain: dict[str, Any] = to_plain(content)
    return plain


def from_json(data: Mapping[str, Any]) -> DigestContent:
    """The content that :func:`to_json` wrote."""
    return from_plain(DigestContent, data)


def _tenths(value: Decimal) -> Decimal:
    return value.quantize(TENTH, ROUND_HALF_UP)
