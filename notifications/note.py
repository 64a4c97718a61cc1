"""The language of message templates: lines of text that become the blocks of a card.

``# heading``, ``- item``, ``> small print``, any other line as it is; ``**strong**``, ``[label](address)``, and
``[[label]](address)`` is the button. The first line may be ``subject: …``. What a template puts in as a value is
data: it arrives between two control characters that no cleaned text contains, and nothing in it is markup.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from notifications.card import Block, Card, Span
from notifications.words import clean

_OPEN, _CLOSE = "\x02", "\x03"
_HELD = "\x02"  # what stands for one value while the line is read
_VALUE = re.compile("\x02([^\x02\x03]*)\x03")
_SUBJECT = re.compile(r"(?:subject|主题)[:：](.*)", re.IGNORECASE)
_ROLE = re.compile(r"(#+|-|>)(?:\s+|$)")
_ROLES = {"#": "heading", "-": "item", ">": "note"}
_BUTTON = re.compile(r"\[\[([^\[\]]+)\]\]\(([^()\s]*)\)")
_LINK = re.compile(r"\[([^\[\]]+)\]\(([^()\s]*)\)")
_ADDRESS = re.compile(r"https?://[^\x02]+", re.IGNORECASE)


class NoteError(Exception):
    """A note that cannot become a card; ``str(error)`` is a stable code."""


@dataclass(frozen=True, slots=True)
class Layout:
    """What a card has beside its note: the title and colour where the note gives none, and the one link that
    may come from data."""

    title: str
    tone: str = ""
    link: str = ""


def as_data(value: object) -> str:
    """A value as a template puts it in: one line of text that is never markup.

    Raises NoteError VALUE_NOT_TEXT for anything but text, whole numbers and nothing.
    """
    if value is None:
        value = ""
    if isinstance(value, bool) or not isinstance(value, str | int):
        raise NoteError("VALUE_NOT_TEXT")
    return f"{_OPEN}{clean(str(value))}{_CLOSE}"


def card_of_note(note: str, layout: Layout) -> Card:
    """The card that the note describes; lines without any text are left out.

    Raises NoteError BAD_ADDRESS for a link whose address is neither written in the note nor ``layout.link``.
    """
    reader = _Reader(layout)
    for line in note.split("\n"):
        reader.read(line)
    return Card(reader.title, layout.tone, tuple(reader.blocks), reader.button)


class _Reader:
    """Takes the lines of a note one by one."""

    def __init__(self, layout: Layout) -> None:
        self.title = layout.title
        self.blocks: list[Block] = []
        self.button: Span | None = None
        self._layout = layout
        self._has_begun = False

    def read(self, raw: str) -> None:
        values = iter(_VALUE.findall(raw))
        line = _VALUE.sub(_HELD, raw).strip()
        if not line:
            return
        is_first, self._has_begun = not self._has_begun, True
        if is_first and (subject := _SUBJECT.fullmatch(line)):
            self.title = clean(_with_values(subject[1].replace("**", ""), values)) or self.title
        elif button := _BUTTON.fullmatch(line):
            self._add_button(button, values)
        else:
            self._add_block(line, values)

    def _add_button(self, found: re.Match[str], values: Iterator[str]) -> None:
        """The first button is the card's; another is a link on a line of its own."""
        span = self._link(found, values, strong=False)
        if not span.href:
            return
        if self.button is None:
            self.button = span
        else:
            self.blocks.append(Block("line", (span,)))

    def _add_block(self, line: str, values: Iterator[str]) -> None:
        role = _ROLE.match(line)
        text = line[role.end() :] if role else line
        spans = _trimmed(list(self._spans(text, values)))
        if spans:
            self.blocks.append(Block(_ROLES[role[1][0]] if role else "line", spans))

    def _spans(self, text: str, values: Iterator[str]) -> Iterator[Span]:
        pieces = text.split("**")
        if len(pieces) % 2 == 0:  # the last mark has no other half
            pieces[-2:] = ["**".join(pieces[-2:])]
        for place, piece in enumerate(pieces):
            yield from self._linked(piece, values, strong=place % 2 == 1)

    def _linked(self, piece: str, values: Iterator[str], strong: bool) -> Iterator[Span]:
        start = 0
        for found in _LINK.finditer(piece):
            yield Span(_with_values(piece[start : found.start()], values), strong)
            yield self._link(found, values, strong)
            start = found.end()
        yield Span(_with_values(piece[start:], values), strong)

    def _link(self, found: re.Match[str], values: Iterator[str], strong: bool) -> Span:
        """A link to what the template says or to the reader's own link; without an address only its label."""
        label = _with_values(found[1], values)
        written = found[2]
        address = _with_values(written, values)
        is_own = written == _HELD and address in ("", self._layout.link)
        if not is_own and not _ADDRESS.fullmatch(written):
            raise NoteError("BAD_ADDRESS")
        return Span(label, strong, address)


def _with_values(text: str, values: Iterator[str]) -> str:
    """The text with the next values in their places."""
    return re.sub(_HELD, lambda _: next(values), text)


def _trimmed(spans: Sequence[Span]) -> tuple[Span, ...]:
    """Without empty spans, and without white space at either end."""
    kept = [span for span in spans if span.text]
    while kept and not kept[0].text.strip():
        kept.pop(0)
    while kept and not kept[-1].text.strip():
        kept.pop()
    if kept:
        kept[0] = replace(kept[0], text=kept[0].text.lstrip())
        kept[-1] = replace(kept[-1], text=kept[-1].text.rstrip())
    return tuple(kept)
