"""Rows and findings of an import preview, each beside the words of the document that it was read from."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from itertools import islice

from intake.draft import Finding, IndicatorDraft, MilestoneDraft, ProgressDraft, SubTaskDraft
from intake.originals import Originals
from intake.quantity_scan import narrow
from intake.showing import Beside, place_words
from intake.table import Place
from intake.units import is_none
from intake.words.differences import ENGLISH
from intake.workbook_layout import DOCUMENT_KINDS, KINDS, STATUSES
from web.preview import FIELDS, Figure, Report, marked, rows_of
from web.preview import Row as Reading
from web.view import View
from web.words import DEFAULT_LOCALE, knows
from web.words.en.findings import in_english
from workflows.look_at_draft import Looked, Question, Row
from workflows.merge_drafts import DELETE, WITHDRAW
from workflows.pair_tasks import NEW_TASK

WORDS_OF_ANSWERS = {NEW_TASK: "new", WITHDRAW: "withdraw", DELETE: "delete"}
LONGEST = 400  # characters of an original that are shown around what is quoted

# What our own workbooks hold in columns that people do not see: ~1.2 for a new row, S3@1 for a stored one.
_PLACE = re.compile(r"第(\d+)项")  # how a task is named that shares number and title with another
_HIDDEN = re.compile(r"~[\d.]+|[A-Z]\d+@\d+")


@dataclass(frozen=True, slots=True)
class Original:
    """Words of the document in their cells, those that were quoted marked, and where they stand."""

    where: Place
    cells: tuple[tuple[tuple[str, bool], ...], ...]


@dataclass(frozen=True, slots=True)
class Pair:
    """A sub-task as it stands in the document and as it was read."""

    row: Row
    original: Original
    reading: Reading


@dataclass(frozen=True, slots=True)
class Found:
    """A finding beside its original, with the question that it asks, if it asks one."""

    finding: Finding
    original: Original
    question: Question | None = None


@dataclass(frozen=True, slots=True)
class Shown:
    """Words of a draft in the reader's language: its codes are words of Chinese workbooks."""

    view: View

    def label(self, text: str) -> str:
        """A label of a field."""
        return self._said("imports.field.", {label: key for key, label in FIELDS.items()}, text)

    def status(self, text: str) -> str:
        """The status of a report."""
        return self._said("imports.status.", {label: key for key, label in STATUSES.items()}, text)

    def kind(self, text: str) -> str:
        """The kind of an indicator."""
        return self._said("imports.kind.", {label: key for key, label in KINDS.items()}, text)

    def document(self, kind: str) -> str:
        """The kind of a document."""
        return DOCUMENT_KINDS.get(kind, kind) if self._is_chinese else self.view.t(f"imports.document.{kind}")

    def place(self, where: Place) -> str:
        """A place in the document."""
        return place_words(where) if self._is_chinese else str(where)

    def message(self, finding: Finding) -> str:
        """What the finding says: sentences of ours are Chinese, known by their wording and their code."""
        return finding.message if self._is_chinese else in_english(finding.code, finding.message)

    def answer(self, value: str) -> str:
        """The last part of an alternative: a name, a date, or one of the words that workbooks know."""
        last = value.rpartition("=")[2]
        if not self._is_chinese and (place := _PLACE.fullmatch(last)):
            return self.view.t("imports.answer.place", n=place[1])
        return self._said("imports.answer.", WORDS_OF_ANSWERS, last)

    def code(self, code: str) -> str:
        """What a finding is about, in a few words."""
        key = f"imports.code.{code}"
        return self.view.t(key) if knows(self.view.locale, key) else code

    @property
    def _is_chinese(self) -> bool:
        return self.view.locale == DEFAULT_LOCALE

    def _said(self, prefix: str, keys: dict[str, str], text: str) -> str:
        return text if self._is_chinese or text not in keys else self.view.t(prefix + keys[text])


def shown_rows(
    looked: Looked, found: Beside, originals: Originals, page: int, size: int, view: View
) -> list[Pair]:
    """The rows of that page, figures and lists as the reader's language writes them."""
    first = (page - 1) * size
    pairs = islice(zip(looked.rows, rows_of(looked.plan, found), strict=True), first, first + size)
    if view.locale == DEFAULT_LOCALE:
        return [Pair(row, _original_of(row, originals), reading) for row, reading in pairs]
    return [
        Pair(row, _original_of(row, originals), _in_english(reading, row.subtask, view))
        for row, reading in pairs
    ]


def _in_english(reading: Reading, subtask: SubTaskDraft, view: View) -> Reading:
    names = {label: name for name, label in FIELDS.items()}
    lists: list[list[str]] = [getattr(subtask, names[one.label]) for one in reading.told]
    return replace(
        reading,
        told=[
            replace(one, value=view.t("list").join(values))
            for one, values in zip(reading.told, lists, strict=True)
        ],
        figures=[
            _promised(one, indicator, view)
            for one, indicator in zip(reading.figures, subtask.indicators, strict=True)
        ],
        targets=_reported(reading.targets, subtask.milestones, view),
        reports=_reported(reading.reports, subtask.progress, view),
    )


def _promised(told: Figure, indicator: IndicatorDraft, view: View) -> Figure:
    unit, quotas = indicator.unit, indicator.quotas
    sign = "" if indicator.comparator == "=" else ENGLISH.get(f"comparator.{indicator.comparator}", "")
    return replace(
        told,
        figure=f"{sign} {view.quantity(indicator.quantity, unit)}".strip(),
        total=view.quantity(sum(quotas.values(), Decimal(0)), unit),
        shares=tuple(replace(one, figure=view.quantity(quotas[one.unit], unit)) for one in told.shares),
    )


def _reported(
    told: Sequence[Report], parts: Sequence[MilestoneDraft | ProgressDraft], view: View
) -> list[Report]:
    texts = (
        view.t("list").join(
            f"{one.subject} {view.quantity(one.quantity, one.unit)}".strip() for one in part.quantities
        )
        for part in parts
    )
    return [replace(one, figures=figures) for one, figures in zip(told, texts, strict=True)]


def with_originals(found: Sequence[tuple[Finding, Question | None]], originals: Originals) -> list[Found]:
    """Each finding with the words of the document at its place."""
    return [Found(one, original_at(one, originals), question) for one, question in found]


def original_at(finding: Finding, originals: Originals) -> Original:
    """The row or paragraph that the finding speaks of, its quote marked; the quote alone where neither is known."""
    texts = originals.at(finding.where) or ((finding.quote,) if finding.quote else ())
    return Original(finding.where, _cells(texts, [finding.quote]))


def _original_of(row: Row, originals: Originals) -> Original:
    subtask = row.subtask
    quotes = [one.quote for one in subtask.indicators] + [one.quote for one in subtask.sources]
    texts = originals.at(subtask.where) or (subtask.title,)
    return Original(subtask.where, _cells(texts, [one for one in quotes if one]))


def _cells(texts: Sequence[str], quotes: Sequence[str]) -> tuple[tuple[tuple[str, bool], ...], ...]:
    seen = [text for text in texts if not (_HIDDEN.fullmatch(text) or is_none(text))]
    return tuple(tuple(marked(_around(text, quotes), quotes)) for text in seen)


def _around(text: str, quotes: Sequence[str]) -> str:
    """As much of a long text as fits, beginning where something was quoted."""
    if len(text) <= LONGEST:
        return text
    starts = [start for one in quotes if one and (start := narrow(text).find(narrow(one))) >= 0]
    begin = max(0, min(starts, default=0) - 60)
    part = text[begin : begin + LONGEST]
    return ("…" if begin else "") + part + ("…" if begin + LONGEST < len(text) else "")
