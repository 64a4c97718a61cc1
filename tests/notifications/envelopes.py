"""An envelope to change what a test is about."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from notifications.channel import Envelope
from notifications.message import message_id

ENVELOPE = Envelope(
    key="reminder:7:email:2024-10-14",
    message_id=message_id("reminder:7:email:2024-10-14", "duban.example.com"),
    channel="email",
    to_address="liaison@civil.example.com",
    to_name="区民政局 联络员",
    from_address="duban@office.example.com",
    from_name="督办",
    subject="【红】区民政局：2项逾期、1项滞后（第42周）",
    text="2项逾期、1项滞后\n.\n..以点开头的行\n",
    html="<p>2项逾期、1项滞后</p>",
    dated=datetime(2024, 10, 14, 1, 3, tzinfo=UTC),
    reply_to="supervision@office.example.com",
    reply_to_name="督查室",
    references="<thread.1@duban.example.com>",
)


def envelope(**changes: Any) -> Envelope:
    """The envelope with what a test changes; another ``key`` brings its own Message-ID."""
    if "key" in changes:
        changes.setdefault("message_id", message_id(changes["key"], "duban.example.com"))
    return replace(ENVELOPE, **changes)
