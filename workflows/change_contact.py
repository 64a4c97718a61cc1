"""修改联系人: one holder of a post at a time: corrected, succeeded, added or gone; nobody's edit is overwritten.

What a post is owed hangs on the post: whoever holds it next inherits it.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict, dataclass
from datetime import datetime
from difflib import get_close_matches
from hashlib import sha256

from sqlmodel import Session, col, select

from db import runs, tables
from db.session import Database
from db.units import Made, ensure_posts, lock_post, stored_id
from db.ways import ways_of_contact
from engine.errors import DubanError
from intake.contact_ways import WayRow
from intake.contacts import LOCALES, is_email
from workflows.contact_ways import end_contact, store_ways
from workflows.office import BY_MAIL, POST_NAMES, Office, needs_address

LONGEST = 80  # characters of a name or an address on a channel


@dataclass(frozen=True, slots=True)
class Details:
    """How somebody who holds a post is called and reached; without ``ways`` by the default channel."""

    title: str = ""
    email: str = ""
    locale: str = "zh-CN"
    ways: tuple[WayRow, ...] = ()

    @property
    def mark(self) -> str:
        """The same for the same details: what a form has seen."""
        parts = [self.title, self.email, self.locale, *(f"{way.channel}:{way.address}" for way in self.ways)]
        return sha256("\n".join(parts).encode()).hexdigest()[:16]


class ContactConflictError(DubanError):
    """Somebody else has changed it meanwhile; ``theirs`` is how it stands now, ``None`` for one who is gone."""

    def __init__(self, message: str, theirs: Details | None) -> None:
        super().__init__("REVISION_CONFLICT", message)
        self.theirs = theirs


def details_of(session: Session, contact: tables.Contact) -> Details:
    """How the contact is reached now; the mail address stands once."""
    rows = ways_of_contact(session, stored_id(contact.id))
    ways = tuple(WayRow(row.channel, "" if row.channel in BY_MAIL else row.address) for row in rows)
    return Details(contact.title, contact.email or "", contact.locale, ways)


def change_contact(
    database: Database, office: Office, contact_id: int, seen: str, wanted: Details, now: datetime, who: str
) -> bool:
    """Whether something was changed: the same person is called and reached as wanted.

    A way under the same address stays marked where it refused. Raises DubanError as :func:`checked`, and
    ContactConflictError where the details are no longer those that were ``seen``.
    """
    wanted = checked(office, wanted)
    with database.write() as session:
        contact, present = _seen(session, contact_id, seen)
        if wanted == present:
            return False
        _store(session, contact, wanted, now)
        changed = [
            name for name, value in asdict(wanted).items() if value != asdict(present)[name]
        ]  # which, not what: the record keeps nobody's addresses
        _note(session, "change_contact", contact, now, who, changed=changed)
        return True


def succeed(
    database: Database, office: Office, contact_id: int, seen: str, wanted: Details, now: datetime, who: str
) -> int:
    """The id of who holds the post now in the place of the contact, who is kept as gone.

    Raises DubanError as :func:`change_contact`.
    """
    wanted = checked(office, wanted)
    with database.write() as session:
        before, _ = _seen(session, contact_id, seen)
        end_contact(session, before, now)
        contact = tables.Contact(post_id=before.post_id)
        _store(session, contact, wanted, now)
        _note(session, "succeed_contact", contact, now, who, before=contact_id)
        return stored_id(contact.id)


def appoint(
    database: Database,
    office: Office,
    unit_id: int,
    kind: str,
    holders: Iterable[int],
    wanted: Details,
    now: datetime,
    who: str,
) -> int:
    """The id of one more who holds that post of the unit, which is there afterwards.

    ``holders`` are those who were seen. Raises DubanError as :func:`checked`, NO_SUCH_POST, NO_SUCH_UNIT, and
    ContactConflictError where others hold it meanwhile.
    """
    wanted = checked(office, wanted)
    if kind not in POST_NAMES:
        raise DubanError("NO_SUCH_POST", f"没有岗位“{kind}”：请写 {'、'.join(POST_NAMES.values())} 之一。")
    with database.write() as session:
        if session.get(tables.Unit, unit_id, with_for_update={"key_share": True}) is None:
            raise DubanError("NO_SUCH_UNIT", "没有这个单位：请刷新页面再试。")
        post_id = ensure_posts(session, [unit_id], kind, Made())[unit_id]
        lock_post(session, post_id)
        table = tables.Contact
        present = session.exec(
            select(table).where(col(table.post_id) == post_id, col(table.ended_at).is_(None))
        ).all()
        if {one.id for one in present} != set(holders):
            newest = details_of(session, present[-1]) if present else None
            raise ContactConflictError("这个岗位的联系人刚被别人改过：请对照现在的内容。", newest)
        contact = table(post_id=post_id)
        _store(session, contact, wanted, now)
        _note(session, "appoint_contact", contact, now, who)
        return stored_id(contact.id)


def end_holding(database: Database, contact_id: int, seen: str, now: datetime, who: str) -> None:
    """The contact holds the post no longer; what it is owed waits for a successor.

    Raises ContactConflictError where the details are no longer those that were ``seen``.
    """
    with database.write() as session:
        contact, _ = _seen(session, contact_id, seen)
        end_contact(session, contact, now)
        _note(session, "end_contact", contact, now, who)


def checked(office: Office, wanted: Details) -> Details:
    """The details without stray blanks.

    Raises DubanError BAD_EMAIL, UNKNOWN_CHANNEL, CHANNEL_TWICE, CHANNEL_ADDRESS, CONTACT_EMPTY, CONTACT_TOO_LONG.
    """
    ways = tuple(
        WayRow(way.channel.strip(), way.address.strip()) for way in wanted.ways if way.channel.strip()
    )
    ways = tuple(WayRow(way.channel) if way.channel in BY_MAIL else way for way in ways)
    locale = wanted.locale if wanted.locale in LOCALES else "zh-CN"
    found = Details(wanted.title.strip(), wanted.email.strip(), locale, ways)
    if max(map(len, (found.title, *(way.address for way in ways)))) > LONGEST:
        raise DubanError("CONTACT_TOO_LONG", f"称呼和账号最多 {LONGEST} 个字：请写短一些。")
    if found.email and not is_email(found.email):
        raise DubanError("BAD_EMAIL", f"邮箱地址“{found.email}”不对：请写成 name@example.org。")
    _check_ways(office, found)
    return found


def _check_ways(office: Office, wanted: Details) -> None:
    if not wanted.ways and not wanted.email:
        raise DubanError("CONTACT_EMPTY", "还不知道怎么联系这个人：请填写邮箱，或者选择至少一个渠道。")
    named = [way.channel for way in wanted.ways]
    if len(set(named)) < len(named):
        raise DubanError("CHANNEL_TWICE", "同一个渠道选了两次：请每个渠道只选一次。")
    for way in wanted.ways:
        if way.channel not in office.channels and way.channel not in BY_MAIL:
            near = "、".join(get_close_matches(way.channel, office.channels, n=3, cutoff=0.5))
            hint = f"是否指 {near}？" if near else "请先配置这个渠道，或选择别的渠道。"
            raise DubanError("UNKNOWN_CHANNEL", f"没有配置过渠道“{way.channel}”：{hint}")
        if way.channel in BY_MAIL:
            if way.channel == "email" and not wanted.email:
                raise DubanError("CHANNEL_ADDRESS", "选了邮件却没有邮箱：请填写邮箱地址。")
        elif needs_address(office, way.channel) and not way.address:
            raise DubanError(
                "CHANNEL_ADDRESS", f"渠道“{way.channel}”还缺对方的账号：请填写，或去掉这个渠道。"
            )


def _seen(session: Session, contact_id: int, seen: str) -> tuple[tables.Contact, Details]:
    contact = session.get(tables.Contact, contact_id)
    if contact is not None:
        lock_post(session, contact.post_id)
        session.refresh(contact)
    if contact is None or contact.ended_at is not None:
        raise ContactConflictError("这位联系人已经离任：请刷新页面，查看现在由谁负责。", None)
    present = details_of(session, contact)
    if present.mark != seen:
        raise ContactConflictError("这位联系人刚被别人改过，您的修改没有保存：请对照现在的内容。", present)
    return contact, present


def _store(session: Session, contact: tables.Contact, wanted: Details, now: datetime) -> None:
    contact.title, contact.email, contact.locale = wanted.title, wanted.email or None, wanted.locale
    session.add(contact)
    session.flush()
    store_ways(session, contact, wanted.ways, now)


def _note(
    session: Session, what: str, contact: tables.Contact, now: datetime, who: str, **details: object
) -> None:
    post = session.get_one(tables.Post, contact.post_id)
    unit = session.get_one(tables.Unit, post.unit_id)
    about = {"unit": unit.name, "post": post.kind, "contact": stored_id(contact.id), **details}
    runs.record(session, what, who, now, details=about)


def channel_names(office: Office) -> list[str]:
    """The channels that a contact can be reached by."""
    return list(dict.fromkeys(["email", *office.channels]))
