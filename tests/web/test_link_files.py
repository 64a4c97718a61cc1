"""Files that come with a report: what is kept, what is refused, who gets them back."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator
from html import unescape
from pathlib import Path

import pytest
from sqlmodel import select

from db import tables
from db.session import Database
from tests.web.phone import NOW, PDF, Unit, opened
from tests.workflows.office_2024 import LINKED
from workflows.links import new_link


@pytest.fixture
def unit(sqlite_database: Database, tmp_path: Path) -> Iterator[Unit]:
    """区民政局 leads 1.1 and 1.2; 2.1 is another unit's; the first reports are being asked for."""
    with opened(sqlite_database, tmp_path) as found:
        yield found


def office_file(**more: bytes) -> bytes:
    """A small document as Word writes it."""
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w") as archive:
        for name, content in {"[Content_Types].xml": b"<x/>", "word/document.xml": b"<x/>", **more}.items():
            archive.writestr(name, content)
    return held.getvalue()


def test_files_are_kept_outside_under_other_names_and_only_their_unit_gets_them(unit: Unit) -> None:
    files = [
        ("files", ("../../附件 一.pdf", PDF, "text/html")),
        ("files", ("说明.docx", office_file(), "application/octet-stream")),
    ]
    assert unit.send(value="9", files=files).status_code == 303
    with unit.database.read() as session:
        first, second = session.exec(select(tables.Attachment)).all()
    assert (first.file_name, first.media_type) == ("附件 一.pdf", "application/pdf")
    assert "wordprocessingml" in second.media_type
    assert {path.name for path in unit.files.iterdir()} == {first.stored_name, second.stored_name}
    answer = unit.client.get(f"/r/{unit.token}/files/{first.id}")
    assert answer.content == PDF
    assert answer.headers["content-disposition"].startswith("attachment;")
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["content-type"] == "application/octet-stream"
    other, _ = new_link(unit.database, LINKED, "区教育局", None, NOW, "test")
    assert unit.client.get(f"/r/{other.rsplit('/', 1)[1]}/files/{first.id}").status_code == 403
    (unit.files / first.stored_name).write_bytes(PDF + b"changed")
    assert unit.client.get(f"/r/{unit.token}/files/{first.id}").status_code == 503


@pytest.mark.parametrize(
    ("name", "content", "sentence"),
    [
        ("大.pdf", PDF + b"0" * (10 * 1024 * 1024), "超过 10 MB"),
        ("很大.pdf", PDF + b"0" * (50 * 1024 * 1024), "超过 10 MB"),
        ("照片.jpg", b"<html><script>alert(1)</script>", "不是可以接收的文件"),
        ("图.svg", b"<svg xmlns='http://www.w3.org/2000/svg'/>", "不是可以接收的文件"),
        ("程序.pdf", b"MZ\x90\x00\x03", "不是可以接收的文件"),
        ("宏.docm", office_file(**{"word/vbaProject.bin": b"x"}), "不是可以接收的文件"),
        ("空.pdf", b"", "不是可以接收的文件"),
    ],
)
def test_a_file_that_is_not_taken_is_named_and_nothing_else_is_lost(
    unit: Unit, name: str, content: bytes, sentence: str
) -> None:
    answer = unit.send(value="9", text="已开工", files=[("files", (name, content, "application/pdf"))])
    page = unescape(answer.text)
    assert answer.status_code == 422
    assert sentence in page
    assert name in page
    assert "已开工" in page
    assert unit.reports() == []
    assert not unit.files.exists() or list(unit.files.iterdir()) == []


def test_too_many_files_are_refused(unit: Unit) -> None:
    answer = unit.send(value="9", files=[("files", (f"{n}.pdf", PDF, "x/y")) for n in range(6)])
    assert "最多附 5 个文件" in answer.text
    assert unit.reports() == []
