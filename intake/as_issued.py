"""Documents and drafts between the script that they were issued in and the one that they are read in."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import fields, is_dataclass, replace
from typing import Any

from intake.draft import Finding, PlanDraft, Source
from intake.script import Script
from intake.table import Cell, Document, Paragraph, Place, Table

# The fields of a draft that hold words of the document; all others are codes, dates and figures.
_TEXTS = frozenset({"title", "number", "issuer", "subject", "unit", "quote", "text"})
_NAMES = frozenset(
    {
        "leaders",
        "lead_units",
        "cooperating_units",
        "executing_units",
        "responsible",
        "level",
    }
)


def script_of(document: Document) -> Script | None:
    """What a document's own characters and years are; ``None`` where they are read as they stand."""
    return Script.of((piece.where, piece.text) for piece in _pieces(document))


def as_read(document: Document, script: Script) -> Document:
    """The document in the characters and years that the rules know."""
    texts = iter(script.folded())
    return _with_texts(document, lambda _text, _where: next(texts))


def document_as_issued(document: Document, script: Script) -> Document:
    """A document that was cut out of the text as read, in the characters of the text as issued."""
    return _with_texts(document, script.restored)


def plan_as_issued(plan: PlanDraft, script: Script) -> PlanDraft:
    """The same draft, every word that stands in the document written as it was issued there."""
    _restore(plan.document, script, Place())
    for project in plan.projects:
        _restore(project, script, project.where)
    plan.findings[:] = [_finding(one, script) for one in plan.findings]
    return plan


def _pieces(document: Document) -> Iterator[Cell | Paragraph]:
    for part in document.parts:
        if isinstance(part, Paragraph):
            yield part
        else:
            for row in part.rows:
                yield from row
            yield from part.lost


def _with_texts(document: Document, change: Callable[[str, Place], str]) -> Document:
    def changed(piece: Cell) -> Cell:
        return replace(piece, text=change(piece.text, piece.where))

    parts: list[Paragraph | Table] = []
    for part in document.parts:
        if isinstance(part, Paragraph):
            parts.append(replace(part, text=change(part.text, part.where)))
        else:
            rows = tuple(tuple(changed(cell) for cell in row) for row in part.rows)
            parts.append(replace(part, rows=rows, lost=tuple(changed(cell) for cell in part.lost)))
    return replace(document, parts=tuple(parts))


def _restore(part: Any, script: Script, where: Place) -> None:
    """Restore a part of the draft and all that hangs on it, looked up from the part's own place on."""
    where = part.where if getattr(part, "where", None) not in (None, Place()) else where
    for field in fields(part):
        value = getattr(part, field.name)
        if field.name in _TEXTS and value:
            setattr(part, field.name, script.restored(value, where))
        elif field.name in _NAMES:
            setattr(part, field.name, type(value)(script.restored(one, where) for one in value))
        elif field.name == "quotas":
            setattr(part, field.name, {script.restored(one, where): share for one, share in value.items()})
        elif field.name == "sources":
            setattr(part, field.name, [_source(one, script) for one in value])
        elif isinstance(value, list):
            for one in value:
                _restore(one, script, where)
        elif is_dataclass(value) and field.name == "deadline":
            _restore(value, script, where)


def _source(source: Source, script: Script) -> Source:
    quote, name = (script.restored(text, source.where) for text in (source.quote, source.name))
    return replace(source, quote=quote, name=name)


def _finding(finding: Finding, script: Script) -> Finding:
    """Its quote as issued; in its sentence only what is quoted from the document."""

    def quoted(match: re.Match[str]) -> str:
        inner = match.group(1)
        return f"“{script.restored(inner, finding.where) if script.knows(inner) else inner}”"

    message = re.sub("“([^”]+)”", quoted, finding.message)
    return replace(finding, quote=script.restored(finding.quote, finding.where), message=message)
