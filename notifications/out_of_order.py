"""A channel that was set up and cannot be used until somebody has mended its set-up."""

from __future__ import annotations

from notifications.batch import Batch
from notifications.channel import Envelope, Traits, Verdict


class OutOfOrder(Batch):
    """Takes nothing and says why; who has another channel is reached there, the others wait."""

    traits = Traits(needs_address=False)

    def __init__(self, name: str, code: str, reason: str) -> None:
        self.name, self.code, self.reason = name, code, reason

    def send(self, _envelope: Envelope) -> Verdict:
        """Refused, for everybody alike, before anything has left."""
        return Verdict.permanent(self.reason, code=self.code, channel_fault=True)
