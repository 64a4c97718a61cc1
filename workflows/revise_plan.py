"""修订: an edited workbook, or a later document of the same plan, changes what is stored and nothing else."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime

from sqlmodel import Session

from db import plans, runs, tables
from db.journal import Journal
from db.plan_rows import PlanRows, load_rows
from db.session import Database
from db.units import load_book
from engine.model import State
from intake.draft import Finding
from intake.draft_diff import Change, diff
from intake.words.differences import CHINESE, words_in
from workflows.export_plan import SUBTASK, export_rows
from workflows.import_plan import Also, Prepared, join_units, open_batch
from workflows.merge_drafts import SETTLED
from workflows.pair_drafts import Paired, pair
from workflows.pair_tasks import shown_name, subtasks_of
from workflows.revise_rows import Revising
from workflows.store_draft import Storing, present_members


@dataclass(frozen=True, slots=True)
class Revision:
    """What a document would change in a plan, old → new; ``findings`` are all that a person should look at."""

    prepared: Prepared
    plan_id: int
    title: str
    changes: tuple[Change, ...]
    findings: tuple[Finding, ...]


@dataclass(frozen=True, slots=True)
class Revised:
    """What was stored, and the batch by which it can be taken back; ``None`` if nothing differs."""

    plan_id: int
    batch_id: int | None
    changes: tuple[Change, ...]


def is_revision(database: Database, prepared: Prepared, reference: str | None) -> bool:
    """Whether the draft changes a stored plan: one is named, or the workbook was exported from one that is here."""
    own = prepared.draft.document.stable_id[1:]
    if reference is not None or not (own.isascii() and own.isdigit()):
        return reference is not None
    with database.read() as session:
        return session.get(tables.Plan, int(own)) is not None


def compare(
    database: Database, prepared: Prepared, reference: str | None = None, locale: str = "zh-CN"
) -> Revision:
    """What the draft would change in the plan that it names by its hidden number, or in the one named, told
    in that language.

    Raises DubanError: NO_SUCH_PLAN, PLAN_MISMATCH, NOTHING_MATCHES, BAD_CHOICE, REVISION_CONFLICT with both
    values.
    """
    with database.read() as session:
        found, _ = _paired(session, prepared, reference)
        title = session.get_one(tables.Plan, found.plan_id).title
    changes = _changes(found, words_in(locale))
    return Revision(prepared, found.plan_id, title, changes, _findings(prepared, found))


def revise(
    database: Database,
    prepared: Prepared,
    now: datetime,
    who: str,
    reference: str | None = None,
    also: Also | None = None,
) -> Revised:
    """Only what differs is stored, as one batch, and the next sweep looks at what it concerns.

    ``also`` is told the session, the batch and the plan, to be stored or refused with it.

    Whoever changes the plan at the same time waits, and then finds it changed.
    Raises what ``compare`` raises, and REVISION_REFUSED where a part to be removed has a history.
    """
    with database.write() as session:
        found, rows = _paired(session, prepared, reference, lock=True)
        changes = _changes(found, CHINESE)  # the record is in one language
        if not changes:
            return Revised(found.plan_id, None, ())
        batch_id = open_batch(session, prepared, now, again=True, findings=_findings(prepared, found))
        received_on = prepared.draft.document.issued_on if found.partial else None
        storing = Storing(session, rows.plan, load_book(session), now, batch_id, received_on)
        join_units(storing, prepared)
        revising = Revising(storing, rows, Journal(session))
        revising.apply(found.old, found.new)
        revising.terminate(found.withdrawn)
        revising.check_again(now)
        change = {"plan": found.plan_id, "new": False, **asdict(storing.made)}
        batch = session.get_one(tables.ImportBatch, batch_id)
        batch.changes = [change, *revising.journal.entries]
        session.add(batch)
        details = {"batch": batch_id, "plan": found.plan_id, "changes": [asdict(one) for one in changes]}
        runs.record(session, "revise", who, now, details=details)
        if also:
            also(session, batch_id, found.plan_id)
    return Revised(found.plan_id, batch_id, changes)


def _paired(
    session: Session, prepared: Prepared, reference: str | None, lock: bool = False
) -> tuple[Paired, PlanRows]:
    book = load_book(session)
    found = pair(session, prepared.draft, reference, book, prepared.joined)
    if lock:
        plans.lock_plan(session, found.plan_id)
    old, rows = export_rows(session, found.plan_id), load_rows(session, found.plan_id)
    subtasks = (row for owned in rows.subtasks.values() for row in owned)
    closed = frozenset(f"{SUBTASK}{row.id}" for row in subtasks if row.state == State.TERMINATED)
    paired = found.against(old, prepared.answers, closed)
    for subtask in subtasks_of(paired.new):
        subtask.members = present_members(subtask, book)
    return paired, rows


def _findings(prepared: Prepared, found: Paired) -> tuple[Finding, ...]:
    """All that a person should look at: of the document, and of what it does to the plan."""
    own = [one for one in prepared.draft.findings if not (found.partial and one.code in SETTLED)]
    return (*found.findings, *own)


def _changes(found: Paired, words: Mapping[str, str]) -> tuple[Change, ...]:
    """What differs, and the sub-tasks that are to be terminated."""
    goes_on, ends = words["state.goes_on"], words["state.ended"]
    ended = [
        Change(f"{shown_name(project)} / {shown_name(one)} / {words['state']}", goes_on, ends, one.stable_id)
        for project in found.new.projects
        for one in project.subtasks
        if one.stable_id in found.withdrawn
    ]
    return (*diff(found.old, found.new, words), *ended)
