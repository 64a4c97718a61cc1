"""归档包: what is in it, that it is the same twice, and when there is none."""

from __future__ import annotations

import hashlib
import io
import json
import zipfile
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from openpyxl import load_workbook
from sqlmodel import select

from db import audit, tables
from db.audit_check import verify
from db.session import Database
from db.units import stored_id
from notifications.links import placeholder
from notifications.message import Person
from tests.workflows.office_2024 import LINKED, Built, Task, at, build
from tests.workflows.test_main_flow import EMAILS
from tests.workflows.test_supervise import change, refused, stored
from workflows.accept_subtask import accept_subtask
from workflows.archive_package import archive_subtask, draft_package
from workflows.attachments import attach, kept_in
from workflows.cycle import run_cycle
from workflows.handle_case import reply_case
from workflows.open_case import open_case
from workflows.report_progress import Filing, report_progress

ISSUER = Person("督查室", address="duty@example.org")
TASK = Task("1.1", "100", milestones={date(2024, 6, 30): "50"}, quotas={"甲街道": "60", "乙街道": "40"})
HOSTILE = "<script>alert(1)</script>&\"'"
NOW = at("2025-01-20T10:00")


def built(database: Database, folder: Path) -> Built:
    """A sub-task with reports, a case, an approved extension, a file each, messages; accepted."""
    made = build(database, TASK, Task("1.2"), emails=EMAILS)
    for moment in ("2024-03-26T09:30", "2024-03-26T15:00", "2024-03-27T09:30", "2024-03-27T15:00"):
        run_cycle(database, LINKED, at(moment))
    report_progress(
        database,
        Filing("1.1", "2024-03", ("30台",), "=1+1", who="联络员", difficulties="缺场地"),
        at("2024-03-28T10:00"),
        "联络员",
    )
    open_case(database, "1.1", at("2024-06-04T10:00"), "督查室")
    reply_case(database, "1", "六月底前装完", at("2024-06-05T10:00"), "区民政局")
    report_progress(database, Filing("1.1", "2024-06", ("60台",)), at("2024-06-28T10:00"), "联络员")
    report_progress(
        database, Filing("1.1", "2024-11", ("100台",), status="done"), at("2024-11-28T10:00"), "联络员"
    )
    accept_subtask(database, "1.1", at("2024-12-02T10:00"), "督查室")
    add_rows(database, made, folder)
    return made


def add_rows(database: Database, made: Built, folder: Path) -> None:
    key = made.subtasks["1.1"]
    with kept_in(folder, [("../=图 一.PDF", b"%PDF-1.4 x")]) as files, database.write() as session:
        request = tables.ChangeRequest(
            plan_id=made.plan_id,
            subtask_id=key,
            kind="extension",
            state="approved",
            effective_on=date(2024, 5, 6),
            proposed={"deadline": "2024-11-30"},
            previous={"due_on": "2024-09-30"},
            reason=HOSTILE,
            requested_at=at("2024-05-06T09:00"),
            requested_by="区民政局",
            decided_at=at("2024-05-06T10:00"),
            decided_by="分管领导",
        )
        session.add(request)
        session.flush()
        report = session.exec(select(tables.ProgressReport)).first()
        assert report is not None
        for owner, owner_id in (("change", request.id), ("subtask", key), ("report", report.id), ("case", 1)):
            attach(session, owner, stored_id(owner_id), files[:1], at("2024-12-02T10:00"), "联络员")
            files = [copied(folder, files[0].stored_name, files[0])]


def copied(folder: Path, name: str, file: Any) -> Any:
    """The same content under another generated name."""
    from dataclasses import replace

    other = hashlib.md5(name.encode(), usedforsecurity=False).hexdigest()
    (folder / other).write_bytes((folder / name).read_bytes())
    return replace(file, stored_name=other)


def closed(database: Database, made: Built, *, evaluated: bool = True, state: str = "closed") -> None:
    with database.write() as session:
        session.get_one(tables.SubTask, made.subtasks["1.1"]).state = state
        known = {one.kind: one for one in session.exec(select(tables.FollowUp))}
        for kind in ("evaluation", "archive"):
            row = known.get(kind) or tables.FollowUp(
                plan_id=made.plan_id,
                subtask_id=made.subtasks["1.1"],
                kind=kind,
                due_on=date(2025, 1, 10),
                created_at=at("2024-12-02T10:00"),
            )
            if kind == "evaluation" and evaluated:
                row.done_at, row.done_by = at("2025-01-09T10:00"), "督查室"
            session.add(row)


def archived(database: Database, target: Path, folder: Path) -> Any:
    return archive_subtask(database, "1.1", target, NOW, "督查室", ISSUER, folder)


def members(path: Path) -> dict[str, bytes]:
    with zipfile.ZipFile(path) as package:
        return {name: package.read(name) for name in package.namelist()}


def test_a_closed_sub_task_leaves_as_one_package(database: Database, tmp_path: Path) -> None:
    folder, target = tmp_path / "files", tmp_path / "1.1.zip"
    made = built(database, folder)
    closed(database, made)
    done = archived(database, target, folder)
    with database.read() as session:
        task = session.get_one(tables.SubTask, made.subtasks["1.1"])
        follow_ups = session.exec(select(tables.FollowUp)).all()
        (event,) = session.exec(select(tables.Event).where(tables.Event.what == "archive")).all()
        assert verify(session).holds
    assert task.state == "archived"
    assert all(one.done_at is not None for one in follow_ups)
    assert event.details["sha256"] == done.sha256 == hashlib.sha256(target.read_bytes()).hexdigest()
    assert list(tmp_path.glob("*.part")) == []
    check_members(members(target))


def check_members(found: dict[str, bytes]) -> None:
    assert list(found) == sorted(found)
    manifest = json.loads(found["manifest.json"])["members"]
    assert sorted([*manifest, "manifest.json"]) == sorted(found)
    for name, told in manifest.items():
        assert told == {"size": len(found[name]), "sha256": hashlib.sha256(found[name]).hexdigest()}
    page = found["index.html"].decode()
    linked = [name for name in found if name not in ("index.html", "manifest.json")]
    assert [name for name in linked if f'href="{name}"' not in page] == []
    for words in (
        "区民政局",
        "100台",
        "甲街道",
        "60台",
        "2024-06-28 填报",
        "原完成时限 2024-09-30",
        "=图 一.PDF",
    ):
        assert words in page
    assert "<script>" not in page
    assert "&lt;script&gt;" in page
    check_contents(found)


def check_contents(found: dict[str, bytes]) -> None:
    reports = json.loads(found["reports.json"])
    assert [one["period"] for one in reports] == ["2024-03", "2024-06", "2024-11"]
    assert reports[0]["figures"] == [{"indicator": "设备", "quantity": "30", "unit": "台"}]
    assert reports[0]["difficulties"] == "缺场地"
    assert [one["decision"] for one in reports[2]["reviews"]] == ["accepted"]
    (sheet,) = load_workbook(io.BytesIO(found["reports.xlsx"])).worksheets
    cell = sheet["G5"]
    assert (cell.value, cell.data_type, cell.quotePrefix) == ("=1+1", "s", True)
    assert [one["reason"] for one in json.loads(found["changes.json"])] == [HOSTILE]
    case = json.loads(found["cases/2024-1.json"])
    assert [one["kind"] for one in case["entries"]][:2] == ["opened", "reply"]
    assert "六月底前装完" in found["cases/2024-1.txt"].decode()
    assert found["cases/2024-1-notice1.docx"].startswith(b"PK")
    files = [name for name in found if name.startswith("files/")]
    assert sorted(name.split("/")[1].split("-")[0] for name in files) == [
        "case",
        "change",
        "report",
        "subtask",
    ]
    assert {found[name] for name in files} == {b"%PDF-1.4 x"}
    assert all(name.endswith(".pdf") for name in files)
    record = json.loads(found["audit.json"])
    assert record["verification"]["holds"] is True
    assert "accept" in [one["what"] for one in record["events"]]
    for one in record["events"]:
        assert len(one["hash"]) == len(audit.BEGINNING)


def test_links_stay_placeholders(database: Database, tmp_path: Path) -> None:
    built(database, tmp_path / "files")
    draft_package(database, "1.1", tmp_path / "a.zip", ISSUER, tmp_path / "files")
    texts = [
        one.decode() for name, one in members(tmp_path / "a.zip").items() if name.startswith("messages/")
    ]
    links = stored(database, tables.ReportLink)
    assert any("主题：" in text and "任务1.1" in text for text in texts)
    assert any(placeholder(link.nonce) in text for link in links for text in texts)
    everything = b"".join(members(tmp_path / "a.zip").values())
    assert LINKED.links is not None
    assert not any(LINKED.links.token(link.nonce).encode() in everything for link in links)


def test_the_same_rows_give_the_same_bytes(database: Database, tmp_path: Path) -> None:
    built(database, tmp_path / "files")
    for name in ("a.zip", "b.zip"):
        draft_package(database, "1.1", tmp_path / name, ISSUER, tmp_path / "files")
    assert (tmp_path / "a.zip").read_bytes() == (tmp_path / "b.zip").read_bytes()
    assert "预览" in members(tmp_path / "a.zip")["index.html"].decode()
    assert [one.state for one in stored(database, tables.SubTask)] == ["accepted", "issued"]


@pytest.mark.parametrize(
    ("state", "evaluated", "missing"),
    [
        ("accepted", True, ["要先销号"]),
        ("accepted", False, ["要先销号", "效果评估"]),
        ("closed", False, ["效果评估（应于"]),
        ("archived", True, ["已归档"]),
        ("terminated", True, ["终止"]),
        ("closed", True, []),
    ],
)
def test_only_a_closed_and_evaluated_sub_task_is_archived(
    sqlite_database: Database, tmp_path: Path, state: str, evaluated: bool, missing: list[str]
) -> None:
    made = built(sqlite_database, tmp_path)
    closed(sqlite_database, made, evaluated=evaluated, state=state)
    target = tmp_path / "x.zip"
    if not missing:
        archived(sqlite_database, target, tmp_path)
        assert target.exists()
        return
    with refused("ARCHIVE_REFUSED") as error:
        archived(sqlite_database, target, tmp_path)
    assert [words for words in missing if words not in error.value.message] == []
    assert not target.exists()
    assert stored(sqlite_database, tables.SubTask)[0].state == state


@pytest.mark.parametrize("altered", [True, False])
def test_a_missing_or_altered_file_is_named_and_nothing_is_stored(
    database: Database, tmp_path: Path, altered: bool
) -> None:
    folder = tmp_path / "files"
    made = built(database, folder)
    closed(database, made)
    file = folder / stored(database, tables.Attachment)[0].stored_name
    if altered:
        file.write_bytes(b"%PDF-1.4 y")
    else:
        file.unlink()
    with refused("FILE_MISSING") as error:
        archived(database, tmp_path / "x.zip", folder)
    assert "=图 一.PDF" in error.value.message
    assert not (tmp_path / "x.zip").exists()
    assert stored(database, tables.SubTask)[0].state == "closed"
    assert not [one for one in stored(database, tables.Event) if one.what == "archive"]


def test_what_cannot_be_written_is_not_archived(sqlite_database: Database, tmp_path: Path) -> None:
    made = built(sqlite_database, tmp_path)
    closed(sqlite_database, made)
    for target in (tmp_path / "nowhere" / "x.zip", tmp_path):
        with refused("FILE_NOT_WRITTEN"):
            archived(sqlite_database, target, tmp_path)
    assert stored(sqlite_database, tables.SubTask)[0].state == "closed"


def test_a_hostile_title_stays_text(sqlite_database: Database, tmp_path: Path) -> None:
    made = built(sqlite_database, tmp_path)
    change(sqlite_database, tables.SubTask, made.subtasks["1.1"], title=HOSTILE)
    draft_package(sqlite_database, "1.1", tmp_path / "x.zip", ISSUER, tmp_path)
    page = members(tmp_path / "x.zip")["index.html"].decode()
    assert "<script" not in page
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page
