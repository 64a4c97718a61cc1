"""催办: a coordinator reminds the lead units of one sub-task at once; once a day, however often it is asked for."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import partial

from sqlalchemy import select
from sqlmodel import Session, col

from db import outbox, plans, reminders, runs, tables
from db.calendar import load_calendar
from db.cards import load_cards
from db.references import find_subtask
from db.session import Database
from db.units import lock_post, stored_id
from engine import slots
from engine.calendar import WorkCalendar
from engine.errors import DubanError
from engine.model import Decision, Owed, Plan, Reason, Rule, State, SubTask
from engine.reminders import decide
from engine.standing import figures
from workflows.compose import cannot_reach, rendered_reminder
from workflows.content import item_of
from workflows.grounds import ASKS_LEADS, Ground
from workflows.group_copy import copy_to_group
from workflows.links import bind, link_for
from workflows.office import Office, Recipient, recipient_of
from workflows.outgoing import Outgoing, put_out

KIND = "prompt"
OPEN = (State.ISSUED, State.ACKNOWLEDGED, State.IN_PROGRESS)
WHY_NOT = {
    State.DRAFT: "还没有下达",
    State.COMPLETION_CLAIMED: "已申报完成，等待验收",
    State.SUSPENDED: "已暂停",
    State.TERMINATED: "已终止",
}
M = tables.Message


@dataclass(frozen=True, slots=True)
class Prompted:
    """To whom the message goes and when it leaves; ``is_new`` is false where today's is there already."""

    message_id: int
    recipient: str
    leaves_at: datetime
    is_new: bool


@dataclass(frozen=True, slots=True)
class _Asked:
    """One sub-task with what is owed of it today."""

    plan: Plan
    subtask: SubTask
    decision: Decision
    calendar: WorkCalendar
    on: date


def remind_now(
    database: Database,
    office: Office,
    reference: str,
    now: datetime,
    who: str,
    words: str = "",
    *,
    plan: str | None = None,
) -> list[Prompted]:
    """Each lead unit's liaison has a message of today about the sub-task, on record with who and the words.

    It leaves at once within the window, else at its next opening; asked for again on the same day it stays
    one. What it says is what is owed then; it is withdrawn if that is settled before it leaves. Raises
    DubanError: PROMPT_REFUSED (nothing is to be done by the unit), NO_CONTACT, those of the reference.
    """
    prompted, unreachable = _remind(database, office, reference, now, who, words.strip(), plan)
    if unreachable and not prompted:
        named = "、".join(unreachable)
        raise DubanError("NO_CONTACT", f"{named}没有可用的联系方式，催办发不出去：请先登记联系人。")
    return prompted


def prompts_of(session: Session, subtask_id: int, limit: int = 20) -> list[tables.Message]:
    """The messages by which the sub-task was prompted, the newest first."""
    query = select(M).where(col(M.kind) == KIND, col(M.key).startswith(f"{KIND}:{subtask_id}:"))
    return list(session.execute(query.order_by(col(M.id).desc()).limit(limit)).scalars())


def is_still_owed(session: Session, message: tables.Message, now: datetime) -> bool:
    """Whether the prompt may still be said; if it has been settled meanwhile, it is withdrawn with the reason."""
    subtask_id = int(message.key.split(":")[1])
    state = State(session.get_one(tables.SubTask, subtask_id).state)
    report = tables.ProgressReport
    newer = select(col(report.id)).where(
        col(report.subtask_id) == subtask_id, col(report.received_at) > message.created_at
    )
    leads = plans.lead_posts(session, [subtask_id]).get(subtask_id, ())
    if message.post_id not in leads:
        reason = "not_responsible"
    elif state not in OPEN:
        reason = {State.SUSPENDED: "suspended", State.TERMINATED: "terminated"}.get(state, "completed")
    else:
        reason = "reported" if session.execute(newer.limit(1)).first() else ""
    if reason:
        outbox.end(session, stored_id(message.id), "withdrawn", reason, now)
    return not reason


def _remind(
    database: Database,
    office: Office,
    reference: str,
    now: datetime,
    who: str,
    words: str,
    plan: str | None,
) -> tuple[list[Prompted], list[str]]:
    """What was put out, and the units that nobody can reach, of whom coordinators are shown a finding."""
    prompted, unreachable = list[Prompted](), list[str]()
    with database.write() as session:
        row = find_subtask(session, reference, plan)
        session.refresh(row, with_for_update=True)
        asked = _asked(session, row, now)
        for post_id in plans.lead_posts(session, [asked.subtask.id]).get(asked.subtask.id, ()):
            lock_post(session, post_id)
            recipient = recipient_of(session, office, post_id)
            if recipient is None:
                cannot_reach(session, post_id, now)
                unreachable.append(_unit(session, post_id))
            else:
                prompted.append(_prompt(session, office, recipient, asked, now))
        new = [one.message_id for one in prompted if one.is_new]
        if new:
            runs.record(
                session,
                "remind_now",
                who,
                now,
                plan_id=asked.plan.id,
                subtask_id=asked.subtask.id,
                reason=words,
                details={"messages": new},
            )
    return prompted, unreachable


def _asked(session: Session, row: tables.SubTask, now: datetime) -> _Asked:
    """Raises PROMPT_REFUSED where the unit has nothing to do."""
    plan = plans.load_plan(session, row.plan_id)
    state, on = State(row.state), now.astimezone(plans.zone_of(plan)).date()
    if state not in OPEN:
        why = WHY_NOT.get(state, "已经验收")
        raise DubanError("PROMPT_REFUSED", f"子任务 {row.no} {why}，不用催办。")
    key = stored_id(row.id)
    subtask, calendar = plans.load_subtasks(session, [key])[key], load_calendar(session)
    decision = decide(plan, subtask, calendar, on)
    if decision.standing.completed:
        raise DubanError("PROMPT_REFUSED", f"子任务 {row.no} 已经完成，不用催办。")
    return _Asked(plan, subtask, decision, calendar, on)


def _prompt(session: Session, office: Office, recipient: Recipient, asked: _Asked, now: datetime) -> Prompted:
    key = f"{KIND}:{asked.subtask.id}:{recipient.post_id}:{asked.on}"
    found = session.execute(select(M).where(col(M.key) == key)).scalars().first()
    if found:
        leaves = found.ended_at or found.next_attempt_at
        return Prompted(stored_id(found.id), found.recipient, leaves, is_new=False)
    leaves = slots.next_opening(asked.plan.policy, asked.calendar, now, plans.zone_of(asked.plan))
    what = Outgoing(
        key=key,
        kind=KIND,
        plan_id=asked.plan.id,
        slot_on=asked.on,
        slot_at=leaves,
        thread=f"{KIND}:subtask-{asked.subtask.id}:post-{recipient.post_id}",
        items=[_listed(asked)],
    )
    return Prompted(_put(session, office, recipient, asked, what, now), recipient.shown, leaves, is_new=True)


def _listed(asked: _Asked) -> dict[str, object]:
    """The item as lists show it."""
    return {
        "subtask": asked.subtask.no,
        "subtask_id": asked.subtask.id,
        "title": asked.subtask.title,
        "rule": KIND,
        "nominal_on": asked.on.isoformat(),
        "number": 0,
        "reason": KIND,
    }


def _put(
    session: Session, office: Office, recipient: Recipient, asked: _Asked, what: Outgoing, now: datetime
) -> int:
    """The message with its link, and the copy for the unit's group."""
    card = load_cards(session, [asked.subtask.id])[asked.subtask.id]
    items = [item_of(ground, card, asked.calendar, 0) for ground in _grounds(asked, recipient, now)]
    link = link_for(session, office, recipient, asked.on, now)
    address = link.placeholder if link else None
    said = partial(rendered_reminder, session, office, recipient, items)
    message = put_out(session, office, recipient, said(address, asked.on), what, now)
    bind(session, link, message)
    copy_to_group(session, office, recipient, message, what, partial(said, None, asked.on), now)
    return message


def _grounds(asked: _Asked, recipient: Recipient, now: datetime) -> list[Ground]:
    """What the rules ask of the lead units today, else the deadline: rows of this message that are not stored."""
    owed = [one for one in asked.decision.current if one.rule in ASKS_LEADS] or [_deadline(asked)]
    return [
        Ground(_row(one, asked, recipient, now), asked.plan, asked.subtask, asked.decision, None)
        for one in _most_pressing(owed)
    ]


def _most_pressing(owed: Sequence[Owed]) -> Sequence[Owed]:
    """Each rule once: the same trouble is not told twice."""
    return list({one.rule: one for one in owed}.values())


def _deadline(asked: _Asked) -> Owed:
    on = asked.subtask.deadline or asked.plan.execute_ends_on
    told = figures(asked.decision.standing.indicators)
    reason = Reason("deadline_due", (("deadline", str(on)), *told))
    return Owed(f"subtask:{asked.subtask.id}", Rule.DEADLINE_DUE, str(on), 0, asked.on, reason)


def _row(one: Owed, asked: _Asked, recipient: Recipient, now: datetime) -> tables.Reminder:
    values = reminders.row_of(one, recipient.post_id, asked.plan.id, asked.subtask.id, now, superseded=False)
    return tables.Reminder(**{**values, "nominal_on": asked.on})


def _unit(session: Session, post_id: int) -> str:
    return session.get_one(tables.Unit, session.get_one(tables.Post, post_id).unit_id).name
