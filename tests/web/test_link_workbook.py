"""The workbook behind a link, through a real client: fetched, filled in, handed in."""

from __future__ import annotations

import io
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from openpyxl import load_workbook

from db.session import Database
from intake.report_sheet import COLUMNS, SHEET
from tests.notifications.contents import visible
from tests.web.phone import Unit, opened
from web.pages.link_workbook import XLSX

PLACES = {column.key: place for place, column in enumerate(COLUMNS, 1)}


@pytest.fixture
def unit(sqlite_database: Database, tmp_path: Path) -> Iterator[Unit]:
    """区民政局 leads 1.1 (with an indicator) and 1.2 (without); 2.1 is another unit's."""
    with opened(sqlite_database, tmp_path) as found:
        yield found


def filled(unit: Unit, *cells: tuple[str, str, Any]) -> bytes:
    """The fetched workbook with cells filled in: number of the task, column, value."""
    fetched = unit.client.get(f"/r/{unit.token}/workbook/file")
    assert fetched.status_code == 200
    assert fetched.headers["content-type"] == XLSX
    book = load_workbook(io.BytesIO(fetched.content))
    sheet = book[SHEET]
    rows = {str(sheet.cell(row, PLACES["no"]).value): row for row in range(2, sheet.max_row + 1)}
    for no, key, value in cells:
        sheet.cell(rows[no], PLACES[key]).value = value
    content = io.BytesIO()
    book.save(content)
    return content.getvalue()


def hand_in(unit: Unit, content: bytes, name: str = "填报表.xlsx", **fields: str) -> httpx.Response:
    return unit.post(f"/r/{unit.token}/workbook", fields, [("file", (name, content))])


def test_a_workbook_comes_back_as_reports(unit: Unit) -> None:
    answer = hand_in(unit, filled(unit, ("1.1", "value", 26), ("1.2", "text", "已印发方案")))
    assert answer.status_code == 303
    assert unit.client.get(answer.headers["location"]).status_code == 200
    assert {(row.source, row.role, row.period) for row in unit.reports()} == {("workbook", "lead", "2024-03")}
    assert unit.figures() == [26]


def test_the_page_names_the_cells_that_cannot_be_read_and_stores_nothing(unit: Unit) -> None:
    answer = hand_in(unit, filled(unit, ("1.1", "value", "二十多"), ("1.2", "text", "已印发方案")))
    assert answer.status_code == 422
    assert "H2" in answer.text  # the column 本期累计完成
    assert unit.reports() == []


@pytest.mark.parametrize(
    ("cells", "said"),
    [
        ([("1.1", "value", "二十多")], "H2: That is no figure (its unit of measure is “台”)."),
        ([("1.1", "value", -3)], "H2: A total cannot be less than zero."),
        ([("1.2", "value", 3)], "H3: This row has no indicator, so it takes no figure."),
        ([("1.1", "forecast", "soon")], "L2: That is no date."),
        ([("1.1", "coordination", "maybe")], "Possible: no, yes."),
        ([("1.1", "value", 900)], "900 is more than three times the target."),
    ],
)
def test_somebody_who_reads_english_is_told_in_english_what_is_wrong(
    unit: Unit, cells: list[tuple[str, str, Any]], said: str
) -> None:
    path = f"/r/{unit.token}/workbook?lang=en"
    answer = unit.post(path, {}, [("file", ("workbook.xlsx", filled(unit, *cells)))])
    assert answer.status_code == 422
    assert said in visible(answer.text)


def test_a_doubt_is_asked_about_once(unit: Unit) -> None:
    hand_in(unit, filled(unit, ("1.1", "value", 26)))
    lower = filled(unit, ("1.1", "value", 20))
    asked = hand_in(unit, lower)
    assert asked.status_code == 422
    assert 'name="confirmed"' in asked.text
    assert hand_in(unit, lower, confirmed="1").status_code == 303
    assert unit.figures() == [26, 20]


@pytest.mark.parametrize(
    ("content", "name"),
    [
        (b"", ""),
        (b"hello", "a.xlsx"),
        (b"PK\x03\x04broken", "a.xlsx"),
        (b"a,b\n1,2\n", "a.csv"),
        (b"x", "../../a"),
    ],
)
def test_anything_else_is_refused_with_a_sentence(unit: Unit, content: bytes, name: str) -> None:
    answer = hand_in(unit, content, name)
    assert answer.status_code == 422
    assert 'role="alert"' in answer.text
    assert unit.reports() == []


def test_the_workbook_of_another_period_is_refused(unit: Unit) -> None:
    book = load_workbook(io.BytesIO(filled(unit, ("1.1", "value", 26))))
    book["说明"]["A3"].value = "填报期：2024-02"
    content = io.BytesIO()
    book.save(content)
    answer = hand_in(unit, content.getvalue())
    assert answer.status_code == 422
    assert unit.reports() == []


def test_a_stranger_gets_neither_page_nor_workbook(unit: Unit) -> None:
    strange = "A" * len(unit.token)
    for path in (f"/r/{strange}/workbook", f"/r/{strange}/workbook/file"):
        answer = unit.client.get(path)
        assert answer.status_code == 404
        assert "区民政局" not in answer.text


def test_the_units_page_leads_to_the_workbook(unit: Unit) -> None:
    assert f"/r/{unit.token}/workbook" in unit.client.get(f"/r/{unit.token}").text
