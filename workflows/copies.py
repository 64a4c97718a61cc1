"""补发: a message once more as it was frozen, saying that it is a copy, with its files, its link replaced by a new one."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from datetime import datetime
from html import escape
from zoneinfo import ZoneInfo

from sqlmodel import Session

from db import links, outbox, plans, tables
from db.units import stored_id
from notifications.card import Block, Card, Span
from notifications.links import MISSING, placeholder
from notifications.message import Rendered
from notifications.words import day, say
from workflows.links import bind, link_for
from workflows.office import Office, Recipient
from workflows.outgoing import Outgoing, put_out

KIND = "copy"
_BODY = re.compile(r"<body[^>]*>", re.IGNORECASE)
_NOTE = '<p style="margin:0;padding:10px 16px;background:#fff4d6;color:#573a00">{}</p>'


def put_copy(
    session: Session,
    office: Office,
    original: tables.Message,
    recipient: Recipient,
    number: int,
    leaves_at: datetime,
    now: datetime,
) -> int:
    """The id of the copy, the ``number``-th of that message, for whoever holds its post now.

    The text is the original's; its link, if it has one, is replaced by one that opens what the unit is asked
    for today: the original's may have ended. Files go along.
    """
    zone = plans.zone_of(plans.load_plan(session, original.plan_id))
    on, key = leaves_at.astimezone(zone).date(), stored_id(original.id)
    nonce = links.nonce_of(session, key)
    link = link_for(session, office, recipient, on, now) if nonce else None  # a new one ends the older
    rendered = _marked(original, nonce, link.placeholder if link else "", zone, now)
    what = Outgoing(
        key=f"{KIND}:{key}:{number}",
        kind=KIND,
        plan_id=original.plan_id,
        slot_on=on,
        slot_at=leaves_at,
        thread_id=original.thread_id,
        items=original.items,
    )
    message = put_out(session, office, replace(recipient, locale=original.locale), rendered, what, now)
    bind(session, link, message)
    for file in outbox.files_of(session, key):
        outbox.attach(session, message, file.name, file.media_type, file.content)
    return message


def _marked(
    original: tables.Message, nonce: str | None, address: str, zone: ZoneInfo, now: datetime
) -> Rendered:
    """The original's words below a line that says they were sent before; its link is replaced by the copy's."""
    sent = (original.ended_at or original.slot_at).astimezone(zone)
    said_on = f"{day(sent.date(), now.astimezone(zone).date(), original.locale)} {sent:%H:%M}"
    note = say(original.locale, "copy.note", at=said_on)

    def linked(text: str, otherwise: str) -> str:
        return text.replace(placeholder(nonce), address or otherwise) if nonce else text

    return Rendered(
        subject=say(original.locale, "copy.subject", subject=original.subject),
        text=f"{note}\n\n{linked(original.text, MISSING)}",
        html=_noted(linked(original.html, MISSING), note),
        card=_card(original, linked(json.dumps(original.card), ""), note),
    )


def _noted(html: str, note: str) -> str:
    """The mail with the note above everything else."""
    found = _BODY.search(html)
    return html[: found.end()] + _NOTE.format(escape(note)) + html[found.end() :] if found else html


def _card(original: tables.Message, stored: str, note: str) -> Card:
    title, told = say(original.locale, "copy.subject", subject=""), Block("note", (Span(note),))
    if original.card is None:  # stored before there were cards
        lines = tuple(Block("line", (Span(line),)) for line in original.text.splitlines() if line.strip())
        return Card(title + original.subject, blocks=(told, *lines)).without_links()
    card = Card.from_json(json.loads(stored))
    button = card.button if card.button and card.button.href else None
    return replace(card, title=title + card.title, blocks=(told, *card.blocks), button=button)
