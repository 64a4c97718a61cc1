"""The grid in a real browser: a block from Excel, filling down, the keyboard, undo; and the pages for everybody."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page

from db import plans
from db.session import Database
from engine.roles import Role
from tests.databases import sqlite_copy
from tests.web.browsing import PHONE, SIZES, Seat, seated
from tests.web.running import pages, signed_in
from tests.workflows.office_2024 import Task, at, build

NOW = at("2024-03-01T18:00")
TASKS = [Task(f"1.{number}") for number in range(1, 23)]
PASTE = """([row, column, text]) => {
  const input = document.querySelectorAll('#grid tbody tr')[row].querySelectorAll('td input')[column];
  input.focus();
  const data = new DataTransfer();
  data.setData('text/plain', text);
  input.dispatchEvent(new ClipboardEvent('paste', {clipboardData: data, bubbles: true, cancelable: true}));
}"""
VALUES = """([row, rows, column, columns]) => Array.from(document.querySelectorAll('#grid tbody tr'))
  .slice(row, row + rows).map((line) => Array.from(line.querySelectorAll('td input'), (input) => input.value)
  .slice(column, column + columns))"""
FOCUS = "document.activeElement.getAttribute('aria-label')"


@pytest.fixture
def office(sqlite_template: Path, tmp_path: Path) -> Iterator[Database]:
    """Twenty-two sub-tasks of 100 lifts each, without milestones."""
    database = sqlite_copy(sqlite_template, tmp_path)
    build(database, *TASKS)
    yield database
    database.close()


@pytest.fixture
def seat(office: Database, browser: Browser) -> Iterator[Seat]:
    """A coordinator in front of the grid."""
    with pages(office, NOW, role=None) as client:
        token = signed_in(office, Role.COORDINATOR, NOW)
        with seated(browser, str(client.base_url), token) as found:
            found.open("/milestones")
            yield found
            assert found.complaints == []
            assert found.elsewhere == []


def paste(page: Page, row: int, column: int, block: list[list[str]]) -> None:
    page.evaluate(PASTE, [row, column, "\r\n".join("\t".join(line) for line in block) + "\r\n"])


def values(page: Page, row: int, rows: int, column: int, columns: int) -> list[list[str]]:
    found: list[list[str]] = page.evaluate(VALUES, [row, rows, column, columns])
    return found


def cell(page: Page, row: int, column: int) -> None:
    page.locator("#grid tbody tr").nth(row).locator("td input").nth(column).click()


BLOCK = [[str(9 * column + row % 3 + 1) for column in range(10)] for row in range(20)]


def test_twenty_rows_from_excel_are_pasted_looked_at_and_saved(seat: Seat, office: Database) -> None:
    page = seat.page
    paste(page, 1, 0, BLOCK)
    assert values(page, 1, 20, 0, 10) == BLOCK
    assert values(page, 0, 1, 0, 10) == values(page, 21, 1, 0, 10) == [[""] * 10]
    assert "已粘贴 200 格" in page.inner_text("#grid-status")
    page.click(".acts button[value=preview]")
    assert "将修改 20 个子任务的 200 个节点" in page.inner_text("#h-preview")
    page.click("button[value=save]")
    assert "已保存 200 个节点" in page.inner_text(".told")
    with office.read() as session:
        loaded = plans.load_subtasks(session, plans.subtask_ids(session, 1))
    assert [len(one.milestones) for one in loaded.values()] == [0, *([10] * 20), 0]
    assert loaded[2].milestones[0].due_on == date(2024, 2, 29)


def test_a_paste_and_a_fill_can_be_undone_before_saving(seat: Seat) -> None:
    page = seat.page
    paste(page, 0, 1, [["5", "10"], ["6", "12"]])
    cell(page, 0, 1)
    for _ in range(3):
        page.keyboard.press("Shift+ArrowDown")
    page.keyboard.press("Control+d")
    assert values(page, 0, 4, 1, 2) == [["5", "10"], ["5", "12"], ["5", ""], ["5", ""]]
    page.keyboard.press("Control+z")
    assert values(page, 0, 4, 1, 2) == [["5", "10"], ["6", "12"], ["", ""], ["", ""]]
    page.click("#grid-undo")
    assert values(page, 0, 4, 1, 2) == [["", ""]] * 4
    assert page.is_disabled("#grid-undo")


def test_the_fill_button_copies_the_first_row_of_the_selection_or_the_cell_above(seat: Seat) -> None:
    page = seat.page
    paste(page, 0, 1, [["5", "10"]])
    cell(page, 1, 1)
    page.click("#grid-fill")
    assert values(page, 1, 1, 1, 2) == [["5", ""]]
    cell(page, 0, 1)
    page.locator("#grid tbody tr").nth(3).locator("td input").nth(2).click(modifiers=["Shift"])
    page.click("#grid-fill")
    assert values(page, 0, 4, 1, 2) == [["5", "10"]] * 4


def test_what_lies_beyond_the_table_is_said_and_left_out(seat: Seat) -> None:
    page = seat.page
    paste(page, 21, 10, [["1", "2"], ["3", "4"]])
    assert values(page, 21, 1, 10, 1) == [["1"]]
    assert "超出表格的部分没有粘贴" in page.inner_text("#grid-status")


@pytest.mark.parametrize(
    ("keys", "label"),
    [
        (["Enter"], "1.3 设备 4月"),
        (["Shift+Enter"], "1.1 设备 4月"),
        (["ArrowDown", "ArrowRight"], "1.3 设备 5月"),
        (["ArrowUp", "ArrowLeft"], "1.1 设备 3月"),
        (["Tab"], "1.2 设备 5月"),
        (["ArrowUp", "ArrowUp"], "1.1 设备 4月"),  # the first row is the first row
    ],
)
def test_the_keyboard_moves_from_cell_to_cell(seat: Seat, keys: list[str], label: str) -> None:
    page = seat.page
    cell(page, 1, 2)
    for key in keys:
        page.keyboard.press(key)
    assert page.evaluate(FOCUS) == label
    assert page.url.endswith("/milestones")  # Enter does not hand the form in


@pytest.mark.parametrize("size", list(SIZES))
@pytest.mark.parametrize(
    "path", ["/milestones", "/milestones/1", "/calendar?month=2024-02", "/calendar/compare"]
)
def test_everybody_can_use_the_pages_and_they_fit(
    office: Database, browser: Browser, size: str, path: str
) -> None:
    with pages(office, NOW, role=None) as client:
        token = signed_in(office, Role.COORDINATOR, NOW)
        with seated(browser, str(client.base_url), token, SIZES[size]) as seat:
            seat.open(path)
            assert seat.violations() == []
            assert seat.overhang() <= 0


def test_without_scripts_the_form_works_as_it_is(office: Database, browser: Browser) -> None:
    with pages(office, NOW, role=None) as client:
        token = signed_in(office, Role.COORDINATOR, NOW)
        with seated(browser, str(client.base_url), token, PHONE, scripts=False) as seat:
            page = seat.open("/milestones")
            page.locator("#grid tbody tr").nth(0).locator("td input").nth(2).fill("30")
            page.click(".acts button[value=preview]")
            assert "2024-04-30：（无） → 设备 30台" in page.inner_text(".preview")
            page.click("button[value=save]")
            assert "已保存 1 个节点" in page.inner_text(".told")
