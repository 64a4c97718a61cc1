"""预览: a message as a template would say it, with the rows of a real recipient; nothing is stored, nothing leaves."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from typing import Any

from sqlmodel import Session

from db import plans, reminders
from db.calendar import load_calendar
from db.cards import load_cards
from db.references import find_unit
from db.session import Database
from db.units import posts_of_kind, stored_id
from engine.digest_days import latest_digest
from engine.model import Plan
from notifications.message import Rendered
from notifications.note_values import View, plain_values, value_lines
from notifications.own_templates import OwnTemplates
from notifications.samples import LINK, samples
from workflows import score_month
from workflows.compose import rendered_reminder
from workflows.content import finding_lines, item_of
from workflows.edit_templates import Draft
from workflows.edition import load_edition
from workflows.evaluate import MONTH, Edition, Round, readers_of, rendered_evaluation
from workflows.grounds import judge_grounds
from workflows.office import Office, Recipient, recipient_of
from workflows.own_templates import own_templates
from workflows.send_digest import rendered_digest

POST_KINDS = ("liaison", "head", "leader")


@dataclass(frozen=True, slots=True)
class Look:
    """What is looked at: whose message, in which language, as of when."""

    kind: str
    locale: str
    now: datetime
    unit_id: int | None = None


@dataclass(frozen=True, slots=True)
class Preview:
    """The message, and whose it is; ``shown`` is empty for a message of an office that does not exist."""

    rendered: Rendered
    shown: str = ""


def preview(
    database: Database,
    office: Office,
    kind: str,
    locale: str,
    unit: str | None,
    now: datetime,
    draft: Draft | None,
) -> Preview:
    """The message of that kind as the draft says it, or without one as what is in force says it.

    Raises DubanError NO_SUCH_UNIT.
    """
    if draft is not None:
        own = OwnTemplates({(draft.kind, draft.locale): draft.source}, office.note_worker)
        office = replace(office, own_templates=own)
    with database.read() as session:
        unit_id = stored_id(find_unit(session, unit).id) if unit else None
        look = Look(kind, locale, now, unit_id)
        real = _REAL[kind](session, office, look) if kind in _REAL else None
        return real or Preview(next(samples(kind, locale, own_templates(session, office))))


@dataclass(frozen=True, slots=True)
class _Watching(OwnTemplates):
    """Says nothing of its own and keeps what it was asked about."""

    seen: list[View] = field(default_factory=list)

    def card(self, _kind: str, view: View) -> None:
        self.seen.append(view)


def present_values(
    database: Database, office: Office, kind: str, locale: str, unit: str | None, now: datetime
) -> dict[str, str]:
    """Every value that templates of the kind may use, as it is in the message that :func:`preview` shows; of a list
    its first. Raises DubanError NO_SUCH_UNIT."""
    watching = _Watching()
    preview(database, replace(office, own_templates=watching), kind, locale, unit, now, None)
    names = value_lines(kind)
    plain = plain_values(watching.seen[0], " ".join(names)) if watching.seen else {}
    return {name: _first(plain, name.removeprefix("mail.")) for name in names}


def _first(value: Any, path: str) -> str:
    """What stands at that path, of every list the first; nothing where there is none."""
    for step in re.findall(r"\w+|\[…\]", path):
        if step == "[…]" or step.isdigit():
            place = 0 if step == "[…]" else int(step)
            value = value[place] if isinstance(value, list) and len(value) > place else None
        else:
            value = value.get(step) if isinstance(value, dict) else None
    return "" if value is None or isinstance(value, list | dict) else str(value)


def _reminder(session: Session, office: Office, look: Look) -> Preview | None:
    """What is pending for a post now, else what it was told last."""
    latest = (look.now + timedelta(days=1)).date()
    for post_id in _posts(session, look, latest):
        recipient = _recipient(session, office, look, post_id)
        rows = reminders.newest_of_post(session, post_id, latest)
        if recipient is None or not rows:
            continue
        grounds, calendar = judge_grounds(session, rows, look.now), load_calendar(session)
        cards = load_cards(session, sorted({ground.subtask.id for ground in grounds}))
        items = [item_of(one, cards[one.subtask.id], calendar, one.row.number or 1) for one in grounds]
        on = look.now.astimezone(plans.zone_of(grounds[0].plan)).date()
        rendered = rendered_reminder(session, office, recipient, items, LINK, on)
        return Preview(rendered, recipient.shown)
    return None


def _posts(session: Session, look: Look, latest: date) -> Iterable[int]:
    """Whose reminders may be shown: those of the unit, or whoever is owed something now."""
    if look.unit_id is not None:
        own = (posts_of_kind(session, [look.unit_id], kind) for kind in POST_KINDS)
        return [post for found in own for post in found.values()]
    office = set(plans.coordinator_posts(session))
    return [post for post in reminders.waiting_posts(session, latest) if post not in office]


def _coordinator(session: Session, office: Office, look: Look) -> Preview | None:
    on = look.now.astimezone(plans.office_zone(session)).date()
    for post_id in plans.coordinator_posts(session):
        recipient = _recipient(session, office, look, post_id)
        if recipient is not None and finding_lines(session, recipient.locale, on):
            rendered = rendered_reminder(session, office, recipient, [], None, on)
            return Preview(rendered, recipient.shown)
    return None


def _digest(session: Session, office: Office, look: Look) -> Preview | None:
    for plan in _plans(session):
        on = look.now.astimezone(plans.zone_of(plan)).date()
        slot = latest_digest(plan, load_calendar(session), on, passed_today=True)
        if slot is None:
            continue
        edition = load_edition(session, plan, slot)
        for reader in edition.readers:
            recipient = _recipient(session, office, look, reader.post_id)
            if recipient is not None:
                rendered = rendered_digest(session, office, edition, reader, recipient, LINK)
                return Preview(rendered, recipient.shown)
    return None


def _evaluation(session: Session, office: Office, look: Look) -> Preview | None:
    for plan in _plans(session):
        on = look.now.astimezone(plans.zone_of(plan)).date()
        if on.replace(day=1) <= plan.starts_on:
            continue  # no whole month has passed yet
        content = score_month.preview(session, plan.id, look.now)
        edition = Edition(plan, Round(MONTH, content.period, on), content)
        for reader in readers_of(session, plan):
            recipient = _recipient(session, office, look, reader.post_id)
            if recipient is not None:
                rendered = rendered_evaluation(session, office, edition, reader, recipient, LINK)
                return Preview(rendered, recipient.shown)
    return None


def _plans(session: Session) -> list[Plan]:
    """The newest plan first."""
    return sorted(plans.load_plans(session), key=lambda plan: plan.id, reverse=True)


def _recipient(session: Session, office: Office, look: Look, post_id: int) -> Recipient | None:
    """Who holds the post, reading the language that is looked at; ``None`` for posts of other units."""
    if look.unit_id is not None and post_id not in _own_posts(session, look.unit_id):
        return None
    found = recipient_of(session, office, post_id)
    return replace(found, locale=look.locale) if found else None


def _own_posts(session: Session, unit_id: int) -> set[int]:
    return {post for kind in POST_KINDS for post in posts_of_kind(session, [unit_id], kind).values()}


_REAL: Mapping[str, Callable[[Session, Office, Look], Preview | None]] = {
    "reminder": _reminder,
    "coordinator": _coordinator,
    "digest": _digest,
    "evaluation": _evaluation,
}
