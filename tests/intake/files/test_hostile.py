"""Files that mean harm are refused, or read within the limits; whoever asked lives on."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from engine.errors import IntakeError
from intake.limits import LIMITS, MIB
from intake.reading import read_document
from tests.intake.files import archives, hostile, old_books

# Shorter than in service, so that a reading that never ends ends here soon.
SHORT = replace(LIMITS, cpu_seconds=5, wall_seconds=60.0, memory=768 * MIB)
GONE_ON = ("READ_TIMEOUT", "READ_MEMORY")
GOOD_BOOK = old_books.xls(lambda sheet: [sheet.write(n, 0, "甲") for n in range(3000)])
WORD_SPAN = archives.docx(archives.table(archives.word_cell("x", '<w:gridSpan w:val="100000000"/>')))
FAR_CELL = archives.xlsx(archives.one_cell("XFD1048576"))


def outcome(path: Path) -> tuple[str, str]:
    """The code and the sentence of a refusal; ``read`` for a file that was read."""
    try:
        read_document(path, SHORT)
    except IntakeError as error:
        return error.code, error.message
    return "read", f"“{path.name}”"


@pytest.mark.parametrize(
    ("name", "file", "outcomes"),
    [
        ("深.html", hostile.deep_elements, ("PAGE_TOO_DEEP",)),
        ("表中表.html", hostile.deep_tables, ("PAGE_TOO_DEEP",)),
        ("不闭合.html", hostile.unclosed, ("PAGE_TOO_DEEP",)),
        ("宽.html", hostile.wide_span, ("SHEET_TOO_LARGE",)),
        ("长.html", hostile.long_spans, ("SHEET_TOO_LARGE",)),
        ("多格.html", hostile.many_cells, ("SHEET_TOO_LARGE",)),
        ("多行.html", hostile.many_rows, ("SHEET_TOO_LARGE",)),
        ("一段.html", hostile.one_text, ("PAGE_TOO_DEEP",)),
        ("实体.html", hostile.entities, ("read",)),
        ("层层.mht", hostile.nested_parts, ("DAMAGED_FILE", *GONE_ON)),
        ("五十兆.html", lambda: b"<td>" * (50 * MIB // 4), ("FILE_TOO_LARGE",)),
        ("无尽.xls", hostile.strings_without_end, ("read", "DAMAGED_FILE", "READ_FAILED", "READ_MEMORY")),
        ("半个.xls", lambda: GOOD_BOOK[: len(GOOD_BOOK) // 2], ("DAMAGED_FILE",)),
        ("圈.et", lambda: old_books.with_next_sector(GOOD_BOOK, 5, 5), ("DAMAGED_FILE",)),
        ("万页.pdf", hostile.ten_thousand_pages, ("TOO_MANY_PAGES",)),
        ("圈.pdf", hostile.pages_in_a_circle, ("PDF_WITHOUT_TEXT", "DAMAGED_FILE")),
        ("展开.pdf", hostile.unfolding_stream, ("READ_MEMORY",)),
        ("数组.pdf", hostile.deep_arrays, ("PDF_WITHOUT_TEXT", "DAMAGED_FILE", *GONE_ON)),
        ("自画.pdf", hostile.form_within_itself, ("PDF_WITHOUT_TEXT", "DAMAGED_FILE", *GONE_ON)),
        ("线.pdf", hostile.many_lines, ("read", "SHEET_TOO_LARGE", *GONE_ON)),
        ("远.html", lambda: FAR_CELL, ("SHEET_TOO_LARGE",)),
        ("跨.pdf", lambda: WORD_SPAN, ("SHEET_TOO_LARGE",)),
        ("远.xls", lambda: FAR_CELL, ("SHEET_TOO_LARGE",)),
    ],
)
def test_a_file_that_means_harm_ends_in_a_sentence(
    name: str, file: Callable[[], bytes], outcomes: tuple[str, ...], tmp_path: Path
) -> None:
    path = tmp_path / name
    path.write_bytes(file())
    code, sentence = outcome(path)
    assert code in outcomes
    assert f"“{name}”" in sentence
