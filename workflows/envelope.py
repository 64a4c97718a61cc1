"""What a channel is handed: a frozen message, or a page of the cards of one or several."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import replace

from sqlmodel import Session

from db import outbox, tables
from db.units import stored_id, units_on_channel
from notifications.card import Card
from notifications.channel import Channel, ChatChannel, Envelope, File
from notifications.enclosures import for_a_crowd
from notifications.words import say
from workflows.links import card_without_link, filled, filled_card
from workflows.office import Office


def envelope_of(
    session: Session, office: Office, channel: Channel, members: Sequence[tables.Message]
) -> Envelope:
    """The next page of these messages for a chat, the whole message for any other channel."""
    lead = members[0]
    if not isinstance(channel, ChatChannel):
        return with_files(session, lead, plain_envelope(session, office, lead))
    pages = pages_of(session, office, channel, members)
    has_arrived = any(one.parts_done or _may_have_arrived(session, one) for one in members)
    is_new = _note_pages(members, pages, has_arrived)
    several = len(members) > 1
    key = bundle_key(members) or lead.key
    return replace(
        plain_envelope(session, office, lead),
        key=f"{key}#{lead.edition + 1}" if lead.edition else key,
        subject=say(lead.locale, "bundle.subject", n=len(members)) if several else lead.subject,
        page=pages[lead.parts_done],
        part=lead.parts_done + 1,
        parts=len(pages),
        mentions=_mentions(channel, members),
        again=is_new
        or any(_may_have_arrived(session, one) or outbox.repeats_another(session, one) for one in members),
    )


def pages_of(
    session: Session, office: Office, channel: ChatChannel, members: Sequence[tables.Message]
) -> tuple[str, ...]:
    """The cards of the messages as the channel's pages."""
    cards = [_card(session, office, channel, one) for one in members]
    return channel.pages(cards, _mentions(channel, members))


def bundle_key(members: Sequence[tables.Message]) -> str:
    """What names the messages of one send, the same for every repeat; empty for a message by itself."""
    if members[0].bundle or len(members) == 1:
        return members[0].bundle
    named = " ".join(f"{one.key}:{one.attempts}" for one in members)
    return f"bundle:{hashlib.sha256(named.encode()).hexdigest()[:32]}"


def plain_envelope(session: Session, office: Office, message: tables.Message) -> Envelope:
    """The message as it is frozen, with its link filled in, without its files."""
    text, html = filled(session, office.links, message)
    return Envelope(
        key=message.key,
        message_id=message.rfc_message_id,
        channel=message.channel,
        to_address=message.address,
        to_name=message.recipient,
        from_address=office.from_address,
        from_name=office.from_name,
        subject=message.subject,
        text=text,
        html=html,
        dated=message.created_at,
        reply_to=office.coordinator.address or None,
        reply_to_name=office.coordinator.post,
        references=message.thread_id or None,
        locale=message.locale,
    )


def with_files(session: Session, message: tables.Message, envelope: Envelope) -> Envelope:
    """The envelope with the files that go with the message."""
    files = outbox.files_of(session, stored_id(message.id))
    return replace(envelope, files=tuple(File(one.name, one.media_type, one.content) for one in files))


def _note_pages(members: Sequence[tables.Message], pages: Sequence[str], has_arrived: bool) -> bool:
    """Whether pages of which some may have arrived are other pages now: they begin anew, under another key.

    A change of the set-up, of the unit's group or of the program can cut them otherwise; a part of the old
    ones and a part of the new ones would not be the message.
    """
    digest = hashlib.sha256(json.dumps(pages).encode()).hexdigest()
    is_new = has_arrived and any(one.pages_sha256 not in ("", digest) for one in members)
    for one in members:
        one.pages_sha256 = digest
        if is_new:
            one.edition, one.parts_done = one.edition + 1, 0
    return is_new


def _mentions(channel: Channel, members: Sequence[tables.Message]) -> tuple[str, ...]:
    """Whom a group's robot calls; an own address needs no call."""
    if channel.traits.needs_address:
        return ()
    return tuple(dict.fromkeys(one.address for one in members if one.address))


def _card(session: Session, office: Office, channel: Channel, message: tables.Message) -> Card:
    """The card with its link in it, unless others than its unit would read it: a link speaks for one unit."""
    is_shared = not channel.traits.needs_address and (
        message.contact_id is None or units_on_channel(session, channel.name) > 1
    )
    if is_shared:
        return for_a_crowd(card_without_link(session, message), message.locale)
    return filled_card(session, office.links, message)


def _may_have_arrived(session: Session, message: tables.Message) -> bool:
    return outbox.may_have_arrived(session, stored_id(message.id))
