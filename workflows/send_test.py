"""测试发送: one real message through a channel, and what the far end said; nothing is kept or sent again."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import NoReturn

from sqlmodel import Session, col, select

from db import budgets, tables
from db.session import Database
from db.units import load_book
from db.ways import held_post
from engine.budgets import free_at
from engine.errors import DubanError
from notifications.card import Block, Card, Span
from notifications.channel import ChatChannel, Envelope, Verdict
from notifications.message import Rendered, message_id
from notifications.words_tests import about_a_test
from workflows.claim import budgets_of
from workflows.office import POST_NAMES, Office
from workflows.set_up_channel import find_channel

MARK = "【测试】"
SUBJECT = "【测试】督办系统的邮件能收到吗"
CHAT_SUBJECT = (
    "【测试】督办系统的消息能收到吗（{moment:%m-%d %H:%M:%S}）"  # some vendors drop what they had today
)
TEXT = """\
这是督办系统的一条测试消息，用来确认发送设置可用。

收到它，说明提醒和周报也能送到这里；不需要办理，也不需要回复。
This is a test message of the duban service. Nothing needs to be done.
"""
LEASE = timedelta(minutes=1)  # by then a test is over, whatever the far end does


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
    name = office.default_channel
    verdict = office.channels[name].send(_envelope(office, name, address, SUBJECT, now))
    return TestSent(name, shown, _of_a_test(verdict))


def send_test_on(
    database: Database, office: Office, name: str, to: str, now: datetime, said: Rendered | None = None
) -> TestSent:
    """One attempt has been made on that channel, out of its budget; the message is not kept nor sent again.

    ``to`` is the person there, or of a robot whom it mentions (nobody if empty). ``now`` is shown as it is, in
    its own zone. ``said`` is what the message says, else that it is a test and no more. Raises DubanError NO_SUCH_CHANNEL, CHANNEL_RETIRED, NO_ADDRESS or BUDGET_SPENT.
    """
    channel = office.channels.get(name) or _not_there(database, name)
    if channel.traits.needs_address and not to:
        raise DubanError("NO_ADDRESS", f"渠道“{name}”发给个人：请用 --to 写明对方在那里的账号或地址。")
    shown = to or f"{name}的群"
    if not isinstance(channel, ChatChannel):
        subject = MARK + said.subject if said else SUBJECT
        return TestSent(
            name, shown, _of_a_test(channel.send(_envelope(office, name, to, subject, now, said)))
        )
    subject = MARK + said.subject if said else CHAT_SUBJECT.format(moment=now)
    mentions = (to,) if to and not channel.traits.needs_address else ()
    envelope = replace(_envelope(office, name, to, subject, now, said), mentions=mentions)
    card = replace(said.card, title=subject) if said else _card(subject)
    pages = channel.pages([card], envelope.mentions)
    _spend(database, channel, to, len(pages), now)
    return TestSent(name, shown, _of_a_test(_send_pages(channel, pages, envelope)))


def _spend(database: Database, channel: ChatChannel, to: str, number: int, now: datetime) -> None:
    """So many sends are taken out of each of the channel's budgets, so that the service keeps within them, too."""
    if not channel.traits.budgets:
        return
    with database.write() as session:
        budgets.lock(session, channel.name)
        for stored_as, one in budgets_of(channel, to):
            found = budgets.spends(session, stored_as, one.seconds, now)
            free = free_at(found, one.count, one.seconds, now, number)
            if free > now:
                raise DubanError(
                    "BUDGET_SPENT",
                    f"渠道“{channel.name}”在厂商的限额内暂时没有余量：请在 {free.astimezone(now.tzinfo):%H:%M:%S} 之后再测试。",
                )
            for _ in range(number):
                budgets.reserve(session, stored_as, now, now + LEASE)


def _send_pages(channel: ChatChannel, pages: Sequence[str], envelope: Envelope) -> Verdict:
    """The verdict of the last page that was sent: the others follow only while they are accepted."""
    verdict = Verdict.accepted()
    with channel:
        for part, page in enumerate(pages, 1):
            verdict = channel.send(replace(envelope, page=page, part=part, parts=len(pages)))
            if not verdict.is_accepted:
                break
    return verdict


def _card(subject: str) -> Card:
    lines = [line for line in TEXT.splitlines() if line]
    return Card(subject, blocks=tuple(Block("line", (Span(line),)) for line in lines))


def _of_a_test(verdict: Verdict) -> Verdict:
    return replace(verdict, reason=about_a_test(verdict.reason))


def _not_there(database: Database, name: str) -> NoReturn:
    with database.read() as session:
        find_channel(session, name)
    raise DubanError(
        "CHANNEL_RETIRED", f"渠道“{name}”已停用：用 duban channels change {name} 重新启用后再测试。"
    )


def _envelope(
    office: Office, channel: str, address: str, subject: str, now: datetime, said: Rendered | None = None
) -> Envelope:
    key = f"test:{channel}:{address}:{now.isoformat()}"
    return Envelope(
        key=key,
        message_id=message_id(key, office.domain, office.salt),
        channel=channel,
        to_address=address,
        to_name="",
        from_address=office.from_address,
        from_name=office.from_name,
        subject=subject,
        text=said.text if said else TEXT,
        html=said.html if said else "",
        dated=now,
        reply_to=office.coordinator.address or None,
        reply_to_name=office.coordinator.post,
    )


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
