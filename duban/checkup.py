"""One line of the check-up."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

Level = Literal["ok", "warning", "error"]
NAMED = 10


@dataclass(frozen=True, slots=True)
class Check:
    """What was looked at, how it is, and what to do."""

    id: str
    level: Level
    message: str


def named(names: Sequence[str]) -> str:
    """The first of them, and whether there are more."""
    return "、".join(names[:NAMED]) + ("等" if len(names) > NAMED else "")
