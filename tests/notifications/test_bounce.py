"""Delivery reports of several servers as values; what is none is left alone."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from notifications.bounce import read_bounce
from tests.notifications.bounces import ORIGINAL, TO, coremail_like, exchange, forwarded, postfix, qq_like


@pytest.mark.parametrize(
    ("raw", "recipients", "status", "words"),
    [
        (
            postfix(),
            (TO,),
            "5.1.1",
            "550 5.1.1 …: Recipient address rejected: User unknown in virtual mailbox table, see …",
        ),
        (
            exchange(),
            (f"moved-{TO}", TO),
            "5.1.10",
            "550 5.1.10 RESOLVER.ADR.RecipientNotFound; Recipient not found by SMTP address lookup",
        ),
        (qq_like(), (TO,), "5.0.0", "550 Mailbox unavailable or access denied …"),
        (coremail_like(), (TO,), "5.2.2", "554 5.2.2 mailbox is full"),
    ],
    ids=["postfix", "exchange", "qq", "coremail"],
)
def test_a_report_names_the_mail_the_recipient_and_the_reason(
    raw: bytes, recipients: tuple[str, ...], status: str, words: str
) -> None:
    bounce = read_bounce(raw)
    assert bounce is not None
    assert bounce.originals == (ORIGINAL,)
    (fate,) = bounce.fates
    assert (fate.recipients, fate.action, fate.status, fate.words) == (recipients, "failed", status, words)
    assert fate.is_lost
    assert bounce.message_id.startswith("<")


@pytest.mark.parametrize(
    ("action", "status", "lost"),
    [
        ("failed", "5.1.1", True),
        ("failed", "4.4.7", True),  # tried for days: nobody tries any more
        ("delayed", "4.4.1", False),
        ("relayed", "2.0.0", False),
        ("delivered", "2.1.5", False),
        ("expanded", "2.0.0", False),
        ("failed", "2.0.0", False),  # says two things
    ],
)
def test_only_what_failed_is_lost(action: str, status: str, lost: bool) -> None:
    bounce = read_bounce(postfix(action=action, status=status))
    assert bounce is not None
    assert [one.is_lost for one in bounce.fates] == [lost]


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"From: a@example.org\n\n1.1 done 26",
        forwarded(),
        postfix().replace(b"message/delivery-status", b"text/plain"),
        postfix().replace(b"Final-Recipient", b"X-Final").replace(b"Original-Recipient", b"X-Original"),
        b"From: a@example.org\nAuto-Submitted: auto-replied\n\nI am out of office. Status: 5.1.1",
    ],
)
def test_what_is_no_report_of_its_own_is_left_to_the_readers_of_answers(raw: bytes) -> None:
    assert read_bounce(raw) is None


@given(st.integers(0, 1500), st.binary(max_size=6))
def test_a_damaged_report_is_read_or_left_and_never_an_error(place: int, junk: bytes) -> None:
    for whole in (postfix(), exchange(), coremail_like()):
        read_bounce(whole[:place] + junk + whole[place + 3 :])
