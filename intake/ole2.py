"""The container of old Office files (MS-CFB): which streams stand at its top, and their bytes."""

from __future__ import annotations

import struct
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

MAGIC = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_NO_ENTRY = 0xFFFFFFFF
_LAST_SECTOR = 0xFFFFFFF9  # what is greater is no sector: end of chain, free, or part of the table
_ENTRY = 128  # bytes of a directory entry
_STREAM, _ROOT = 2, 5
_IN_HEADER = 109  # sectors of the table that the header itself names


class DamagedOle2Error(ValueError):
    """The container is cut off, or its chains run in circles."""


@dataclass(frozen=True, slots=True)
class _Entry:
    name: str
    kind: int
    left: int
    right: int
    child: int
    start: int
    size: int


class Ole2:
    """An opened container; reading it costs no more than its size, whatever its chains say."""

    def __init__(self, data: bytes) -> None:
        """Opens the container; raises DamagedOle2Error."""
        self._data = data
        try:
            self._open()
        except struct.error as error:
            raise DamagedOle2Error(str(error)) from error

    def _open(self) -> None:
        (shift, mini_shift) = struct.unpack_from("<HH", self._data, 30)
        if not 7 <= shift <= 12 or mini_shift > shift:
            raise DamagedOle2Error("sector size")
        self._size, self._mini_size = 1 << shift, 1 << mini_shift
        directory, _, self._cutoff, mini_table = struct.unpack_from("<IIII", self._data, 48)
        self._table = self._read_table()
        self._mini_table = _numbers(self._chain(mini_table))
        self._entries = [*map(_entry, _pieces(self._chain(directory), _ENTRY))]
        root = self._entries[0] if self._entries else None
        if root is None or root.kind != _ROOT:
            raise DamagedOle2Error("no root")
        self._mini = self._chain(root.start)
        self.streams: Mapping[str, int] = {
            self._entries[key].name: key
            for key in self._siblings(root.child)
            if self._entries[key].kind == _STREAM
        }

    def read(self, stream: str) -> bytes:
        """Return the bytes of a stream at the top; raises DamagedOle2Error."""
        entry = self._entries[self.streams[stream]]
        if entry.size >= self._cutoff:
            return self._chain(entry.start)[: entry.size]
        parts = (
            self._mini[at * self._mini_size : (at + 1) * self._mini_size]
            for at in _follow(self._mini_table, entry.start)
        )
        return b"".join(parts)[: entry.size]

    def _read_table(self) -> tuple[int, ...]:
        """The sector after each sector; long files name further parts of this table outside the header."""
        sectors = list(struct.unpack_from(f"<{_IN_HEADER}I", self._data, 76))
        (more,) = struct.unpack_from("<I", self._data, 68)
        seen: set[int] = set()
        while more <= _LAST_SECTOR:
            if more in seen:
                raise DamagedOle2Error("circle")
            seen.add(more)
            *named, more = _numbers(self._sector(more))
            sectors += named
        return _numbers(b"".join(self._sector(at) for at in sectors if at <= _LAST_SECTOR))

    def _sector(self, at: int) -> bytes:
        sector = self._data[(at + 1) * self._size : (at + 2) * self._size]
        if not sector:
            raise DamagedOle2Error("cut off")
        return sector.ljust(self._size, b"\0")

    def _chain(self, start: int) -> bytes:
        return b"".join(self._sector(at) for at in _follow(self._table, start))

    def _siblings(self, first: int) -> Iterator[int]:
        stack, seen = [first], set[int]()
        while stack:
            key = stack.pop()
            if key == _NO_ENTRY or key in seen or key >= len(self._entries):
                continue
            seen.add(key)
            yield key
            stack += [self._entries[key].left, self._entries[key].right]


def _follow(table: tuple[int, ...], start: int) -> Iterator[int]:
    at, left = start, len(table)
    while at <= _LAST_SECTOR:
        if at >= len(table) or left == 0:
            raise DamagedOle2Error("circle" if left == 0 else "cut off")
        yield at
        at, left = table[at], left - 1


def _numbers(data: bytes) -> tuple[int, ...]:
    return struct.unpack(f"<{len(data) // 4}I", data[: len(data) // 4 * 4])


def _pieces(data: bytes, size: int) -> Iterator[bytes]:
    return (data[at : at + size] for at in range(0, len(data) - size + 1, size))


def _entry(data: bytes) -> _Entry:
    (length,) = struct.unpack_from("<H", data, 64)
    name = data[: max(0, min(length, 64) - 2)].decode("utf-16-le", "replace")
    left, right, child = struct.unpack_from("<III", data, 68)
    start, size = struct.unpack_from("<II", data, 116)
    return _Entry(name, data[66], left, right, child, start, size)
