"""What is sent: plain frozen values, no network, no clock."""

from __future__ import annotations

import hashlib
import hmac
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from engine.digest_model import DigestContent
from engine.model import Light, Reason, Rule
from notifications.card import Card

PURPOSE = (
    b"duban: message ids, 1"  # the same key file makes report links and locks secrets, each under its own
)


def message_id(key: str, domain: str, salt: bytes = b"") -> str:
    """The fixed Message-ID of a message key, angle brackets included.

    With the installation's salt nobody outside can tell it from the key, and so nobody forges an answer to, or
    a delivery report of, a mail that they never had.
    """
    return f"<{_sealed(key, salt) if salt else _digest(key)}@{domain}>"


def salt_of(key: bytes) -> bytes:
    """The salt of Message-IDs, derived from the installation's key (at least 32 random bytes)."""
    return hmac.digest(key, PURPOSE, "sha256")


def thread_id(series: str, domain: str) -> str:
    """The id that all messages of a series refer to, such as ``digest:plan-1:post-7``."""
    return f"<thread.{_digest(series)}@{domain}>"


def _sealed(text: str, salt: bytes) -> str:
    return hmac.new(salt, text.encode(), hashlib.sha256).hexdigest()[:32]


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
class TemplateFault:
    """Why the office's own template of that kind and locale made nothing; the shipped one was taken instead."""

    kind: str
    locale: str
    code: str
    sentence: str
    line: int = 0


@dataclass(frozen=True, slots=True)
class Rendered:
    """A message ready to freeze; the text part is complete without the HTML part, the card without both."""

    subject: str
    text: str
    html: str = field(default="")
    card: Card = field(default_factory=lambda: Card(""))
    fault: TemplateFault | None = None
