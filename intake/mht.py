"""Pages saved with their parts in one file (.mht, RFC 2557): the pages among the parts, in their order."""

from __future__ import annotations

import email
import email.message
from dataclasses import replace
from email import policy

from engine.errors import IntakeError
from intake.document_json import Reading
from intake.html import read_html
from intake.limits import Limits, damaged
from intake.table import Document, Table

_PAGES = 50  # a workbook has a page for each of its sheets


def read_mht(data: bytes, name: str, limits: Limits) -> Reading:
    """Return the paragraphs and tables of the pages within; one that is a mere frame adds nothing.

    Raises ``IntakeError`` as ``read_html`` does, and ``DAMAGED_FILE`` for a file without pages.
    """
    message = email.message_from_bytes(data, policy=policy.compat32)
    pages = [part for part in message.walk() if part.get_content_type() == "text/html"][:_PAGES]
    readings: list[Reading] = []
    left = limits.max_cells
    for page in pages:
        if reading := _read(page, name, replace(limits, max_cells=left)):
            left -= _cells(reading)
            readings.append(reading)
    if not readings:
        raise damaged(name)
    parts = tuple(part for reading in readings for part in reading.document.parts)
    return Reading(Document(name, parts), tuple(found for reading in readings for found in reading.findings))


def _cells(reading: Reading) -> int:
    return sum(len(row) for part in reading.document.parts if isinstance(part, Table) for row in part.rows)


def _read(page: email.message.Message, name: str, limits: Limits) -> Reading | None:
    payload = page.get_payload(decode=True)
    if not isinstance(payload, bytes):
        return None
    try:
        return read_html(payload, name, limits, str(page.get_content_charset("")))
    except IntakeError as refusal:
        if refusal.code != "FRAMES_ONLY":
            raise
        return None
