"""The inbox: the stored message is the delivery, and a page shows it; nothing leaves the machine."""

from __future__ import annotations

from notifications.batch import Batch
from notifications.channel import Envelope, Traits, Verdict


class InboxChannel(Batch):
    """Takes every message at once; in a rehearsal also in the place of a channel that needs an address."""

    name = "inbox"

    def __init__(self, *, needs_address: bool = False) -> None:
        self.traits = Traits(needs_address=needs_address, repeats_safely=True)

    def send(self, envelope: Envelope) -> Verdict:
        """Accepted."""
        return Verdict.accepted()
