"""The text of a page as lines: blanks collapsed as a browser does, with breaks where paragraphs end."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from lxml.etree import _Element

from intake.docx_numbering import written
from intake.html_visible import is_visible
from intake.numerals import leading_number

_BLOCKS = frozenset(
    "address article blockquote body caption center dd details dialog dir div dl dt fieldset figcaption figure "
    "form h1 h2 h3 h4 h5 h6 header hgroup hr html legend li main menu ol p pre section summary tbody td tfoot th "
    "thead tr ul".split()
)
_LIST_FORMS = {"a": "lowerLetter", "A": "upperLetter", "i": "lowerRoman", "I": "upperRoman"}
_WIDE = "\u3000-\u303f\u3400-\u4dbf\u4e00-\u9fff\uff00-\uffef"
# Between Chinese characters a line end of the source is none of the text: programs wrap their lines anywhere.
_WRAPPED = re.compile(rf"(?<=[{_WIDE}])[ \t]*[\r\n][ \t\r\n\f]*(?=[{_WIDE}])")
_BLANKS = re.compile("[ \t\r\n\f\xa0]+")


@dataclass(frozen=True, slots=True)
class Break:
    """Where a line of the text ends."""


def pieces_of(element: _Element) -> Iterator[str | Break | _Element]:
    """Yield what an element shows: text as written in the source, breaks, and its tables as elements."""
    if element.text:
        yield element.text
    for child in element:
        if child.tag == "table" and is_visible(child):
            yield child
        elif child.tag == "br":
            yield Break()
        elif is_visible(child):
            yield from _inside(child)
        if child.tail:
            yield child.tail


def _inside(element: _Element) -> Iterator[str | Break | _Element]:
    if element.tag not in _BLOCKS:
        yield from pieces_of(element)
        return
    yield Break()
    if element.tag == "li":
        yield _label(element)
    if element.tag == "pre":
        yield from _preformatted(element)
    else:
        yield from pieces_of(element)
    yield Break()


def _preformatted(element: _Element) -> Iterator[str | Break | _Element]:
    for piece in pieces_of(element):
        if not isinstance(piece, str):
            yield piece
            continue
        for number, line in enumerate(piece.split("\n")):
            if number:
                yield Break()
            yield line


def _label(item: _Element) -> str:
    """The number that a browser shows before an item of an ordered list, unless its text brings its own."""
    parent = item.getparent()
    if parent is None or parent.tag != "ol" or leading_number("".join(map(str, item.itertext())).strip()):
        return ""
    if "none" in parent.get("style", ""):
        return ""
    start = parent.get("start", "1")
    number = (int(start) if start.isdecimal() else 1) + sum(
        1 for _ in item.itersiblings("li", preceding=True)
    )
    return f"{written(number, _LIST_FORMS.get(parent.get('type', ''), 'decimal'))}. "


def lines_of(pieces: Iterable[str | Break]) -> Iterator[str]:
    """Yield the lines that are not blank, without needless blanks."""
    line: list[str] = []
    for piece in (*pieces, Break()):
        if isinstance(piece, str):
            line.append(piece)
            continue
        text = _BLANKS.sub(" ", _WRAPPED.sub("", "".join(line))).strip()
        line = []
        if text:
            yield text
