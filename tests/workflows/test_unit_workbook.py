"""A unit's workbook goes out with what is known, and comes back as reports, all or none."""

from __future__ import annotations

import io
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from openpyxl import load_workbook
from sqlmodel import col, select

from db import tables
from db.session import Database
from engine.errors import DubanError
from intake.report_sheet import COLUMNS, SHEET
from tests.workflows.office_2024 import INBOX, Built, Task, at, build
from workflows.compose import compose
from workflows.report_progress import Filing, report_progress
from workflows.sweep import sweep
from workflows.unit_workbook import Sender, WorkbookRefused, file_workbook, unit_workbook

NOW = at("2024-03-28T10:00")
PLACES = {column.key: place for place, column in enumerate(COLUMNS, 1)}


@pytest.fixture
def built(database: Database) -> Built:
    """Two tasks of one unit, one of another; the first was reported once."""
    built = build(database, Task("1"), Task("2", quantity=None), Task("3", lead="区教育局"))
    report_progress(database, Filing("1", "2024-03", ("26台",)), at("2024-03-20T10:00"), "test")
    return built


def unit_of(database: Database, name: str = "区民政局") -> int:
    with database.read() as session:
        return session.exec(select(col(tables.Unit.id)).where(col(tables.Unit.name) == name)).one() or 0


def made(database: Database, tmp_path: Path, *cells: tuple[str, str, Any], unit: str = "区民政局") -> Path:
    """The unit's workbook with cells filled in: number of the task, column, value."""
    with database.read() as session:
        content = unit_workbook(session, unit_of(database, unit), "2024-03")
    book = load_workbook(io.BytesIO(content))
    sheet = book[SHEET]
    rows = {str(sheet.cell(row, PLACES["no"]).value): row for row in range(2, sheet.max_row + 1)}
    for no, key, value in cells:
        sheet.cell(rows[no], PLACES[key]).value = value
    path = tmp_path / "填报.xlsx"
    book.save(path)
    return path


def filed(database: Database, path: Path, *, period: str = "2024-03", confirmed: bool = False) -> int:
    sender = Sender(unit_of(database), period, "区民政局 联络员")
    return file_workbook(database, sender, path, NOW, confirmed=confirmed)


def reports(database: Database) -> list[tuple[int, str, str]]:
    with database.read() as session:
        rows = session.exec(select(tables.ProgressReport).order_by(col(tables.ProgressReport.id)))
        return [(row.subtask_id, row.source, row.text) for row in rows]


def test_the_workbook_names_targets_and_last_figures_of_the_units_own_tasks(
    database: Database, built: Built, tmp_path: Path
) -> None:
    sheet = load_workbook(made(database, tmp_path))[SHEET]
    rows = [[cell.value for cell in row] for row in sheet.iter_rows(min_row=2)]
    assert [row[PLACES["no"] - 1] for row in rows] == ["1", "2"]
    first = rows[0]
    assert [first[PLACES[key] - 1] for key in ("target", "unit", "last")] == [100, "台", 26]


def test_what_was_typed_is_stored_as_submitted_reports(
    database: Database, built: Built, tmp_path: Path
) -> None:
    path = made(database, tmp_path, ("1", "value", 30), ("1", "text", "正常"), ("2", "text", "已印发方案"))
    assert filed(database, path) == 2
    ids = built.subtasks
    assert reports(database)[1:] == [(ids["1"], "workbook", "正常"), (ids["2"], "workbook", "已印发方案")]
    with database.read() as session:
        stored = session.exec(
            select(tables.ReportQuantity).order_by(col(tables.ReportQuantity.report_id))
        ).all()
    assert [one.quantity for one in stored] == [Decimal(26), Decimal(30)]


def test_one_cell_that_cannot_be_read_stores_nothing(
    database: Database, built: Built, tmp_path: Path
) -> None:
    path = made(database, tmp_path, ("1", "value", "三十左右"), ("2", "text", "已印发方案"))
    with pytest.raises(WorkbookRefused) as refusal:
        filed(database, path)
    assert refusal.value.code == "WORKBOOK_UNREADABLE"
    assert len(refusal.value.lines) == 1
    assert len(reports(database)) == 1


def test_a_figure_that_falls_is_asked_about_and_stored_once_confirmed(
    database: Database, built: Built, tmp_path: Path
) -> None:
    path = made(database, tmp_path, ("1", "value", 20), ("2", "text", "已印发方案"))
    with pytest.raises(WorkbookRefused) as refusal:
        filed(database, path)
    assert refusal.value.code == "WORKBOOK_DOUBTS"
    assert len(reports(database)) == 1
    assert filed(database, path, confirmed=True) == 2


def test_a_report_that_came_in_meanwhile_is_not_overwritten(
    database: Database, built: Built, tmp_path: Path
) -> None:
    path = made(database, tmp_path, ("1", "value", 30))
    report_progress(database, Filing("1", "2024-03", ("28台",)), at("2024-03-28T09:00"), "test")
    with pytest.raises(WorkbookRefused) as refusal:
        filed(database, path)
    assert refusal.value.code == "WORKBOOK_REFUSED"
    assert len(reports(database)) == 2


@pytest.mark.parametrize(("unit", "period"), [("区教育局", "2024-03"), ("区民政局", "2024-02")])
def test_the_workbook_of_another_unit_or_period_is_refused(
    database: Database, built: Built, tmp_path: Path, unit: str, period: str
) -> None:
    no = "3" if unit == "区教育局" else "1"
    path = made(database, tmp_path, (no, "value", 30), unit=unit)
    with pytest.raises(DubanError) as refusal:
        filed(database, path, period=period)
    assert refusal.value.code == "WORKBOOK_OF_OTHERS"
    assert len(reports(database)) == 1


def test_a_key_of_another_units_task_is_refused(database: Database, built: Built, tmp_path: Path) -> None:
    path = made(database, tmp_path, ("1", "value", 30), ("1", "task_key", f"{built.subtasks['3']}/lead/0"))
    with pytest.raises(WorkbookRefused) as refusal:
        filed(database, path)
    assert refusal.value.code == "WORKBOOK_REFUSED"


def test_an_empty_workbook_is_told(database: Database, built: Built, tmp_path: Path) -> None:
    with pytest.raises(DubanError) as refusal:
        filed(database, made(database, tmp_path))
    assert refusal.value.code == "WORKBOOK_EMPTY"


@pytest.mark.parametrize(("wanted", "count"), [(True, 1), (False, 0)])
def test_the_workbook_goes_with_a_message_that_asks_for_a_report_where_the_policy_says_so(
    database: Database, wanted: bool, count: int
) -> None:
    build(database, Task("1"), policy={"attach_workbook": wanted, "acknowledge": False})
    morning = at("2024-03-26T09:30")
    sweep(database, morning)
    compose(database, INBOX, morning)
    with database.read() as session:
        files = session.exec(select(tables.MessageFile)).all()
    assert [one.name for one in files] == ["填报表 2024-03.xlsx"][:count]
    assert all(
        load_workbook(io.BytesIO(one.content))[SHEET].cell(2, PLACES["no"]).value == "1" for one in files
    )
