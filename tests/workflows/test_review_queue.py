"""What waits for review: doubts about a report, filters, pages, a fixed number of queries."""

from __future__ import annotations

import pytest
from sqlalchemy import event
from sqlmodel import select

from db import tables
from db.references import find_unit
from db.session import Database
from db.units import stored_id
from tests.workflows.office_2024 import Task, at, build
from workflows.list_reviews import review_lines
from workflows.report_progress import Filing, report_progress
from workflows.review_queue import Wanted, all_lines, count_waiting, review_queue

NOW = at("2024-04-03T10:00")


def filed(database: Database, no: str, figure: str, **more: object) -> int:
    filing = Filing(no, "2024-03", [figure] if figure else [], **more)  # type: ignore[arg-type]
    return report_progress(database, filing, at("2024-03-29T10:00"), "填报人").report_id


@pytest.mark.parametrize(
    ("figure", "text", "status", "codes"),
    [
        ("11台", "已安装11台", "in_progress", []),
        ("11台", "累计完成11台，本月新增4台", "in_progress", []),
        ("11台", "累计完成12台", "in_progress", ["text_above_figure"]),
        ("11台", "已全部完成", "in_progress", ["done_below_target"]),
        ("11台", "已安装11台", "done", ["done_below_target"]),
        ("100台", "已全部完成", "done", ["figure_leaps"]),
        ("11台", "选址尚未落实", "in_progress", ["text_troubles"]),
        ("301台", "已安装301台", "in_progress", ["figure_jumps", "figure_leaps"]),
        ("11台", "", "in_progress", []),
    ],
)
def test_what_a_reviewer_is_warned_of(
    database: Database, figure: str, text: str, status: str, codes: list[str]
) -> None:
    build(database, Task("1"))
    filed(database, "1", figure, text=text, status=status)
    with database.read() as session:
        (line,) = review_lines(session, NOW)
    assert [one.code for one in line.doubts] == codes


def test_trouble_is_no_doubt_where_the_unit_asks_for_coordination(database: Database) -> None:
    build(database, Task("1"))
    filed(database, "1", "11台", text="选址尚未落实", needs_coordination=True)
    with database.read() as session:
        (line,) = review_lines(session, NOW)
    assert line.doubts == ()
    assert line.needs_coordination


def test_a_figure_that_falls_is_told_against_the_report_before(database: Database) -> None:
    build(database, Task("1"))
    filed(database, "1", "20台")
    report_progress(database, Filing("1", "2024-04", ["19台"]), NOW, "填报人")
    with database.read() as session:
        first, second = review_lines(session, NOW)
    assert (first.doubts, [one.code for one in second.doubts]) == ((), ["figure_falls"])
    assert second.figures[0].last == 20


def test_filters_and_pages_keep_what_fits(database: Database) -> None:
    build(database, Task("1"), Task("2", lead="区教育局"), Task("3"))
    for no in ("1", "2", "3"):
        filed(database, no, "11台")
    report_progress(database, Filing("2", "2024-04", ["12台"]), NOW, "填报人")
    with database.read() as session:
        school = stored_id(find_unit(session, "区教育局").id)
        project = stored_id(session.exec(select(tables.Project)).one().id)

        def numbers(wanted: Wanted, page: int = 1) -> list[str]:
            return [line.no for line in review_queue(session, wanted, page, NOW, size=2).lines]

        assert numbers(Wanted()) == ["1", "2"]
        assert numbers(Wanted(), 2) == ["3", "2"]
        assert numbers(Wanted(), 99) == ["3", "2"]
        assert numbers(Wanted(unit_id=school)) == ["2", "2"]
        assert numbers(Wanted(period="2024-04")) == ["2"]
        assert numbers(Wanted(project_id=project)) == ["1", "2"]
        assert numbers(Wanted(project_id=project + 1)) == []
        queue = review_queue(session, Wanted(unit_id=school), 1, NOW)
        assert (queue.waiting, queue.found, queue.pages) == (4, 2, 1)
        assert queue.periods == ("2024-04", "2024-03")
        assert [name for _, name in queue.units] == ["区民政局", "区教育局"]
        assert [line.no for line in all_lines(session, Wanted(), NOW)] == ["1", "2", "3", "2"]
        assert count_waiting(session) == 4


def test_a_page_costs_the_same_number_of_queries_however_many_wait(database: Database) -> None:
    build(database, *(Task(str(number)) for number in range(1, 9)))
    filed(database, "1", "11台")
    one = queries(database)
    for number in range(2, 9):
        filed(database, str(number), "11台")
    assert queries(database) == one


def queries(database: Database) -> int:
    count = [0]

    def counted(*_: object) -> None:
        count[0] += 1

    with database.read() as session:
        event.listen(session.get_bind(), "before_cursor_execute", counted)
        review_queue(session, Wanted(), 1, NOW)
        event.remove(session.get_bind(), "before_cursor_execute", counted)
    return count[0]
