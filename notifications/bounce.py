"""Delivery reports (RFC 3464): which of our mails came back, for whom, and for good or not."""

from __future__ import annotations

import re
from base64 import b64decode
from binascii import Error as BadBase64
from collections.abc import Iterator
from dataclasses import dataclass
from email import message_from_bytes, message_from_string, policy
from email.errors import MessageError
from email.message import EmailMessage, Message
from email.utils import parseaddr

_ID = re.compile(r"<[^<>\s]+>")
_STATUS = re.compile(r"\b([245]\.\d{1,3}\.\d{1,3})\b")
_REPLY_CODE = re.compile(r"\b([45])(\d)(\d)\b")
_UNSAID = ("5.0.0", "4.0.0")  # the reporting server had no code of its own; the far end's words may hold one
_REDACTED = re.compile(
    r"https?://\S+|<?[^\s<>@]+@[^\s<>@:;,]+>?|\b\d{1,3}(?:\.\d{1,3}){3}\b|\[[0-9A-Fa-f:.]+\]"
)
LONGEST = 160  # characters of the far end's words that are kept


@dataclass(frozen=True, slots=True)
class Fate:
    """What a report says of one recipient. ``recipients`` are the address that failed and the one that was
    written to, where a server has redirected it; ``status`` such as ``5.1.1``; ``words`` what the far end
    said, without addresses and links."""

    recipients: tuple[str, ...]
    action: str
    status: str
    words: str = ""

    @property
    def is_lost(self) -> bool:
        """Whether nobody tries any more and the mail did not arrive."""
        return self.action == "failed" and self.status[:1] in ("4", "5")


@dataclass(frozen=True, slots=True)
class Bounce:
    """A delivery report. ``originals`` are the Message-IDs of what it is about, the likeliest first."""

    message_id: str
    sender: str
    subject: str
    originals: tuple[str, ...]
    fates: tuple[Fate, ...]


def read_bounce(raw: bytes) -> Bounce | None:
    """The report that a mail is, or ``None`` when it is no report that a machine can read.

    A report that somebody forwards as an attachment is not one.
    """
    mail = message_from_bytes(raw, policy=policy.default)
    assert isinstance(mail, EmailMessage)
    parts = list(_own_parts(mail))
    fates = [fate for part in parts if part.get_content_type() in _REPORTS for fate in _fates(part)]
    if not fates:
        return None
    quoted = [one for part in parts for one in _quoted_ids(part)]
    answered = [*_ids(_header(mail, "In-Reply-To")), *reversed(_ids(_header(mail, "References")))]
    return Bounce(
        message_id=next(iter(_ids(_header(mail, "Message-ID"))), ""),
        sender=parseaddr(_header(mail, "From"))[1],
        subject=_header(mail, "Subject"),
        originals=tuple(dict.fromkeys([*quoted, *answered])),
        fates=tuple(fates),
    )


_REPORTS = ("message/delivery-status", "message/global-delivery-status")
_HEADERS = ("text/rfc822-headers", "message/global-headers")


def _own_parts(mail: Message) -> Iterator[Message]:
    """The parts of the mail itself, not those of mails inside it."""
    if mail.get_content_maintype() != "multipart":
        yield mail
        return
    payload = mail.get_payload()
    for part in payload if isinstance(payload, list) else ():
        if isinstance(part, Message):
            yield from _own_parts(part)


def _fates(part: Message) -> Iterator[Fate]:
    for block in re.split(r"\n\s*\n", _plain(part)):
        fields = message_from_string(block.strip() + "\n\n")
        recipients = [_address(fields, name) for name in ("Final-Recipient", "Original-Recipient")]
        known = tuple(dict.fromkeys(one for one in recipients if one))
        action = _header(fields, "Action").split(" ")[0].lower()
        if known and action:
            said = " ".join(_header(fields, "Diagnostic-Code").split())
            yield Fate(known, action, _status(_header(fields, "Status"), said), _redacted(said))


def _plain(part: Message) -> str:
    """The report's lines; some servers encode them though the standard forbids it."""
    payload = part.get_payload()
    text = "\n".join(str(one) for one in payload) if isinstance(payload, list) else str(payload)
    if _header(part, "Content-Transfer-Encoding").lower() == "base64":
        try:
            text = b64decode("".join(text.split()), validate=True).decode("utf-8", "replace")
        except (BadBase64, ValueError):
            return ""
    return text.replace("\r\n", "\n")


def _address(fields: Message, name: str) -> str:
    """``rfc822; <user@example.com>`` as user@example.com."""
    value = _header(fields, name)
    return value.rpartition(";")[2].strip().strip("<>").strip()


def _status(field: str, said: str) -> str:
    """The enhanced code of the report, or the more exact one in the far end's words."""
    found = _STATUS.search(field)
    status = found[1] if found else ""
    if status and status not in _UNSAID:
        return status
    exact = _STATUS.search(said)
    if exact:
        return exact[1]
    plain = _REPLY_CODE.search(said)
    return status or (f"{plain[1]}.0.0" if plain else "")


def _quoted_ids(part: Message) -> list[str]:
    """The Message-ID of the mail that came back, as far as the report repeats it."""
    kind = part.get_content_type()
    if kind == "message/rfc822" or kind == "message/global":
        payload = part.get_payload()
        inner = payload[0] if isinstance(payload, list) and payload else None
        return _ids(_header(inner, "Message-ID")) if isinstance(inner, Message) else []
    if kind in _HEADERS:
        payload = part.get_payload(decode=True)
        text = payload.decode("utf-8", "replace") if isinstance(payload, bytes) else ""
        return _ids(_header(message_from_string(text.lstrip() + "\n\n"), "Message-ID"))
    return []


def _ids(text: str) -> list[str]:
    return _ID.findall(text)


def _header(mail: Message, name: str) -> str:
    try:
        return str(mail.get(name, "")).strip()
    except (
        MessageError,
        ValueError,
        IndexError,
        AttributeError,
        TypeError,
    ):  # headers of strangers break parsers
        return ""


def _redacted(text: str) -> str:
    words = text.partition(";")[2].strip() if text.lower().startswith("smtp;") else text
    return _REDACTED.sub("…", words)[:LONGEST]
