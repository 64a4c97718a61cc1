"""The inbox: the stored message is the delivery, and a page shows it; nothing leaves the machine."""

from __future__ import annotations

from types import TracebackType
from typing import Self

from notifications.channel import Envelope, Traits, Verdict


class InboxChannel:
    """Takes every message at once; in a rehearsal also in the place of a channel that needs an address."""

    name = "inbox"

    def __init__(self, *, needs_address: bool = False) -> None:
        self.traits = Traits(needs_address=needs_address, repeats_safely=True)

    def open(self) -> None:
        """There is nothing to open."""

    def send(self, envelope: Envelope) -> Verdict:
        """Accepted."""
        return Verdict.accepted()

    def close(self) -> None:
        """There is nothing to close."""

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        return None
