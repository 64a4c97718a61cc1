"""What is sent and what came of it: plain frozen values, no network, no clock."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from types import TracebackType
from typing import Protocol, Self

from engine.digest_model import DigestContent
from engine.model import Light, Reason, Rule


class VerdictKind(StrEnum):
    """How one attempt ended."""

    ACCEPTED = "accepted"
    TRANSIENT = "transient"
    RATE_LIMITED = "rate_limited"
    PERMANENT = "permanent"
    PARTIAL = "partial"


@dataclass(frozen=True, slots=True)
class Verdict:
    """What the far end decided about one attempt.

    ``code`` is stable, ``reason`` a sentence for a coordinator without secrets, ``answer`` what the far
    end said, shortened and redacted. ``retry_after`` (seconds) or ``until`` say when trying again makes
    sense, if known. ``ambiguous``: the far end may have taken it; repeat unchanged under the same
    Message-ID. ``channel_fault``: the channel is ill, not this message: the others of the channel will
    fail alike, and none of them may be given up for it. ``recipients`` are those refused of several.
    """

    kind: VerdictKind
    code: str = ""
    reason: str = ""
    answer: str = ""
    retry_after: int | None = None
    until: datetime | None = None
    ambiguous: bool = False
    channel_fault: bool = False
    recipients: tuple[str, ...] = ()

    @classmethod
    def accepted(cls, answer: str = "") -> Verdict:
        """The far end has it."""
        return cls(VerdictKind.ACCEPTED, code="accepted", answer=answer)

    @classmethod
    def transient(
        cls,
        reason: str,
        retry_after: int | None = None,
        *,
        code: str = "transient",
        answer: str = "",
        ambiguous: bool = False,
        channel_fault: bool = False,
    ) -> Verdict:
        """Trying again later helps."""
        return cls(
            VerdictKind.TRANSIENT,
            code,
            reason,
            answer,
            retry_after,
            ambiguous=ambiguous,
            channel_fault=channel_fault,
        )

    @classmethod
    def rate_limited(
        cls,
        reason: str,
        retry_after: int | None = None,
        until: datetime | None = None,
        *,
        code: str = "rate_limited",
        answer: str = "",
    ) -> Verdict:
        """The channel asks for a pause; everything else of the channel waits as well."""
        return cls(VerdictKind.RATE_LIMITED, code, reason, answer, retry_after, until, channel_fault=True)

    @classmethod
    def permanent(cls, reason: str, *, code: str = "permanent", answer: str = "") -> Verdict:
        """Trying again does not help for this recipient or this message."""
        return cls(VerdictKind.PERMANENT, code, reason, answer)

    @classmethod
    def partial(cls, reason: str, recipients: tuple[str, ...], *, answer: str = "") -> Verdict:
        """Taken for some; ``recipients`` were refused."""
        return cls(VerdictKind.PARTIAL, "partial", reason, answer, recipients=recipients)

    @property
    def is_accepted(self) -> bool:
        """The far end has it, for everybody."""
        return self.kind is VerdictKind.ACCEPTED


@dataclass(frozen=True, slots=True)
class File:
    """A file that goes with a message; ``media_type`` such as ``application/pdf``."""

    name: str
    media_type: str
    content: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class Envelope:
    """One frozen message for one recipient on one channel; sent again, it is the same to the byte.

    ``key`` is the message's key, ``message_id`` derives from it (:func:`message_id`) and carries its
    angle brackets. ``dated`` is the aware moment of composing, the mail's Date. ``references`` is the id
    of the thread's root (:func:`thread_id`), or ``None``.
    """

    key: str
    message_id: str
    channel: str
    to_address: str
    to_name: str
    from_address: str
    from_name: str
    subject: str
    text: str
    html: str
    dated: datetime
    reply_to: str | None = None
    reply_to_name: str = ""
    references: str | None = None
    locale: str = "zh-CN"
    files: tuple[File, ...] = ()


class Channel(Protocol):
    """A way out. ``send`` never raises for what the far end does: it answers with a verdict.

    ``with channel:`` (or ``open`` and ``close``) lets a batch share one connection; ``send`` outside of
    it connects and parts for itself. A channel is used by one thread at a time.
    """

    @property
    def name(self) -> str:
        """The name that contacts, envelopes and settings use: ``email``, ``inbox``…"""
        ...

    def open(self) -> None:
        """A connection may be kept from now on; nothing is contacted before it is needed."""
        ...

    def send(self, envelope: Envelope) -> Verdict:
        """The verdict of one attempt."""
        ...

    def close(self) -> None:
        """Connections are given back; never raises."""
        ...

    def __enter__(self) -> Self:
        """Open."""
        ...

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Close."""
        ...


def message_id(key: str, domain: str) -> str:
    """The fixed Message-ID of a message key, angle brackets included."""
    return f"<{_digest(key)}@{domain}>"


def thread_id(series: str, domain: str) -> str:
    """The id that all messages of a series refer to, such as ``digest:plan-1:post-7``."""
    return f"<thread.{_digest(series)}@{domain}>"


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:32]


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody to turn to: a post, and if known a name and an address."""

    post: str
    name: str = ""
    address: str = ""


@dataclass(frozen=True, slots=True)
class ReminderItem:
    """One reminder inside a message, with everything its reader needs to act.

    ``expected``, ``actual`` and ``target`` are cumulative quantities in ``unit``; ``None`` where nothing
    is measured. ``actual`` is ``None`` too when nothing was reported. ``number`` counts the messages of
    one episode (第n次); 0 says nothing. ``estimated``: ``due_on`` rests on a calendar year that was only
    estimated. ``what`` names the milestone, where the item is about one.
    """

    rule: Rule
    light: Light
    plan_title: str
    no: str
    title: str
    reason: Reason
    nominal_on: date
    due_on: date | None = None
    number: int = 0
    expected: Decimal | None = None
    actual: Decimal | None = None
    target: Decimal | None = None
    unit: str = ""
    behind: int = 0
    period: str = ""
    what: str = ""
    estimated: bool = False
    lead: str = ""  # the lead unit's name, where the reader is not the lead (coordinators)


@dataclass(frozen=True, slots=True)
class ReminderContent:
    """All reminders that one post gets at one slot; the order of ``items`` does not matter.

    ``week`` is the ISO week number of ``on``. ``coordinator`` is whom a reply reaches. ``also_to`` names
    who else got the same. ``link`` opens the report form, once there is one. ``catch_up``: sending was
    interrupted and this message stands for all that fell due meanwhile. ``reader`` is the kind of post:
    ``liaison``, ``head`` or ``leader``.
    """

    unit: str
    post: str
    on: date
    week: int
    items: tuple[ReminderItem, ...]
    coordinator: Person
    contact: str = ""
    also_to: tuple[str, ...] = ()
    link: str | None = None
    catch_up: bool = False
    reader: str = "liaison"


@dataclass(frozen=True, slots=True)
class FindingLine:
    """Something only a coordinator can mend. ``code`` is worded in words.py; ``subject`` is whom or what
    it is about; ``detail`` the far end's words or other facts."""

    code: str
    subject: str
    detail: str = ""
    on: date | None = None


@dataclass(frozen=True, slots=True)
class CoordinatorContent:
    """What the coordinators' post gets: requests to accept, and findings."""

    unit: str
    post: str
    on: date
    week: int
    acceptances: tuple[ReminderItem, ...] = ()
    findings: tuple[FindingLine, ...] = ()
    link: str | None = None
    catch_up: bool = False


@dataclass(frozen=True, slots=True)
class DigestView:
    """A weekly digest and its reader. ``unit`` is the reader's own, also where the content is everybody's."""

    content: DigestContent
    unit: str
    post: str
    coordinator: Person
    contact: str = ""
    also_to: tuple[str, ...] = ()
    link: str | None = None


@dataclass(frozen=True, slots=True)
class Rendered:
    """A message ready to freeze; the text part is complete without the HTML part."""

    subject: str
    text: str
    html: str = field(default="")
