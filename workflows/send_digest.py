"""周报: once for each plan and week the picture is frozen, and every reader gets its digest."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from functools import partial

from sqlmodel import Session

from db import given_up, outbox, plans, runs, tables
from db.calendar import load_calendar
from db.session import Database
from engine import slots
from engine.digest import WeekSlot, digest_days, latest_digest, to_json
from engine.digest_days import skipped_weeks
from engine.model import Plan
from notifications.message import DigestView, Rendered
from notifications.render import render_digest
from workflows.compose import cannot_reach
from workflows.content import finding_lines
from workflows.decide_bulletin import show_held, supersede_older
from workflows.edition import Edition, Reader, load_edition
from workflows.group_copy import copy_to_group
from workflows.links import bind, link_for
from workflows.office import Office, Recipient, recipient_of
from workflows.outgoing import Outgoing, put_out
from workflows.own_templates import own_templates

WORKFLOW = KIND = "digest"


@dataclass(frozen=True, slots=True)
class DigestSummary:
    """How many bulletins were frozen and how many messages were composed from them."""

    frozen: int = 0
    composed: int = 0


def send_digest(database: Database, office: Office, now: datetime) -> DigestSummary:
    """The latest digest that has come is composed for each plan, once; missed ones are superseded on record."""
    with database.read() as session:
        due = [plan.id for plan in plans.load_plans(session) if _due(session, plan, now)]
    composed = []
    for plan_id in due:
        with database.write() as session:
            composed.append(_publish(session, office, plans.load_plan(session, plan_id), now))
    return DigestSummary(len(composed), sum(composed))


def _due(session: Session, plan: Plan, now: datetime) -> WeekSlot | None:
    """The latest digest that has come since the plan is followed, unless the ledger has it."""
    followed_from = session.get_one(tables.Plan, plan.id).followed_from
    if followed_from is None:
        return None
    zone = plans.zone_of(plan)
    local = now.astimezone(zone)
    passed_today = local >= slots.digest_slot(plan.policy, local.date(), zone)
    slot = latest_digest(plan, load_calendar(session), local.date(), passed_today)
    if slot is None or slots.digest_slot(plan.policy, slot.on, zone) < followed_from:
        return None
    return None if runs.has_run(session, WORKFLOW, plan.id, slot.week) else slot


def _publish(session: Session, office: Office, plan: Plan, now: datetime) -> int:
    """The run is claimed, the bulletin frozen and every message composed, all in one transaction."""
    slot = _due(session, plan, now)
    if slot is None or not runs.claim(session, WORKFLOW, plan.id, slot.week, "done", now):
        return 0
    _record_missed(session, plan, slot, now)
    edition = load_edition(session, plan, slot)
    state = "held" if plan.policy.digest_hold else "published"
    picture = to_json(edition.office)
    bulletin = runs.freeze(session, plan.id, KIND, slot.week, slot.on, picture, now, state)
    supersede_older(session, bulletin, now)
    composed = sum(_compose(session, office, edition, one, now, state) for one in edition.readers)
    show_held(session, bulletin, now)
    coordinators = map(Reader, plans.coordinator_posts(session))
    composed += sum(_compose(session, office, edition, one, now) for one in coordinators)
    _settle_refusals(session, now)
    return composed


def _record_missed(session: Session, plan: Plan, slot: WeekSlot, now: datetime) -> None:
    """On record: digests that nobody was there to compose, as replaced by this one; weeks without one, as skipped."""
    followed_from = session.get_one(tables.Plan, plan.id).followed_from
    assert followed_from is not None
    zone = plans.zone_of(plan)
    first, calendar = followed_from.astimezone(zone).date(), load_calendar(session)
    for week in skipped_weeks(plan, calendar, first, slot.on):
        runs.claim(session, WORKFLOW, plan.id, week, "skipped", now, "no working day")
    for missed in digest_days(plan, calendar, first, slot.on):
        came = slots.digest_slot(plan.policy, missed.on, zone)
        if missed.week != slot.week and came >= followed_from:
            runs.claim(session, WORKFLOW, plan.id, missed.week, "superseded", now, slot.week)


def _compose(
    session: Session,
    office: Office,
    edition: Edition,
    reader: Reader,
    now: datetime,
    bulletin_state: str = "published",
) -> int:
    """One recipient's digest is in the outbox, held with its bulletin; 0 when nobody can be reached, which a
    coordinator is shown. The coordinators' own is what they decide by: it is never held."""
    post_id = reader.post_id
    recipient = recipient_of(session, office, post_id)
    if recipient is None:
        cannot_reach(session, post_id, now)
        return 0
    plan, on = edition.plan, edition.slot.on
    slot_at = slots.recipient_digest_slot(plan.policy, f"post:{post_id}", on, plans.zone_of(plan))
    for earlier in outbox.unsent_before(session, post_id, "digest", slot_at, plan.id):
        outbox.end(session, earlier, "superseded", "replaced_by_newer_digest", now)
    link = link_for(session, office, recipient, on, now)
    rendered = rendered_digest(
        session, office, edition, reader, recipient, link.placeholder if link else None
    )
    key = f"digest:{plan.id}:{edition.slot.week}:{post_id}:{recipient.channel}"
    what = Outgoing(
        key=key,
        kind=KIND,
        plan_id=plan.id,
        slot_on=on,
        slot_at=slot_at,
        thread=f"digest:plan-{plan.id}:post-{post_id}",
        period=edition.slot.week,
        state="held" if bulletin_state == "held" else "waiting",
    )
    message = put_out(session, office, recipient, rendered, what, now)
    bind(session, link, message)
    if plan.policy.group_digest:
        plain = partial(rendered_digest, session, office, edition, reader, recipient, None)
        copy_to_group(session, office, recipient, message, what, plain, now)
    return 1


def _settle_refusals(session: Session, now: datetime) -> None:
    """Refused messages, now that coordinators were told, are settled where a later one has arrived; of each post
    those that were given up since stay, and stay shown."""
    for finding in runs.open_findings(session, given_up.FINDING):
        given_up.settle_by_arrival(session, int(finding.subject.removeprefix("post:")), now)


def rendered_digest(
    session: Session,
    office: Office,
    edition: Edition,
    reader: Reader,
    recipient: Recipient,
    link: str | None,
) -> Rendered:
    """The digest of one reader."""
    is_office = reader == Reader(reader.post_id)
    lines = finding_lines(session, recipient.locale, edition.slot.on) if is_office else ()
    findings = [line.detail for line in lines]
    content = edition.content(reader, findings)
    view = DigestView(
        content,
        recipient.unit,
        recipient.post,
        office.coordinator,
        recipient.title,
        link=link,
    )
    return render_digest(view, recipient.locale, own_templates(session, office))
