"""Old workbooks (.xls) as Excel 97 wrote them, and containers broken in one place."""

from __future__ import annotations

import io
import struct
from collections.abc import Callable
from typing import Any

import xlwt

Fill = Callable[[Any], object]


def styled(number_format: str) -> Any:
    """A style that shows numbers so."""
    style = xlwt.XFStyle()
    style.num_format_str = number_format
    return style


def saved(book: Any) -> bytes:
    """The bytes of a workbook."""
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


def xls(fill: Fill, title: str = "任务") -> bytes:
    """A workbook of one sheet that ``fill`` has filled."""
    book = xlwt.Workbook(encoding="utf-8")
    fill(book.add_sheet(title))
    return saved(book)


def with_next_sector(data: bytes, sector: int, following: int) -> bytes:
    """The container with another sector after ``sector`` in its table: cut off, or a circle."""
    (table,) = struct.unpack_from("<I", data, 76)
    at = (table + 1) * 512 + 4 * sector
    return data[:at] + struct.pack("<I", following) + data[at + 4 :]


def with_stream_named(data: bytes, name: str) -> bytes:
    """The container with its one stream under another name."""
    old = "Workbook".encode("utf-16-le")
    at = data.index(old)
    entry = bytearray(data[at : at + 66])
    encoded = name.encode("utf-16-le")
    entry[: len(old)] = bytes(len(old))
    entry[: len(encoded)] = encoded
    struct.pack_into("<H", entry, 64, len(encoded) + 2)
    return data[:at] + bytes(entry) + data[at + 66 :]
