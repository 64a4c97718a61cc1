"""发错人了: somebody says that a post is held by another; nobody writes there until a coordinator has looked."""

from __future__ import annotations

from datetime import datetime

from sqlmodel import Session, col, select

from db import runs, tables
from db.references import find_unit
from db.session import Database
from db.units import stored_id
from engine.errors import DubanError
from notifications.words import clean
from workflows.contact_ways import WRONG_PERSON
from workflows.fall_back import retry_contacts
from workflows.links import Holder, open_link
from workflows.office import POST_NAMES

BY_LINK = "填报页"
LONGEST = 80  # characters of what somebody writes beside it


def dispute(
    session: Session, contact: tables.Contact, who: str, by: str, now: datetime, words: str = ""
) -> bool:
    """Whether this is news: the contact is not written to any more, and coordinators see who said so.

    ``by`` says on which way it came (邮件回复, 填报页), ``words`` what was written beside it.
    """
    if contact.disputed_at is not None or contact.ended_at is not None:
        return False
    contact.disputed_at = now
    session.add(contact)
    whose = _whose(session, contact)
    said = f"：“{words}”" if words else ""
    sentence = (
        f"{whose}（{contact.email or contact.title}）表示不是本人负责（{who}，{by}{said}），暂不再发给这位联系人："
        "请核实后导入新的联系人，或用 duban contacts confirm 确认无误。"
    )
    inputs = {
        **_post_of(session, contact),
        "case": "quoted" if words else "",
        "contact": contact.email or contact.title,
        "who": who,
        "words": words,
    }
    runs.open_finding(session, WRONG_PERSON, f"contact:{contact.id}", sentence, now, inputs=inputs)
    details = {"contact": contact.id, "post": contact.post_id, "by": by}
    runs.record(session, "wrong_person", who, now, reason=words, details=details)
    return True


def holder_meant(
    session: Session, post_id: int, message_id: int | None, sender: str = ""
) -> tables.Contact | None:
    """Whom it is about: the present holder with the sender's address, else whom the message went to, else
    who came last; nobody if that one has left."""
    table = tables.Contact
    query = select(table).where(col(table.post_id) == post_id, col(table.ended_at).is_(None))
    present = session.exec(query.order_by(col(table.id).desc())).all()
    own = [one for one in present if sender and (one.email or "").casefold() == sender.casefold()]
    if own:
        return own[0]
    message = session.get(tables.Message, message_id) if message_id is not None else None
    if message is not None and message.contact_id is not None:
        return next((one for one in present if one.id == message.contact_id), None)
    return present[0] if present else None


def meant_by_link(session: Session, holder: Holder) -> tables.Contact | None:
    """Whom the messages reach of which this link came with one."""
    link = session.get_one(tables.ReportLink, holder.link_id)
    return holder_meant(session, holder.post_id, link.message_id)


def dispute_by_link(database: Database, token: str, words: str, now: datetime) -> Holder:
    """The contact whom the link's messages reach is not written to any more. Raises LinkRefused."""
    with database.write() as session:
        holder = open_link(session, token, now)
        contact = meant_by_link(session, holder)
        if contact is not None:
            dispute(session, contact, holder.who, BY_LINK, now, clean(words)[:LONGEST])
        return holder


def confirm_contact(database: Database, unit: str, post: str, now: datetime, who: str) -> int:
    """How many contacts of the post are written to again: a coordinator knows that they are right.

    ``post`` as people or tables name it. Raises DubanError NO_SUCH_UNIT, NO_SUCH_POST, NOT_DISPUTED.
    """
    kind = {shown: kind for kind, shown in POST_NAMES.items()}.get(post, post)
    if kind not in POST_NAMES:
        raise DubanError("NO_SUCH_POST", f"没有岗位“{post}”：请写 {'、'.join(POST_NAMES.values())} 之一。")
    with database.write() as session:
        row = find_unit(session, unit)
        table, posts = tables.Contact, tables.Post
        disputed = session.exec(
            select(table)
            .join(posts, col(posts.id) == col(table.post_id))
            .where(
                col(posts.unit_id) == stored_id(row.id),
                col(posts.kind) == kind,
                col(table.ended_at).is_(None),
                col(table.disputed_at).is_not(None),
            )
        ).all()
        if not disputed:
            raise DubanError(
                "NOT_DISPUTED", f"{row.name}的{POST_NAMES[kind]}没有待确认的联系人：见 duban contacts list。"
            )
        for contact in disputed:
            contact.disputed_at = None
            session.add(contact)
            runs.close_finding(session, WRONG_PERSON, f"contact:{contact.id}", now)
        details = {"unit": row.name, "post": kind, "contacts": [one.id for one in disputed]}
        runs.record(session, "confirm_contact", who, now, details=details)
        return len(disputed)


def retry_unit(database: Database, unit: str, now: datetime, who: str) -> int:
    """How many ways to people of the unit are tried again. Raises DubanError NO_SUCH_UNIT."""
    with database.write() as session:
        row = find_unit(session, unit)
        tried = retry_contacts(session, stored_id(row.id), now)
        if tried:
            runs.record(session, "retry_contacts", who, now, details={"unit": row.name, "ways": tried})
        return tried


def _whose(session: Session, contact: tables.Contact) -> str:
    whose = _post_of(session, contact)
    return f"{whose['unit']}的{POST_NAMES.get(whose['post'], whose['post'])}"


def _post_of(session: Session, contact: tables.Contact) -> dict[str, str]:
    post = session.get_one(tables.Post, contact.post_id)
    return {"unit": session.get_one(tables.Unit, post.unit_id).name, "post": post.kind}
