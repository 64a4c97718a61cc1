"""One run of deliver: what it works with, and what it has learnt on its way."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from db.outbox import Due
from workflows.office import Office


@dataclass(slots=True)
class Turn:
    """One run.

    ``ill`` channels rest; ``full`` are destinations without budget for now; ``moved`` messages go another
    way than they were found on and are tried there; ``held`` waited for the window. Without
    ``merges`` every message leaves by itself: something that was to be merged could not be prepared.
    """

    office: Office
    now: datetime
    clock: Callable[[], datetime]
    ill: set[str] = field(default_factory=set)
    full: set[tuple[str, str]] = field(default_factory=set)
    waiting: dict[str, dict[int, str]] = field(
        default_factory=dict
    )  # by channel: due, not yet tried, and where to
    moved: list[Due] = field(default_factory=list)
    absent: list[int] = field(default_factory=list)  # on channels that are not set up
    held: int = 0
    merges: bool = True

    def expect(self, found: Sequence[Due]) -> None:
        """These are due in this turn."""
        for due in found:
            self.waiting.setdefault(due.channel, {})[due.message_id] = due.address

    def tried(self, channel: str, message_ids: Sequence[int]) -> None:
        """These have had their turn."""
        for key in message_ids:
            self.waiting.get(channel, {}).pop(key, None)

    def has_been_tried(self, due: Due) -> bool:
        """Whether it has had its turn, by itself or with others."""
        return due.message_id not in self.waiting.get(due.channel, {})

    def is_stopped(self, due: Due) -> bool:
        """Whether nothing can leave that way now."""
        return due.channel in self.ill or not {(due.channel, ""), (due.channel, due.address)}.isdisjoint(
            self.full
        )
