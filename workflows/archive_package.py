"""归档: a closed sub-task leaves as one package of everything about it; the record holds the package's hash."""

from __future__ import annotations

import hashlib
import os
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from errno import EISDIR
from pathlib import Path

from sqlalchemy import select
from sqlmodel import Session, col

from db import plans, runs, tables
from db.references import find_subtask
from db.session import Database
from db.units import stored_id
from engine.errors import DubanError
from engine.model import State
from notifications.message import Person
from workflows.archive_members import build_package
from workflows.archive_words import STATES
from workflows.sweep import judge_and_store


@dataclass(frozen=True, slots=True)
class Archived:
    """The package that was written."""

    no: str
    size: int
    sha256: str


def archive_subtask(
    database: Database,
    reference: str,
    target: Path,
    now: datetime,
    who: str,
    issuer: Person,
    files: Path | None,
    *,
    plan: str | None = None,
) -> Archived:
    """The sub-task is archived and ``target`` holds its package, or neither.

    Raises DubanError ARCHIVE_REFUSED, FILE_MISSING or FILE_NOT_WRITTEN.
    """
    part = target.with_name(f"{target.name}.part")
    try:
        with database.write() as session:
            task = find_subtask(session, reference, plan)
            session.refresh(task, with_for_update=True)
            _check(session, task)
            content = build_package(session, task, issuer, files, is_draft=False)
            made = _made(task, content)
            _store(session, task, made, now, who)
            _write(part, content)
        _place(part, target)  # only after the decision is stored: what fails here can be asked for as a draft
    finally:
        with suppress(OSError):
            part.unlink(missing_ok=True)
    return made


def draft_package(
    database: Database,
    reference: str,
    target: Path,
    issuer: Person,
    files: Path | None,
    *,
    plan: str | None = None,
) -> Archived:
    """``target`` holds the package as it would be now, in any state of the sub-task; nothing is stored.

    Raises DubanError FILE_MISSING or FILE_NOT_WRITTEN.
    """
    with database.read() as session:
        task = find_subtask(session, reference, plan)
        content = build_package(session, task, issuer, files, is_draft=True)
        made = _made(task, content)
    part = target.with_name(f"{target.name}.part")
    try:
        _write(part, content)
        _place(part, target)
    finally:
        with suppress(OSError):
            part.unlink(missing_ok=True)
    return made


def _check(session: Session, task: tables.SubTask) -> None:
    """Closed, and its evaluation done."""
    missing = []
    if task.state != State.CLOSED:
        missing.append(f"状态是“{STATES.get(task.state, task.state)}”，要先销号")
    row = tables.FollowUp
    query = select(row).where(
        col(row.subtask_id) == task.id, col(row.kind) == "evaluation", col(row.done_at).is_(None)
    )
    waiting = session.execute(query).scalars()
    missing += [f"效果评估（应于 {one.due_on} 前办结）还没有办结" for one in waiting]
    if missing:
        raise DubanError(
            "ARCHIVE_REFUSED",
            f"子任务 {task.no} 还不能归档：{'；'.join(missing)}。请办完再来；现在只能取草稿。",
        )


def _store(session: Session, task: tables.SubTask, made: Archived, now: datetime, who: str) -> None:
    row = tables.FollowUp
    waiting = select(row).where(
        col(row.subtask_id) == task.id, col(row.kind) == "archive", col(row.done_at).is_(None)
    )
    done = list(session.execute(waiting).scalars())
    for one in done:
        one.done_at, one.done_by, one.note = now, who, f"归档包 SHA-256 {made.sha256}"
    details = {"from": task.state, "sha256": made.sha256, "size": made.size}
    task.state = State.ARCHIVED.value
    session.add_all([task, *done])
    session.flush()
    runs.record(
        session,
        "archive",
        who,
        now,
        plan_id=task.plan_id,
        subtask_id=task.id,
        details=details,
        rows=done,
    )
    judge_and_store(session, plans.load_plan(session, task.plan_id), [stored_id(task.id)], now)


def _made(task: tables.SubTask, content: bytes) -> Archived:
    return Archived(task.no, len(content), hashlib.sha256(content).hexdigest())


def _write(part: Path, content: bytes) -> None:
    try:
        if part.with_suffix("").is_dir():
            raise IsADirectoryError(EISDIR, os.strerror(EISDIR))
        with os.fdopen(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as stream:
            stream.write(content)
            stream.flush()
            os.fsync(stream.fileno())
    except OSError as error:
        raise _not_written(part.with_suffix(""), error) from None


def _place(part: Path, target: Path) -> None:
    try:
        part.replace(target)
    except OSError as error:
        raise _not_written(target, error) from None


def _not_written(target: Path, error: OSError) -> DubanError:
    return DubanError(
        "FILE_NOT_WRITTEN",
        f"写不了文件 {target}（{error.strerror}）：请换一个文件夹，或检查权限和磁盘空间。",
    )
