"""A frozen bulletin: exported, everything changed, exported again, and the bytes are the same."""

from __future__ import annotations

import io
import re
import zipfile
from datetime import date
from decimal import Decimal

import openpyxl
import pytest
from sqlalchemy import delete, update

from db import bulletins, runs, tables
from db.session import Database
from engine.errors import DubanError
from tests.channels import RememberingChannel
from tests.workflows.office_2024 import Task, at, build, mail_office
from tests.workflows.test_main_flow import EMAILS, turn
from workflows.export_bulletin import export_bulletin
from workflows.send_digest import send_digest

FRIDAY = "2024-03-29T15:00"


@pytest.fixture
def published(database: Database) -> Database:
    office = mail_office(RememberingChannel())
    build(
        database,
        Task("1", deadline=date(2024, 3, 8)),
        Task("2", lead="区教育局"),
        emails=EMAILS,
    )
    turn(database, office, "2024-03-01T07:00")
    send_digest(database, office, at("2024-04-07T15:00"))
    return database


def exported(database: Database, suffix: str, locale: str = "zh-CN") -> bytes:
    with database.read() as session:
        return export_bulletin(session, 1, suffix, locale)


@pytest.mark.parametrize("suffix", [".xlsx", ".docx"])
@pytest.mark.parametrize("locale", ["zh-CN", "en"])
def test_a_bulletin_is_the_same_file_after_everything_else_has_changed(
    published: Database, suffix: str, locale: str
) -> None:
    before = exported(published, suffix, locale)
    with published.write() as session:
        session.execute(
            update(tables.Plan).values(title="改名的计划", policy={"yellow_after": 1}, time_zone="UTC")
        )
        session.execute(update(tables.SubTask).values(title="改过的任务", state="suspended", deadline=None))
        session.execute(update(tables.Unit).values(kind="enterprise"))
        session.execute(update(tables.Indicator).values(quantity=Decimal(7)))
        session.execute(delete(tables.Assignment))
        session.execute(update(tables.Bulletin).values(state="withdrawn", decided_by="某人"))
    assert exported(published, suffix, locale) == before
    packed = zipfile.ZipFile(io.BytesIO(before))
    dates = re.findall(
        rb"20\d\d-\d\d-\d\dT[\d:.]+", b"".join(packed.read(name) for name in packed.namelist())
    )
    assert {info.date_time for info in packed.infolist()} == {(2000, 1, 1, 0, 0, 0)}, (
        "no clock in the archive"
    )
    assert set(dates) == {b"2000-01-01T00:00:00"}, "nor in what it holds"


def test_the_file_holds_what_was_frozen(published: Database) -> None:
    book = openpyxl.load_workbook(io.BytesIO(exported(published, ".xlsx")))
    assert book.sheetnames == ["排名", "红黄灯任务"]
    standing = [[cell.value for cell in row] for row in book["排名"].iter_rows(min_row=5, max_row=6)]
    assert [row[2] for row in standing] == ["区教育局", "区民政局"]
    assert book["排名"]["A1"].value == "年度任务第14周晾晒通报"


def test_the_hash_tells_whether_the_stored_content_is_the_frozen_one(published: Database) -> None:
    with published.read() as session:
        row = bulletins.find(session, 1)
        assert runs.content_hash(row.content) == row.sha256


@pytest.mark.parametrize(
    ("kind", "suffix", "code"),
    [
        ("digest", ".pdf", "EXPORT_FORMAT"),
        ("digest", "", "EXPORT_FORMAT"),
    ],
)
def test_what_cannot_be_exported_is_refused_with_what_can(
    published: Database, kind: str, suffix: str, code: str
) -> None:
    with published.write() as session:
        key = runs.freeze(session, 1, kind, "2024-03", date(2024, 4, 3), {}, at(FRIDAY)).id
    with pytest.raises(DubanError) as error, published.read() as session:
        export_bulletin(session, key or 0, suffix)
    assert error.value.code == code
