"""An answer by mail as plain values: which message it answers, who wrote it, and the writer's own words."""

from __future__ import annotations

import re
from dataclasses import dataclass
from email import message_from_bytes, policy
from email.errors import MessageError
from email.message import EmailMessage, MIMEPart
from email.utils import parseaddr
from html.parser import HTMLParser

from notifications.sender_check import is_forged

MAX_TEXT = 20_000  # characters; nobody types more into a reply
_ID = re.compile(r"<[^<>\s]+>")
_LINE_OF_QUOTING = re.compile(
    r"\s*(?:>|＞|-{2,}\s*(?:原始邮件|回复的原邮件|转发的?邮件|Original Message)|_{8,}|"
    r"(?:发件人|寄件者|From)\s*[:：]|在\s?.{4,80}(?:写道|写到)[:：]|On .{6,120} wrote:|于\s?.{4,80}写道[:：])",
    re.I,
)
_SIGNATURE = re.compile(r"--\s*$|(?:发自我的|来自我的|Sent from my )")
_BLOCKS = frozenset({"p", "div", "br", "tr", "li", "table", "h1", "h2", "h3", "hr"})
_HIDDEN = frozenset({"style", "script", "head", "title", "blockquote"})


@dataclass(frozen=True, slots=True)
class Reply:
    """A mail that came in. ``answers`` are the Message-IDs it refers to, the nearest first.

    ``text`` is what its writer typed, without quotations and signature. ``automatic``: a machine wrote it
    (out of office, delivery report), so that nothing may be answered. ``is_forged``: the receiving server says
    that it does not come from whom it names.
    """

    message_id: str
    sender: str
    subject: str
    answers: tuple[str, ...]
    text: str
    automatic: bool
    is_forged: bool = False


def read_mail(raw: bytes) -> Reply:
    """The mail as values; what cannot be read is empty, never an error."""
    mail = message_from_bytes(raw, policy=policy.default)
    assert isinstance(mail, EmailMessage)
    return Reply(
        message_id=next(iter(_ids(mail, "Message-ID")), ""),
        sender=parseaddr(_header(mail, "From"))[1],
        subject=_header(mail, "Subject"),
        answers=_answers(mail),
        text=own_words(_text(mail)),
        automatic=_is_automatic(mail),
        is_forged=is_forged(_raw_values(mail, "Authentication-Results")),
    )


def own_words(text: str) -> str:
    """What stands above the first quoted line or signature."""
    kept: list[str] = []
    for line in text[:MAX_TEXT].splitlines():
        if _LINE_OF_QUOTING.match(line) or _SIGNATURE.match(line):
            break
        kept.append(line.strip())
    return "\n".join(kept).strip()


def _answers(mail: EmailMessage) -> tuple[str, ...]:
    nearest = [*_ids(mail, "In-Reply-To"), *reversed(_ids(mail, "References"))]
    return tuple(dict.fromkeys(nearest))


def _ids(mail: EmailMessage, name: str) -> list[str]:
    return _ID.findall(_header(mail, name))


def _header(mail: EmailMessage, name: str) -> str:
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


def _raw_values(mail: EmailMessage, name: str) -> list[str]:
    """The header's values from the top down, unparsed, so that none of them breaks a parser."""
    return [str(value) for key, value in mail.raw_items() if key.lower() == name.lower()]


def _is_automatic(mail: EmailMessage) -> bool:
    said = _header(mail, "Auto-Submitted").lower()
    bulk = _header(mail, "Precedence").lower() in ("bulk", "junk", "list", "auto_reply")
    is_report = mail.get_content_type() == "multipart/report"
    return bool(said and said != "no") or bulk or is_report or _header(mail, "Return-Path") == "<>"


def _text(mail: EmailMessage) -> str:
    for kind in ("plain", "html"):
        part = mail.get_body(preferencelist=(kind,))
        if part is not None:
            content = _content(part)
            if content.strip():
                return _plain(content) if kind == "html" else content
    return ""


def _content(part: MIMEPart) -> str:
    try:
        return str(part.get_content())
    except (LookupError, ValueError, MessageError, AttributeError, KeyError):
        payload = part.get_payload(decode=True)
        return payload.decode("utf-8", "replace") if isinstance(payload, bytes) else ""


def _plain(html: str) -> str:
    reader = _Plain()
    reader.feed(html[: MAX_TEXT * 20])
    return "".join(reader.parts)


class _Plain(HTMLParser):
    """The text of a page, a line for each block; quoted blocks are left out."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.parts: list[str] = []
        self._hidden = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """A block begins a line."""
        self._hidden += tag in _HIDDEN
        if tag in _BLOCKS:
            self.parts.append("\n")

    def handle_endtag(self, tag: str) -> None:
        """What was hidden ends with its tag."""
        self._hidden -= tag in _HIDDEN and self._hidden > 0

    def handle_data(self, data: str) -> None:
        """Words that a reader sees."""
        if not self._hidden:
            self.parts.append(" ".join(data.split()) if data.strip() else "")
