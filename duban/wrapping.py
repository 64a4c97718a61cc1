"""Chinese text in columns of a terminal, where a character is two cells wide."""

from __future__ import annotations

import re
from collections.abc import Iterator

from rich.cells import cell_len, chop_cells

# No line begins with a closing mark or ends with an opening one; words stay whole, numbers keep their measure.
_CLOSING = "，。、；：！？）】》〉”’％…·,.;:!?)%"
_OPENING = "（【《〈“‘("
_PIECE = re.compile(rf"\s+|[{_OPENING}]*(?:[A-Za-z0-9][!-~]*[\u4e00-\u9fff]?|\S)[{re.escape(_CLOSING)}]*")


def wrapped(text: str, width: int) -> list[str]:
    """The text in lines of at most ``width`` cells; an empty text is one empty line."""
    lines, line = [], ""
    for piece in _pieces(text, width):
        if line and cell_len(line) + cell_len(piece.rstrip()) > width:
            lines.append(line.rstrip())
            line = piece.lstrip()
        else:
            line += piece
    return [*lines, line.rstrip()] if line.strip() or not lines else lines


def padded(text: str, width: int) -> str:
    """The text with blanks up to ``width`` cells."""
    return text + " " * max(0, width - cell_len(text))


def _pieces(text: str, width: int) -> Iterator[str]:
    """What may not be broken, except what is wider than a line."""
    for match in _PIECE.finditer(text):
        piece = match.group()
        if cell_len(piece) <= width:
            yield piece
        else:
            yield from chop_cells(piece, max(2, width))
