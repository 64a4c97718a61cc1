"""An import cannot be undone once somebody has asked for a change of what it brought."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from sqlmodel import select

from db import tables
from db.session import Database
from engine.errors import DubanError
from intake.draft import PlanDraft, SubTaskDraft
from intake.workbook import write_workbook
from tests.workflows.drafts import NOW, row_counts, stored
from workflows.change_request import Asked, request_change
from workflows.export_plan import export
from workflows.import_plan import prepare
from workflows.revise_plan import revise
from workflows.undo_import import undo


def asking(database: Database, subtask: str) -> None:
    wish = Asked(subtask, "extension", "供货推迟", "示函〔2024〕8号", deadline=date(2024, 12, 20))
    request_change(database, wish, NOW, "交通局")


def added_task(database: Database, folder: Path, plan_id: int) -> int:
    """A workbook that brings one more sub-task, stored as a revision."""
    draft: PlanDraft = export(database, plan_id)
    draft.projects[1].subtasks.append(SubTaskDraft("2.2", "道路绿化", lead_units=["交通局"]))
    path = folder / "more.xlsx"
    path.write_bytes(write_workbook(draft))
    batch = revise(database, prepare(database, path), NOW, "tester").batch_id
    assert batch is not None
    return batch


def assert_kept(database: Database, batch_id: int) -> None:
    before = row_counts(database)
    with pytest.raises(DubanError) as refused:
        undo(database, batch_id, NOW, "tester")
    assert refused.value.code == "UNDO_REFUSED"
    assert row_counts(database) == before


def test_of_a_new_plan(database: Database) -> None:
    batch = stored(database)
    asking(database, "1.1")
    assert_kept(database, batch.batch_id)


def test_of_a_sub_task_that_a_revision_brought(database: Database, tmp_path: Path) -> None:
    batch = added_task(database, tmp_path, stored(database).plan_id)
    asking(database, "2.2")
    assert_kept(database, batch)


def test_what_was_asked_for_elsewhere_does_not_hold_a_revision(database: Database, tmp_path: Path) -> None:
    batch = added_task(database, tmp_path, stored(database).plan_id)
    asking(database, "1.1")
    undo(database, batch, NOW, "tester")
    with database.read() as session:
        assert "2.2" not in [row.no for row in session.exec(select(tables.SubTask))]
