"""What calamine does not tell of an old workbook (BIFF): number formats, error values, and how far it reaches."""

from __future__ import annotations

import struct
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from openpyxl.styles.numbers import BUILTIN_FORMATS

from intake.number_text import CHINESE_DATE_FORMATS
from intake.ole2 import DamagedOle2Error, Ole2

# Records, by their numbers in [MS-XLS] 2.3.
_EOF, _FILEPASS, _DATEMODE, _BOUNDSHEET, _XF, _FORMAT, _BOF = 0x0A, 0x2F, 0x22, 0x85, 0xE0, 0x41E, 0x809
_FORMULA, _NUMBER, _RK, _MULRK = 0x06, 0x203, 0x27E, 0xBD
_LABEL, _LABELSST, _RSTRING, _BOOLERR = 0x204, 0xFD, 0xD6, 0x205
_CELLS = (_FORMULA, _NUMBER, _RK, _LABEL, _LABELSST, _RSTRING, _BOOLERR)
_BIFF8 = 0x0600
_ERROR_RESULT = 2  # of a formula whose result is no number
STREAMS = ("Workbook", "Book")  # of Excel 97 and later, and of Excel 5


class EncryptedError(Exception):
    """The workbook has a password."""


@dataclass(slots=True)
class SheetFacts:
    """One sheet: the format of each number by (row, column) from 0, its error cells, and its furthest cell."""

    formats: dict[tuple[int, int], str] = field(default_factory=dict)
    errors: list[tuple[int, int]] = field(default_factory=list)
    last: tuple[int, int] = (-1, -1)


@dataclass(slots=True)
class BookFacts:
    """The sheets by name, and whether days count from 1904."""

    sheets: dict[str, SheetFacts] = field(default_factory=dict)
    from_1904: bool = False


@dataclass(slots=True)
class _Globals:
    wide: bool = True  # text in BIFF8
    from_1904: bool = False
    offsets: dict[str, int] = field(default_factory=dict)
    formats: dict[int, str] = field(default_factory=dict)
    styles: list[int] = field(default_factory=list)

    def format_of(self, style: int) -> str:
        number = self.styles[style] if style < len(self.styles) else 0
        return self.formats.get(number) or CHINESE_DATE_FORMATS.get(number) or BUILTIN_FORMATS.get(number, "")


def scan_xls(data: bytes) -> BookFacts:
    """Return what the records say; raises EncryptedError, and DamagedOle2Error for what is cut off."""
    container = Ole2(data)
    stream = next((name for name in STREAMS if name in container.streams), None)
    if stream is None:
        raise DamagedOle2Error("no workbook")
    book = container.read(stream)
    try:
        common = _globals(book)
        sheets = {name: _sheet(book, offset, common) for name, offset in common.offsets.items()}
    except (struct.error, IndexError) as error:
        raise DamagedOle2Error(str(error)) from error
    return BookFacts(sheets, common.from_1904)


def _records(book: bytes, offset: int) -> Iterator[tuple[int, bytes]]:
    """Yield the records of one part of the stream, up to its end; parts within (charts) are passed over."""
    depth = 0
    while offset + 4 <= len(book):
        kind, length = struct.unpack_from("<HH", book, offset)
        body = book[offset + 4 : offset + 4 + length]
        offset += 4 + length
        if kind == _BOF:
            depth += 1
        if depth <= 1:
            yield kind, body
        if kind == _EOF:
            depth -= 1
            if depth <= 0:
                return


def _globals(book: bytes) -> _Globals:
    found = _Globals()
    for kind, body in _records(book, 0):
        if kind == _FILEPASS:
            raise EncryptedError
        if kind in _OF_BOOK:
            _OF_BOOK[kind](found, body)
    return found


def _read_bof(found: _Globals, body: bytes) -> None:
    found.wide = struct.unpack_from("<H", body)[0] >= _BIFF8


def _read_datemode(found: _Globals, body: bytes) -> None:
    found.from_1904 = body[:1] == b"\1"


def _read_sheet_name(found: _Globals, body: bytes) -> None:
    (offset,) = struct.unpack_from("<I", body)
    found.offsets[_text(body[7:], body[6], found.wide)] = offset


def _read_style(found: _Globals, body: bytes) -> None:
    found.styles.append(struct.unpack_from("<H", body, 2)[0])


def _read_format(found: _Globals, body: bytes) -> None:
    number, length = struct.unpack_from("<HH", body)
    text = _text(body[4:], length, True) if found.wide else _text(body[3:], body[2], False)
    found.formats[number] = text


_OF_BOOK: dict[int, Callable[[_Globals, bytes], None]] = {
    _BOF: _read_bof,
    _DATEMODE: _read_datemode,
    _BOUNDSHEET: _read_sheet_name,
    _XF: _read_style,
    _FORMAT: _read_format,
}


def _text(data: bytes, length: int, wide: bool) -> str:
    """A text of the book: in BIFF8 a flag says whether it takes one byte a character or two."""
    if not wide:
        return data[:length].decode("gb18030", "replace")
    if data[:1] and data[0] & 1:
        return data[1 : 1 + 2 * length].decode("utf-16-le", "replace")
    return data[1 : 1 + length].decode("latin-1")


def _sheet(book: bytes, offset: int, common: _Globals) -> SheetFacts:
    facts = SheetFacts()
    for kind, body in _records(book, offset):
        if kind in _CELLS:
            row, column, style = struct.unpack_from("<HHH", body)
            _note(facts, row, column, common.format_of(style))
            if _is_error(kind, body):
                facts.errors.append((row, column))
        elif kind == _MULRK:
            row, first = struct.unpack_from("<HH", body)
            for at in range(4, len(body) - 2, 6):
                style = struct.unpack_from("<H", body, at)[0]
                _note(facts, row, first + (at - 4) // 6, common.format_of(style))
    return facts


def _note(facts: SheetFacts, row: int, column: int, number_format: str) -> None:
    facts.formats[row, column] = number_format
    facts.last = (max(facts.last[0], row), max(facts.last[1], column))


def _is_error(kind: int, body: bytes) -> bool:
    if kind == _BOOLERR:
        return body[7:8] == b"\1"
    return kind == _FORMULA and body[12:14] == b"\xff\xff" and body[6] == _ERROR_RESULT
