"""What every page needs to know: the database, the clock, who may call, and the demo if it is one."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path
from typing import Protocol

from db.session import Database
from notifications.links import Links
from notifications.message import Person
from web.worked_out import WorkedOut
from workflows.channel_factory import ChannelFactory
from workflows.health import Pulse
from workflows.identity_provider import IdentityProvider
from workflows.look_back import Pictures
from workflows.office import Office

STEPS = ("day", "week", "month")


class Demo(Protocol):
    """The virtual date that a visitor moves on."""

    def today(self) -> date:
        """The virtual date that has been lived through."""
        ...

    def target(self) -> date | None:
        """The date being moved to, or ``None`` while standing still."""
        ...

    def is_over(self) -> bool:
        """Whether there is nothing left to move to."""
        ...

    def has_failed(self) -> bool:
        """Whether the last movement ended in an error."""
        ...

    def move(self, step: str) -> None:
        """Begins to live through the days of the step (one of ``STEPS``); waits a moment for a short one."""
        ...


@dataclass(frozen=True, slots=True)
class Installation:
    """What the settings file says, as far as pages show it: pairs of a name and a value, never a secret.

    ``mail`` and ``replies`` are empty where no mail leaves or is read; ``backups`` is the folder of backups
    that are made from a page.
    """

    file: str = "duban.toml"
    mail: tuple[tuple[str, str], ...] = ()
    replies: tuple[tuple[str, str], ...] = ()
    backups: Path | None = None


@dataclass(frozen=True)
class Site:
    """``clock`` gives the aware moment that pages show; ``allowed_hosts`` are names beside this machine's own.

    ``links`` makes the addresses by which units come; ``coordinator`` is whom they may ask;
    ``files`` is the folder of what they hand in.
    ``public`` is the folder whose pages everybody may open, if there is one.
    ``office`` gives the sender's side as it is set up now, anew at each call: its channels belong to whoever
    asked, the service keeps its own.
    ``factory`` makes channels of set-ups; the demo has none. ``pictures`` remembers what was judged.
    ``previews`` works out what takes longer than a page may.
    ``pulse`` says whether the service sweeps, where somebody must know.
    ``provider`` is whom people sign in by beside their passwords, where the office has one.
    """

    database: Database
    clock: Callable[[], datetime]
    allowed_hosts: tuple[str, ...] = ()
    demo: Demo | None = None
    links: Links | None = None
    notice_form: Path | None = None  # the office's own form of the notice of a case
    coordinator: Person = field(default_factory=lambda: Person("督查室"))
    files: Path = Path("var/files")
    public: Path | None = None
    office: Callable[[], Office] = field(default_factory=lambda: _always(Office()))
    factory: ChannelFactory | None = None
    installation: Installation = field(default_factory=Installation)
    pictures: Pictures = field(default_factory=Pictures)
    pulse: Pulse | None = None
    previews: WorkedOut = field(default_factory=WorkedOut)
    provider: IdentityProvider | None = None


def _always(office: Office) -> Callable[[], Office]:
    return lambda: office
