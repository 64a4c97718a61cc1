"""导入: a document becomes a draft with findings, and the accepted draft a stored plan, whole or not at all."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

from sqlmodel import Session

from db import imports, runs, tables
from db.references import find_plan
from db.session import Database
from db.units import (
    UnitBook,
    add_alias,
    ensure_posts,
    ensure_units,
    has_coordinator,
    load_book,
    stored_id,
)
from engine.errors import DubanError
from engine.unit_names import normal
from intake.decomposition import interpret
from intake.draft import Finding, PhaseDraft, PlanDraft
from intake.draft_json import counts, finding_to_json
from intake.figures import Told
from intake.given_columns import Given
from intake.matching import bare
from intake.reading import Reading, read_document
from intake.table import Place
from intake.workbook import is_workbook, read_workbook
from workflows.check_draft import COLLECTIVE_UNIT, UNKNOWN_UNIT, check_draft
from workflows.merge_drafts import ANSWERABLE, no_such_choice
from workflows.similar_plan import SimilarPlan, similar_plan
from workflows.store_draft import Storing, add_projects, add_subtasks, unit_kind, unit_kinds

COORDINATING_OFFICE = "督查室"
LOOKS_LIKE_PLAN = "LOOKS_LIKE_PLAN"
TIME_ZONE = "Asia/Shanghai"
Choices = Sequence[tuple[str, str]]
Interpret = Callable[[int | None, Mapping[str, str]], PlanDraft]
Also = Callable[[Session, int, int], None]  # the batch and its plan


@dataclass(frozen=True, slots=True)
class Prepared:
    """A draft ready to be looked at: ``draft.findings`` holds all that was found.

    ``joined`` maps unit names of the draft to the names that the coordinator chose for them;
    ``same_file`` is the batch that brought the very same file before; ``answers`` are choices (code, value)
    about what the draft changes in a stored plan; ``resembles`` is the plan that it seems to belong to.
    """

    draft: PlanDraft
    sha256: str
    file_name: str
    joined: Mapping[str, str]
    same_file: int | None = None
    answers: Choices = ()
    resembles: int | None = None

    @property
    def is_readable(self) -> bool:
        """Whether there is anything to import."""
        return any(project.subtasks for project in self.draft.projects)


@dataclass(frozen=True, slots=True)
class Stored:
    """What an import made, and how to take it back: ``duban undo BATCH``."""

    batch_id: int
    plan_id: int
    counts: Mapping[str, int]


def prepare(
    database: Database,
    path: Path,
    year: int | None = None,
    choices: Choices = (),
    into: str | None = None,
    told: Told | None = None,
) -> Prepared:
    """The draft that the file holds, with findings of the reading and of the database; nothing is stored.

    ``into`` names the plan that it is to revise, if any; ``told`` hears how many rows are read of how many.
    Raises IntakeError for a file that is refused, DubanError BAD_CHOICE for a choice that is none.
    """
    if path.is_dir():
        raise DubanError("FILE_NOT_FOUND", f"“{path.name}”是一个文件夹：请写明其中要导入的文件。")
    reading = read_document(path)
    sha256 = hashlib.sha256(path.read_bytes()).hexdigest()

    def interpreted(year: int | None, chosen: Mapping[str, str]) -> PlanDraft:
        return interpret_reading(reading, year, chosen, told=told)

    return prepare_reading(database, reading, interpreted, path.name, sha256, year, choices, into)


def prepare_reading(
    database: Database,
    reading: Reading,
    interpreted: Interpret,
    file_name: str,
    sha256: str,
    year: int | None = None,
    choices: Choices = (),
    into: str | None = None,
) -> Prepared:
    """What ``prepare`` gives, for a document that is read already; ``interpreted`` gives its draft, a new one each time."""
    with database.read() as session:
        book = load_book(session)
        before = imports.stored_batch_of(session, sha256)
    answers = [(code, value) for code, value in choices if code in ANSWERABLE]
    others = [one for one in choices if one[0] not in ANSWERABLE]
    draft, joined = _chosen(interpreted, book, year, others)
    if draft.document.year is None and into is not None:
        draft, joined = _chosen(interpreted, book, _year_of(database, into), others)
    # Whether a collective unit has members only the database knows.
    kept = [one for one in draft.findings if one.code != COLLECTIVE_UNIT]
    draft.findings = kept
    draft.findings = [*reading.findings, *kept, *check_draft(draft, book, joined)]
    if before is not None:
        draft.findings.append(_same_file(file_name, before))
    like = None if into is not None or before is not None else _resembling(database, draft)
    if like is not None:
        draft.findings.append(_resembles(like))
    if answers and into is None:
        raise no_such_choice(*answers[0])
    known = before.id if before else None
    return Prepared(draft, sha256, file_name, joined, known, answers, like.plan_id if like else None)


def store(
    database: Database,
    prepared: Prepared,
    now: datetime,
    who: str,
    *,
    again: bool = False,
    time_zone: str = TIME_ZONE,
    also: Also | None = None,
) -> Stored:
    """The plan is stored with everything that belongs to it, as one batch that can be undone.

    ``also`` is told the session, the batch and the plan, to be stored or refused with it.

    Raises DubanError: NO_ITEMS, NO_YEAR, and ALREADY_IMPORTED or LOOKS_LIKE_PLAN unless ``again``. Nothing is
    stored then.
    """
    year = _required_year(prepared)
    if prepared.resembles is not None and not again:
        like = next(one for one in prepared.draft.findings if one.code == LOOKS_LIKE_PLAN)
        raise DubanError(LOOKS_LIKE_PLAN, like.message)
    with database.write() as session:
        batch_id = open_batch(session, prepared, now, again)
        plan = _add_plan(session, prepared, batch_id, year, time_zone)
        storing = Storing(
            session, plan, load_book(session), now, batch_id, received_on=prepared.draft.document.issued_on
        )
        join_units(storing, prepared)
        _add_parts(storing, prepared.draft)
        _ensure_coordinator(storing, prepared.draft.document.issuer)
        found = counts(prepared.draft)
        change = {"plan": storing.plan_id, "new": True, **asdict(storing.made)}
        session.get_one(tables.ImportBatch, batch_id).changes = [change]
        # Without a reference to the plan, so that undoing the batch need not touch what is on record.
        details = {"batch": batch_id, "plan": storing.plan_id, "file": prepared.file_name, **found}
        runs.record(session, "import", who, now, details=details)
        if also:
            also(session, batch_id, storing.plan_id)
    return Stored(batch_id, storing.plan_id, found)


def open_batch(
    session: Session,
    prepared: Prepared,
    now: datetime,
    again: bool,
    findings: Sequence[Finding] | None = None,
) -> int:
    """A new batch for the file; refused with ALREADY_IMPORTED if it stands already, unless ``again``."""
    before = imports.stored_batch_of(session, prepared.sha256)
    if before is not None and not again:
        raise DubanError("ALREADY_IMPORTED", _same_file(prepared.file_name, before).message)
    kept = prepared.draft.findings if findings is None else findings
    row = tables.ImportBatch(
        file_name=prepared.file_name,
        sha256=prepared.sha256,
        stored_at=now,
        findings=[finding_to_json(one) for one in kept],
    )
    session.add(row)
    session.flush()
    return stored_id(row.id)


def join_units(storing: Storing, prepared: Prepared) -> None:
    """Names that the coordinator chose to be another's are aliases from now on."""
    kinds = unit_kinds(sub for project in prepared.draft.projects for sub in project.subtasks)
    for name, known in prepared.joined.items():
        kind = kinds.get(known) or unit_kind(known)
        unit_id = ensure_units(storing.session, storing.book, {known: kind}, storing.made)[known]
        add_alias(storing.session, storing.book, unit_id, name, storing.made)


def _chosen(
    interpreted: Interpret, book: UnitBook, year: int | None, choices: Choices
) -> tuple[PlanDraft, dict[str, str]]:
    """The draft under the choices, and the units joined by them."""
    draft = interpreted(year, {})
    joined: dict[str, str] = {}
    chosen: dict[str, str] = {}
    for code, value in choices:
        if code in (UNKNOWN_UNIT, COLLECTIVE_UNIT):
            joined.update([_joined_pair(value, draft, book)])
        else:
            _check_choice(code, value, draft.findings)
            chosen[code] = value
    return (interpreted(year, chosen) if chosen else draft), joined


def interpret_reading(
    reading: Reading,
    year: int | None,
    choices: Mapping[str, str],
    columns: Given | None = None,
    told: Told | None = None,
) -> PlanDraft:
    """The draft of a document, whether it is in the import layout or as it was issued.

    ``columns`` are what a person says that the columns of its tables are, by the number of the table.
    """
    if not is_workbook(reading.document):
        return interpret(reading.document, year=year, choices=choices, columns=columns, told=told)
    draft = read_workbook(reading.document)
    draft.document.year = year or draft.document.year
    if draft.document.kind == "none":
        draft.document.kind = _kind(draft)
    return draft


def _kind(draft: PlanDraft) -> str:
    subtasks = [subtask for project in draft.projects for subtask in project.subtasks]
    if any(indicator.quotas for subtask in subtasks for indicator in subtask.indicators):
        return "matrix"
    return "decomposition" if subtasks else "none"


def _check_choice(code: str, value: str, findings: Sequence[Finding]) -> None:
    offered = {one: finding.code for finding in findings for one in finding.alternatives}
    if offered.get(value) == code:
        return
    shown = "；".join(
        f"--choose {finding.code}={one}" for finding in findings for one in finding.alternatives
    )
    raise DubanError(
        "BAD_CHOICE",
        f"没有“{code}={value}”这个选择：{'可选 ' + shown if shown else '这个文件没有可选的读法'}。",
    )


def _joined_pair(value: str, draft: PlanDraft, book: UnitBook) -> tuple[str, str]:
    name, _, known = value.partition("=")
    kinds = unit_kinds(subtask for project in draft.projects for subtask in project.subtasks)
    written = {normal(one): one for one in kinds}
    if normal(name) not in written:
        raise DubanError(
            "BAD_CHOICE",
            f"文件里没有单位“{name}”：请照文件的写法写 --choose {UNKNOWN_UNIT}=新写法=已有名称。",
        )
    unit_id = book.find(known) if known else None
    if unit_id is not None:
        return written[normal(name)], book.names[unit_id]
    if normal(known) in written and normal(known) != normal(name):
        return written[normal(name)], written[normal(known)]
    raise DubanError("BAD_CHOICE", f"没有名为“{known}”的单位：已有单位见 duban units list。")


def _same_file(file_name: str, before: tables.ImportBatch) -> Finding:
    message = (
        f"“{file_name}”已经导入过（批次 {before.id}，{before.stored_at:%Y-%m-%d}）："
        f"要撤销那一次请用 duban undo {before.id}；确需再导入一份请加 --again。"
    )
    return Finding("warning", "ALREADY_IMPORTED", Place(), file_name, message)


def _year_of(database: Database, reference: str) -> int:
    with database.read() as session:
        return find_plan(session, reference).year


def _resembling(database: Database, draft: PlanDraft) -> SimilarPlan | None:
    """The plan of the same year that already has most of the draft's tasks; a workbook says itself whose it is."""
    year, own = draft.document.year, draft.document.stable_id
    if year is None or own:
        return None
    titles = [bare(subtask.title) for project in draft.projects for subtask in project.subtasks]
    with database.read() as session:
        return similar_plan(session, year, titles)


def _resembles(like: SimilarPlan) -> Finding:
    message = (
        f"{like.total} 个任务里有 {like.common} 个已在计划 {like.plan_id}“{like.title}”里：要更新那个计划请加 "
        f"--into {like.plan_id}；确是另一个计划请加 --again。"
    )
    return Finding("warning", LOOKS_LIKE_PLAN, Place(), like.title, message)


def _required_year(prepared: Prepared) -> int:
    if not prepared.is_readable:
        raise DubanError("NO_ITEMS", f"“{prepared.file_name}”里没有可以导入的任务：没有保存任何内容。")
    year = prepared.draft.document.year
    if year is None:
        raise DubanError("NO_YEAR", f"“{prepared.file_name}”没有写明年度：请加上 --year，例如 --year 2024。")
    return year


def _add_plan(session: Session, prepared: Prepared, batch_id: int, year: int, time_zone: str) -> tables.Plan:
    facts = prepared.draft.document
    plan = tables.Plan(
        batch_id=batch_id,
        title=facts.title or Path(prepared.file_name).stem,
        number=facts.number,
        issuer=facts.issuer,
        # A progress table is issued months after the plan whose progress it tells.
        issued_on=None if facts.kind == "progress" else facts.issued_on,
        year=year,
        kind=facts.kind,
        time_zone=time_zone,
    )
    session.add(plan)
    session.flush()
    session.add_all(phase_rows(plan, prepared.draft.phases))
    session.flush()
    return plan


def phase_rows(plan: tables.Plan, phases: Sequence[PhaseDraft]) -> list[tables.Phase]:
    """The phases follow one another: the first from the plan's start, each other from the day after."""
    start = plan.issued_on or date(plan.year, 1, 1)
    rows: dict[str, tables.Phase] = {}
    for phase in sorted(phases, key=lambda phase: phase.ends_on):
        rows[phase.name] = tables.Phase(
            plan_id=stored_id(plan.id),
            name=phase.name,
            starts_on=min(start, phase.ends_on),
            ends_on=phase.ends_on,
        )
        start = phase.ends_on + timedelta(days=1)
    return list(rows.values())


def _add_parts(storing: Storing, draft: PlanDraft) -> None:
    project_ids = add_projects(storing, list(enumerate(draft.projects)))
    owned: list[tuple[int, Any]] = [
        (project_id, subtask)
        for project_id, project in zip(project_ids, draft.projects, strict=True)
        for subtask in project.subtasks
    ]
    add_subtasks(storing, [(key, position, subtask) for position, (key, subtask) in enumerate(owned)])


def _ensure_coordinator(storing: Storing, issuer: str | None) -> None:
    """Somebody coordinates: the issuing office, unless another does already."""
    if has_coordinator(storing.session):
        return
    name = issuer or COORDINATING_OFFICE
    units = ensure_units(storing.session, storing.book, {name: "department"}, storing.made)
    ensure_posts(storing.session, units.values(), "coordinator", storing.made)
