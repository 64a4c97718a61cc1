"""The ways out: what a channel is handed, what it answers, and what it promises of itself."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from types import TracebackType
from typing import Protocol, Self, runtime_checkable

from notifications.card import Card


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
    fail alike, and none of them may be given up for it at once. ``recipients`` are those refused of several.
    ``ticket`` names the message at the far end, where receipts can be asked for later. ``weak``: the way
    out only says that it did not fail; nobody knows what the far end answered.
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
    ticket: str = ""
    weak: bool = False

    @classmethod
    def accepted(cls, answer: str = "", *, ticket: str = "", weak: bool = False) -> Verdict:
        """The far end has it."""
        return cls(VerdictKind.ACCEPTED, code="accepted", answer=answer, ticket=ticket, weak=weak)

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
    def permanent(
        cls, reason: str, *, code: str = "permanent", answer: str = "", channel_fault: bool = False
    ) -> Verdict:
        """Trying again does not help for this recipient or this message.

        With ``channel_fault`` it helps nobody until the channel's configuration changes (revoked, wrong
        secret, missing keyword): who has another channel gets it there, the others wait.
        """
        return cls(VerdictKind.PERMANENT, code, reason, answer, channel_fault=channel_fault)

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

    For a chat channel ``page`` is one of the pages that it made of the message's cards, the ``part``-th of
    ``parts``; ``mentions`` are the ids of the people to be called in it. ``again``: an earlier attempt may
    have arrived; a channel that cannot repeat safely marks this one 补发.
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
    page: str = ""
    part: int = 1
    parts: int = 1
    mentions: tuple[str, ...] = ()
    again: bool = False


@dataclass(frozen=True, slots=True)
class Budget:
    """At most ``count`` sends in any ``seconds``, of the whole channel or for each address by itself."""

    count: int
    seconds: int
    per_address: bool = False


@dataclass(frozen=True, slots=True)
class Traits:
    """What may be relied on.

    ``needs_address``: it reaches a person by an own address; else it reaches a group, and an address is
    whom it mentions there. ``merges``: over its budget, messages to the same destination leave as one.
    ``quiet_minutes``: minutes of the hour in which nothing leaves because the vendor asks for it.
    ``repeats_safely``: a repeat of the same key is known to the far end as a repeat. ``weak``: it cannot
    tell a refusal from success. ``has_receipts``: :class:`Receipting` is there.
    """

    needs_address: bool = True
    budgets: tuple[Budget, ...] = ()
    merges: bool = False
    quiet_minutes: tuple[int, ...] = ()
    repeats_safely: bool = False
    weak: bool = False
    has_receipts: bool = False


class Channel(Protocol):
    """A way out. ``send`` never raises for what the far end does: it answers with a verdict.

    ``with channel:`` (or ``open`` and ``close``) lets a batch share one connection; ``send`` outside of
    it connects and parts for itself. A channel is used by one thread at a time.
    """

    @property
    def name(self) -> str:
        """The name that contacts, envelopes and settings use: ``email``, ``inbox``, 民政局群…"""
        ...

    @property
    def traits(self) -> Traits:
        """What may be relied on."""
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


@runtime_checkable
class ChatChannel(Channel, Protocol):
    """A way out that renders cards in a markup of its own, with limits counted in bytes."""

    def pages(self, cards: Sequence[Card], mentions: Sequence[str] = ()) -> tuple[str, ...]:
        """The cards as bodies that the vendor takes, each within its limit; the same cards give the same pages.

        Several cards share pages where they fit. No character, link or mention is cut; where there are
        several pages each says which it is (1/2, 2/2). Room is left for the mark of a repeat. ``send``
        takes one of them as ``envelope.page``.
        """
        ...


class Answer(StrEnum):
    """What became of a message with one person."""

    ACCEPTED = "accepted"  # the vendor has it; more is not known yet
    UNREAD = "unread"
    READ = "read"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class Receipt:
    """One person's answer; ``reason`` where it was refused. ``of_person``: a refusal says that this person cannot be
    reached there; else the vendor has kept back or lost this one message."""

    person: str
    answer: Answer
    reason: str = ""
    of_person: bool = True


@runtime_checkable
class Receipting(Channel, Protocol):
    """A way out whose far end tells later what became of a message."""

    def receipts(self, ticket: str) -> tuple[Receipt, ...] | None:
        """What is known now of an accepted message, by person; empty where the far end answers and has nothing
        to say of it; ``None`` while nobody can be asked."""
        ...
