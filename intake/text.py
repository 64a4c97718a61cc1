"""Plain text as paragraphs and tables: rows between tabs, one cell a paragraph, and what surrounds them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from intake import words
from intake.as_issued import document_as_issued
from intake.bars import bars_at
from intake.encodings import decode
from intake.furniture import is_furniture
from intake.headers import column, is_header
from intake.numerals import leading_number, running_number
from intake.quoted_cells import joined_quotes
from intake.radicals import without_radicals
from intake.reflow import Line, cells_to_rows, one_cell_a_line
from intake.script import Script
from intake.slashes import slashes_at
from intake.spaced import aligned_with_blanks
from intake.table import Cell, Document, Paragraph, Place, Table
from intake.unheaded import rows_without_headings

_PAGE_NUMBER = re.compile(
    r"^\s*(?:[-—–－]\s*\d{1,3}\s*[-—–－]|第\s*\d{1,3}\s*页(?:\s*[,，/]?\s*共\s*\d{1,3}\s*页)?|\d{1,3}\s*/\s*\d{1,3})\s*$"
)
_LONGEST_SECTION = 24  # characters of a heading between rows
_MARKS = (";", "；", "，", ",")


def read_text(data: bytes, name: str) -> Document:
    """The document in UTF-8 (with BOM or without), GB18030 or Big5, cut into paragraphs and tables in their order.

    Page furniture is left out. Raises ``IntakeError`` ``NOT_TEXT`` for data that is no text at all.
    """
    texts = without_radicals(decode(data, name)).split("\n")
    script = Script.of((Place(line=number), text) for number, text in enumerate(texts, start=1))
    lines = [Line(number, text) for number, text in enumerate(script.folded() if script else texts, start=1)]
    rows = [line for line in joined_quotes(lines) if not _PAGE_NUMBER.match(line.text)]
    document = Document(name, tuple(_parts(rows)))
    return document_as_issued(document, script) if script else document


def _parts(lines: list[Line]) -> Iterable[Paragraph | Table]:
    index = 0
    while index < len(lines):
        part, after = _table_at(lines, index)
        if part is None or after <= index:  # a table that takes no line is none
            after = index + 1
            line = lines[index]
            if line.text.strip():
                yield Paragraph(line.text.strip(), Place(line=line.number))
        elif part.rows or part.lost:
            yield part
        index = after


def _table_at(lines: list[Line], index: int) -> tuple[Table | None, int]:
    """The table that begins on a line and the first line after it; ``None`` where none begins."""
    text = lines[index].text
    if text.startswith("\t") and "\t" not in text.strip("\t \n") and _tab_led(lines, index):
        return _led_by_tabs(lines, index)
    if "\t" in text.strip() and not _is_metadata(text):
        return _between_tabs(lines, index)
    table, after = bars_at(lines, index)
    if table is None:
        table, after = slashes_at(lines, index)
    if table is None:
        table, after = _between_marks(lines, index)
    if table is None:
        table, after = aligned_with_blanks(lines, index)
    if table is None and column(text):
        return one_cell_a_line(lines, index)
    if table is None and running_number(text):
        return rows_without_headings(lines, index)
    return table, after


def _is_metadata(text: str) -> bool:
    """索引号：… between tabs: each cell is a label with its value."""
    cells = [cell.strip() for cell in text.split("\t") if cell.strip()]
    return all(re.match(r"[\u4e00-\u9fff]{2,6}[:：]", cell) for cell in cells)


# --- A table whose cells each begin with a tab --------------------------------------------------------------


def _tab_led(lines: list[Line], index: int) -> bool:
    following = [line.text for line in lines[index : index + 12] if line.text.strip(" ")]
    # Two wide blanks behind the tab are a paragraph's indention, not a cell.
    led = [text for text in following if text.startswith("\t") and not text.lstrip("\t ").startswith("　　")]
    return sum("\t" not in text.strip("\t ") for text in led) >= 3


def _led_by_tabs(lines: list[Line], index: int) -> tuple[Table, int]:
    end = _end_of_led(lines, index)
    rows: list[list[Cell]] = []
    blank = True
    for line in lines[index:end]:
        led = line.text.startswith("\t")
        if led and blank:
            rows.append([])
        if led:
            rows[-1].append(Cell(line.text.strip(), Place(line=line.number)))
        elif line.text.strip():
            rows[-1][-1] = _longer(rows[-1][-1], line.text.strip())
        blank = not line.text.strip(" ") and not led
    told, lost = cells_to_rows(rows)
    return Table(tuple(told), lost=tuple(lost)), end


def _end_of_led(lines: list[Line], index: int) -> int:
    """A table ends before two blank lines, an annex or page furniture, and after its last cell led by a tab."""
    end, blanks = index, 0
    for position in range(index, len(lines)):
        text = lines[position].text
        if text.startswith("\t"):
            if blanks >= 2 and not _same_table(lines, position):
                break
            end, blanks = position + 1, 0
        elif not text.strip():
            blanks += 1
        elif blanks >= 2 or is_furniture(text) or _heads_table(text):
            break
        elif blanks == 0:
            end = position + 1
        else:
            end = _bound_continuation(lines, position, end)
            blanks = 0
    return end


def _same_table(lines: list[Line], position: int) -> bool:
    """Two blank lines and then a cell that is no heading: the same table goes on after a page break."""
    return column(lines[position].text) is None


def _bound_continuation(lines: list[Line], position: int, end: int) -> int:
    """A second line of a cell after a blank line counts only if further cells follow."""
    for line in lines[position : position + 8]:
        if line.text.startswith("\t"):
            return position + 1
        if is_furniture(line.text) or _heads_table(line.text):
            break
    return end


def _heads_table(text: str) -> bool:
    bare = re.sub(r"\s", "", text)
    return bool(re.match(r"附[件表]", bare)) or (len(bare) > 8 and bare.endswith(words.pages.TITLE_ENDINGS))


def _longer(cell: Cell, text: str) -> Cell:
    return Cell(f"{cell.text}\n{text}" if cell.text else text, cell.where)


# --- A table with tabs (or bars) between the cells of a row ----------------------------------------------------


def _between_tabs(lines: list[Line], index: int) -> tuple[Table, int]:
    rows: list[list[Cell]] = []
    width, end, blank = 0, index, False
    for position in range(index, len(lines)):
        line = lines[position]
        if not line.text.strip():
            blank = True
            continue
        cells = [Cell(text.strip(), Place(line=line.number)) for text in line.text.rstrip("\n").split("\t")]
        if len(cells) == 1 and (blank or _outside(line.text)):
            if not _table_goes_on(lines, position, width):
                break
            continue
        width = _add(rows, cells, width, blank)
        end, blank = position + 1, False
    return Table(tuple(tuple(row) for row in _unquoted(rows))), end


def _outside(text: str) -> bool:
    return is_furniture(text) or _heads_table(text)


def _table_goes_on(lines: list[Line], position: int, width: int) -> bool:
    """A lone line between rows (a printed page's header) is passed over if rows of the same width follow soon."""
    for line in [line for line in lines[position + 1 : position + 6] if line.text.strip()]:
        if "\t" in line.text.strip():
            cells = line.text.split("\t")
            return len(cells) == width and not is_header(cells)
    return False


def _add(rows: list[list[Cell]], cells: list[Cell], width: int, blank: bool) -> int:
    """Add a row, or the rest of a row that a line break inside a cell has cut."""
    if (
        rows
        and not blank
        and len(rows[-1]) < width
        and len(rows[-1]) + len(cells) - 1 <= width
        and _is_rest(cells, width)
        and not (len(cells) == 1 and _stands_alone(cells[0].text))
    ):
        rows[-1][-1] = _longer(rows[-1][-1], cells[0].text)
        rows[-1] += cells[1:]
    elif rows and len(cells) == 1 and not _stands_alone(cells[0].text):
        rows[-1][-1] = _longer(rows[-1][-1], cells[0].text)
    else:
        rows.append(cells)
    return max(width, len(rows[-1]))


def _stands_alone(text: str) -> bool:
    """A row of its own though only one cell of it is left: 合计, or a section's name (二、社会保障类)."""
    number = leading_number(text)
    section = number is not None and not number[0].isdigit() and len(text) <= _LONGEST_SECTION
    return section or text in words.headings.TOTALS


def _is_rest(cells: Sequence[Cell], width: int) -> bool:
    return len(cells) == 1 or (len(cells) < width and bool(cells[0].text) and not cells[0].text[0].isdigit())


def _unquoted(rows: list[list[Cell]]) -> Iterable[list[Cell]]:
    """Spreadsheets put a cell with line breaks in quotation marks when it is pasted."""
    for row in rows:
        yield [Cell(_unquote(cell.text), cell.where) for cell in row]


def _unquote(text: str) -> str:
    if len(text) >= 2 and text[0] == text[-1] == '"':
        return text[1:-1].replace('""', '"')
    return text


def _between_marks(lines: list[Line], index: int) -> tuple[Table | None, int]:
    """Rows whose cells are parted by semicolons or commas, as the headings are."""
    for mark in _MARKS:
        header = [text.strip() for text in lines[index].text.split(mark)]
        if len(header) < 3 or not is_header(header):
            continue
        rows: list[tuple[Cell, ...]] = []
        end = index
        for line in lines[index:]:
            if mark not in line.text:
                break
            rows.append(tuple(Cell(text.strip(), Place(line=line.number)) for text in line.text.split(mark)))
            end += 1
        if len(rows) > 1 and 2 * sum(len(row) == len(header) for row in rows) > len(rows):
            return Table(tuple(rows)), end
    return None, index + 1
