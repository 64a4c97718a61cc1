"""计划信息: a plan's own particulars and phases, checked, on record, and what moves by them told before."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, fields, replace
from datetime import date, datetime

from sqlalchemy import delete, select
from sqlmodel import Session, col

from db import plans, runs, tables
from db.calendar import load_calendar
from db.references import find_plan
from db.session import Database
from db.units import stored_id
from engine import model
from engine.errors import DubanError
from engine.model import FINISHED_STATES, Light, State
from engine.standing import judge
from intake.draft import PhaseDraft
from workflows.import_plan import phase_rows

FIRST_YEAR, LAST_YEAR = 1950, 2100
EDITED = ("execute", "gap_fill")  # phases
MOVING = ("issued_on", "year", "execute_until", "gap_fill_until")  # what deadlines and starts depend on
Change = tuple[str, str, str]  # name, old, new


@dataclass(frozen=True, slots=True)
class Particulars:
    """What a plan says of itself; a phase without a last day is not one of its phases."""

    title: str
    number: str
    issuer: str
    issued_on: date | None
    year: int
    execute_until: date | None
    gap_fill_until: date | None


@dataclass(frozen=True, slots=True)
class Named:
    """A sub-task by its number and title."""

    subtask_id: int
    no: str
    title: str


@dataclass(frozen=True, slots=True)
class Effects:
    """What follows for the sub-tasks that are still open.

    A sub-task without a deadline or start of its own takes the plan's: ``due`` and ``begun`` name those that
    move, all from and to the same day. ``own`` have a deadline of their own, which stays. ``stranded`` have a
    milestone after their new deadline, ``beyond`` are due after the plan's last day, when nobody is reminded
    any more. ``lights`` counts those of another light today.
    """

    due: tuple[Named, ...] = ()
    due_days: tuple[date, date] | None = None
    begun: tuple[Named, ...] = ()
    begun_days: tuple[date, date] | None = None
    own: int = 0
    stranded: tuple[Named, ...] = ()
    beyond: tuple[Named, ...] = ()
    lights: Mapping[tuple[Light, Light], int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class PlanChange:
    """What other particulars amount to: (name, old, new) of each that differs, and what follows."""

    plan_id: int
    changed: tuple[Change, ...]
    effects: Effects

    @property
    def moves(self) -> bool:
        """Whether any day moves by it."""
        return any(name in MOVING for name, _, _ in self.changed)


def particulars_of(session: Session, row: tables.Plan) -> Particulars:
    """What the plan says of itself now."""
    phase = tables.Phase
    query = select(col(phase.name), col(phase.ends_on)).where(col(phase.plan_id) == row.id)
    ends: dict[str, date] = {one.name: one.ends_on for one in session.execute(query)}
    return Particulars(
        title=row.title,
        number=row.number or "",
        issuer=row.issuer or "",
        issued_on=row.issued_on,
        year=row.year,
        execute_until=ends.get("execute"),
        gap_fill_until=ends.get("gap_fill"),
    )


def is_year_fixed(session: Session, plan_id: int) -> bool:
    """Whether something with a day of its own hangs on the plan's year: dates, milestones, reports, messages."""
    task, milestone, report = tables.SubTask, tables.Milestone, tables.ProgressReport
    own = select(col(task.id)).where(col(task.plan_id) == plan_id)
    dated = own.where(col(task.starts_on).is_not(None) | col(task.deadline).is_not(None))
    reminder, bulletin = tables.Reminder, tables.Bulletin
    known = (
        dated,
        select(col(milestone.id)).where(col(milestone.subtask_id).in_(own)),
        select(col(report.id)).where(col(report.subtask_id).in_(own)),
        select(col(reminder.id)).where(col(reminder.plan_id) == plan_id),
        select(col(bulletin.id)).where(col(bulletin.plan_id) == plan_id),
    )
    return any(session.execute(query.limit(1)).first() is not None for query in known)


def preview_plan(
    session: Session, reference: str | None, wanted: Particulars, now: datetime, revision: int | None = None
) -> PlanChange:
    """What the particulars would change; nothing is stored. Errors as of ``set_plan``."""
    return _change(session, _plan(session, reference, revision), wanted, now)


def set_plan(
    database: Database,
    reference: str | None,
    wanted: Particulars,
    now: datetime,
    who: str,
    *,
    revision: int | None = None,
) -> PlanChange:
    """The plan says so of itself; where a day moves, the next sweep looks at all its open sub-tasks.

    Sub-tasks without dates of their own follow; a deadline of one's own stays as it is.
    Raises DubanError PLAN_TITLE, PLAN_DATES, PLAN_YEAR_FIXED, PLAN_CLOSED, REVISION_CONFLICT (the plan is not
    at that revision any more), and those of the reference. What is so already changes nothing.
    """
    with database.write() as session:
        row = _plan(session, reference, revision, lock=True)
        change = _change(session, row, wanted, now)
        if not change.changed:
            return change
        _store(session, row, wanted, change.moves)
        plan = plans.load_plan(session, change.plan_id)
        if change.moves:
            plans.check_plan_again(session, plan.id, now.astimezone(plans.zone_of(plan)).date())
        details: dict[str, object] = {name: [old, new] for name, old, new in change.changed}
        if change.effects.due:
            details["deadlines"] = [one.no for one in change.effects.due]
        runs.record(session, "set_plan", who, now, plan_id=plan.id, details=details)
    return change


def _plan(session: Session, reference: str | None, revision: int | None, lock: bool = False) -> tables.Plan:
    row = find_plan(session, reference)
    if lock:
        plans.lock_plan(session, stored_id(row.id))
        session.refresh(row)
    if row.state == "closed":
        raise DubanError("PLAN_CLOSED", f"计划“{row.title}”已经收官：请不要再改它的信息。")
    if revision not in (None, row.revision):
        raise DubanError("REVISION_CONFLICT", f"计划“{row.title}”刚被别人改过：请核对现在的值，再保存一次。")
    return row


def _change(session: Session, row: tables.Plan, wanted: Particulars, now: datetime) -> PlanChange:
    key = stored_id(row.id)
    before = particulars_of(session, row)
    _check(wanted)
    if wanted.year != before.year and is_year_fixed(session, key):
        raise DubanError(
            "PLAN_YEAR_FIXED",
            f"年份不能从 {before.year} 改成 {wanted.year}：已有任务、节点、填报或消息带着日期。请撤销导入，选对年份再导入一次。",
        )
    changed = tuple(
        (one.name, _shown(getattr(before, one.name)), _shown(getattr(wanted, one.name)))
        for one in fields(Particulars)
        if getattr(before, one.name) != getattr(wanted, one.name)
    )
    change = PlanChange(key, changed, Effects())
    if not change.moves:
        return change
    plan = plans.load_plan(session, key)
    on = now.astimezone(plans.zone_of(plan)).date()
    return PlanChange(
        key, changed, _effects(session, plan, _as_wanted(plan, row, wanted, _others(session, row)), on)
    )


def _check(wanted: Particulars) -> None:
    """Refuses what contradicts itself."""
    if not wanted.title.strip():
        raise DubanError("PLAN_TITLE", "计划没有名称：请写上文件的标题。")
    if not FIRST_YEAR <= wanted.year <= LAST_YEAR:
        raise _refused(f"年份应在 {FIRST_YEAR} 到 {LAST_YEAR} 之间")
    first, last = date(wanted.year - 1, 1, 1), date(wanted.year + 1, 12, 31)
    start = wanted.issued_on or date(wanted.year, 1, 1)
    execute = wanted.execute_until or date(wanted.year, 12, 31)
    if not first <= start <= last:
        raise _refused(f"印发日期应在 {first} 到 {last} 之间")
    if not start <= execute <= last:
        raise _refused(f"全面完成的截止日应在 {start} 到 {last} 之间")
    if wanted.gap_fill_until and wanted.execute_until is None:
        raise _refused("写了查漏补缺的截止日，就要写全面完成的截止日")
    if wanted.gap_fill_until and not execute < wanted.gap_fill_until <= last:
        raise _refused(f"查漏补缺的截止日应晚于 {execute}、不晚于 {last}")


def _refused(why: str) -> DubanError:
    return DubanError("PLAN_DATES", f"日期不合适：{why}。请改正。")


def _store(session: Session, row: tables.Plan, wanted: Particulars, moves: bool) -> None:
    """The rows say what is wanted, under the next revision; phases are written anew where a day moves."""
    others = _others(session, row)
    row.title, row.year, row.issued_on = wanted.title, wanted.year, wanted.issued_on
    row.number, row.issuer = wanted.number or None, wanted.issuer or None
    row.revision += 1
    session.add(row)
    if moves:
        session.execute(delete(tables.Phase).where(col(tables.Phase.plan_id) == row.id))
        session.flush()
        session.add_all(_phases(row, wanted, others))
    session.flush()
    session.info.pop(plans.KNOWN, None)


def _others(session: Session, row: tables.Plan) -> list[PhaseDraft]:
    """The plan's phases beside the two whose ends are edited: they stay."""
    phase = tables.Phase
    query = select(col(phase.name), col(phase.ends_on)).where(
        col(phase.plan_id) == row.id, col(phase.name).not_in(EDITED)
    )
    return [PhaseDraft(name, ends_on) for name, ends_on in session.execute(query)]


def _phases(row: tables.Plan, wanted: Particulars, others: list[PhaseDraft]) -> list[tables.Phase]:
    """The phases as rows, one after the other from the plan's start."""
    ends = zip(EDITED, (wanted.execute_until, wanted.gap_fill_until), strict=True)
    start = tables.Plan(id=row.id, title=wanted.title, year=wanted.year, issued_on=wanted.issued_on)
    return phase_rows(start, [*others, *(PhaseDraft(name, day) for name, day in ends if day)])


def _as_wanted(
    plan: model.Plan, row: tables.Plan, wanted: Particulars, others: list[PhaseDraft]
) -> model.Plan:
    """The plan as the rules would see it."""
    phases = tuple(model.Phase(one.name, one.starts_on, one.ends_on) for one in _phases(row, wanted, others))
    return replace(plan, title=wanted.title, year=wanted.year, issued_on=wanted.issued_on, phases=phases)


def _effects(session: Session, old: model.Plan, new: model.Plan, on: date) -> Effects:
    calendar = load_calendar(session)
    known = plans.load_subtasks(session, plans.subtask_ids(session, old.id)).values()
    subtasks = [one for one in known if one.state not in (*FINISHED_STATES, State.TERMINATED)]
    due_moves = old.execute_ends_on != new.execute_ends_on
    begun_moves = old.starts_on != new.starts_on
    lights = Counter(
        (judge(old, one, calendar, on).light, judge(new, one, calendar, on).light) for one in subtasks
    )
    deadline = new.execute_ends_on
    return Effects(
        due=tuple(_named(one) for one in subtasks if due_moves and one.deadline is None),
        due_days=(old.execute_ends_on, deadline) if due_moves else None,
        begun=tuple(_named(one) for one in subtasks if begun_moves and one.starts_on is None),
        begun_days=(old.starts_on, new.starts_on) if begun_moves else None,
        own=sum(one.deadline is not None for one in subtasks) if due_moves else 0,
        stranded=tuple(_stranded(subtasks, deadline)) if due_moves else (),
        beyond=tuple(_named(one) for one in subtasks if (one.deadline or deadline) > new.ends_on),
        lights={pair: count for pair, count in lights.items() if pair[0] is not pair[1]},
    )


def _stranded(subtasks: list[model.SubTask], deadline: date) -> Iterator[Named]:
    """Sub-tasks that take the plan's deadline and have a milestone after it."""
    for one in subtasks:
        if one.deadline is None and any(step.due_on > deadline for step in one.milestones):
            yield _named(one)


def _named(one: model.SubTask) -> Named:
    return Named(one.id, one.no, one.title)


def _shown(value: object) -> str:
    return "" if value is None else str(value)
