"""The words of a document at a place: what stood in the file where something was read or found."""

from __future__ import annotations

import re
from collections.abc import Iterable

from intake.table import Cell, Document, Paragraph, Place


class Originals:
    """A document by its places."""

    def __init__(self, document: Document) -> None:
        self._at: dict[Place, tuple[str, ...]] = {}
        self._rows: dict[tuple[str, str], tuple[str, ...]] = {}
        for part in document.parts:
            if isinstance(part, Paragraph):
                self._at.setdefault(part.where, (part.text.strip(),))
                continue
            for row in part.rows:
                self._add(row)
            for cell in part.lost:
                self._at.setdefault(cell.where, (cell.text.strip(),))

    def at(self, place: Place) -> tuple[str, ...]:
        """The filled cells of the row that the place is in, or the paragraph there; nothing where nothing stands."""
        if place in self._at:
            return self._at[place]
        row = _row_of(place)
        return self._rows.get(row, ()) if row else ()

    def _add(self, row: Iterable[Cell]) -> None:
        cells = list(row)
        texts = tuple(text for cell in cells if (text := cell.text.strip()))
        for cell in cells:
            self._at.setdefault(cell.where, texts)
            if texts and (key := _row_of(cell.where)):
                self._rows.setdefault(key, texts)


def _row_of(place: Place) -> tuple[str, str] | None:
    if place.cell is None:
        return None
    return place.sheet or "", re.sub(r"\D", "", place.cell.rpartition("!")[2])
