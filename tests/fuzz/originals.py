"""What the mutants descend from: whole documents in every format that intake reads."""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import docx
import openpyxl

from intake.table import Document, Table
from intake.text import read_text
from tests.intake.files.old_books import xls
from tests.intake.files.pages import Paper

ROOT = Path(__file__).parents[2]
DOCUMENTS = ROOT / "tests" / "intake" / "documents"
WORKBOOKS = ROOT / "examples"
_BINARY = 12  # originals as xls and as pdf each: more of them would add nothing but time


@dataclass(frozen=True, slots=True)
class Original:
    """A document that is read without fault: its kind (the suffix of its format, or ``text``), name, bytes."""

    kind: str
    name: str
    data: bytes


def originals() -> list[Original]:
    """Every test document as text; those with a table in the other formats as well; the example workbooks."""
    found = [Original("text", path.name, path.read_bytes()) for path in sorted(DOCUMENTS.glob("*.txt"))]
    found += [Original("xlsx", path.name, path.read_bytes()) for path in sorted(WORKBOOKS.glob("*.xlsx"))]
    for text in [one for one in found if one.kind == "text"]:
        document = read_text(text.data, text.name)
        stem = text.name.removesuffix(".txt")
        if any(isinstance(part, Table) for part in document.parts):
            found.append(Original("csv", f"{stem}.csv", _as_csv(document)))
            found.append(Original("xlsx", f"{stem}.xlsx", _as_xlsx(document)))
            found.append(Original("docx", f"{stem}.docx", _as_docx(document)))
            found.append(Original("html", f"{stem}.html", _as_html(document)))
    tables = [one for one in found if one.kind == "csv"]
    found += [
        Original("xls", f"{one.name}.xls", _as_xls(one.data)) for one in tables[:: len(tables) // _BINARY]
    ]
    found += [
        Original("pdf", f"{one.name}.pdf", _as_pdf(one.data)) for one in tables[:: len(tables) // _BINARY]
    ]
    return found


def _rows(document: Document) -> list[list[list[str]]]:
    """The paragraphs and tables in order; a paragraph is a table of one cell."""
    return [
        [[cell.text for cell in row] for row in part.rows] if isinstance(part, Table) else [[part.text]]
        for part in document.parts
    ]


def _as_csv(document: Document) -> bytes:
    file = io.StringIO()
    writer = csv.writer(file)
    for part in _rows(document):
        writer.writerows(part)
    return file.getvalue().encode("utf-8-sig")


def _as_xlsx(document: Document) -> bytes:
    book = openpyxl.Workbook()
    sheet = book.worksheets[0]
    for part in _rows(document):
        for row in part:
            sheet.append([_plain(text) for text in row])
    sheet.merge_cells(start_row=1, start_column=1, end_row=1, end_column=4)
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


def _as_docx(document: Document) -> bytes:
    file = docx.Document()
    for part in _rows(document):
        width = max((len(row) for row in part), default=0)
        if len(part) == 1 and width == 1:
            file.add_paragraph(_plain(part[0][0]))
            continue
        table = file.add_table(rows=0, cols=width)
        for row in part:
            for cell, text in zip(table.add_row().cells, row, strict=False):
                cell.text = _plain(text)
    buffer = io.BytesIO()
    file.save(buffer)
    return buffer.getvalue()


def _as_html(document: Document) -> bytes:
    rows = [
        "".join("<tr>" + "".join(f"<td rowspan='1'>{text}</td>" for text in row) + "</tr>" for row in part)
        for part in _rows(document)
    ]
    tables = "".join(f"<table>{one}</table><p>说明</p>" for one in rows)
    return f"<html><head><meta charset='gbk'></head><body>{tables}</body></html>".encode("gb18030")


def _as_xls(data: bytes) -> bytes:
    rows = list(csv.reader(io.StringIO(data.decode("utf-8-sig"))))

    def fill(sheet: Any) -> None:
        for number, row in enumerate(rows):
            for place, text in enumerate(row[:200]):
                sheet.write(number, place, _plain(text))

    return xls(fill)


def _as_pdf(data: bytes) -> bytes:
    rows = list(csv.reader(io.StringIO(data.decode("utf-8-sig"))))
    table = [row for row in rows if len(row) > 2][:20]
    width = max((len(row) for row in table), default=0)
    paper = Paper()
    paper.text(50, 40, "任务分解表")
    paper.table(80, [[*row, *[""] * (width - len(row))] for row in table], [500 / max(width, 1)] * width)
    return paper.data()


def _plain(text: str) -> str:
    """Without the characters that office files cannot hold."""
    return "".join(char for char in text if char >= " " or char == "\n")
