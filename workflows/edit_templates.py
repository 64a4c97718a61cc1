"""模板: the office's own templates are checked, stored as versions that nobody overwrites, and taken back."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from difflib import unified_diff

from sqlmodel import Session

from db import message_templates, runs
from db.session import Database
from db.tables import TemplateVersion
from engine.errors import DubanError
from notifications.note_check import Problem
from notifications.note_sandbox import shipped_source
from notifications.note_values import KINDS
from notifications.note_worker import BadTemplateError, NoteWorker
from notifications.own_templates import OwnTemplates
from notifications.samples import samples
from notifications.words import known_locale
from workflows.own_templates import TEMPLATE_FAILED, subject_of

_HEADER = re.compile(
    r"\{# *duban templates (?P<kind>\w+) (?P<locale>[\w-]+) (?P<version>\d+) *#\}[^\S\n]*\n?"
)


class TemplateConflictError(DubanError):
    """Somebody else has changed the template meanwhile; ``difference`` shows theirs beside the one refused."""

    def __init__(self, message: str, difference: tuple[str, ...]) -> None:
        super().__init__("REVISION_CONFLICT", message)
        self.difference = difference


@dataclass(frozen=True, slots=True)
class Draft:
    """A template as somebody edited it: ``base`` is the version it was made from, ``None`` if that is not known.

    ``above`` lines of the file stand before the source: problems are told by the lines of the file.
    """

    kind: str
    locale: str
    source: str
    base: int | None = None
    above: int = 0


@dataclass(frozen=True, slots=True)
class Current:
    """What counts for a kind and locale: ``version`` 0 and ``is_own`` false while there never was an own one."""

    kind: str
    locale: str
    version: int
    is_own: bool
    source: str
    row: TemplateVersion | None = None


def check_kind(kind: str) -> str:
    """The kind, if there is one. Raises DubanError NO_SUCH_TEMPLATE."""
    if kind not in KINDS:
        raise DubanError("NO_SUCH_TEMPLATE", f"没有“{kind}”这种模板：请写 {'、'.join(KINDS)} 之一。")
    return kind


def current(session: Session, kind: str, locale: str) -> Current:
    """The template in force, the shipped one where the office has none."""
    locale = known_locale(locale)
    row = message_templates.newest(session, check_kind(kind), locale)
    version = row.version if row else 0
    if row is None or row.source is None:
        return Current(kind, locale, version, False, shipped_source(kind), row)
    return Current(kind, locale, version, True, row.source, row)


def for_editing(found: Current) -> str:
    """The source with a first line that remembers from which version it is."""
    return f"{{# duban templates {found.kind} {found.locale} {found.version} #}}\n{found.source}"


def draft_of(text: str, kind: str, locale: str, base: int | None = None) -> Draft:
    """The draft in a file; what its first line says of its base counts unless it is given.

    Raises DubanError TEMPLATE_MIXED_UP where that line speaks of another kind or locale.
    """
    text = text.replace("\r\n", "\n")
    header = _HEADER.match(text)
    if header is None:
        return Draft(check_kind(kind), known_locale(locale), text, base)
    if (header["kind"], header["locale"]) != (kind, known_locale(locale)):
        raise DubanError(
            "TEMPLATE_MIXED_UP",
            f"文件第一行写明是 {header['kind']}（{header['locale']}）的模板：请核对文件，或改 KIND、--locale。",
        )
    seen = int(header["version"]) if base is None else base
    return Draft(check_kind(kind), known_locale(locale), text[header.end() :], seen, above=1)


def problems_of(worker: NoteWorker, draft: Draft) -> list[Problem]:
    """Everything wrong with a draft, by line: as it stands, and with messages of an office that does not exist."""
    try:
        found = worker.check(draft.source, draft.kind)
    except BadTemplateError as error:
        found = error.problems
    if not found:
        own = OwnTemplates({(draft.kind, draft.locale): draft.source}, worker)
        faults = [one.fault for one in samples(draft.kind, draft.locale, own)]
        found = tuple({Problem(one.line, one.code, one.sentence) for one in faults if one})
    ordered = sorted(found, key=lambda one: (one.line, one.code))
    return [replace(one, line=one.line + draft.above) if one.line else one for one in ordered]


def set_template(
    database: Database, worker: NoteWorker, draft: Draft, note: str, now: datetime, who: str
) -> int | None:
    """The draft is the newest version and in force; returns its number, ``None`` if it was in force already.

    Raises DubanError TEMPLATE_REFUSED with everything wrong with it, REVISION_CONFLICT where it was made from an
    older version than the newest.
    """
    problems = problems_of(worker, draft)
    if problems:
        raise DubanError("TEMPLATE_REFUSED", f"模板有{len(problems)}处要改，没有保存：{told(problems)}")
    with database.write() as session:
        found = current(session, draft.kind, draft.locale)
        if found.is_own and found.source == draft.source:
            return None
        if found.version != (draft.base or 0):
            raise _conflict(found, draft)
        return _store(session, found, draft.source, note, now, who)


def reset_template(
    database: Database, kind: str, locale: str, note: str, now: datetime, who: str
) -> int | None:
    """The shipped template counts again; returns the version that says so, ``None`` where it counted already."""
    with database.write() as session:
        found = current(session, kind, locale)
        return _store(session, found, None, note, now, who) if found.is_own else None


def told(problems: Sequence[Problem]) -> str:
    """The problems in one paragraph, each with its line."""
    return "".join(f"{line_words(one)}{one.sentence}[{one.code}] " for one in problems).rstrip()


def line_words(problem: Problem) -> str:
    """Where the problem stands."""
    return f"第{problem.line}行：" if problem.line else "整体："


def _store(session: Session, found: Current, source: str | None, note: str, now: datetime, who: str) -> int:
    """The next version is stored and on record; a finding about the one before is settled."""
    kind, locale, version = found.kind, found.locale, found.version + 1
    if not message_templates.add(session, kind, locale, version, source, note, who, now):
        raise _conflict(current(session, kind, locale), Draft(kind, locale, source or "", found.version))
    digest = hashlib.sha256(source.encode()).hexdigest() if source is not None else ""
    details = {"kind": kind, "locale": locale, "version": version, "sha256": digest}
    what = "set_template" if source is not None else "reset_template"
    runs.record(session, what, who, now, reason=note, details=details)
    runs.close_finding(session, TEMPLATE_FAILED, subject_of(kind, locale), now)
    return version


def _conflict(found: Current, draft: Draft) -> TemplateConflictError:
    theirs, yours = found.source.splitlines(), draft.source.splitlines()
    by = f"（{found.row.created_by}保存）" if found.row else ""
    return TemplateConflictError(
        f"模板现在是第{found.version}版{by}，您的文件依据的是"
        f"{'不明的版本' if draft.base is None else f'第{draft.base}版'}，没有保存：请对照差别改好后，"
        f"加 --base {found.version} 再保存。",
        tuple(unified_diff(theirs, yours, "现有的", "您的", lineterm="")),
    )
