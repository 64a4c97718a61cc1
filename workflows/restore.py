"""恢复: an empty database becomes what a backup holds; then nothing leaves until a coordinator has decided."""

from __future__ import annotations

import hashlib
import json
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path, PurePosixPath
from typing import Any

from alembic.script import ScriptDirectory
from sqlalchemy import Connection, update
from sqlmodel import Session, col

from db import audit, dump, hold, runs, tables, users
from db.session import Database, migration_config
from engine.errors import DubanError
from workflows.backup import CHUNK, FILES, FORMAT, KEY, MANIFEST, ROWS, VERSION

DAMAGED = "BACKUP_DAMAGED"
LARGEST_MANIFEST = 50_000_000
RESTORED = "restored"


@dataclass(frozen=True, slots=True)
class Restored:
    """What is there again, and what is ended: links of reports. ``has_key``: the backup holds the key file."""

    made_at: datetime
    rows: int
    files: int
    links_ended: int
    missing_files: tuple[str, ...]
    has_key: bool


def restore(
    database: Database,
    source: Path,
    now: datetime,
    who: str,
    *,
    files: Path | None = None,
    key: Path | None = None,
) -> Restored:
    """The database holds what the backup holds, sending is held, links are ended, a new segment has begun.

    All of it or nothing. Raises DubanError BACKUP_FOREIGN, BACKUP_NEWER, BACKUP_DAMAGED, RESTORE_NOT_EMPTY.
    """
    with _opened(source) as archive, _running_alone(database):
        manifest = _manifest(archive)
        _check_members(archive, manifest)
        made_at = datetime.fromisoformat(manifest["made_at"])
        placed: list[Path] = []
        ended: list[int] = []

        def finish(connection: Connection) -> None:
            with Session(connection, expire_on_commit=False) as session:
                ended.append(_end_links(session, now))
                hold.hold(session, now, made_at)
                _begin_segment(session, source, manifest, now, who)
            _place_files(archive, files, key, placed)

        try:
            database.rebuild(manifest["schema"], lambda one: _fill(one, archive, manifest), finish)
        except BaseException:
            _take_away(placed)
            raise
    names = manifest["members"]
    return Restored(
        made_at=made_at,
        rows=sum(one["rows"] for one in manifest["tables"].values()),
        files=sum(name.startswith(FILES) for name in names),
        links_ended=ended[0],
        missing_files=tuple(manifest["missing_files"]),
        has_key=KEY in names,
    )


@contextmanager
def _opened(source: Path) -> Iterator[zipfile.ZipFile]:
    """The archive, whose faults are told as one sentence whenever they show."""
    try:
        with zipfile.ZipFile(source) as archive:
            yield archive
    except FileNotFoundError as error:
        raise DubanError("BACKUP_FOREIGN", f"找不到备份文件 {source}：请检查路径。") from error
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError) as error:
        raise DubanError(
            DAMAGED, f"备份文件 {source} 已损坏或不完整，什么也没有恢复：请换一份备份。"
        ) from error


@contextmanager
def _running_alone(database: Database) -> Iterator[None]:
    """No service uses the file meanwhile. Raises DubanError SERVICE_RUNNING."""
    with database.serving():
        yield


def _manifest(archive: zipfile.ZipFile) -> dict[str, Any]:
    foreign = DubanError("BACKUP_FOREIGN", "这不是督办的备份文件：请选择 duban backup 生成的 .zip。")
    try:
        if archive.getinfo(MANIFEST).file_size > LARGEST_MANIFEST:
            raise foreign
        found = json.loads(archive.read(MANIFEST))
    except (KeyError, ValueError):
        raise foreign from None
    if not isinstance(found, dict) or found.get("format") != FORMAT:
        raise foreign
    known = {one.revision for one in ScriptDirectory.from_config(migration_config()).walk_revisions()}
    if found.get("version") != VERSION or found.get("schema") not in known:
        raise DubanError("BACKUP_NEWER", "这份备份由另一个（更新的）版本的 duban 生成：请升级程序后再恢复。")
    return found


def _check_members(archive: zipfile.ZipFile, manifest: dict[str, Any]) -> None:
    """Every member is there, whole and as it was written, before anything is stored."""
    members: dict[str, Any] = manifest["members"]
    if sorted(archive.namelist()) != sorted([*members, MANIFEST]):
        raise DubanError(DAMAGED, "备份里缺少或多出了内容，什么也没有恢复：请换一份备份。")
    for name, told in members.items():
        _check_name(name)
        hashed, size = hashlib.sha256(), 0
        with archive.open(name) as member:
            while size <= told["size"] and (part := member.read(CHUNK)):
                hashed.update(part)
                size += len(part)
        if (size, hashed.hexdigest()) != (told["size"], told["sha256"]):
            raise DubanError(DAMAGED, f"备份里的 {name} 与清单不符，什么也没有恢复：请换一份备份。")


def _check_name(name: str) -> None:
    """A file of a backup lies in one of its folders and nowhere else."""
    parts = PurePosixPath(name).parts
    if len(parts) != 2 or f"{parts[0]}/" not in (ROWS, FILES, "key/") or ".." in parts or "\\" in name:
        raise DubanError(DAMAGED, f"备份里有不该有的内容 {name}，什么也没有恢复：请换一份备份。")


def _fill(connection: Connection, archive: zipfile.ZipFile, manifest: dict[str, Any]) -> None:
    if not dump.is_empty(connection):
        raise DubanError(
            "RESTORE_NOT_EMPTY",
            "这个数据库里已有内容，备份只恢复到空的数据库，什么也没有改动：请用 --into 指定一个新的数据库。",
        )
    dump.clear_installation(connection)
    told: dict[str, Any] = manifest["tables"]
    for name in dump.in_order(connection, told):
        with archive.open(f"{ROWS}{name}.jsonl") as member:
            count = dump.fill(connection, name, told[name]["columns"], (line.decode() for line in member))
        if count != told[name]["rows"]:
            raise DubanError(DAMAGED, f"备份里 {name} 的行数与清单不符，什么也没有恢复：请换一份备份。")
    dump.check_references(connection)


def _end_links(session: Session, now: datetime) -> int:
    """Every way in that was handed out is closed: what the office knew since the backup is lost.

    Report links, of which there is a count; sessions and set-up links of users, tokens of other systems, feeds.
    """
    users.end_all(session, RESTORED, now)
    for table in (tables.ApiToken, tables.CalendarFeed):
        query = update(table).where(col(table.revoked_at).is_(None))
        session.execute(query.values(revoked_at=now))
    link = tables.ReportLink
    standing = update(link).where(col(link.ended_at).is_(None))
    ended = session.connection().execute(standing.values(ended_at=now, ended_reason=RESTORED))
    return int(ended.rowcount)


def _begin_segment(session: Session, source: Path, manifest: dict[str, Any], now: datetime, who: str) -> None:
    audit.begin_segment(session, now)
    details = {
        "file": source.name,
        "made_at": manifest["made_at"],
        "made_from": manifest["made_from"],
        "head": manifest["head"],
    }
    runs.record(session, "restore", who, now, details=details)
    session.flush()
    audit.seal(session)


def _place_files(archive: zipfile.ZipFile, files: Path | None, key: Path | None, placed: list[Path]) -> None:
    """The files lie where the service looks for them; one of another content is never written over."""
    for name in archive.namelist():
        target = _target(name, files, key)
        if target is None:
            continue
        content = archive.read(name)
        target.parent.mkdir(parents=True, exist_ok=True)
        if target.exists():
            if target.read_bytes() != content:
                raise DubanError(
                    "RESTORE_NOT_EMPTY", f"文件 {target} 已存在而内容不同，什么也没有恢复：请先把它移开。"
                )
            continue
        placed.append(target)
        target.touch(mode=0o600)
        target.write_bytes(content)


def _target(name: str, files: Path | None, key: Path | None) -> Path | None:
    if name == KEY:
        return key
    return files / name.removeprefix(FILES) if files and name.startswith(FILES) else None


def _take_away(placed: list[Path]) -> None:
    for path in placed:
        path.unlink(missing_ok=True)
