"""A page of memory that worker and campaign share: where the worker stands, and where it shall wait to be killed."""

from __future__ import annotations

import mmap
from pathlib import Path
from struct import pack_into, unpack_from

DUTIES = ("idle", "sweep", "compose", "digest", "deliver")
SIZE = 64
WIDEST = 8  # the place of the first duty's widest turn


class Marks:
    """Numbers that outlive the worker: duty, steps taken in it, whether a mail is under way, and the trap."""

    def __init__(self, path: Path, *, create: bool = False) -> None:
        if create:
            path.write_bytes(bytes(SIZE))
        with path.open("r+b") as file:
            self._page = mmap.mmap(file.fileno(), SIZE)

    def _get(self, place: int) -> int:
        number: int = unpack_from("i", self._page, place * 4)[0]
        return number

    def _set(self, place: int, number: int) -> None:
        pack_into("i", self._page, place * 4, number)

    @property
    def duty(self) -> str:
        """What the worker is doing."""
        return DUTIES[self._get(0)]

    @property
    def steps(self) -> int:
        """Writes, commits and pauses that began in this duty so far."""
        return self._get(1)

    @property
    def in_flight(self) -> bool:
        """Whether a mail was handed to the server and its verdict is not written yet."""
        return bool(self._get(2))

    @property
    def is_caught(self) -> bool:
        """Whether the worker stands in the trap."""
        return bool(self._get(3))

    def widest(self, duty: str) -> int:
        """The most steps that a duty ever took."""
        return self._get(WIDEST + DUTIES.index(duty))

    def begin(self, duty: str) -> None:
        """The worker begins a duty."""
        self._set(1, 0)
        self._set(2, 0)
        self._set(0, DUTIES.index(duty))

    def fly(self, under_way: bool) -> None:
        """A mail is under way, or its verdict is written."""
        self._set(2, under_way)

    def set_trap(self, duty: str, step: int) -> None:
        """The worker shall stand still before that step of the duty; ``idle`` sets no trap."""
        self._set(3, 0)
        self._set(4, DUTIES.index(duty))
        self._set(5, step)

    def step(self) -> bool:
        """One step more; whether it is the one before which to stand still."""
        self._set(1, self.steps + 1)
        self._set(WIDEST + self._get(0), max(self.widest(self.duty), self.steps))
        is_trap = self._get(0) == self._get(4) != 0 and self.steps == self._get(5)
        if is_trap:
            self._set(3, 1)
        return is_trap
