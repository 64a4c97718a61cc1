"""撤销: what an import made is gone, what a revision changed is as before; or nothing happens and says why."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import or_, select
from sqlmodel import Session, col

from db import imports, outbox, plans, reminders, runs, tables
from db.journal import Entry, bump, changed_since, put_back
from db.session import Database
from db.units import stored_id
from engine.errors import DubanError

REFUSED = "UNDO_REFUSED"
UNTOUCHED = ("held", "waiting", "superseded", "withdrawn")
# Rows in the order in which they can be taken away: what hangs on another goes first.
REMOVERS = {
    "milestones": imports.remove_milestones,
    "indicators": imports.remove_indicators,
    "subtasks": imports.remove_subtasks,
}


@dataclass(frozen=True, slots=True)
class Undone:
    """The plan that the batch had made (``removed``) or revised."""

    batch_id: int
    plan_id: int
    title: str
    removed: bool


def undo(database: Database, batch_id: int, now: datetime, who: str) -> Undone:
    """The batch counts as undone, in one transaction.

    Raises DubanError NO_SUCH_BATCH, or UNDO_REFUSED where something later depends on it: reports,
    messages that were attempted, decisions, later batches on the same plan.
    """
    with database.write() as session:
        batch = imports.find_batch(session, batch_id)
        plan_id = _standing_plan(session, batch)
        title = session.get_one(tables.Plan, plan_id).title
        made, entries = batch.changes[0], batch.changes[1:]
        if made["new"]:
            _check_new(session, plan_id, batch_id)
            _withdraw_messages(session, plan_id, now)
            imports.remove_plan(session, plan_id)
        else:
            _check_revision(session, batch, entries)
            _take_back(session, plan_id, entries, now)
        imports.remove_unused(session, made)
        batch.state, batch.undone_at = "undone", now
        session.add(batch)
        runs.record(session, "undo", who, now, details={"batch": batch_id, "plan": plan_id})
    return Undone(batch_id, plan_id, title, bool(made["new"]))


def _standing_plan(session: Session, batch: tables.ImportBatch) -> int:
    if batch.state != "stored":
        raise DubanError(REFUSED, f"批次 {batch.id} 已经撤销过，不必再撤销。")
    later = imports.later_batches(session, batch)
    if later:
        numbers = "、".join(str(other.id) for other in later)
        raise DubanError(
            REFUSED, f"批次 {batch.id} 之后还有批次 {numbers} 改过同一个计划：请先从后往前撤销。"
        )
    plan_id = imports.plan_of_batch(batch)
    if plan_id is None or session.get(tables.Plan, plan_id) is None:
        raise DubanError(REFUSED, f"批次 {batch.id} 的计划已经不在：没有可以撤销的内容。")
    return plan_id


def _check_new(session: Session, plan_id: int, batch_id: int) -> None:
    own = select(col(tables.SubTask.id)).where(col(tables.SubTask.plan_id) == plan_id)
    report, event = tables.ProgressReport, tables.Event
    foreign = or_(col(report.batch_id).is_(None), col(report.batch_id) != batch_id)
    if session.execute(select(col(report.id)).where(col(report.subtask_id).in_(own), foreign)).first():
        raise DubanError(
            REFUSED, "已有单位填报过进展，撤销会丢掉填报：请改用导出、修改、再导入的办法更正计划。"
        )
    decided = or_(col(event.plan_id) == plan_id, col(event.subtask_id).in_(own))
    if session.execute(select(col(event.id)).where(decided)).first():
        raise DubanError(
            REFUSED,
            "这个计划上已有记录在案的决定（如节点、规则或验收）：请改用导出、修改、再导入的办法更正。",
        )
    if any(message.state not in UNTOUCHED or message.attempts for message in _messages(session, plan_id)):
        raise DubanError(REFUSED, "这个计划的消息已经发出：请改用导出、修改、再导入的办法更正计划。")


def _messages(session: Session, plan_id: int) -> Sequence[tables.Message]:
    message, reminder = tables.Message, tables.Reminder
    carrying = select(col(reminder.message_id)).where(col(reminder.plan_id) == plan_id)
    query = select(message).where(or_(col(message.plan_id) == plan_id, col(message.id).in_(carrying)))
    return session.execute(query).scalars().all()


def _withdraw_messages(session: Session, plan_id: int, now: datetime) -> None:
    """No unsent message speaks of the plan; what it carried for other plans waits again for a slot."""
    for message in _messages(session, plan_id):
        if message.state in outbox.UNSENT:
            message.state, message.ended_at, message.ended_reason = "withdrawn", now, "import_undone"
            session.add(message)
        carried = reminders.of_message(session, stored_id(message.id))
        reminders.release(session, [stored_id(one.id) for one in carried])
    session.flush()


def _check_revision(session: Session, batch: tables.ImportBatch, entries: Sequence[Entry]) -> None:
    if changed_since(session, entries):
        raise DubanError(REFUSED, f"批次 {batch.id} 改过的内容后来又有改动：请导出现在的计划，修改后再导入。")
    added = _added(entries)
    report, figure, reminder = tables.ProgressReport, tables.ReportQuantity, tables.Reminder
    told = select(col(report.id)).where(
        col(report.subtask_id).in_(added.get("subtasks", [])),
        or_(col(report.batch_id).is_(None), col(report.batch_id) != batch.id),
    )
    counted = select(col(figure.report_id)).where(
        col(figure.indicator_id).in_(added.get("indicators", [])),
        col(figure.report_id).notin_(added.get("progress_reports", [])),
    )
    if session.execute(told).first() or session.execute(counted).first():
        raise DubanError(REFUSED, f"批次 {batch.id} 新增的内容已有填报：请导出现在的计划，修改后再导入。")
    _check_decisions(session, batch, added.get("subtasks", []))
    said = select(col(reminder.id)).where(
        col(reminder.subtask_id).in_(added.get("subtasks", [])), col(reminder.message_id).is_not(None)
    )
    if session.execute(said).first():
        raise DubanError(
            REFUSED, f"批次 {batch.id} 新增的子任务已经发过提醒：请导出现在的计划，修改后再导入。"
        )


def _check_decisions(session: Session, batch: tables.ImportBatch, added: Sequence[int]) -> None:
    """Nothing was asked for or decided about the sub-tasks that the batch brought."""
    change, event = tables.ChangeRequest, tables.Event
    asked = select(col(change.id)).where(col(change.subtask_id).in_(added))
    decided = select(col(event.id)).where(col(event.subtask_id).in_(added), col(event.at) > batch.stored_at)
    if any(session.execute(query).first() for query in (asked, decided)):
        raise DubanError(
            REFUSED,
            f"批次 {batch.id} 新增的子任务已有记录在案的决定（如签收、审核、变更）：请导出现在的计划，修改后再导入。",
        )


def _take_back(session: Session, plan_id: int, entries: Sequence[Entry], now: datetime) -> None:
    """Additions go, then the rest is put back in reverse order, and the rules look at the plan again."""
    added = _added(entries)
    figure = tables.ReportQuantity
    imports.remove_rows(session, figure, col(figure.report_id).in_(added.get("progress_reports", [])))
    for table, remove in REMOVERS.items():
        remove(session, added.get(table, []))
    for table in ("progress_reports", "assignments", "quotas", "phases", "projects"):
        imports.remove_by_ids(session, table, added.get(table, []))
    for entry in reversed(entries):
        if entry["op"] != "add":
            put_back(session, entry)
    plan = session.get_one(tables.Plan, plan_id)
    bump(plan)
    session.flush()
    today = now.astimezone(plans.zone_of(plans.load_plan(session, plan_id))).date()
    plans.check_plan_again(session, plan_id, today)


def _added(entries: Sequence[Entry]) -> dict[str, list[int]]:
    added: dict[str, list[int]] = {}
    for entry in entries:
        if entry["op"] == "add":
            added.setdefault(entry["table"], []).append(entry["id"])
    return added
