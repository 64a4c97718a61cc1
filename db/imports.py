"""Import batches: which file made which rows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import delete, func, select, update
from sqlmodel import Session, col

from db import tables
from db.journal import MODELS
from db.plans import LEADING
from engine.errors import DubanError


def stored_batch_of(session: Session, sha256: str) -> tables.ImportBatch | None:
    """The batch that brought the very same file, unless it was undone."""
    batch = tables.ImportBatch
    query = select(batch).where(col(batch.sha256) == sha256, col(batch.state) == "stored")
    return session.execute(query.order_by(col(batch.id).desc())).scalars().first()


def find_batch(session: Session, batch_id: int) -> tables.ImportBatch:
    """The batch of that id. Raises DubanError NO_SUCH_BATCH."""
    found = session.get(tables.ImportBatch, batch_id)
    if found is not None:
        return found
    known = ", ".join(str(batch.id) for batch in batches(session)[:8])
    hint = f"现有批次：{known}" if known else "还没有导入过文件"
    raise DubanError("NO_SUCH_BATCH", f"没有导入批次 {batch_id}：{hint}。")


def batches(session: Session) -> list[tables.ImportBatch]:
    """All batches, the newest first."""
    batch = tables.ImportBatch
    return list(session.execute(select(batch).order_by(col(batch.id).desc())).scalars())


def plan_of_batch(batch: tables.ImportBatch) -> int | None:
    """The plan that the batch made or revised."""
    return next((change["plan"] for change in _changes(batch) if "plan" in change), None)


def later_batches(session: Session, batch: tables.ImportBatch) -> list[tables.ImportBatch]:
    """Batches on the same plan that came after this one and stand, the newest first."""
    plan_id = plan_of_batch(batch)
    return [
        other
        for other in batches(session)
        if (other.id or 0) > (batch.id or 0) and other.state == "stored" and plan_of_batch(other) == plan_id
    ]


def _changes(batch: tables.ImportBatch) -> list[dict[str, Any]]:
    return batch.changes


def plan_lines(session: Session) -> list[dict[str, Any]]:
    """Every plan with its number of sub-tasks and the batches that made and revised it."""
    plan, subtask = tables.Plan, tables.SubTask
    sizes = select(col(subtask.plan_id), func.count()).group_by(col(subtask.plan_id))
    found = {row[0]: row[1] for row in session.execute(sizes)}
    known = [batch for batch in reversed(batches(session)) if batch.state == "stored"]
    return [
        {
            "id": row.id,
            "year": row.year,
            "title": row.title,
            "number": row.number,
            "state": row.state,
            "subtasks": found.get(row.id, 0),
            "batches": [batch.id for batch in known if plan_of_batch(batch) == row.id],
        }
        for row in session.execute(select(plan).order_by(col(plan.id))).scalars()
    ]


def remove_plan(session: Session, plan_id: int) -> None:
    """Nothing of the plan is left: neither what was imported nor what was computed from it."""
    plan_tasks = select(col(tables.SubTask.id)).where(col(tables.SubTask.plan_id) == plan_id)
    remove_subtasks(session, plan_tasks)
    _part_from_messages(session, plan_id)
    for table in (
        tables.Project,
        tables.Phase,
        tables.Bulletin,
        tables.Run,
        tables.Finding,
        tables.Message,
    ):
        session.execute(delete(table).where(col(table.plan_id) == plan_id))
    session.execute(delete(tables.Plan).where(col(tables.Plan.id) == plan_id))


def _part_from_messages(session: Session, plan_id: int) -> None:
    """Nothing hangs on the plan's messages, of which none has left: a link that nobody used is gone with them."""
    link, file, message = tables.ReportLink, tables.MessageFile, tables.Message
    own = select(col(message.id)).where(col(message.plan_id) == plan_id)
    session.execute(delete(file).where(col(file.message_id).in_(own)))
    used = [
        key
        for table in (tables.ProgressReport, tables.Acknowledgement, tables.ChangeRequest)
        for key in session.execute(
            select(col(table.link_id)).where(col(table.link_id).is_not(None))
        ).scalars()
    ]
    session.execute(delete(link).where(col(link.message_id).in_(own), col(link.id).notin_(used)))
    session.execute(update(link).where(col(link.message_id).in_(own)).values(message_id=None))


def remove_subtasks(session: Session, ids: Any) -> None:
    """The sub-tasks (ids, or a query for them) are gone with all that hangs on them."""
    indicators = select(col(tables.Indicator.id)).where(col(tables.Indicator.subtask_id).in_(ids))
    milestones = select(col(tables.Milestone.id)).where(col(tables.Milestone.subtask_id).in_(ids))
    remove_indicators(session, indicators)
    remove_milestones(session, milestones)
    for table in (tables.ProgressReport, tables.Assignment, tables.Reminder, tables.Escalation):
        session.execute(delete(table).where(col(table.subtask_id).in_(ids)))
    session.execute(delete(tables.SubTask).where(col(tables.SubTask.id).in_(ids)))


def remove_indicators(session: Session, ids: Any) -> None:
    """The indicators are gone with their quotas and the figures of milestones and reports."""
    for table in (tables.Quota, tables.MilestoneQuantity, tables.ReportQuantity):
        session.execute(delete(table).where(col(table.indicator_id).in_(ids)))
    session.execute(delete(tables.Indicator).where(col(tables.Indicator.id).in_(ids)))


def remove_milestones(session: Session, ids: Any) -> None:
    """The milestones are gone with their figures."""
    figure = tables.MilestoneQuantity
    session.execute(delete(figure).where(col(figure.milestone_id).in_(ids)))
    session.execute(delete(tables.Milestone).where(col(tables.Milestone.id).in_(ids)))


def remove_unused(session: Session, made: Mapping[str, list[int]]) -> None:
    """Posts, aliases and units that a batch made are gone, unless something else has come to need them."""
    _remove_posts(session, made.get("posts", []))
    alias, unit = tables.UnitAlias, tables.Unit
    own = made.get("units", [])
    users = (
        *(tables.Post, tables.Assignment, tables.Quota, tables.ProgressReport, tables.ReportLink),
        *(tables.Acknowledgement, tables.ChangeRequest, tables.SupervisionCase),
    )
    kept = _used(session, own, users, "unit_id") | _members(session)
    kept |= _used(session, own, (tables.Assignment,), "group_id")
    gone = [key for key in own if key not in kept]
    names = delete(alias).where(col(alias.id).in_(made.get("aliases", [])))
    session.execute(names.where(col(alias.unit_id).notin_([key for key in own if key in kept])))
    session.execute(delete(alias).where(col(alias.unit_id).in_(gone)))
    session.execute(delete(unit).where(col(unit.id).in_(gone)))


def _remove_posts(session: Session, ids: Sequence[int]) -> None:
    """Posts that nobody holds, nothing was sent to, and no plan needs any more."""
    post, work = tables.Post, tables.Assignment
    used = _used(
        session, ids, (tables.Contact, tables.Reminder, tables.Message, tables.ReportLink), "post_id"
    )
    leading = select(col(work.unit_id)).where(col(work.role).in_(LEADING))
    followed = session.execute(select(col(tables.Plan.id))).first() is not None
    unneeded = delete(post).where(col(post.id).in_([key for key in ids if key not in used]))
    unneeded = unneeded.where(col(post.unit_id).notin_(leading))
    if followed:
        unneeded = unneeded.where(col(post.kind) != "coordinator")
    session.execute(unneeded)


def _used(session: Session, ids: Sequence[int], users: Sequence[Any], column: str) -> set[int]:
    found: set[int] = set()
    for table in users:
        owner = getattr(table, column)
        found |= set(session.execute(select(owner).where(owner.in_(ids))).scalars())
    return found


def _members(session: Session) -> set[int]:
    member = tables.UnitMember
    pairs = session.execute(select(col(member.collective_id), col(member.member_id)))
    return {key for pair in pairs for key in pair}


def remove_rows(session: Session, table: Any, condition: Any) -> None:
    """The rows of that table are gone."""
    session.execute(delete(table).where(condition))


def remove_by_ids(session: Session, table: str, ids: Sequence[int]) -> None:
    """The rows of the table of that name are gone."""
    model = MODELS[table]
    session.execute(delete(model).where(model.id.in_(ids)))
