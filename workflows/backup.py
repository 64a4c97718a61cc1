"""备份: everything in one file that the service, on either database, can be made from again."""

from __future__ import annotations

import hashlib
import json
import os
import zipfile
from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import IO, Any

from sqlmodel import Session, col, select

from db import audit, dump, runs, tables
from db.session import Database
from engine.errors import DubanError
from workflows.import_drafts import kept_files

FORMAT = "duban-backup"
VERSION = 1
MANIFEST = "manifest.json"
ROWS, FILES, KEY = "rows/", "files/", "key/report-links.key"
CHUNK = 1 << 20
MARK = "last_backup"  # when somebody last made one


@dataclass(slots=True)
class BackedUp:
    """What the file holds: rows by table, files, the head of the sealed record; ``missing`` files are named."""

    path: Path
    rows: dict[str, int] = field(default_factory=dict)
    files: int = 0
    head: str = ""
    missing: list[str] = field(default_factory=list)


def back_up(
    database: Database, target: Path, now: datetime, *, files: Path | None = None, key: Path | None = None
) -> BackedUp:
    """``target`` is a whole backup of one moment; while it is written the service goes on. Or nothing is written.

    Raises DubanError FILE_NOT_WRITTEN.
    """
    part = target.with_name(f"{target.name}.part")
    try:
        with os.fdopen(os.open(part, os.O_RDWR | os.O_CREAT | os.O_TRUNC, 0o600), "w+b") as stream:
            made = _write(database, stream, BackedUp(target), now, files, key)
            stream.flush()
            os.fsync(stream.fileno())
        part.replace(target)
    except OSError as error:
        raise DubanError(
            "FILE_NOT_WRITTEN",
            f"写不了备份文件 {target}（{error.strerror}）：请换一个文件夹，或检查权限和磁盘空间。",
        ) from None
    finally:
        with suppress(OSError):
            part.unlink(missing_ok=True)
    return made


def note_backup(database: Database, made: BackedUp, now: datetime, who: str) -> None:
    """That the backup was made, by whom, is on record, and pages know when the last one was made.

    The backup itself ends before this entry: its head is the one of the moment that it holds.
    """
    with database.write() as session:
        runs.mark(session, MARK, f"{made.path.name} · {who} · {made.head}", now)
        details = {"file": made.path.name, "stored": sum(made.rows.values()), "files": made.files}
        runs.record(session, "backup", who, now, details=details | {"head": made.head})


def _write(
    database: Database, stream: IO[bytes], made: BackedUp, now: datetime, files: Path | None, key: Path | None
) -> BackedUp:
    members: dict[str, dict[str, Any]] = {}
    columns: dict[str, list[str]] = {}
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive, database.read() as session:
        add = _adder(archive, members)
        for table in dump.tables_in_order():
            columns[table.name] = dump.columns(table)
            encoded = (f"{line}\n".encode() for line in dump.lines(session, table))
            made.rows[table.name] = add(f"{ROWS}{table.name}.jsonl", encoded)
        _add_files(session, made, files, add)
        if key is not None:
            add(KEY, [key.read_bytes()])
        made.head = audit.head(session).shown
        manifest = _manifest(session, made, columns, members, database, now)
        archive.writestr(MANIFEST, json.dumps(manifest, ensure_ascii=False, indent=1))
    return made


def _adder(
    archive: zipfile.ZipFile, members: dict[str, dict[str, Any]]
) -> Callable[[str, Iterable[bytes]], int]:
    def add(name: str, parts: Iterable[bytes]) -> int:
        """The member holds the parts and is in the list; returns how many parts."""
        hashed, size, count = hashlib.sha256(), 0, 0
        with archive.open(name, "w", force_zip64=True) as member:
            for part in parts:
                member.write(part)
                hashed.update(part)
                size, count = size + len(part), count + 1
        members[name] = {"size": size, "sha256": hashed.hexdigest()}
        return count

    return add


def _add_files(
    session: Session, made: BackedUp, files: Path | None, add: Callable[[str, Iterable[bytes]], int]
) -> None:
    """Every file that a row names goes along; one that is not there is named, not passed over in silence."""
    names = session.exec(select(tables.Attachment.stored_name).order_by(col(tables.Attachment.id)))
    for name in (*names, *kept_files(session)):
        path = files / name if files else None
        if path is None or not path.is_file():
            made.missing.append(name)
            continue
        with path.open("rb") as file:
            add(f"{FILES}{name}", iter(lambda: file.read(CHUNK), b""))
        made.files += 1


def _manifest(
    session: Session,
    made: BackedUp,
    columns: dict[str, list[str]],
    members: dict[str, dict[str, Any]],
    database: Database,
    now: datetime,
) -> dict[str, Any]:
    end = audit.head(session)
    return {
        "format": FORMAT,
        "version": VERSION,
        "schema": database.revision()[0],
        "made_at": now.isoformat(),
        "made_from": "sqlite" if database.is_sqlite else "postgresql",
        "head": {"segment": end.segment, "sequence": end.sequence, "hash": end.hash},
        "tables": {name: {"columns": columns[name], "rows": made.rows[name]} for name in columns},
        "missing_files": made.missing,
        "members": members,
    }
