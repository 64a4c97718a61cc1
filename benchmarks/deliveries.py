"""Reminders composed and delivered to a far end that takes everything, beside a bare loop to the same far end."""

from __future__ import annotations

import shutil
import smtplib
import statistics
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager, closing
from datetime import UTC, datetime
from email.message import EmailMessage
from pathlib import Path
from time import perf_counter

import requests
from sqlmodel import col, select

from benchmarks import offices
from benchmarks.sinks import mail_sink, web_sink
from db import tables
from db.session import Database
from notifications.channel import Channel
from notifications.email import EmailChannel
from notifications.inbox import InboxChannel
from notifications.kinds import ChannelConfig, Network
from notifications.smtp import EmailSettings, Security
from notifications.webhook import WEBHOOK
from workflows.compose import compose
from workflows.deliver import deliver
from workflows.office import Office
from workflows.sweep import sweep

SWEPT = datetime(2024, 3, 26, 0, tzinfo=UTC)
SENT = datetime(2024, 3, 26, 2, 17, tzinfo=UTC)  # 10:17 there: every slot of the morning has come
ROUNDS = 3
STORING = 0.02  # seconds that a mail server or a vendor may well take for one message

Loop = Callable[[int, Sequence[tables.Message]], None]


def mailed(size: int, folder: Path) -> dict[str, float]:
    """So many reminders by mail, beside a loop over ``smtplib`` with one connection."""
    return _compared(size, folder, "email", mail_sink, _mail_channel, _smtplib_loop)


def posted(size: int, folder: Path) -> dict[str, float]:
    """So many reminders by webhook, beside a loop over a ``requests`` session."""
    return _compared(size, folder, "hook", web_sink, _web_channel, _requests_loop)


def _compared(
    size: int,
    folder: Path,
    name: str,
    sink: Callable[[float], AbstractContextManager[int]],
    channel: Callable[[int], Channel],
    loop: Loop,
) -> dict[str, float]:
    """Medians of several rounds, ours and the loop by turns: at once, and with a far end that takes its time."""
    stage = _swept(size, folder / f"{name}.sqlite3", name)
    figures: dict[str, float] = {}
    for suffix, seconds in (("", 0.0), ("_20ms", STORING)):
        with sink(seconds) as port:
            rounds = [_round(stage, number, channel(port), loop, port) for number in range(ROUNDS)]
        composing, ours, plain = (statistics.median(times) for times in zip(*rounds, strict=True))
        if not suffix:
            figures["composed_per_second"] = size / composing
        figures[f"delivered_per_second{suffix}"] = size / ours
        figures[f"loop_per_second{suffix}"] = size / plain
        figures[f"times_the_loop{suffix}"] = ours / plain
    return figures


def _round(stage: Path, number: int, channel: Channel, loop: Loop, port: int) -> tuple[float, float, float]:
    """Seconds to compose, to deliver, and of the loop with the same texts."""
    path = stage.with_suffix(f".{number}")
    shutil.copyfile(stage, path)
    office = Office(
        channels={"inbox": InboxChannel(), channel.name: channel},
        default_channel="email",
        from_address="duban@example.org",
    )
    with closing(Database(f"sqlite:///{path}")) as database:
        composing = _timed(lambda: compose(database, office, SENT))
        delivering = _timed(lambda: deliver(database, office, SENT))
        with database.read() as session:
            messages = list(session.exec(select(tables.Message)))
    if not messages or any(one.state != "accepted" for one in messages):
        raise RuntimeError("not every message was delivered")
    return composing, delivering, _timed(lambda: loop(port, messages))


def _swept(size: int, path: Path, channel: str) -> Path:
    """A database in which that many units owe a report and can be reached on that channel."""
    with closing(offices.build(path, size, offices.DUE, units=size)) as database:
        with database.write() as session:
            for post in session.exec(select(tables.Post).order_by(col(tables.Post.id))).all():
                contact = tables.Contact(post_id=post.id or 0, email=f"u{post.id}@example.org")
                session.add(contact)
                session.flush()
                way = tables.ContactChannel(contact_id=contact.id or 0, rank=1, channel=channel)
                way.address = f"u{post.id}@example.org"
                session.add(way)
        sweep(database, SWEPT)
        with database.engine.connect() as connection:
            connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
    return path


def _mail_channel(port: int) -> Channel:
    return EmailChannel(EmailSettings(host="127.0.0.1", port=port, security=Security.NONE))


def _web_channel(port: int) -> Channel:
    network = Network(clock=lambda: SENT, hosts=(f"127.0.0.1:{port}",))
    values = {"url": f"http://127.0.0.1:{port}/", "addressed": "yes"}
    return WEBHOOK.build(ChannelConfig("hook", values, {"secret": "benchmark"}), network)


def _smtplib_loop(port: int, messages: Sequence[tables.Message]) -> None:
    with smtplib.SMTP("127.0.0.1", port) as server:
        for one in messages:
            mail = EmailMessage()
            mail["From"], mail["To"], mail["Subject"] = "duban@example.org", one.address, one.subject
            mail["Message-ID"] = one.rfc_message_id
            mail.set_content(one.text)
            mail.add_alternative(one.html, subtype="html")
            server.send_message(mail)


def _requests_loop(port: int, messages: Sequence[tables.Message]) -> None:
    with requests.Session() as session:
        for one in messages:
            body = {"to": one.address, "subject": one.subject, "text": one.text, "card": one.card}
            session.post(f"http://127.0.0.1:{port}/", json=body, timeout=10).raise_for_status()


def _timed(work: Callable[[], object]) -> float:
    began = perf_counter()
    work()
    return perf_counter() - began
