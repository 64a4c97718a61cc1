"""What is no sound backup is refused, and nothing of it is stored."""

from __future__ import annotations

import hashlib
import io
import json
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from db import hold, runs
from db.session import Database
from tests.workflows.test_backup import NIGHT, RESTORED_AT, fresh, lived_in, refusal, rows
from workflows.backup import MANIFEST, back_up
from workflows.office import Office
from workflows.restore import restore

__all__ = ["fresh"]  # the fixture


def changed(source: Path, target: Path, change: Callable[[dict[str, bytes]], None]) -> Path:
    """The same archive with other members."""
    with zipfile.ZipFile(source) as archive:
        members = {name: archive.read(name) for name in archive.namelist()}
    change(members)
    with zipfile.ZipFile(target, "w") as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return target


def told(archive: dict[str, bytes], **values: Any) -> None:
    archive[MANIFEST] = json.dumps({**json.loads(archive[MANIFEST]), **values}).encode()


def renamed(members: dict[str, bytes]) -> None:
    """A file that would be written outside its folder, with a manifest that agrees."""
    manifest = json.loads(members[MANIFEST])
    content = b"owned"
    members["files/../../x.sh"] = content
    entry = {"size": len(content), "sha256": hashlib.sha256(content).hexdigest()}
    told(members, members={**manifest["members"], "files/../../x.sh": entry})


def shortened(members: dict[str, bytes]) -> None:
    """A table lacks its last row, with a checksum that agrees."""
    manifest = json.loads(members[MANIFEST])
    content = b"".join(members["rows/units.jsonl"].splitlines(keepends=True)[:-1])
    members["rows/units.jsonl"] = content
    entry = {"size": len(content), "sha256": hashlib.sha256(content).hexdigest()}
    told(members, members={**manifest["members"], "rows/units.jsonl": entry})


def swap(members: dict[str, bytes], name: str, old: bytes, new: bytes) -> None:
    assert old in members[name]
    members[name] = members[name].replace(old, new)


@pytest.mark.parametrize(
    ("change", "code"),
    [
        (
            lambda members: swap(members, "rows/units.jsonl", "民政".encode(), "财政".encode()),
            "BACKUP_DAMAGED",
        ),
        (lambda members: members.pop("rows/units.jsonl"), "BACKUP_DAMAGED"),
        (lambda members: members.update({"rows/more.jsonl": b""}), "BACKUP_DAMAGED"),
        (shortened, "BACKUP_DAMAGED"),
        (renamed, "BACKUP_DAMAGED"),
        (lambda members: members.pop(MANIFEST), "BACKUP_FOREIGN"),
        (lambda members: members.update({MANIFEST: b"{"}), "BACKUP_FOREIGN"),
        (lambda members: members.update({MANIFEST: b"[]"}), "BACKUP_FOREIGN"),
        (lambda members: told(members, format="other"), "BACKUP_FOREIGN"),
        (lambda members: told(members, version=2), "BACKUP_NEWER"),
        (lambda members: told(members, schema="9999"), "BACKUP_NEWER"),
    ],
)
def test_what_is_no_sound_backup_is_refused_and_nothing_is_stored(
    sqlite_database: Database,
    fresh: Database,
    office: Office,
    tmp_path: Path,
    change: Callable[[dict[str, bytes]], None],
    code: str,
) -> None:
    lived_in(sqlite_database, office)
    back_up(sqlite_database, tmp_path / "b.zip", NIGHT)
    bad = changed(tmp_path / "b.zip", tmp_path / "bad.zip", change)
    assert refusal(lambda: restore(fresh, bad, RESTORED_AT, "督查室", files=tmp_path / "f")) == code
    assert fresh.revision()[0] is None
    assert not (tmp_path / "f").exists()
    restore(fresh, tmp_path / "b.zip", RESTORED_AT, "督查室")  # the sound one still goes in


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04", b"no archive at all", None])
def test_a_file_that_is_no_archive_is_refused(
    sqlite_database: Database, tmp_path: Path, content: bytes | None
) -> None:
    if content is not None:
        (tmp_path / "b.zip").write_bytes(content)
    code = "BACKUP_FOREIGN" if content is None else "BACKUP_DAMAGED"
    assert refusal(lambda: restore(sqlite_database, tmp_path / "b.zip", NIGHT, "督查室")) == code


def test_a_backup_that_was_cut_short_is_refused_at_every_length(
    sqlite_database: Database, office: Office, tmp_path: Path
) -> None:
    lived_in(sqlite_database, office)
    back_up(sqlite_database, tmp_path / "b.zip", NIGHT)
    whole = (tmp_path / "b.zip").read_bytes()
    fresh = Database(f"sqlite:///{tmp_path / 'fresh.sqlite3'}")
    for length in range(0, len(whole), len(whole) // 20):
        (tmp_path / "cut.zip").write_bytes(whole[:length])
        assert refusal(lambda: restore(fresh, tmp_path / "cut.zip", NIGHT, "督查室")) == "BACKUP_DAMAGED"
    assert fresh.revision()[0] is None
    fresh.close()


def test_data_are_never_restored_over(database: Database, office: Office, tmp_path: Path) -> None:
    lived_in(database, office)
    back_up(database, tmp_path / "b.zip", NIGHT)
    before = rows(database)
    assert refusal(lambda: restore(database, tmp_path / "b.zip", NIGHT, "督查室")) == "RESTORE_NOT_EMPTY"
    assert rows(database) == before
    with database.read() as session:
        assert hold.held(session) is None


def test_a_database_that_was_only_started_is_as_good_as_new(
    sqlite_database: Database, database: Database, office: Office, tmp_path: Path
) -> None:
    other = Database(f"sqlite:///{tmp_path / 'other.sqlite3'}")
    other.migrate()
    lived_in(other, office)
    back_up(other, tmp_path / "b.zip", NIGHT)
    with database.write() as session:
        runs.mark(session, "rules_version", "9", NIGHT)
    restore(database, tmp_path / "b.zip", RESTORED_AT, "督查室")
    assert rows(database) == rows(other)
    other.close()


def test_a_file_of_another_content_is_not_written_over(
    sqlite_database: Database, office: Office, tmp_path: Path
) -> None:
    lived_in(sqlite_database, office, tmp_path / "files")
    back_up(sqlite_database, tmp_path / "b.zip", NIGHT, files=tmp_path / "files")
    (path,) = (tmp_path / "files").iterdir()
    path.write_bytes(b"mine")
    fresh = Database(f"sqlite:///{tmp_path / 'fresh.sqlite3'}")
    work = lambda: restore(fresh, tmp_path / "b.zip", NIGHT, "督查室", files=tmp_path / "files")  # noqa: E731
    assert refusal(work) == "RESTORE_NOT_EMPTY"
    assert (path.read_bytes(), fresh.revision()[0]) == (b"mine", None)
    fresh.close()


def test_a_file_that_is_gone_is_named(sqlite_database: Database, office: Office, tmp_path: Path) -> None:
    lived_in(sqlite_database, office, tmp_path / "files")
    (path,) = (tmp_path / "files").iterdir()
    path.unlink()
    made = back_up(sqlite_database, tmp_path / "b.zip", NIGHT, files=tmp_path / "files")
    assert made.missing == [path.name]


def test_the_key_goes_along_only_when_asked(sqlite_database: Database, tmp_path: Path) -> None:
    key = tmp_path / "duban.key"
    key.write_text("c0ffee")
    back_up(sqlite_database, tmp_path / "a.zip", NIGHT)
    back_up(sqlite_database, tmp_path / "b.zip", NIGHT, key=key)
    assert b"c0ffee" not in _contents(tmp_path / "a.zip")
    fresh = Database(f"sqlite:///{tmp_path / 'fresh.sqlite3'}")
    restore(fresh, tmp_path / "b.zip", NIGHT, "督查室", key=tmp_path / "there" / "duban.key")
    assert (tmp_path / "there" / "duban.key").read_text() == "c0ffee"
    fresh.close()


def _contents(path: Path) -> bytes:
    with zipfile.ZipFile(io.BytesIO(path.read_bytes())) as archive:
        return b"".join(archive.read(name) for name in archive.namelist())


def test_a_backup_that_cannot_be_written_leaves_the_last_one(
    sqlite_database: Database, tmp_path: Path
) -> None:
    assert refusal(lambda: back_up(sqlite_database, tmp_path / "no" / "b.zip", NIGHT)) == "FILE_NOT_WRITTEN"
    (tmp_path / "b.zip").write_bytes(b"the last one")
    (tmp_path / "b.zip.part").mkdir()
    assert refusal(lambda: back_up(sqlite_database, tmp_path / "b.zip", NIGHT)) == "FILE_NOT_WRITTEN"
    assert (tmp_path / "b.zip").read_bytes() == b"the last one"
