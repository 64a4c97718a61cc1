"""A reading as JSON and back: how the child process that parses hands over to the one that asked."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from intake.draft import Finding
from intake.table import Cell, Document, Paragraph, Place, Table


@dataclass(frozen=True, slots=True)
class Reading:
    """A document as read, and what a person should know about the file before trusting it."""

    document: Document
    findings: tuple[Finding, ...] = ()


def reading_to_json(reading: Reading) -> dict[str, Any]:
    """Return ``reading`` as plain lists and strings; short, because a sheet may have 500,000 cells."""
    return {
        "name": reading.document.name,
        "parts": [_part_to_json(part) for part in reading.document.parts],
        "findings": [
            [f.severity, f.code, _place_to_json(f.where), f.quote, f.message, list(f.alternatives)]
            for f in reading.findings
        ],
    }


def _part_to_json(part: Paragraph | Table) -> dict[str, Any]:
    if isinstance(part, Paragraph):
        return {"text": part.text, "where": _place_to_json(part.where)}
    rows = [[_cell_to_json(cell) for cell in row] for row in part.rows]
    return {"rows": rows, "name": part.name, "lost": [_cell_to_json(cell) for cell in part.lost]}


def _cell_to_json(cell: Cell) -> list[Any]:
    return [cell.text, *_place_to_json(cell.where), int(cell.merged), int(cell.unsure)]


def _place_to_json(place: Place) -> list[Any]:
    return [place.line, place.sheet, place.cell]


def reading_from_json(data: Mapping[str, Any]) -> Reading:
    """Return the reading in ``data``; raises ``KeyError``, ``TypeError`` or ``ValueError`` if it is none."""
    parts = tuple(_part_from_json(part) for part in data["parts"])
    return Reading(Document(str(data["name"]), parts), tuple(_finding(f) for f in data["findings"]))


def _part_from_json(part: Mapping[str, Any]) -> Paragraph | Table:
    if "rows" not in part:
        return Paragraph(str(part["text"]), _place(*part["where"]))
    rows = tuple(tuple(_cell(*cell) for cell in row) for row in part["rows"])
    return Table(rows, str(part["name"]), tuple(_cell(*cell) for cell in part["lost"]))


def _cell(text: str, line: int | None, sheet: str | None, cell: str | None, merged: int, unsure: int) -> Cell:
    return Cell(str(text), _place(line, sheet, cell), bool(merged), bool(unsure))


def _finding(row: list[Any]) -> Finding:
    severity, code, where, quote, message, alternatives = row
    return Finding(
        str(severity), str(code), _place(*where), str(quote), str(message), tuple(map(str, alternatives))
    )


def _place(line: int | None, sheet: str | None, cell: str | None) -> Place:
    return Place(
        None if line is None else int(line),
        None if sheet is None else str(sheet),
        None if cell is None else str(cell),
    )
