"""Long lists in pages."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Paged(Generic[T]):
    """One page of a list: its rows, its number (the first is 1), and how many pages and rows there are."""

    rows: Sequence[T]
    page: int
    pages: int
    found: int


def paged(rows: Sequence[T], size: int, page: int) -> Paged[T]:
    """That page of so many rows; the nearest one where there is none of that number."""
    pages = max(1, -(-len(rows) // size))
    shown = min(max(1, page), pages)
    return Paged(rows[(shown - 1) * size : shown * size], shown, pages, len(rows))
