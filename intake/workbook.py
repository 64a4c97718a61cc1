"""The import workbook: written for coordinators, read back without loss (docs/import-layout.md)."""

from __future__ import annotations

from pathlib import Path

from intake.draft import PlanDraft
from intake.reading import Reading, read_document
from intake.table import Document
from intake.workbook_read import is_import_layout, read_layout
from intake.workbook_write import write_workbook

__all__ = ["is_workbook", "read_workbook", "write_template", "write_workbook"]


def write_template() -> bytes:
    """Return an empty import workbook for whoever starts from nothing."""
    return write_workbook(PlanDraft())


def is_workbook(source: Document | Path) -> bool:
    """Return whether the source is in the import layout; raises ``IntakeError`` for an unreadable file."""
    return is_import_layout(_reading(source).document)


def read_workbook(source: Document | Path, year: int | None = None) -> PlanDraft:
    """Return the draft in an import workbook; its ``findings`` name sheet and cell.

    ``year`` is the plan's year where the user gives one; the workbook's own counts otherwise.

    Reading what ``write_workbook`` wrote gives the same draft but for places. A finding of severity
    ``error`` means that a cell or row was left out. Raises ``IntakeError`` for an unreadable file.
    """
    reading = _reading(source)
    draft = read_layout(reading.document, year)
    draft.findings[:0] = reading.findings
    return draft


def _reading(source: Document | Path) -> Reading:
    return read_document(source) if isinstance(source, Path) else Reading(source)
