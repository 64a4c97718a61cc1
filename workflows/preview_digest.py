"""下一期周报: what the next digest would say if it were sent now; nothing is stored, nothing leaves."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlmodel import Session, col

from db import plans, tables
from db.calendar import load_calendar
from engine import slots
from engine.digest import WeekSlot, digest_days
from engine.model import Plan
from notifications.message import Rendered
from notifications.samples import LINK
from workflows.edition import Edition, Reader, load_edition
from workflows.office import Office, recipient_of
from workflows.send_digest import rendered_digest

AHEAD = timedelta(days=21)  # weeks without a working day are skipped; three in a row there are none


@dataclass(frozen=True, slots=True)
class Upcoming:
    """The next digest of a plan: its week and day, when it is made, and whether it then waits for approval."""

    plan: Plan
    slot: WeekSlot
    at: datetime
    is_held: bool


@dataclass(frozen=True, slots=True)
class ReaderLine:
    """Somebody who will get it, by unit and kind of post."""

    reader: Reader
    unit: str
    post: str


@dataclass(frozen=True, slots=True)
class Preview:
    """The next digest as of now, and who will get it, the coordinators first."""

    upcoming: Upcoming
    edition: Edition
    lines: tuple[ReaderLine, ...]


def upcoming_digest(session: Session, plan: Plan, now: datetime) -> Upcoming | None:
    """The next digest; ``None`` for a plan that is over or not followed."""
    if session.get_one(tables.Plan, plan.id).followed_from is None:
        return None
    zone, calendar = plans.zone_of(plan), load_calendar(session)
    today = now.astimezone(zone).date()
    first = max(today, plan.starts_on)
    for slot in digest_days(plan, calendar, first, first + AHEAD):
        at = slots.digest_slot(plan.policy, slot.on, zone)
        if at > now:
            return Upcoming(plan, slot, at, plan.policy.digest_hold)
    return None


def preview_digest(session: Session, plan: Plan, now: datetime) -> Preview | None:
    """What it would show of the plan as it stands today. ``None`` where no digest will come."""
    upcoming = upcoming_digest(session, plan, now)
    if upcoming is None:
        return None
    today = max(now.astimezone(plans.zone_of(plan)).date(), plan.starts_on)
    edition = load_edition(session, plan, WeekSlot(upcoming.slot.week, today))
    readers = [*map(Reader, plans.coordinator_posts(session)), *edition.readers]
    return Preview(upcoming, edition, tuple(_lines(session, readers)))


def rendered_preview(session: Session, office: Office, preview: Preview, post_id: int) -> Rendered | None:
    """The digest of that reader, its link an example; ``None`` for somebody who gets none or cannot be reached."""
    reader = next((one.reader for one in preview.lines if one.reader.post_id == post_id), None)
    recipient = recipient_of(session, office, post_id) if reader else None
    if reader is None or recipient is None:
        return None
    link = LINK if reader.unit else None
    return rendered_digest(session, office, preview.edition, reader, recipient, link)


def _lines(session: Session, readers: list[Reader]) -> list[ReaderLine]:
    post, unit = tables.Post, tables.Unit
    query = select(col(post.id), col(unit.name), col(post.kind)).join(unit, col(unit.id) == col(post.unit_id))
    known = {key: (name, kind) for key, name, kind in session.execute(query)}
    return [ReaderLine(one, *known[one.post_id]) for one in readers]
