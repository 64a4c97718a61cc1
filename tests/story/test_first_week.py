"""The first start to the first digest, on the example of a real table, in a real browser."""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path

from playwright.sync_api import Browser
from sqlmodel import func, select

from db import tables
from db.session import Database
from tests.project.tree import ROOT
from tests.story.first_week import Week, play
from tests.workflows.office_2024 import ZONE

DOCUMENT = ROOT / "examples" / "matrix-plan-2024.xlsx"


def test_a_coordinator_gets_from_the_document_to_the_first_digest_by_pages_alone(
    sqlite_database: Database, browser: Browser, tmp_path: Path
) -> None:
    """22 sub-tasks of 8 lead units stand in the example; the week of 4 March 2024 is the tenth."""
    week = Week(sqlite_database, datetime(2024, 3, 4, 8, tzinfo=ZONE))
    play(browser, week, DOCUMENT, tmp_path, date(2024, 3, 8))
    with sqlite_database.read() as session:
        subtasks = session.exec(select(func.count()).select_from(tables.SubTask)).one()
        bulletin = session.exec(select(tables.Bulletin).where(tables.Bulletin.kind == "digest")).one()
        kinds = dict(session.execute(select(tables.Message.kind, func.count()).group_by("kind")).all())
    assert (subtasks, bulletin.period) == (22, "2024-W10")
    assert "第10周" in week.seen[0]
    assert kinds["digest"] >= 8
    assert sum("周报" in line for line in week.seen) >= 8
