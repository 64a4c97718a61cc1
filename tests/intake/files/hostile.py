"""Files that mean harm: small to store, dear to read. Each function writes one."""

from __future__ import annotations

import struct
import zlib
from collections.abc import Sequence

from tests.intake.files.old_books import xls

_TABLE = b"<html><table>"


def deep_elements() -> bytes:
    """100,000 elements, each within the one before."""
    return b"<html>" + b"<div>" * 100_000 + "甲".encode()


def deep_tables() -> bytes:
    """100,000 tables, each in a cell of the one before."""
    return b"<table><tr><td>" * 100_000


def unclosed() -> bytes:
    """A million tags that nobody closes."""
    return b"<html>" + b"<b><i>" * 500_000 + b"x"


def wide_span() -> bytes:
    """A cell over a million columns, and one after it."""
    return _TABLE + b"<tr><td colspan=1000000>x<td>y<tr><td>x<td>y"


def long_spans() -> bytes:
    """500 cells that go down over 20,000 rows without any cell of their own."""
    return _TABLE + b"<tr>" + b"<td rowspan=65534>x" * 500 + b"<tr>" * 19_999


def many_cells() -> bytes:
    """As many cells as the size of a file allows."""
    return _TABLE + (b"<tr>" + b"<td>" * 400) * 6_000


def many_rows() -> bytes:
    """More rows than a table may have."""
    return _TABLE + b"<tr><td>x<td>y" * 20_001


def one_text() -> bytes:
    """One text as long as a file may be."""
    return b"<html><p>" + b"x" * 10_400_000


def nested_parts() -> bytes:
    """A message within a message within a message."""
    head = b"MIME-Version: 1.0\nContent-Type: multipart/related; boundary="
    return b"".join(head + b"b%d\n\n--b%d\n" % (n, n) for n in range(20_000))


def entities() -> bytes:
    """Entities that would unfold to gigabytes."""
    lines = ['<!DOCTYPE html [<!ENTITY a "aaaaaaaaaa">']
    lines += [f'<!ENTITY {b} "{f"&{a};" * 10}">' for a, b in zip("abcdefgh", "bcdefghi", strict=True)]
    return ("".join(lines) + "]><html><table><tr><td>&i;<td>x<tr><td>1<td>2</table></html>").encode()


def strings_without_end() -> bytes:
    """An old workbook that announces two thousand million texts."""
    data = bytearray(xls(lambda sheet: sheet.write(0, 0, "甲乙丙")))
    at = data.index("甲乙丙".encode("utf-16-le")) - 3 - 8
    struct.pack_into("<II", data, at, 0x7FFFFFFF, 0x7FFFFFFF)
    return bytes(data)


def pdf(objects: Sequence[bytes]) -> bytes:
    """A PDF of these objects, numbered from 1; the first is the catalogue."""
    data, offsets = b"%PDF-1.4\n", []
    for number, body in enumerate(objects, 1):
        offsets.append(len(data))
        data += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    table = b"".join(b"%010d 00000 n \n" % offset for offset in offsets)
    size = len(objects) + 1
    end = b"trailer\n<</Size %d/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF\n" % (size, len(data))
    return data + b"xref\n0 %d\n0000000000 65535 f \n%s" % (size, table) + end


def _stream(content: bytes, entries: bytes = b"") -> bytes:
    return b"<<%s/Length %d>>\nstream\n%s\nendstream" % (entries, len(content), content)


def _one_page(content: bytes, resources: bytes = b"", *more: bytes) -> bytes:
    page = b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 600 800]/Contents 4 0 R/Resources<<%s>>>>" % resources
    pages = b"<</Type/Pages/Kids[3 0 R]/Count 1>>"
    return pdf([b"<</Type/Catalog/Pages 2 0 R>>", pages, page, content, *more])


def ten_thousand_pages() -> bytes:
    """10,000 pages that are one and the same object's copies."""
    kids = b" ".join(b"%d 0 R" % n for n in range(3, 10_003))
    page = b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 600 800]>>"
    pages = b"<</Type/Pages/Kids[%s]/Count 10000>>" % kids
    return pdf([b"<</Type/Catalog/Pages 2 0 R>>", pages, *[page] * 10_000])


def pages_in_a_circle() -> bytes:
    """A tree of pages that contains itself."""
    return pdf([b"<</Type/Catalog/Pages 2 0 R>>", b"<</Type/Pages/Kids[2 0 R 2 0 R]/Count 9>>"])


def unfolding_stream() -> bytes:
    """A content of a gigabyte in few megabytes."""
    squeezer = zlib.compressobj(1)
    block = b" " * (16 * 1024 * 1024)
    content = b"".join(squeezer.compress(block) for _ in range(64)) + squeezer.flush()
    return _one_page(_stream(content, b"/Filter/FlateDecode"))


def deep_arrays() -> bytes:
    """An object of 100,000 lists, each within the one before."""
    return _one_page(_stream(b"[" * 100_000 + b"]" * 100_000 + b" TJ"), b"", b"[" * 100_000 + b"]" * 100_000)


def form_within_itself() -> bytes:
    """A drawing that draws itself, twice."""
    entries = b"/Type/XObject/Subtype/Form/BBox[0 0 9 9]/Resources<</XObject<</X 5 0 R>>>>"
    return _one_page(_stream(b"/X Do"), b"/XObject<</X 5 0 R>>", _stream(b"/X Do /X Do", entries))


def many_lines() -> bytes:
    """A page of 60,000 crossing lines: a table of millions of cells."""
    across = b"".join(b"0 %.3f m 600 %.3f l S " % (n / 40, n / 40) for n in range(30_000))
    down = b"".join(b"%.3f 0 m %.3f 800 l S " % (n / 50, n / 50) for n in range(30_000))
    text = b"BT /F1 9 Tf 9 9 Td (x) Tj ET "
    font = b"/Font<</F1<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>>>"
    return _one_page(_stream(text + across + down), font)
