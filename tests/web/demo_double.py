"""A demo that stands still, for pages that only need its bar."""

from __future__ import annotations

from datetime import date


class StandingStill:
    """The first of March, for ever; remembers which buttons were pressed."""

    def __init__(self) -> None:
        self.pressed: list[str] = []

    def today(self) -> date:
        """The first of March."""
        return date(2024, 3, 1)

    def target(self) -> date | None:
        """Nowhere."""
        return None

    def is_over(self) -> bool:
        """Never."""
        return False

    def has_failed(self) -> bool:
        """Never."""
        return False

    def move(self, step: str) -> None:
        """Only remembered."""
        self.pressed.append(step)
