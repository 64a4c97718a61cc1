"""A channel that was set up and cannot be used until somebody has mended its set-up."""

from __future__ import annotations

from types import TracebackType
from typing import Self

from notifications.channel import Envelope, Traits, Verdict


class OutOfOrder:
    """Takes nothing and says why; who has another channel is reached there, the others wait."""

    traits = Traits(needs_address=False)

    def __init__(self, name: str, code: str, reason: str) -> None:
        self.name, self.code, self.reason = name, code, reason

    def open(self) -> None:
        """There is nothing to open."""

    def send(self, _envelope: Envelope) -> Verdict:
        """Refused, for everybody alike, before anything has left."""
        return Verdict.permanent(self.reason, code=self.code, channel_fault=True)

    def close(self) -> None:
        """There is nothing to close."""

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()
