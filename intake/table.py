"""What every reader hands on: the document as paragraphs and tables, each piece with its place."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Place:
    """Where a text stands: a line of a text file, or a cell of a sheet or of a document's table."""

    line: int | None = None
    sheet: str | None = None
    cell: str | None = None

    def __str__(self) -> str:
        """``第12行``-neutral short form: ``line 12``, ``任务表!C4``."""
        if self.cell is not None:
            return f"{self.sheet}!{self.cell}" if self.sheet else self.cell
        return f"line {self.line}" if self.line is not None else self.sheet or ""


@dataclass(frozen=True, slots=True)
class Cell:
    """One cell: its text as issued (line breaks kept) and its place.

    ``merged`` is true for a cell that a vertical merge covers; its own text is then empty. ``unsure`` is true for a
    cell that may as well stand under another heading.
    """

    text: str
    where: Place
    merged: bool = False
    unsure: bool = False


@dataclass(frozen=True, slots=True)
class Paragraph:
    """Running text outside tables; one paragraph."""

    text: str
    where: Place


@dataclass(frozen=True, slots=True)
class Table:
    """Rows of cells in reading order; rows may differ in length.

    ``lost`` are cells of this table that no row could be told for; they are shown, never guessed.
    """

    rows: tuple[tuple[Cell, ...], ...]
    name: str = ""
    lost: tuple[Cell, ...] = ()


@dataclass(frozen=True, slots=True)
class Document:
    """A file as read: its parts in order, nothing interpreted yet."""

    name: str
    parts: tuple[Paragraph | Table, ...]
