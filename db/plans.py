"""Plans as the rules see them: values loaded in a fixed number of queries, however many sub-tasks."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import date
from decimal import Decimal
from zoneinfo import ZoneInfo

from sqlalchemy import Select, select, update
from sqlmodel import Session, col

from db import tables
from db.units import stored_id
from engine import model
from engine.policy import Policy

CHUNK = 500
LEADING = ("lead", "co_lead")


def load_plans(session: Session) -> list[model.Plan]:
    """The plans that are being followed up, by id."""
    query = select(tables.Plan).where(col(tables.Plan.state) == "active").order_by(col(tables.Plan.id))
    return [_plan(session, row) for row in session.execute(query).scalars()]


def load_plan(session: Session, plan_id: int) -> model.Plan:
    """The plan of that id, active or not."""
    return _plan(session, session.get_one(tables.Plan, plan_id))


def _plan(session: Session, row: tables.Plan) -> model.Plan:
    phases = session.execute(
        select(tables.Phase).where(col(tables.Phase.plan_id) == row.id).order_by(col(tables.Phase.starts_on))
    ).scalars()
    return model.Plan(
        id=stored_id(row.id),
        title=row.title,
        year=row.year,
        issued_on=row.issued_on,
        phases=tuple(model.Phase(phase.name, phase.starts_on, phase.ends_on) for phase in phases),
        policy=Policy.of(row.policy),
        time_zone=row.time_zone,
    )


def zone_of(plan: model.Plan) -> ZoneInfo:
    """The time zone in which the plan's days begin and end."""
    return ZoneInfo(plan.time_zone)


def due_subtasks(session: Session, plan_id: int, on: date, limit: int) -> list[int]:
    """Ids of sub-tasks that want to be checked by that day; on PostgreSQL locked for this transaction."""
    table = tables.SubTask
    query = (
        select(col(table.id))
        .where(col(table.plan_id) == plan_id, col(table.next_check_on) <= on)
        .order_by(col(table.next_check_on))
        .limit(limit)
        .with_for_update(skip_locked=True)
    )
    return list(session.execute(query).scalars())


def subtask_ids(session: Session, plan_id: int) -> list[int]:
    """All sub-tasks of a plan in the document's order."""
    table = tables.SubTask
    query = select(col(table.id)).where(col(table.plan_id) == plan_id).order_by(col(table.position))
    return list(session.execute(query).scalars())


def load_subtasks(session: Session, ids: Sequence[int]) -> dict[int, model.SubTask]:
    """The sub-tasks by id, with indicators, milestones and reports, in six queries for each 500."""
    found: dict[int, model.SubTask] = {}
    for start in range(0, len(ids), CHUNK):
        found.update(_load_chunk(session, ids[start : start + CHUNK]))
    return found


def _load_chunk(session: Session, ids: Sequence[int]) -> dict[int, model.SubTask]:
    indicators = _indicators(session, ids)
    milestones = _milestones(session, ids)
    reports = _reports(session, ids)
    table = tables.SubTask
    query = select(
        col(table.id),
        col(table.no),
        col(table.title),
        col(table.state),
        col(table.starts_on),
        col(table.deadline),
        col(table.checked_on),
    ).where(col(table.id).in_(ids))
    return {
        row[0]: model.SubTask(
            id=row[0],
            no=row[1],
            title=row[2],
            state=model.State(row[3]),
            starts_on=row[4],
            deadline=row[5],
            indicators=tuple(indicators.get(row[0], ())),
            milestones=tuple(milestones.get(row[0], ())),
            reports=tuple(reports.get(row[0], ())),
            checked_on=row[6],
        )
        for row in session.execute(query)
    }


def _indicators(session: Session, ids: Sequence[int]) -> dict[int, list[model.Indicator]]:
    table = tables.Indicator
    query = (
        select(
            col(table.subtask_id),
            col(table.id),
            col(table.subject),
            col(table.quantity),
            col(table.unit),
            col(table.comparator),
            col(table.kind),
        )
        .where(col(table.subtask_id).in_(ids))
        .order_by(col(table.position))
    )
    grouped: dict[int, list[model.Indicator]] = defaultdict(list)
    for owner, *fields in session.execute(query):
        grouped[owner].append(model.Indicator(*fields))
    return grouped


def _milestones(session: Session, ids: Sequence[int]) -> dict[int, list[model.Milestone]]:
    table, figure = tables.Milestone, tables.MilestoneQuantity
    query = (
        select(col(table.subtask_id), col(table.id), col(table.due_on), col(table.text), col(table.weight))
        .where(col(table.subtask_id).in_(ids))
        .order_by(col(table.due_on), col(table.id))
    )
    rows = session.execute(query).all()
    if not rows:
        return {}
    figures = _figures(
        session,
        select(col(figure.milestone_id), col(figure.indicator_id), col(figure.quantity))
        .join(table, col(table.id) == col(figure.milestone_id))
        .where(col(table.subtask_id).in_(ids)),
    )
    grouped: dict[int, list[model.Milestone]] = defaultdict(list)
    for owner, key, due_on, text, weight in rows:
        grouped[owner].append(model.Milestone(key, due_on, text, weight, figures.get(key, {})))
    return grouped


def _reports(session: Session, ids: Sequence[int]) -> dict[int, list[model.Report]]:
    table, figure, owner = tables.ProgressReport, tables.ReportQuantity, tables.SubTask
    query = (
        select(
            col(table.subtask_id),
            col(table.id),
            col(table.period),
            col(table.as_of),
            col(table.received_at),
            col(table.state),
            col(table.status),
            col(tables.Plan.time_zone),
        )
        .join(owner, col(owner.id) == col(table.subtask_id))
        .join(tables.Plan, col(tables.Plan.id) == col(owner.plan_id))
        .where(col(table.subtask_id).in_(ids), col(table.state) != "returned")
        .order_by(col(table.received_at), col(table.id))
    )
    rows = session.execute(query).all()
    if not rows:
        return {}
    figures = _figures(
        session,
        select(col(figure.report_id), col(figure.indicator_id), col(figure.quantity))
        .join(table, col(table.id) == col(figure.report_id))
        .where(col(table.subtask_id).in_(ids)),
    )
    grouped: dict[int, list[model.Report]] = defaultdict(list)
    for subtask, key, period, as_of, received_at, state, status, zone in rows:
        received_on = received_at.astimezone(ZoneInfo(zone)).date()
        grouped[subtask].append(
            model.Report(key, period, as_of, received_on, state == "accepted", status, figures.get(key, {}))
        )
    return grouped


def _figures(session: Session, query: Select[int, int, Decimal]) -> dict[int, dict[int, Decimal]]:
    grouped: dict[int, dict[int, Decimal]] = defaultdict(dict)
    for owner, indicator, quantity in session.execute(query):
        grouped[owner][indicator] = quantity
    return grouped


def lead_posts(session: Session, ids: Sequence[int]) -> dict[int, list[int]]:
    """For each sub-task the liaison posts of the units that lead it, first lead first."""
    work, post = tables.Assignment, tables.Post
    grouped: dict[int, list[int]] = defaultdict(list)
    for start in range(0, len(ids), CHUNK):
        query = (
            select(col(work.subtask_id), col(post.id))
            .join(post, col(post.unit_id) == col(work.unit_id))
            .where(col(work.subtask_id).in_(ids[start : start + CHUNK]))
            .where(col(work.role).in_(LEADING), col(post.kind) == "liaison")
            .order_by(col(work.subtask_id), col(work.role).desc(), col(work.position))
        )
        for subtask, key in session.execute(query):
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


def check_again(session: Session, ids: Iterable[int], on: date) -> None:
    """The next sweep looks at these sub-tasks; called in the transaction that changes what they depend on."""
    table = tables.SubTask
    keys = list(ids)
    for start in range(0, len(keys), CHUNK):
        chunk = keys[start : start + CHUNK]
        session.execute(update(table).where(col(table.id).in_(chunk)).values(next_check_on=on))


def check_plan_again(session: Session, plan_id: int, on: date) -> None:
    """The next sweep looks at every sub-task of the plan that is not finished or terminated."""
    table = tables.SubTask
    session.execute(
        update(table)
        .where(col(table.plan_id) == plan_id, col(table.state).notin_((*model.FINISHED_STATES, "terminated")))
        .values(next_check_on=on)
    )


def as_checked(subtask: model.SubTask, on: date) -> model.SubTask:
    """The sub-task as if that day's sweep had seen it; nothing before is missed any more."""
    return replace(subtask, checked_on=on)
