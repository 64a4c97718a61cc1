"""How a message stands, in one sentence: what became of it, when it leaves, why it did not, what to do."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from db import outbox, tables
from notifications.words import say as say_message
from notifications.words import verdict_sentence
from web.reasons import ending
from web.view import View


@dataclass(frozen=True, slots=True)
class MessageStanding:
    """The sentence and its tone; ``todo`` is what the desk may do, ``why`` what the far end meant."""

    tone: str
    symbol: str
    words: str
    why: str = ""
    todo: str = ""


def standing_of(
    message: tables.Message, attempts: Sequence[tables.Delivery], view: View, *, is_held: bool
) -> MessageStanding:
    """How the message stands now; ``is_held`` while nothing may leave since a restore."""
    if message.state == "given_up":
        return _given_up(message, attempts, view)
    if message.state in ("waiting", "sending"):
        return _under_way(message, attempts, view, is_held)
    at = view.moment(message.ended_at) if message.ended_at else ""
    if message.state == "accepted":
        key = "standing.taken" if message.channel == "inbox" else "standing.accepted"
        return MessageStanding("green", "✓", view.t(key, at=at, channel=view.channel(message.channel)))
    if message.state == "held":
        key = "standing.held_apart" if message.ended_reason == outbox.APART else "standing.held"
        return MessageStanding("yellow", "‖", view.t(key))
    why = ending(message.ended_reason, view.locale)
    return MessageStanding("grey", "○", view.t(f"standing.{message.state}", at=at), why)


def cause(code: str, locale: str) -> str:
    """What the code of an ending means, in the reader's language: ours, a mail server's or a vendor's."""
    if (words := ending(code, locale)) != code:
        return words
    for told in (verdict_sentence, lambda one, where: say_message(where, f"verdict.{one}")):
        try:
            return told(code, locale)
        except KeyError:
            continue
    return code


def _given_up(message: tables.Message, attempts: Sequence[tables.Delivery], view: View) -> MessageStanding:
    why = cause(message.ended_reason, view.locale)
    if message.settled_at:
        at, reason = view.moment(message.settled_at), message.settled_reason
        if not message.settled_by:
            return MessageStanding("grey", "✓", view.t("standing.settled_since", at=at), why)
        words = view.t("standing.settled", at=at, who=message.settled_by, reason=reason)
        return MessageStanding("grey", "✓", words, why)
    words = view.t("standing.given_up", n=len(attempts))
    return MessageStanding("red", "■", words, why, view.t("standing.given_up.do"))


def _under_way(
    message: tables.Message, attempts: Sequence[tables.Delivery], view: View, is_held: bool
) -> MessageStanding:
    if is_held:
        return MessageStanding("yellow", "‖", view.t("standing.after_restore"))
    at = view.moment(message.next_attempt_at)
    if message.state == "sending":
        return MessageStanding("grey", "…", view.t("standing.sending"))
    tried = [one for one in attempts if one.verdict not in (None, "accepted")]
    if not tried:
        return MessageStanding("grey", "○", view.t("standing.waiting", at=at))
    return MessageStanding("yellow", "▲", view.t("standing.again", at=at, n=len(tried)))
