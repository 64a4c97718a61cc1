"""English actions in running text: Action 1.2: … (Lead: …; Due: …), or the labels each on a line, as a table."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field, replace

from intake import words
from intake.english import spaced
from intake.table import Cell, Document, Paragraph, Place, Table

_ITEM = re.compile(
    rf"\s*(?:{'|'.join(words.english.ITEM_LABELS)})\s+([A-Z]{{0,4}}\d[\w.-]*?)[.:]?\s*[:–—-]\s+(\S.*)",
    re.I | re.S,
)
_LABELS: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("Lead", words.english.LEAD_LABELS),
    ("Partners", words.english.COOPERATING_LABELS),
    ("Due", words.english.DUE_LABELS),
    ("Status", words.english.STATUS_LABELS),
    ("Update", words.english.UPDATE_LABELS),
    ("Target", words.english.TARGET_LABELS),
)
_HEADINGS = ("Ref", "Action", *(name for name, _ in _LABELS))
_NAMES = {label: name for name, labels in _LABELS for label in labels}
_ANY = "|".join(sorted(_NAMES, key=len, reverse=True))
_FIELD = re.compile(rf"(?:^|[\s;,.|(\[])({_ANY})\s*:\s*", re.I)
_LEAST = 2  # items with labels; one alone may be a sentence of a letter


@dataclass(slots=True)
class _Action:
    number: str
    where: Place
    fields: dict[str, str] = field(default_factory=dict)


def with_labelled_actions(document: Document) -> Document:
    """The document with each run of labelled actions as a table; unchanged where fewer than two have a lead or a date."""
    parts: list[Paragraph | Table] = []
    run: list[Paragraph] = []
    for part in document.parts:
        if isinstance(part, Paragraph) and (_ITEM.match(part.text) or (run and _FIELD.match(part.text))):
            run.append(part)
            continue
        parts += _told(run)
        run = []
        parts.append(part)
    return replace(document, parts=(*parts, *_told(run)))


def _told(run: list[Paragraph]) -> Iterable[Paragraph | Table]:
    actions = list(_actions(run))
    if sum(bool({"Lead", "Due"} & set(one.fields)) for one in actions) < _LEAST:
        return run
    used = [name for name in _HEADINGS if name == "Ref" or any(name in one.fields for one in actions)]
    header = tuple(Cell(name, actions[0].where) for name in used)
    rows = (
        tuple(Cell(one.number if name == "Ref" else one.fields.get(name, ""), one.where) for name in used)
        for one in actions
    )
    return [Table((header, *rows))]


def _actions(run: list[Paragraph]) -> Iterable[_Action]:
    action: _Action | None = None
    for part in run:
        item = _ITEM.match(part.text)
        if item:
            if action:
                yield action
            action = _Action(item.group(1), part.where)
        if action:
            _read(action, item.group(2) if item else part.text)
    if action:
        yield action


def _read(action: _Action, text: str) -> None:
    """The words before the first label are the action; each label's words go to its column."""
    before, told = labelled(text)
    if before:
        action.fields["Action"] = spaced(f"{action.fields.get('Action', '')} {before}")
    for name, said in told:
        action.fields[name] = "; ".join(one for one in (action.fields.get(name, ""), said) if one)


def labelled(text: str) -> tuple[str, list[tuple[str, str]]]:
    """The words before the first label, and what each label says, under the heading that it stands for."""
    pieces = _FIELD.split(text)
    told: list[tuple[str, str]] = []
    for label, said in zip(pieces[1::2], pieces[2::2], strict=True):
        bare = said.strip().rstrip(";,|.")
        unopened = bare.endswith((")", "]")) and bare.count("(") < bare.count(")") + bare.count("]")
        told.append((_NAMES[label.lower()], (bare[:-1] if unopened else bare).strip()))
    return (pieces[0].rstrip(" ([;,–-") if pieces[0].strip(" ([-–") else ""), told
