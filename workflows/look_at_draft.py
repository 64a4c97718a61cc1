"""A handed-in document as people look at it: questions with what was answered, rows with whether they are clean."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import lru_cache
from pathlib import Path

from db.session import Database
from engine.errors import DubanError
from intake.draft import Finding, PlanDraft, ProjectDraft, SubTaskDraft
from intake.given_columns import GivenColumns
from intake.reading import Reading
from intake.showing import Beside, beside
from workflows.check_draft import COLLECTIVE_UNIT, UNKNOWN_UNIT
from workflows.import_drafts import Answers, Draft, file_of, imported, read_kept
from workflows.import_plan import (
    LOOKS_LIKE_PLAN,
    Prepared,
    interpret_reading,
    prepare_reading,
    store,
)
from workflows.merge_drafts import NOT_IN_DOCUMENT
from workflows.pair_tasks import UNSURE_MATCH
from workflows.revise_plan import Revision, compare, is_revision, revise

ALREADY = "ALREADY_IMPORTED"
AS_READ = ""  # the answer that leaves a thing as it was read
# What the page asks in its own way: the year has a field, a second plan is a choice of its own.
ASKED_APART = ("NO_YEAR", "NO_ITEMS", ALREADY, LOOKS_LIKE_PLAN)
UNIT_QUESTIONS = (UNKNOWN_UNIT, COLLECTIVE_UNIT)
# Whose alternatives hold every answer: there is no reading beside them that could stay.
COMPLETE = ("AMBIGUOUS_DEADLINE", "MULTI_YEAR", UNSURE_MATCH)


@dataclass(frozen=True, slots=True)
class Question:
    """A finding that people answer: one of its alternatives or, unless these are complete, as it was read.

    ``chosen`` is ``None`` while nobody has answered. ``is_open`` where an answer is needed before the rows that
    it concerns are clean, and there is none.
    """

    key: str
    finding: Finding
    options: tuple[str, ...]
    chosen: str | None
    must: bool

    @property
    def is_open(self) -> bool:
        """Whether an answer is missing that is needed."""
        return self.must and self.chosen is None


@dataclass(slots=True)
class Row:
    """A sub-task of the document: what was found about it, whether nothing is open, whether it is to be imported."""

    key: str
    project: ProjectDraft
    subtask: SubTaskDraft
    findings: list[Finding] = field(default_factory=list)
    questions: list[Question] = field(default_factory=list)
    is_clean: bool = True
    is_chosen: bool = True


@dataclass(slots=True)
class Looked:
    """The document under the answers so far. ``revision`` is what it changes in the plan it is to go into, and
    ``refusal`` why that cannot be told; ``loose`` are findings that speak of no row."""

    draft: Draft
    reading: Reading
    prepared: Prepared
    rows: list[Row]
    questions: list[Question]
    loose: list[Finding]
    revision: Revision | None = None
    refusal: DubanError | None = None
    is_own: bool = False  # a workbook that was exported from a plan that is here

    @property
    def plan(self) -> PlanDraft:
        """What was read."""
        return self.prepared.draft

    @property
    def open_questions(self) -> list[Question]:
        """Needed answers that concern the whole document and are missing."""
        on_rows = {one.key for row in self.rows for one in row.questions}
        return [one for one in self.questions if one.is_open and one.key not in on_rows]

    @property
    def chosen_rows(self) -> list[Row]:
        """The rows that are to be imported."""
        return [row for row in self.rows if row.is_chosen]


@dataclass(frozen=True, slots=True)
class ImportedDraft:
    """The batch that stored the rows, its plan, and how many rows were left for later."""

    batch_id: int | None
    plan_id: int
    rows: int
    left: int


def look(database: Database, folder: Path, draft: Draft, locale: str = "zh-CN") -> Looked:
    """What the document says under the answers that it has; what it changes is told in that language.

    Raises IntakeError, FILE_MISSING.
    """
    reading = read_kept(file_of(folder, draft), draft.file_name)
    asked = _prepared(database, folder, draft, ())
    is_own = bool(asked.draft.document.stable_id) and is_revision(database, asked, None)
    into = _reference(draft.answers)
    findings = list(asked.draft.findings)
    refusal, first = None, None
    if asked.is_readable and (into or is_own):
        first, refusal = _compared(database, asked, into, locale)
        findings += first.findings if first else ()
    questions = _questions(findings, draft.answers)
    choices = [(one.finding.code, one.chosen) for one in questions if one.chosen]
    prepared, revision = asked, first
    if choices:
        prepared = _prepared(database, folder, draft, choices)
        if asked.is_readable and (into or is_own):
            revision, refusal = _compared(database, prepared, into, locale)
    found = beside(prepared.draft)
    rows = list(_rows(prepared.draft, found, questions, draft.answers))
    looked = Looked(
        draft, reading, prepared, rows, questions, _loose(found, revision), revision, refusal, is_own
    )
    if revision is not None and not is_own and len(looked.chosen_rows) < len(rows):
        looked.revision, looked.refusal = _compared(database, only_chosen(looked), into, locale)
    return looked


def only_chosen(looked: Looked) -> Prepared:
    """The document with the rows that are to be imported and no others."""
    chosen = {id(row.subtask) for row in looked.chosen_rows}
    projects = [
        replace(project, subtasks=[one for one in project.subtasks if id(one) in chosen])
        for project in looked.plan.projects
    ]
    kept = [one for one in projects if one.subtasks]
    return replace(looked.prepared, draft=replace(looked.plan, projects=kept))


def import_draft(
    database: Database, looked: Looked, now: datetime, who: str, time_zone: str, *, keep_rest: bool
) -> ImportedDraft:
    """The chosen rows are in the plan, in one transaction with the end of the draft; what is left waits where
    ``keep_rest``.

    Raises UNDECIDED, NOTHING_CHOSEN, NOTHING_CHANGES, DraftChangedError, and what ``store`` and ``revise`` raise.
    """
    _check_decided(looked)
    prepared = looked.prepared if looked.is_own else only_chosen(looked)
    left = 0 if looked.is_own else len(looked.rows) - len(looked.chosen_rows)
    stays = keep_rest and left > 0
    draft = looked.draft

    def also(session: object, batch_id: int, plan_id: int) -> None:
        imported(session, draft, batch_id, now, plan_id if stays else None)  # type: ignore[arg-type]

    into = _reference(draft.answers)
    if looked.is_own or into:
        revised = revise(database, prepared, now, who, into, also)
        if revised.batch_id is None:
            raise DubanError("NOTHING_CHANGES", "文件和计划里的内容相同，没有可以保存的改动：不必导入。")
        return ImportedDraft(revised.batch_id, revised.plan_id, len(revised.changes), left if stays else 0)
    stored = store(database, prepared, now, who, again=draft.answers.again, time_zone=time_zone, also=also)
    return ImportedDraft(stored.batch_id, stored.plan_id, len(looked.chosen_rows), left if stays else 0)


def _check_decided(looked: Looked) -> None:
    if looked.refusal is not None:
        raise looked.refusal
    if looked.open_questions:
        number = len(looked.open_questions)
        raise DubanError("UNDECIDED", f"还有 {number} 个问题没有选择：请先在“请您决定”里选好，再导入。")
    if looked.rows and not looked.chosen_rows:
        raise DubanError("NOTHING_CHOSEN", "没有选中任何一行：请勾选要导入的任务。")


def _reference(answers: Answers) -> str | None:
    return str(answers.into) if answers.into is not None else None


def _prepared(database: Database, folder: Path, draft: Draft, choices: Sequence[tuple[str, str]]) -> Prepared:
    path, answers = file_of(folder, draft), draft.answers
    columns = tuple(sorted(answers.columns.items()))

    def interpreted(year: int | None, chosen: Mapping[str, str]) -> PlanDraft:
        plan = _interpreted(path, draft.file_name, year, tuple(sorted(chosen.items())), columns)
        return replace(plan, findings=list(plan.findings))

    reading = read_kept(path, draft.file_name)
    into = _reference(answers)
    return prepare_reading(
        database, reading, interpreted, draft.file_name, draft.sha256, answers.year, choices, into
    )


@lru_cache(maxsize=4)
def _interpreted(
    path: Path,
    name: str,
    year: int | None,
    choices: tuple[tuple[str, str], ...],
    columns: tuple[tuple[int, GivenColumns], ...],
) -> PlanDraft:
    """A long document takes seconds, and whoever answers comes again and again; nobody changes what this gives."""
    return interpret_reading(read_kept(path, name), year, dict(choices), dict(columns))


def _compared(
    database: Database, prepared: Prepared, into: str | None, locale: str
) -> tuple[Revision | None, DubanError | None]:
    try:
        return compare(database, prepared, into, locale), None
    except DubanError as error:
        return None, error


def _loose(found: Beside, revision: Revision | None) -> list[Finding]:
    own = {id(one) for one in revision.prepared.draft.findings} if revision else set()
    return [*found.loose, *(one for one in (revision.findings if revision else ()) if id(one) not in own)]


# --- Questions -------------------------------------------------------------------------------------------------


def _questions(findings: Sequence[Finding], answers: Answers) -> list[Question]:
    """Each finding that can be answered, once, with the answer that it has."""
    asked: dict[str, Question] = {}
    for finding in findings:
        if finding.code in ASKED_APART or not (finding.alternatives or finding.severity == "error"):
            continue
        key = _key(finding.code, str(finding.where), finding.quote, *finding.alternatives)
        chosen = answers.decided.get(key)
        if chosen and chosen not in finding.alternatives:
            chosen = None
        if chosen == AS_READ and finding.code in COMPLETE:
            chosen = None
        must = finding.severity != "note" and finding.code != NOT_IN_DOCUMENT
        asked.setdefault(key, Question(key, finding, finding.alternatives, chosen, must))
    return list(asked.values())


def _rows(draft: PlanDraft, found: Beside, questions: Sequence[Question], answers: Answers) -> Iterator[Row]:
    seen: Counter[str] = Counter()
    for project in draft.projects:
        for subtask in project.subtasks:
            said = (project.title, subtask.no, subtask.title, str(subtask.where))
            seen["\n".join(said)] += 1
            key = _key(*said, str(seen["\n".join(said)]))
            row = Row(key, project, subtask, found.of(subtask))
            row.questions = [one for one in questions if _concerns(one.finding, row)]
            row.is_clean = not any(one.is_open for one in row.questions)
            row.is_chosen = answers.rows.get(key, row.is_clean)
            yield row


def _concerns(finding: Finding, row: Row) -> bool:
    """Whether the question is about this row; one about a unit is about every row that names it."""
    if finding.code in UNIT_QUESTIONS:
        subtask = row.subtask
        named = (*subtask.lead_units, *subtask.cooperating_units, *subtask.executing_units)
        return finding.quote in named or any(finding.quote in one.quotas for one in subtask.indicators)
    return any(
        (one.code, one.where, one.quote) == (finding.code, finding.where, finding.quote)
        for one in row.findings
    )


def _key(*words: str) -> str:
    return hashlib.sha256("\n".join(words).encode()).hexdigest()[:10]
