"""What ``with channel:`` does, for every channel alike."""

from __future__ import annotations

from types import TracebackType
from typing import Self


class Batch:
    """Open for a batch, then closed. What keeps nothing between two sends needs no more than this."""

    def open(self) -> None:
        """There is nothing to open."""

    def close(self) -> None:
        """There is nothing to close."""

    def __enter__(self) -> Self:
        self.open()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()
