"""What is refused: each with its code, a sentence that names the file, and what to do."""

from __future__ import annotations

import io
import math
import random
import zipfile
from dataclasses import replace
from pathlib import Path

import pytest

from engine.errors import IntakeError
from intake.limits import LIMITS, Limits, check_archive
from intake.reading import parse, read_document
from tests.intake.files import archives, old_books
from tests.intake.files.archives import one_cell

OLE2 = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(512)
OLD_BOOK = old_books.xls(lambda sheet: sheet.write(0, 0, "甲"))
WORD = old_books.with_stream_named(OLD_BOOK, "WordDocument")
LOCKED = old_books.with_stream_named(OLD_BOOK, "EncryptedPackage")
GOOD = archives.xlsx(one_cell("A1", "序号"))


def refusal(data: bytes, name: str, limits: Limits = LIMITS) -> IntakeError:
    with pytest.raises(IntakeError) as caught:
        parse(data, name, limits)
    return caught.value


@pytest.mark.parametrize(
    ("name", "data", "code", "todo"),
    [
        ("计划.xls", OLE2, "DAMAGED_FILE", "重新下载"),
        ("计划.xlsx", OLE2, "DAMAGED_FILE", "重新下载"),
        ("计划.doc", OLE2, "UNSUPPORTED_FORMAT", "另存为 .docx"),
        ("计划.doc", WORD, "UNSUPPORTED_FORMAT", "另存为 .docx"),
        ("计划.wps", WORD, "UNSUPPORTED_FORMAT", "WPS 文字（.wps）"),
        ("计划.docx", WORD, "UNSUPPORTED_FORMAT", "旧版 Word 文档（.doc）"),
        ("计划.xls", WORD, "UNSUPPORTED_FORMAT", "另存为 .docx"),
        ("计划.xls", b"\x09\x00\x04\x00\x02\x00\x10\x00", "DAMAGED_FILE", "重新下载"),
        ("计划.mht", b"<mht>", "DAMAGED_FILE", "重新下载"),
        ("计划.xml", b"<?xml version='1.0'?><Workbook/>", "UNSUPPORTED_FORMAT", ".xlsx"),
        ("计划.xls", b"<?xml version='1.0'?><Workbook/>", "DAMAGED_FILE", "重新下载"),
        ("扫描.png", b"\x89PNG\r\n", "UNSUPPORTED_FORMAT", "图片里的文字无法读取"),
        ("扫描.jpg", b"\xff\xd8\xff\xe0", "UNSUPPORTED_FORMAT", "图片里的文字无法读取"),
        ("扫描.docx", b"\x89PNG\r\n", "UNSUPPORTED_FORMAT", "图片里的文字无法读取"),
        ("计划.rtf", b"{\\rtf1 x}", "UNSUPPORTED_FORMAT", "另存为 .docx"),
        ("计划.rar", b"Rar!\x1a\x07", "UNSUPPORTED_FORMAT", "请先解压"),
        ("计划.zip", archives.packed({"a.txt": "x"}), "UNSUPPORTED_FORMAT", "请先解压"),
        ("计划.xlsb", archives.packed({"xl/workbook.bin": "x"}), "UNSUPPORTED_FORMAT", "另存为 .xlsx"),
        ("计划.dat", b"\x00\x01\x02", "UNSUPPORTED_FORMAT", "无法识别"),
        ("计划.xlsx", LOCKED, "ENCRYPTED_FILE", "取消密码"),
        ("计划.docx", LOCKED, "ENCRYPTED_FILE", "取消密码"),
        ("计划.xlsx", b"", "EMPTY_FILE", "重新导入"),
        ("计划.xlsx", GOOD[:-40], "DAMAGED_FILE", "重新下载"),
        ("计划.xlsx", GOOD[: len(GOOD) // 2], "DAMAGED_FILE", "重新下载"),
        ("计划.xlsx", "序号,项目".encode(), "DAMAGED_FILE", "重新下载"),
        ("计划.docx", b"PK\x03\x04", "DAMAGED_FILE", "重新下载"),
        ("计划.csv", b"\xff\xff\xff,\xff", "NOT_TEXT", "另存为"),
    ],
)
def test_what_cannot_be_read_is_refused_with_what_to_do(name: str, data: bytes, code: str, todo: str) -> None:
    error = refusal(data, name)
    assert error.code == code
    assert f"“{name}”" in error.message
    assert todo in error.message


def test_a_byte_flipped_inside_a_part_is_noticed() -> None:
    broken = bytearray(GOOD)
    broken[len(GOOD) // 3] ^= 0xFF
    assert refusal(bytes(broken), "计划.xlsx").code == "DAMAGED_FILE"


@pytest.mark.parametrize("method", [zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED])
def test_an_entry_with_a_password_is_refused(method: int) -> None:
    data = bytearray(archives.packed({"xl/workbook.xml": "<x/>" * 10}))
    directory = data.index(b"PK\x01\x02")
    data[6] |= 1  # general purpose bit 0, in the local header and in the directory
    data[directory + 8] |= 1
    assert refusal(bytes(data), "计划.xlsx").code == "ENCRYPTED_FILE"


def archive_of(sizes: list[int], fill: bytes = b"") -> bytes:
    """Entries of these unpacked sizes; incompressible unless ``fill`` is given."""
    noise = random.Random(1)
    return archives.packed(
        {f"xl/{i}.bin": fill * n if fill else noise.randbytes(n) for i, n in enumerate(sizes)}
    )


SQUEEZED = archive_of([4096], b"a")


def ratio_of(data: bytes) -> int:
    """The least whole ratio that admits the one entry of the archive."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        (entry,) = archive.infolist()
    return math.ceil(entry.file_size / entry.compress_size)


@pytest.mark.parametrize(
    ("limits", "data", "code"),
    [
        (replace(LIMITS, max_entries=5), archive_of([10] * 5), None),
        (replace(LIMITS, max_entries=5), archive_of([10] * 6), "TOO_MANY_ENTRIES"),
        (replace(LIMITS, max_unpacked=1000), archive_of([400, 600]), None),
        (replace(LIMITS, max_unpacked=1000), archive_of([400, 601]), "UNPACKED_TOO_LARGE"),
        (replace(LIMITS, max_ratio=ratio_of(SQUEEZED)), SQUEEZED, None),
        (replace(LIMITS, max_ratio=ratio_of(SQUEEZED) - 1), SQUEEZED, "COMPRESSION_RATIO"),
        (LIMITS, archive_of([200 * 1024], b"\0"), "COMPRESSION_RATIO"),
        (LIMITS, archive_of([1] * 200), None),
        (LIMITS, archive_of([1] * 201), "TOO_MANY_ENTRIES"),
    ],
)
def test_an_archive_is_held_to_each_limit(limits: Limits, data: bytes, code: str | None) -> None:
    if code is None:
        check_archive(data, "计划.xlsx", limits)
        return
    with pytest.raises(IntakeError) as caught:
        check_archive(data, "计划.xlsx", limits)
    assert caught.value.code == code
    assert "“计划.xlsx”" in caught.value.message


@pytest.mark.parametrize(("size", "code"), [(len(GOOD), None), (len(GOOD) - 1, "FILE_TOO_LARGE")])
def test_a_file_is_held_to_its_size(size: int, code: str | None, tmp_path: Path) -> None:
    path = tmp_path / "计划.xlsx"
    path.write_bytes(GOOD)
    limits = replace(LIMITS, max_bytes=size)
    if code is None:
        assert len(read_document(path, limits).document.parts) == 1
        return
    with pytest.raises(IntakeError, match="超过上限") as caught:
        read_document(path, limits)
    assert caught.value.code == code


def bomb(encoding: str) -> bytes:
    lines = ['<!DOCTYPE worksheet [<!ENTITY a "aaaaaaaaaa">']
    lines += [f'<!ENTITY {b} "{f"&{a};" * 10}">' for a, b in zip("abcdefgh", "bcdefghi", strict=True)]
    xml = f'<?xml version="1.0" encoding="{encoding}"?>' + "".join(lines) + "]><worksheet>&i;</worksheet>"
    return xml.encode(encoding)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
@pytest.mark.parametrize("part", ["xl/worksheets/sheet1.xml", "xl/workbook.xml", "[Content_Types].xml"])
def test_xml_entities_are_refused_wherever_they_stand(encoding: str, part: str) -> None:
    entries = archives.xlsx_entries(one_cell("A1")) | {part: bomb(encoding)}
    error = refusal(archives.packed(entries), "计划.xlsx")
    assert error.code == "XML_ENTITIES"
    assert part in error.message


def test_a_declaration_across_two_chunks_is_found() -> None:
    padding = "<?xml version='1.0'?><!--" + "-".join(["x" * 13] * 4680)
    text = padding[: 65536 - 6 - 3] + "-->" + "<!DOCTYPE w><w/>"
    entries = archives.xlsx_entries(one_cell("A1")) | {"xl/theme.xml": text}
    assert refusal(archives.packed(entries), "计划.xlsx").code == "XML_ENTITIES"


@pytest.mark.parametrize(
    ("limits", "cell", "fits"),
    [
        (Limits(max_rows=100), "A100", True),
        (Limits(max_rows=100), "A101", False),
        (Limits(max_columns=26), "Z1", True),
        (Limits(max_columns=26), "AA1", False),
        (Limits(max_cells=60), "F10", True),
        (Limits(max_cells=60), "G10", False),
        (LIMITS, "XFD1048576", False),
        (LIMITS, "A1048576", False),
        (LIMITS, "XFD1", False),
    ],
)
def test_a_sheet_is_held_to_rows_columns_and_cells(limits: Limits, cell: str, fits: bool) -> None:
    data = archives.xlsx(one_cell(cell))
    if fits:
        reading = parse(data, "计划.xlsx", limits)
        assert str(reading.document.parts[0].rows[-1][-1].where) == f"任务!{cell}"  # type: ignore[union-attr]
        return
    error = refusal(data, "计划.xlsx", limits)
    assert error.code == "SHEET_TOO_LARGE"
    assert "“任务”" in error.message
    assert cell in error.message


@pytest.mark.parametrize(
    ("span", "code"),
    [(LIMITS.max_columns, None), (LIMITS.max_columns + 1, "x"), (100_000_000, "x"), (10**30, "x")],
)
def test_a_column_span_of_a_word_table_is_held_to_the_columns(span: int, code: str | None) -> None:
    row = archives.word_cell("序号", f'<w:gridSpan w:val="{span}"/>')
    data = archives.docx(archives.table(archives.word_cell("甲"), row))
    if code is None:
        assert len(parse(data, "计划.docx").document.parts[0].rows[1]) == span  # type: ignore[union-attr]
        return
    error = refusal(data, "计划.docx")
    assert error.code == "SHEET_TOO_LARGE"
    assert "第 1 个表格的第 2 行" in error.message


@pytest.mark.parametrize(("rows", "fits"), [(10, True), (11, False)])
def test_a_csv_file_is_held_to_its_rows(rows: int, fits: bool) -> None:
    data = ("a,b\n" * rows).encode()
    limits = Limits(max_rows=10)
    if fits:
        assert len(parse(data, "计划.csv", limits).document.parts[0].rows) == 10  # type: ignore[union-attr]
        return
    assert refusal(data, "计划.csv", limits).code == "SHEET_TOO_LARGE"
