"""测试发送: one real message through the configured channel, and what the far end said."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session, col, select

from db import tables
from db.session import Database
from db.units import load_book
from db.ways import held_post
from engine.errors import DubanError
from notifications.channel import Envelope, Verdict
from notifications.message import message_id
from workflows.office import POST_NAMES, Office

SUBJECT = "【测试】督办系统的邮件能收到吗"
TEXT = """\
这是督办系统的一封测试邮件，用来确认发信设置可用。

收到它，说明提醒和周报也能送到这里；不需要办理，也不需要回复。
This is a test message of the duban service. Nothing needs to be done.
"""


@dataclass(frozen=True, slots=True)
class TestSent:
    """What came of it; ``shown`` names the recipient as lists do."""

    channel: str
    shown: str
    verdict: Verdict


def send_test(database: Database, office: Office, to: str, now: datetime) -> TestSent:
    """One attempt has been made; nothing is stored.

    ``to`` is an address or the name of a unit. Raises DubanError UNKNOWN_UNIT or NO_CONTACT.
    """
    address, shown = (to, to) if "@" in to else _contact(database, office, to)
    key = f"test:{address}:{now.isoformat()}"
    envelope = Envelope(
        key=key,
        message_id=message_id(key, office.domain),
        channel=office.default_channel,
        to_address=address,
        to_name="",
        from_address=office.from_address,
        from_name=office.from_name,
        subject=SUBJECT,
        text=TEXT,
        html="",
        dated=now,
        reply_to=office.coordinator.address or None,
        reply_to_name=office.coordinator.post,
    )
    return TestSent(office.default_channel, shown, office.channels[office.default_channel].send(envelope))


def _contact(database: Database, office: Office, name: str) -> tuple[str, str]:
    with database.read() as session:
        book = load_book(session)
        unit_id = book.find(name)
        if unit_id is None:
            near = "、".join(book.similar(name))
            hint = f"是否指 {near}？" if near else "请写完整名称，或直接写邮箱地址。"
            raise DubanError("UNKNOWN_UNIT", f"没有单位“{name}”：{hint}")
        held = [held_post(session, key) for key in _posts(session, unit_id)]
    found = [(post, holder.email) for post in held for holder in post.holders if not holder.disputed_at]
    post, address = next((one for one in found if one[1]), (held[0] if held else None, ""))
    if post is None or not (address or office.default_channel == "inbox"):
        raise DubanError(
            "NO_CONTACT", f"{book.names[unit_id]}没有可用的联系方式：请用 duban contacts import 登记邮箱。"
        )
    return address, f"{post.unit} {POST_NAMES.get(post.kind, post.kind)}"


def _posts(session: Session, unit_id: int) -> list[int]:
    post = tables.Post
    return [
        key for key in session.exec(select(post.id).where(col(post.unit_id) == unit_id)) if key is not None
    ]
