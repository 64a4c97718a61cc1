"""Plans as the rules see them: values loaded in a fixed number of queries, however many sub-tasks."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import BindParameter, bindparam, select, update
from sqlmodel import Session, col

from db import tables
from db.loop import load_loop, load_suspensions
from db.received import figures_of, quotas_of, received_of
from db.units import stored_id
from engine import model
from engine.policy import Policy
from engine.rollup import roll_up

CHUNK = 500
LEADING = ("lead", "co_lead")
KNOWN = "plans"  # where a session remembers the plans that it has read
Values = dict[int, dict[str, Any]]  # by id what is known of a sub-task, as fields of engine.model.SubTask


def load_plans(session: Session) -> list[model.Plan]:
    """The plans that are being followed up, by id."""
    return [_plan(session, row) for row in session.execute(_ACTIVE).scalars()]


def load_plan(session: Session, plan_id: int) -> model.Plan:
    """The plan of that id, active or not; read once in a session unless it is changed there."""
    known: dict[int, model.Plan] = session.info.setdefault(KNOWN, {})
    if plan_id not in known:
        known[plan_id] = _plan(session, session.get_one(tables.Plan, plan_id))
    return known[plan_id]


def _plan(session: Session, row: tables.Plan) -> model.Plan:
    phases = session.execute(_PHASES, {"plan": row.id})
    return model.Plan(
        id=stored_id(row.id),
        title=row.title,
        year=row.year,
        issued_on=row.issued_on,
        phases=tuple(model.Phase(*phase) for phase in phases),
        policy=Policy.of(row.policy),
        time_zone=row.time_zone,
        followed_on=row.followed_from and row.followed_from.astimezone(ZoneInfo(row.time_zone)).date(),
    )


def zone_of(plan: model.Plan) -> ZoneInfo:
    """The time zone in which the plan's days begin and end."""
    return ZoneInfo(plan.time_zone)


def office_zone(session: Session) -> ZoneInfo:
    """The time zone of what concerns no single plan: that of the first one that is followed, else Beijing's."""
    followed = load_plans(session)
    return zone_of(followed[0]) if followed else ZoneInfo("Asia/Shanghai")


def has_due(session: Session, plan_id: int, on: date) -> bool:
    """Whether some sub-task wants to be checked by that day."""
    return session.execute(_DUE, {"plan": plan_id, "on": on, "count": 1}).first() is not None


def claim_due(session: Session, plan_id: int, on: date, limit: int) -> list[int]:
    """Ids of sub-tasks that want to be checked by that day; on PostgreSQL locked for this transaction."""
    return list(session.execute(_CLAIM_DUE, {"plan": plan_id, "on": on, "count": limit}).scalars())


def subtask_ids(session: Session, plan_id: int) -> list[int]:
    """All sub-tasks of a plan in the document's order."""
    table = tables.SubTask
    query = select(col(table.id)).where(col(table.plan_id) == plan_id).order_by(col(table.position))
    return list(session.execute(query).scalars())


def load_subtasks(session: Session, ids: Sequence[int]) -> dict[int, model.SubTask]:
    """The sub-tasks by id, with indicators, milestones and reports, in a fixed number of queries for each 500."""
    found: dict[int, model.SubTask] = {}
    for start in range(0, len(ids), CHUNK):
        found.update(_load_chunk(session, ids[start : start + CHUNK]))
    return found


def _load_chunk(session: Session, ids: Sequence[int]) -> dict[int, model.SubTask]:
    known = _promised(session, ids)
    received, quotas = received_of(session, ids), quotas_of(session, ids)
    milestones, loop = _milestones(session, ids), load_loop(session, ids)
    for key, values in known.items():
        reports, shares = roll_up(received.get(key, ()), values["indicators"], quotas.get(key, {}))
        values |= {"milestones": tuple(milestones.get(key, ())), "reports": reports, "shares": shares}
        values |= loop.values_of(key, reports)
    return _made(session, known)


def load_dates(session: Session, ids: Sequence[int]) -> dict[int, model.SubTask]:
    """The sub-tasks by id with their state, dates and suspensions alone: enough to say when a report is owed."""
    found: dict[int, model.SubTask] = {}
    for start in range(0, len(ids), CHUNK):
        chunk = ids[start : start + CHUNK]
        found.update(_made(session, _suspended(session, {key: {} for key in chunk})))
    return found


def load_promises(session: Session, ids: Sequence[int]) -> dict[int, model.SubTask]:
    """What :func:`load_dates` finds, with the indicators: what was promised, and nothing that was reported."""
    found: dict[int, model.SubTask] = {}
    for start in range(0, len(ids), CHUNK):
        chunk = ids[start : start + CHUNK]
        found.update(_made(session, _suspended(session, _promised(session, chunk))))
    return found


def load_shares(session: Session, unit_id: int, ids: Sequence[int]) -> dict[int, model.SubTask]:
    """What :func:`load_promises` finds, with one unit's share of each: enough to ask the unit for its part."""
    found: dict[int, model.SubTask] = {}
    for start in range(0, len(ids), CHUNK):
        chunk = ids[start : start + CHUNK]
        known = _suspended(session, _promised(session, chunk))
        received, quotas = received_of(session, chunk, unit_id), quotas_of(session, chunk, unit_id)
        for key, quota in quotas.items():
            known[key]["shares"] = roll_up(received.get(key, ()), known[key]["indicators"], quota)[1]
        found.update(_made(session, known))
    return found


def _promised(session: Session, ids: Sequence[int]) -> Values:
    indicators = _indicators(session, ids)
    return {key: {"indicators": tuple(indicators.get(key, ()))} for key in ids}


def _suspended(session: Session, known: Values) -> Values:
    suspensions = load_suspensions(session, list(known))
    return {key: values | {"suspensions": suspensions.get(key, ())} for key, values in known.items()}


def _made(session: Session, known: Values) -> dict[int, model.SubTask]:
    """These sub-tasks, with their own rows' values."""
    return {
        key: model.SubTask(
            id=key,
            no=no,
            title=model.shown_title(no, title),
            state=model.State(state),
            starts_on=starts_on,
            deadline=deadline,
            checked_on=checked_on,
            **known[key],
        )
        for key, no, title, state, starts_on, deadline, checked_on in session.execute(
            _SUBTASKS, {"ids": list(known)}
        )
    }


def _indicators(session: Session, ids: Sequence[int]) -> dict[int, list[model.Indicator]]:
    grouped: dict[int, list[model.Indicator]] = defaultdict(list)
    for owner, *fields in session.execute(_INDICATORS, {"ids": ids}):
        grouped[owner].append(model.Indicator(*fields))
    return grouped


def _milestones(session: Session, ids: Sequence[int]) -> dict[int, list[model.Milestone]]:
    rows = session.execute(_MILESTONES, {"ids": ids}).all()
    figures = figures_of(session, _MILESTONE_FIGURES, ids) if rows else {}
    grouped: dict[int, list[model.Milestone]] = defaultdict(list)
    for owner, key, due_on, text, weight in rows:
        grouped[owner].append(model.Milestone(key, due_on, text, weight, figures.get(key, {})))
    return grouped


def lead_posts(session: Session, ids: Sequence[int]) -> dict[int, list[int]]:
    """For each sub-task the liaison posts of the units that lead it, first lead first."""
    grouped: dict[int, list[int]] = defaultdict(list)
    for start in range(0, len(ids), CHUNK):
        for subtask, key in session.execute(_LEAD_POSTS, {"ids": ids[start : start + CHUNK]}):
            grouped[subtask].append(key)
    return grouped


def lead_units(session: Session, ids: Sequence[int]) -> dict[int, list[int]]:
    """For each sub-task the units that lead it, first lead first."""
    grouped: dict[int, list[int]] = defaultdict(list)
    for start in range(0, len(ids), CHUNK):
        for subtask, key in session.execute(_LEAD_UNITS, {"ids": ids[start : start + CHUNK]}):
            grouped[subtask].append(key)
    return grouped


def coordinator_posts(session: Session) -> list[int]:
    """The posts of the coordinators, who are asked to accept and are shown what went wrong."""
    post = tables.Post
    return list(
        session.execute(
            select(col(post.id)).where(col(post.kind) == "coordinator").order_by(col(post.id))
        ).scalars()
    )


def lock_plan(session: Session, plan_id: int) -> None:
    """Nobody else edits the plan or its sub-tasks until this transaction ends (PostgreSQL; SQLite has one writer).

    The plan first, then its sub-tasks by id: whoever locks several does it in this order.
    """
    plan, table = tables.Plan, tables.SubTask
    session.execute(select(col(plan.id)).where(col(plan.id) == plan_id).with_for_update(key_share=True))
    own = select(col(table.id)).where(col(table.plan_id) == plan_id).order_by(col(table.id))
    session.execute(own.with_for_update(key_share=True))


def check_again(session: Session, ids: Iterable[int], on: date) -> None:
    """The next sweep looks at these sub-tasks; called in the transaction that changes what they depend on."""
    table = tables.SubTask
    keys = list(ids)
    for start in range(0, len(keys), CHUNK):
        chunk = keys[start : start + CHUNK]
        session.execute(update(table).where(col(table.id).in_(chunk)).values(next_check_on=on))


def check_plan_again(session: Session, plan_id: int, on: date) -> None:
    """The next sweep looks at every sub-task of the plan that is not finished or terminated."""
    session.info.pop(KNOWN, None)
    table = tables.SubTask
    session.execute(
        update(table)
        .where(col(table.plan_id) == plan_id, col(table.state).notin_((*model.FINISHED_STATES, "terminated")))
        .values(next_check_on=on)
    )


# Statements are built once: building them took as long as running them.
_task, _milestone = tables.SubTask, tables.Milestone
_ids: BindParameter[Any] = bindparam("ids", expanding=True)
_ACTIVE = select(tables.Plan).where(col(tables.Plan.state) == "active").order_by(col(tables.Plan.id))
_PHASES = (
    select(col(tables.Phase.name), col(tables.Phase.starts_on), col(tables.Phase.ends_on))
    .where(col(tables.Phase.plan_id) == bindparam("plan"))
    .order_by(col(tables.Phase.starts_on))
)
_DUE = (
    select(col(_task.id))
    .where(col(_task.plan_id) == bindparam("plan"), col(_task.next_check_on) <= bindparam("on"))
    .order_by(col(_task.next_check_on))
    .limit(bindparam("count"))
)
_CLAIM_DUE = _DUE.with_for_update(skip_locked=True)
_SUBTASKS = select(
    col(_task.id),
    col(_task.no),
    col(_task.title),
    col(_task.state),
    col(_task.starts_on),
    col(_task.deadline),
    col(_task.checked_on),
).where(col(_task.id).in_(_ids))
_INDICATORS = (
    select(
        col(tables.Indicator.subtask_id),
        col(tables.Indicator.id),
        col(tables.Indicator.subject),
        col(tables.Indicator.quantity),
        col(tables.Indicator.unit),
        col(tables.Indicator.comparator),
        col(tables.Indicator.kind),
    )
    .where(col(tables.Indicator.subtask_id).in_(_ids))
    .order_by(col(tables.Indicator.position))
)
_MILESTONES = (
    select(
        col(_milestone.subtask_id),
        col(_milestone.id),
        col(_milestone.due_on),
        col(_milestone.text),
        col(_milestone.weight),
    )
    .where(col(_milestone.subtask_id).in_(_ids))
    .order_by(col(_milestone.due_on), col(_milestone.id))
)
_MILESTONE_FIGURES = (
    select(
        col(tables.MilestoneQuantity.milestone_id),
        col(tables.MilestoneQuantity.indicator_id),
        col(tables.MilestoneQuantity.quantity),
    )
    .join(_milestone, col(_milestone.id) == col(tables.MilestoneQuantity.milestone_id))
    .where(col(_milestone.subtask_id).in_(_ids))
)
_LEAD_POSTS = (
    select(col(tables.Assignment.subtask_id), col(tables.Post.id))
    .join(tables.Post, col(tables.Post.unit_id) == col(tables.Assignment.unit_id))
    .where(col(tables.Assignment.subtask_id).in_(_ids))
    .where(col(tables.Assignment.role).in_(LEADING), col(tables.Post.kind) == "liaison")
    .order_by(
        col(tables.Assignment.subtask_id), col(tables.Assignment.role).desc(), col(tables.Assignment.position)
    )
)
_LEAD_UNITS = (
    select(col(tables.Assignment.subtask_id), col(tables.Assignment.unit_id))
    .where(col(tables.Assignment.subtask_id).in_(_ids), col(tables.Assignment.role).in_(LEADING))
    .order_by(
        col(tables.Assignment.subtask_id), col(tables.Assignment.role).desc(), col(tables.Assignment.position)
    )
)
