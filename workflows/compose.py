"""汇总: what is owed to a post becomes one message at its slot, frozen as it will be sent."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import partial
from typing import Any

from sqlmodel import Session

from db import hold, outbox, plans, reminders, runs, tables
from db.calendar import load_calendar
from db.cards import load_cards
from db.session import Database
from db.units import lock_post, stored_id
from db.ways import held_post
from engine import slots
from engine.model import Plan
from notifications.message import ReminderItem, Rendered
from notifications.render import render_coordinator, render_reminder
from workflows.case_notice import attach_notices
from workflows.content import coordinator_content, item_of, reminder_content
from workflows.enclose import enclose_workbook
from workflows.fall_back import show_skipped, skipped_channels
from workflows.grounds import Ground, judge_grounds, keep_standing
from workflows.group_copy import copy_to_group
from workflows.links import bind, link_for
from workflows.office import POST_NAMES, Office, Recipient, recipient_of, why_unreachable
from workflows.outgoing import Outgoing, put_out
from workflows.own_templates import own_templates

NO_CONTACT = "NO_CONTACT"


@dataclass(frozen=True, slots=True)
class ComposeSummary:
    """How many messages were composed and how many posts were found unreachable."""

    composed: int = 0
    unreachable: int = 0


def compose(database: Database, office: Office, now: datetime) -> ComposeSummary:
    """Each post whose slot has come has at most one new message; doing it again adds none.

    While sending is held what is owed goes on waiting: it is merged when it may leave again.
    """
    with database.read() as session:
        if hold.held(session):
            return ComposeSummary()
        missing = _without_contact(session)
        reachable = [post_id for post_id in missing if recipient_of(session, office, post_id)]
        skipped = skipped_channels(session, office)
        posts = []
        if any(_has_slot(session, plan, now) for plan in plans.load_plans(session)):
            posts = reminders.waiting_posts(session, (now + timedelta(days=1)).date())
    if skipped.changed:
        with database.write() as session:
            show_skipped(session, skipped, now)
    for post_id in reachable:
        with database.write() as session:
            runs.close_finding(session, NO_CONTACT, _subject(post_id), now)
    composed = unreachable = 0
    for post_id in posts:
        if post_id in missing and post_id not in reachable:
            continue  # a coordinator knows; nothing can leave until somebody holds the post
        with database.write() as session:
            outcome = compose_for(session, office, post_id, now)
        composed += outcome == "composed"
        unreachable += outcome == "unreachable"
    return ComposeSummary(composed, unreachable)


def _has_slot(session: Session, plan: Plan, now: datetime) -> bool:
    """Whether anybody's slot of the plan can be open now."""
    zone = plans.zone_of(plan)
    is_open = slots.is_open(plan.policy, load_calendar(session), now, zone)
    return is_open and now >= slots.reminders_from(plan.policy, now.astimezone(zone).date(), zone)


def compose_for(session: Session, office: Office, post_id: int, now: datetime) -> str:
    """One post's message: ``composed``, ``waiting`` (not its time), ``unreachable`` or ``nothing``.

    Reminders of plans whose slot has come leave together, at the latest of these slots.
    """
    lock_post(session, post_id)
    rows = reminders.pending_of_post(session, post_id, (now + timedelta(days=1)).date())
    if not rows:
        return "nothing"
    recipient = recipient_of(session, office, post_id)
    free = _free_slots(session, {row.plan_id for row in rows}, post_id, recipient, now)
    due = [row for row in rows if row.plan_id in free and row.nominal_on <= free[row.plan_id].date()]
    if not due:
        return "waiting"
    grounds = keep_standing(session, judge_grounds(session, due, now), now)
    if not grounds:
        return "nothing"
    if recipient is None:
        cannot_reach(session, post_id, now)
        return "unreachable"
    slot = max(free[row.plan_id] for row in due)
    _freeze(session, office, recipient, _merged(session, recipient, grounds, slot, now), slot, now)
    return "composed"


def slot_ahead(session: Session, post_id: int, now: datetime) -> datetime | None:
    """The moment later today at which something pending will be composed for the post."""
    rows = reminders.pending_of_post(session, post_id, (now + timedelta(days=1)).date())
    today = {key: _slot_today(session, key, post_id, now) for key in {row.plan_id for row in rows}}
    coming = (today[row.plan_id] for row in rows if row.nominal_on <= today[row.plan_id].date())
    return min((slot for slot in coming if slot > now), default=None)


def _slot_today(session: Session, plan_id: int, post_id: int, now: datetime) -> datetime:
    plan = plans.load_plan(session, plan_id)
    zone = plans.zone_of(plan)
    return slots.reminder_slot(plan.policy, f"post:{post_id}", now.astimezone(zone).date(), zone)


def _free_slots(
    session: Session, plan_ids: set[int], post_id: int, recipient: Recipient | None, now: datetime
) -> dict[int, datetime]:
    """By plan today's slot of the post, where it has come, the window is open, and no message stands for it."""
    calendar, free = load_calendar(session), {}
    for plan_id in plan_ids:
        plan = plans.load_plan(session, plan_id)
        slot = _slot_today(session, plan_id, post_id, now)
        if slot > now or not slots.is_open(plan.policy, calendar, now, plans.zone_of(plan)):
            continue
        served = None
        if recipient:
            served, _ = outbox.slots_of_day(session, post_id, "reminder", recipient.channel, slot.date())
        if served is None or served < slot:
            free[plan_id] = slot
    return free


def _merged(
    session: Session, recipient: Recipient, grounds: list[Ground], slot: datetime, now: datetime
) -> list[Ground]:
    """The grounds of this slot with those of earlier messages that never left."""
    earlier: list[tables.Reminder] = []
    for key in outbox.unsent_before(session, recipient.post_id, "reminder", slot):
        if outbox.end(session, key, "superseded", "merged_into_newer", now):
            carried = reminders.of_message(session, key)
            reminders.release(session, [stored_id(row.id) for row in carried])
            earlier += carried
    known = {ground.key for ground in grounds}
    carried_over = keep_standing(session, judge_grounds(session, earlier, now), now)
    return grounds + [ground for ground in carried_over if ground.key not in known]


def _freeze(
    session: Session,
    office: Office,
    recipient: Recipient,
    grounds: list[Ground],
    slot: datetime,
    now: datetime,
) -> None:
    """The message is rendered, stored and bound to its reminders in this one transaction."""
    calendar = load_calendar(session)
    cards = load_cards(session, sorted({ground.subtask.id for ground in grounds}))
    sent = reminders.times_sent(session, recipient.post_id, [ground.row for ground in grounds])
    numbers = {key: count + 1 for key, count in sent.items()}
    items = [item_of(ground, cards[ground.subtask.id], calendar, numbers[ground.key]) for ground in grounds]
    link = link_for(session, office, recipient, slot.date(), now)
    address = link.placeholder if link else None
    rendered = rendered_reminder(session, office, recipient, items, address, slot.date())
    _, ever = outbox.slots_of_day(session, recipient.post_id, "reminder", recipient.channel, slot.date())
    key = f"reminder:{recipient.post_id}:{recipient.channel}:{slot.date()}" + (f"#{ever + 1}" if ever else "")
    what = Outgoing(
        key=key,
        kind="reminder",
        plan_id=grounds[0].plan.id,
        slot_on=slot.date(),
        slot_at=slot,
        thread=f"reminder:post-{recipient.post_id}",
        items=[_listed(ground, numbers[ground.key]) for ground in grounds],
    )
    message = put_out(session, office, recipient, rendered, what, now)
    bind(session, link, message)
    attach_notices(session, office, message, [ground.row for ground in grounds], now)
    enclose_workbook(session, grounds, message, slot.date())
    for ground in grounds:
        reminders.join(session, ground.row, message, numbers[ground.key])
    plain = partial(rendered_reminder, session, office, recipient, items, None, slot.date())
    copy_to_group(session, office, recipient, message, what, plain, now)


def rendered_reminder(
    session: Session,
    office: Office,
    recipient: Recipient,
    items: list[ReminderItem],
    address: str | None,
    on: date,
) -> Rendered:
    """The message of these items for one post."""
    post = session.get_one(tables.Post, recipient.post_id)
    if post.kind == "coordinator":
        waiting = coordinator_content(session, recipient, items, on)
        return render_coordinator(waiting, recipient.locale, own_templates(session, office))
    content = reminder_content(office, recipient, items, on, address, reader=post.kind)
    return render_reminder(content, recipient.locale, own_templates(session, office))


def _listed(ground: Ground, number: int) -> dict[str, Any]:
    """The item as lists and ``simulate`` show it."""
    return {
        "subtask": ground.subtask.no,
        "subtask_id": ground.subtask.id,
        "title": ground.subtask.title,
        "rule": ground.row.rule,
        "nominal_on": ground.row.nominal_on.isoformat(),
        "number": number,
        "reason": ground.row.reason[0],
    }


def cannot_reach(session: Session, post_id: int, now: datetime) -> None:
    """A coordinator is shown that nobody at the post can be reached."""
    post = session.get_one(tables.Post, post_id)
    unit = session.get_one(tables.Unit, post.unit_id)
    whose, who = f"{unit.name}的{POST_NAMES.get(post.kind, post.kind)}", "该单位"
    what = "待发提醒"
    if post.kind in ("head", "leader"):
        who, what = POST_NAMES[post.kind], "升级提醒"
    why = why_unreachable(held_post(session, post_id))
    message = {
        "disputed": f"{whose}说发错了人，{what}暂不发出：请用 duban contacts confirm 确认，或导入新的联系人。",
        "failed": f"{whose}的各个渠道都拒收，{what}无法送出：请核对后用 duban contacts retry 重试，或导入新的联系方式。",
    }.get(
        why,
        f"{unit.name if who == '该单位' else whose}没有可用的联系方式，{what}无法送出：请用 duban contacts import 登记{who}的邮箱。",
    )
    inputs = {"case": why if why in ("disputed", "failed") else "none", "unit": unit.name, "post": post.kind}
    runs.open_finding(session, NO_CONTACT, _subject(post_id), message, now, inputs=inputs)


def _without_contact(session: Session) -> list[int]:
    """Posts that were found without contact, whether anything is owed to them now or not."""
    return [int(row.subject.removeprefix("post:")) for row in runs.open_findings(session, NO_CONTACT)]


def _subject(post_id: int) -> str:
    return f"post:{post_id}"
