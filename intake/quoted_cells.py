"""Cells that a spreadsheet program puts in quotation marks when they are copied: line breaks stand within."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from intake.reflow import Line

_LONGEST = 100  # lines of one cell; a quotation mark that stays open longer is a slip


def joined_quotes(lines: Sequence[Line]) -> Iterator[Line]:
    """Yield the lines with each row that quoted cells spread over several lines as one, under its first number."""
    at = 0
    while at < len(lines):
        text, after = _joined(lines, at)
        yield Line(lines[at].number, text)
        at = after


def _joined(lines: Sequence[Line], at: int) -> tuple[str, int]:
    text = lines[at].text
    if '"' in text:
        whole = text
        for after in range(at + 1, min(at + _LONGEST, len(lines)) + 1):
            if not _is_open(whole):
                return (whole, after) if "\t" in whole else (text, at + 1)
            if after < len(lines):
                whole += "\n" + lines[after].text
    return text, at + 1


def _is_open(row: str) -> bool:
    """Whether a cell that begins with a quotation mark has not come to its end; two within stand for one."""
    at = 0
    while True:
        if row.startswith('"', at):
            closed = _closing(row, at + 1)
            if closed is None:
                return True
            at = closed
        tab = row.find("\t", at)
        if tab < 0:
            return False
        at = tab + 1


def _closing(row: str, at: int) -> int | None:
    """Where a quoted cell ends: after a mark that stands alone."""
    while (mark := row.find('"', at)) >= 0:
        if row.startswith('""', mark):
            at = mark + 2
        else:
            return mark + 1
    return None
