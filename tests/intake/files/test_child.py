"""The process in which files are parsed: whatever happens there, the caller gets a sentence and lives on."""

from __future__ import annotations

import os
import random
import zipfile
from dataclasses import replace
from io import BytesIO
from pathlib import Path

import pytest

from engine.errors import IntakeError
from intake.limits import LIMITS, MIB, Limits
from intake.reading import read_document
from tests.intake.files import archives
from tests.intake.files.archives import one_cell


def saved(tmp_path: Path, data: bytes, name: str = "计划.xlsx") -> Path:
    path = tmp_path / name
    path.write_bytes(data)
    return path


def refusal(path: Path, limits: Limits = LIMITS) -> IntakeError:
    with pytest.raises(IntakeError) as caught:
        read_document(path, limits)
    return caught.value


def test_a_workbook_is_read_through_the_child(tmp_path: Path) -> None:
    reading = read_document(saved(tmp_path, archives.xlsx(one_cell("B2", "区住建局"))))
    (table,) = reading.document.parts
    assert reading.document.name == "计划.xlsx"
    assert table.rows[1][1].text == "区住建局"  # type: ignore[union-attr]


def test_the_refusal_of_the_child_reaches_the_caller(tmp_path: Path) -> None:
    error = refusal(saved(tmp_path, archives.xlsx(one_cell("XFD1048576"))))
    assert error.code == "SHEET_TOO_LARGE"
    assert "XFD1048576" in error.message


def many_rows(count: int) -> bytes:
    rows = "".join(f'<row r="{n}"><c r="A{n}"><v>{n}</v></c></row>' for n in range(1, count + 1))
    return archives.xlsx(f"<sheetData>{rows}</sheetData>")


@pytest.mark.parametrize(
    ("limits", "code"),
    [
        (replace(LIMITS, wall_seconds=0.01), "READ_TIMEOUT"),
        (replace(LIMITS, cpu_seconds=0), "READ_TIMEOUT"),
        (replace(LIMITS, max_answer=100), "READ_FAILED"),
    ],
)
def test_a_child_over_its_limits_is_stopped_and_reported(limits: Limits, code: str, tmp_path: Path) -> None:
    path = saved(tmp_path, many_rows(2000))
    error = refusal(path, limits)
    assert error.code == code
    assert "“计划.xlsx”" in error.message
    assert read_document(path).document.parts  # and the next file is read as ever


def test_a_part_that_unpacks_without_end_meets_the_memory_limit(tmp_path: Path) -> None:
    # LZMA unpacks in one piece, whatever the directory claims.
    file = BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_LZMA) as archive:
        for name, content in archives.xlsx_entries(one_cell("A1")).items():
            archive.writestr(name, content)
        archive.writestr("xl/media/image.bin", bytes(60 * MIB))
    path = saved(tmp_path, file.getvalue())
    roomy = replace(LIMITS, max_ratio=10**6)
    assert read_document(path, roomy).document.parts
    error = refusal(path, replace(roomy, memory=64 * MIB))
    assert error.code == "READ_MEMORY"
    assert "“计划.xlsx”" in error.message


@pytest.mark.parametrize(
    "body",
    [
        '<dimension ref="A1:XFD1048576"/>' + one_cell("A1"),
        one_cell("A1") + '<mergeCells><mergeCell ref="A1:XFD1048576"/></mergeCells>',
        one_cell("A1") + "<mergeCells>" + '<mergeCell ref="A1:XFD1048576"/>' * 5000 + "</mergeCells>",
        "<sheetData>" + '<row r="1"><c r="A1"><v>1</v></c></row>' + "<row/>" * 400_000 + "</sheetData>",
        '<sheetData><row r="1"><c r="A1"><v>1</v></c></row><row r="1048576"><c r="XFD1048576" s="0"/></row></sheetData>',
        '<cols><col min="1" max="16384" width="9"/></cols>' + one_cell("A1"),
    ],
)
def test_claims_of_size_without_content_cost_nothing(body: str, tmp_path: Path) -> None:
    reading = read_document(
        saved(tmp_path, archives.xlsx(body)), replace(LIMITS, cpu_seconds=10, max_ratio=10_000)
    )
    (table,) = reading.document.parts
    assert len(table.rows) == len(table.rows[0]) == 1  # type: ignore[union-attr]


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    error = refusal(tmp_path / "没有.xlsx")
    assert error.code == "FILE_NOT_FOUND"
    assert "“没有.xlsx”" in error.message


@pytest.mark.parametrize("kind", ["folder", "pipe"])
def test_what_is_no_file_is_not_waited_for(kind: str, tmp_path: Path) -> None:
    path = tmp_path / "计划.xlsx"
    if kind == "folder":
        path.mkdir()
    else:
        os.mkfifo(path)
    assert refusal(path).code == "FILE_NOT_FOUND"


def test_any_bytes_give_a_document_or_a_refusal(tmp_path: Path) -> None:
    good = archives.xlsx(one_cell("A1", "序号"))
    noise = random.Random(7)
    outcomes = set()
    for _ in range(8):
        broken = bytearray(good)
        for _ in range(3):
            broken[noise.randrange(len(broken))] = noise.randrange(256)
        try:
            outcomes.add(type(read_document(saved(tmp_path, bytes(broken)))).__name__)
        except IntakeError as error:
            outcomes.add(type(error).__name__)
    assert outcomes <= {"Reading", "IntakeError"}
    assert "IntakeError" in outcomes
