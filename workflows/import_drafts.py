"""待导入的文件: a document that was handed in waits with the answers given so far; nothing of it is in the plan."""

from __future__ import annotations

import hashlib
import os
import re
import secrets
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field, replace
from datetime import datetime
from functools import lru_cache
from pathlib import Path
from typing import Any

from sqlalchemy import select
from sqlmodel import Session, col

from db import runs, tables
from db.session import Database
from db.turns import Matter, take_turn
from db.units import stored_id
from engine.errors import DubanError, IntakeError
from intake.contacts import is_contacts_layout
from intake.given_columns import GivenColumns
from intake.reading import Reading, read_document

PLAN, CONTACTS = "plan", "contacts"
PASTED = "粘贴的文字"
CHANGED = "DRAFT_CHANGED"
_STORED = re.compile(r"[0-9a-f]{64}")


@dataclass(frozen=True, slots=True)
class Answers:
    """What people have said of a document: ``decided`` by question (nothing: as it was read), ``rows`` that are to
    be imported or not against what is proposed, ``columns`` by table; ``into`` is the plan that it revises."""

    year: int | None = None
    into: int | None = None
    again: bool = False
    decided: Mapping[str, str] = field(default_factory=dict)
    rows: Mapping[str, bool] = field(default_factory=dict)
    columns: Mapping[int, GivenColumns] = field(default_factory=dict)

    def to_json(self) -> dict[str, Any]:
        """As it is stored."""
        return asdict(self) | {
            "columns": {str(number): asdict(one) for number, one in self.columns.items()},
        }

    @classmethod
    def from_json(cls, stored: Mapping[str, Any]) -> Answers:
        """What ``to_json`` gave; nothing was said where nothing is stored."""
        given = stored.get("columns", {})
        columns = {
            int(number): GivenColumns(tuple(one["roles"]), int(one["headings"]))
            for number, one in given.items()
        }
        plain = {
            name: stored[name] for name in ("year", "into", "again", "decided", "rows") if name in stored
        }
        return cls(**plain, columns=columns)


@dataclass(frozen=True, slots=True)
class Draft:
    """A document that waits, as it is stored."""

    id: int
    kind: str
    file_name: str
    sha256: str
    answers: Answers
    revision: int
    created_at: datetime
    created_by: str
    changed_at: datetime
    ended_reason: str = ""
    batch_id: int | None = None


class DraftChangedError(DubanError):
    """Somebody else has answered meanwhile; ``stored`` is what stands now, ``typed`` what was to be stored."""

    def __init__(self, stored: Draft, typed: Answers) -> None:
        super().__init__(
            CHANGED, "这份文件刚才已有别人作了选择：请对照两边的选择，再决定保存哪一个。没有保存您的选择。"
        )
        self.stored, self.typed = stored, typed


def hand_in(
    database: Database, folder: Path, kind: str, name: str, content: bytes, now: datetime, who: str
) -> int:
    """The file lies in the folder under its hash and waits; returns the draft's number.

    The same file that still waits is not kept twice. Raises IntakeError for a file that cannot be read, and
    CONTACTS_WORKBOOK or NOT_CONTACTS for one that belongs elsewhere; nothing is kept of it.
    """
    if not content.strip():
        raise IntakeError("EMPTY_FILE", f"“{name}”：文件是空的，或没有粘贴任何文字。请重新选择。")
    sha256 = hashlib.sha256(content).hexdigest()
    with _written(folder, sha256, content) as part:
        _check_kind(_read(_Kept(sha256, name, part)), kind, name)
        part.replace(folder / sha256)
    table = tables.ImportDraft
    with database.write() as session:
        take_turn(session, Matter.DOCUMENT, sha256)
        same = (col(table.sha256) == sha256, col(table.kind) == kind, col(table.ended_at).is_(None))
        before = session.execute(select(table).where(*same)).scalars().first()
        if before is not None:
            return stored_id(before.id)
        row = table(kind=kind, file_name=name, sha256=sha256, created_at=now, created_by=who, changed_at=now)
        session.add(row)
        session.flush()
        details = {"draft": row.id, "file": name, "sha256": sha256}
        runs.record(session, "hand_in_document", who, now, details=details)
        return stored_id(row.id)


def read_kept(path: Path, name: str) -> Reading:
    """The document at that path, whose name is the hash of its content: what was read once is not read again."""
    return _read(_Kept(path.name, name, path))


@dataclass(frozen=True, slots=True)
class _Kept:
    """The same content under the same name is the same document, wherever it lies."""

    sha256: str
    name: str
    path: Path = field(compare=False)


@lru_cache(maxsize=2)
def _read(kept: _Kept) -> Reading:
    return read_document(kept.path, name=kept.name)


def _check_kind(reading: Reading, kind: str, name: str) -> None:
    is_contacts = is_contacts_layout(reading.document)
    if kind == PLAN and is_contacts:
        raise DubanError("CONTACTS_WORKBOOK", f"“{name}”是单位和联系人表，不是任务表：请从联系人导入上传。")
    if kind == CONTACTS and not is_contacts:
        raise DubanError(
            "NOT_CONTACTS",
            f"“{name}”里没有“联系人”工作表：请先下载联系人表，填好再上传；任务表请从计划导入上传。",
        )


def find_draft(session: Session, number: int) -> Draft:
    """The draft of that number. Raises DubanError NO_SUCH_DRAFT."""
    row = session.get(tables.ImportDraft, number)
    if row is None:
        raise DubanError("NO_SUCH_DRAFT", f"没有编号为 {number} 的待导入文件：请从导入页面重新上传。")
    return _draft(row)


def waiting(session: Session, kind: str | None = None) -> list[Draft]:
    """The documents that nobody has imported or dropped, the newest first."""
    table = tables.ImportDraft
    query = select(table).where(col(table.ended_at).is_(None)).order_by(col(table.id).desc())
    if kind is not None:
        query = query.where(col(table.kind) == kind)
    return [_draft(row) for row in session.execute(query).scalars()]


def file_of(folder: Path, draft: Draft) -> Path:
    """Where the document lies. Raises DubanError FILE_MISSING when it is gone or was changed."""
    path = folder / draft.sha256
    is_kept = _STORED.fullmatch(draft.sha256) and path.is_file()
    if not is_kept or hashlib.sha256(path.read_bytes()).hexdigest() != draft.sha256:
        raise DubanError("FILE_MISSING", f"文件“{draft.file_name}”已不在存放处：请重新上传。")
    return path


def answer(database: Database, number: int, revision: int, answers: Answers, now: datetime) -> Draft:
    """These are the answers from now on. Raises DraftChangedError when others were stored since ``revision``,
    DubanError DRAFT_ENDED for a document that waits no longer."""
    with database.write() as session:
        row = _open(session, number)
        stored = _draft(row)
        if stored.answers == answers:
            return stored
        if row.revision != revision:
            raise DraftChangedError(stored, answers)
        row.answers, row.revision, row.changed_at = answers.to_json(), row.revision + 1, now
        session.add(row)
        session.flush()
        return _draft(row)


def drop(database: Database, number: int, now: datetime, who: str) -> None:
    """The document waits no longer; its file is kept. Raises DubanError NO_SUCH_DRAFT, DRAFT_ENDED."""
    with database.write() as session:
        row = _open(session, number)
        row.ended_at, row.ended_reason, row.revision = now, "dropped", row.revision + 1
        session.add(row)
        runs.record(session, "drop_document", who, now, details={"draft": number, "file": row.file_name})


def imported(
    session: Session, draft: Draft, batch_id: int | None, now: datetime, plan_id: int | None = None
) -> None:
    """The document is imported by that batch; where rows of it are left it waits on, to be added to ``plan_id``.

    Raises DraftChangedError when it was answered or ended since it was read.
    """
    row = _open(session, draft.id)
    if row.revision != draft.revision:
        raise DraftChangedError(_draft(row), draft.answers)
    row.batch_id, row.revision, row.changed_at = batch_id, row.revision + 1, now
    if plan_id is None:
        row.ended_at, row.ended_reason = now, "imported"
    else:
        row.answers = replace(draft.answers, into=plan_id, again=False, rows={}).to_json()
    session.add(row)
    session.flush()


def kept_files(session: Session) -> Sequence[str]:
    """The names under which handed-in documents lie in the folder, each once."""
    table = tables.ImportDraft
    return list(session.execute(select(col(table.sha256)).distinct().order_by(col(table.sha256))).scalars())


def _open(session: Session, number: int) -> tables.ImportDraft:
    table = tables.ImportDraft
    find_draft(session, number)
    query = select(table).where(col(table.id) == number).with_for_update()
    row: tables.ImportDraft = session.execute(query.execution_options(populate_existing=True)).scalars().one()
    if row.ended_at is not None:
        raise DubanError("DRAFT_ENDED", f"“{row.file_name}”已经导入或放弃：需要时请重新上传。")
    return row


def _draft(row: tables.ImportDraft) -> Draft:
    return Draft(
        id=stored_id(row.id),
        kind=row.kind,
        file_name=row.file_name,
        sha256=row.sha256,
        answers=Answers.from_json(row.answers),
        revision=row.revision,
        created_at=row.created_at,
        created_by=row.created_by,
        changed_at=row.changed_at,
        ended_reason=row.ended_reason,
        batch_id=row.batch_id,
    )


@contextmanager
def _written(folder: Path, sha256: str, content: bytes) -> Iterator[Path]:
    """The content lies whole in a file of its own; it is gone at the end unless it was moved to where it belongs.

    Whoever hands in the same content at this moment has another file: nobody takes it away from them.
    """
    part = folder / f"{sha256}.{secrets.token_hex(4)}.part"
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        with os.fdopen(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        yield part
    except OSError as error:
        raise DubanError(
            "FILE_NOT_WRITTEN", f"文件没有存下（{error.strerror}）：请稍后再试，或联系管理员。"
        ) from None
    finally:
        part.unlink(missing_ok=True)
