"""What an SMTP server's answers mean: whose fault it is, and whether trying again helps."""

from __future__ import annotations

import re
from dataclasses import dataclass

from notifications.channel import Verdict
from notifications.smtp import Stage
from notifications.words import verdict_sentence

ANSWER_LENGTH = 240
_READ_LENGTH = 8 * ANSWER_LENGTH  # more is not searched for addresses: it takes time and is cut off anyway
RATE_PAUSE = 600  # seconds; servers that limit rates rarely say for how long


@dataclass(frozen=True, slots=True)
class Answer:
    """A server's reply: its three digits and its text, already shortened and redacted."""

    code: int
    text: str

    def __str__(self) -> str:
        return f"{self.code} {self.text}".strip() if self.code > 0 else self.text


_RATE = re.compile(
    r"rate.?limit|frequen|throttl|too fast|"
    r"too (?:many|much) (?:\w+ )?(?:connection|message|mail|e-mail|email|error|command|attempt|login|request)",
    re.I,
)
# Servers that put off every refusal until RCPT or DATA blame the sender or the client there.
_OURS = re.compile(
    r"relay|sender|client|helo|ehlo|authenti|not logged|log ?in|spf|dkim|dmarc|"
    r"black ?list|block ?list|dnsbl|rbl|spamhaus|reputation|reverse dns|\bptr\b|your ip|ip address",
    re.I,
)
_LASTING = frozenset({"recipient_refused", "message_refused", "message_too_big"})
_OF_ONE_MESSAGE = frozenset({"recipient_busy", "message_busy", "answer_lost"})
_LOGIN_CODES = frozenset({530, 534, 535, 538})
_RECIPIENT_STATUS = re.compile(r"^5\.(?:[12]|4)\.")  # enhanced codes (RFC 3463): address, mailbox, routing
_UNKNOWN = re.compile(
    r"unknown (?:user|recipient|mailbox)|(?:user|recipient|mailbox|address) unknown|no such (?:user|recipient|mailbox)|"
    r"(?:user|mailbox|recipient|account|address)[\w ]* (?:not found|not exist|unavailable|disabled|full)|"
    r"(?:invalid|bad) (?:recipient|mailbox)|over quota",
    re.I,
)
_SENDER_STATUS = re.compile(r"^5\.1\.[78]\b")
_TOO_BIG_STATUS = re.compile(r"^5\.(?:3\.4|2\.3)\b")


def judge_answer(stage: Stage, answer: Answer, locale: str) -> Verdict:
    """The verdict on a refusal at a stage.

    4xx is transient. 5xx is permanent only where it speaks of this recipient or this message; a 5xx on
    greeting, encryption, login or sender, or one that blames the sender or this machine, is the
    channel's: transient, so that a wrong password never gives up a message.
    """
    if _RATE.search(answer.text):
        reason = verdict_sentence("rate_limited", locale)
        return Verdict.rate_limited(reason, RATE_PAUSE, answer=str(answer))
    code = _code(stage, answer)
    if code in _LASTING:
        return refused(code, locale, str(answer))
    return fault(code, locale, str(answer), is_channels=code not in _OF_ONE_MESSAGE)


def judge_silence(stage: Stage, why: str, locale: str) -> Verdict:
    """The verdict where no usable answer came: ambiguous once some of the content was sent."""
    if stage is Stage.CONTENT:
        return fault("answer_lost", locale, is_channels=False)
    if why == "no_smtputf8":
        return refused(why, locale)
    return fault(why, locale, is_channels=stage not in (Stage.RECIPIENT, Stage.DATA))


def fault(code: str, locale: str, answer: str = "", *, is_channels: bool = True) -> Verdict:
    """The transient verdict of that code with its sentence."""
    return Verdict.transient(
        verdict_sentence(code, locale),
        code=code,
        answer=answer,
        ambiguous=code == "answer_lost",
        channel_fault=is_channels,
    )


def refused(code: str, locale: str, answer: str = "") -> Verdict:
    """The permanent verdict of that code with its sentence."""
    return Verdict.permanent(verdict_sentence(code, locale), code=code, answer=answer)


def _code(stage: Stage, answer: Answer) -> str:
    is_lasting = 500 <= answer.code < 600
    match stage:
        case Stage.CONNECT | Stage.GREETING:
            return "greeting_refused"
        case Stage.TLS:
            return "no_starttls" if is_lasting else "busy"
        case Stage.LOGIN:
            return "login_refused" if is_lasting else "busy"
        case Stage.CONTENT if not 400 <= answer.code < 600:
            return "answer_lost"
        case _ if answer.code == 421 or (stage is Stage.SENDER and not is_lasting):
            return "busy"
        case Stage.SENDER:
            return _blame(answer, "sender_refused")
        case Stage.RECIPIENT:
            return _blame(answer, "recipient_refused") if is_lasting else "recipient_busy"
        case _:
            return _blame(answer, "message_refused") if is_lasting else "message_busy"


def _blame(answer: Answer, own: str) -> str:
    """The code ``own``, unless a lasting refusal blames the login, the sender, this machine or the size."""
    if answer.code in _LOGIN_CODES:
        return "login_refused"
    if _SENDER_STATUS.match(answer.text):
        return "sender_refused"
    if _is_too_big(answer):
        return "message_too_big"
    is_recipients = _RECIPIENT_STATUS.match(answer.text) or _UNKNOWN.search(answer.text)
    return "policy_refused" if _OURS.search(answer.text) and not is_recipients else own


def _is_too_big(answer: Answer) -> bool:
    is_mailbox_full = _RECIPIENT_STATUS.match(answer.text)
    return bool(_TOO_BIG_STATUS.match(answer.text)) or (answer.code == 552 and not is_mailbox_full)


def redact(text: str, secrets: tuple[str, ...]) -> str:
    """The text on one line, shortened, without the secrets given and without mail, network or web addresses."""
    for secret in sorted((secret for secret in secrets if secret), key=len, reverse=True):
        text = text.replace(secret, "…")
    text = text[:_READ_LENGTH]
    text = re.sub(r"https?://\S+", "<url>", text)
    text = re.sub(r"<?[^\s<>@]+@[^\s<>@]+>?", "<address>", text)
    text = re.sub(
        r"\b\d{1,3}(?:\.\d{1,3}){3}\b|\b(?:[0-9a-f]{0,4}:){3,7}[0-9a-f]{0,4}\b", "<ip>", text, flags=re.I
    )
    text = " ".join(re.sub(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]", " ", text).split())
    return text if len(text) <= ANSWER_LENGTH else text[: ANSWER_LENGTH - 1] + "…"
