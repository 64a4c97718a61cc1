"""The parts of a unit's page below the tasks of the period; whoever adds a page by link adds its entries here."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from sqlmodel import Session

from web.view import View
from workflows.links import Holder


@dataclass(frozen=True, slots=True)
class Entry:
    """One line that leads somewhere: ``state`` and ``tone`` are shown as a chip (red yellow green blue grey)."""

    path: str
    title: str
    note: str = ""
    state: str = ""
    tone: str = "grey"


@dataclass(frozen=True, slots=True)
class Section:
    """A heading with its entries; a section without entries is not shown."""

    heading: str
    entries: tuple[Entry, ...]


SectionOf = Callable[[Session, Holder, View], Section]
"""What a part of the unit's page is made by: from the open link and the reader's view."""

SECTIONS: tuple[SectionOf, ...] = ()
"""In the order of the page: cases to answer, change requests, workbook."""
