"""Lists of units whose order says who leads: 责任单位列第一位的为牵头单位，下同."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from intake import words
from intake.entries import Entry
from intake.labels import Label, says_first_leads
from intake.table import Cell, Document, Paragraph, Place
from intake.units import split_roles


def places_ranked(document: Document) -> frozenset[Place]:
    """Where the first unit of a list leads: everywhere if the document says so, from that item on if an item does."""
    for index, part in enumerate(document.parts):
        if isinstance(part, Paragraph) and says_first_leads(part.text):
            from_here = any(word in part.text for word in words.units.SAME_BELOW)
            parts = document.parts[index if from_here else 0 :]
            return frozenset(one.where for one in parts if isinstance(one, Paragraph))
    return frozenset()


def rank(entry: Entry, places: frozenset[Place]) -> None:
    """The units that answer for the entry lead and cooperate by their order, where nothing else says who does what."""
    groups = [entry.labels, *(one.labels for one in entry.passages)]
    if any(label.column.role in ("lead", "ranked") for group in groups for label in group):
        return
    for group in groups:
        group[:] = list(_ranked(group, places))


def _ranked(labels: list[Label], places: frozenset[Place]) -> Iterator[Label]:
    ours = [one for one in labels if one.column.role == "responsible" and one.cell.where in places]
    if not ours or any(lead or helping for one in ours for lead, helping, _ in [split_roles(one.cell.text)]):
        yield from labels
        return
    names = "、".join(one.cell.text for one in ours)
    yield Label(replace(ours[0].column, role="ranked"), Cell(names, ours[0].cell.where))
    yield from (one for one in labels if one not in ours)
