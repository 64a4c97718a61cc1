"""Forecasts where people see them: on the sub-task, and as early warnings of the last digest."""

from __future__ import annotations

import pytest

from db.session import Database
from tests.web.running import pages
from tests.web.test_pages import text_of
from tests.workflows.office_2024 import INBOX, Built, Task, at, build
from workflows.report_progress import Filing, report_progress
from workflows.send_digest import send_digest
from workflows.status import status_of
from workflows.sweep import sweep

LATE = "晚于期限11月30日"


def reported(database: Database) -> Built:
    """1 makes 22 a month of 200 from 28 February: green in May, but it will take until the end of November 2024
    and a bit; 2 is fast enough; 3 has reported once."""
    built = build(database, Task("1", "200"), Task("2", "100"), Task("3", "100"))
    sweep(database, at("2024-03-01T00:00"))
    for no, figures in (("1", (24, 44, 64)), ("2", (20, 40, 60)), ("3", (20,))):
        for month, figure in enumerate(figures, 3):
            moment = at(f"2024-{month:02d}-28T10:00")
            report_progress(database, Filing(no, f"2024-{month:02d}", [f"{figure}台"]), moment, "test")
    return built


@pytest.fixture
def built(sqlite_database: Database) -> Built:
    return reported(sqlite_database)


def test_the_sub_task_shows_the_date_its_reason_and_the_line(sqlite_database: Database, built: Built) -> None:
    with pages(sqlite_database, at("2024-05-31T18:00")) as client:
        late = client.get(f"/subtasks/{built.subtasks['1']}").text
        in_time = client.get(f"/subtasks/{built.subtasks['2']}").text
        unknown = client.get(f"/subtasks/{built.subtasks['3']}").text
        english = client.get(f"/subtasks/{built.subtasks['1']}?lang=en").text
    # 20 in 31 and 30 days; 64 on 28 May: the median line is at 64, 136 are missing: 207.4 days, 22 December
    assert "按目前进度预计12月22日完成，晚于期限11月30日（近3期每月约20台，还差136台）" in text_of(late)
    assert "After the deadline".lower() in text_of(english)
    assert '<polyline class="forecast"' in late
    assert "按目前进度预计" in text_of(in_time)
    assert "晚于" not in text_of(in_time)
    assert "至少要有两期数据，现有1期" in text_of(unknown)
    assert '<polyline class="forecast"' not in unknown


def test_warnings_are_those_of_the_last_digest_as_long_as_they_are_open(
    database: Database,
) -> None:
    built = reported(database)
    with pages(database, at("2024-05-31T14:00")) as client:
        assert LATE not in text_of(client.get("/").text)
    send_digest(database, INBOX, at("2024-05-31T15:30"))
    with pages(database, at("2024-05-31T18:00")) as client:
        page = text_of(client.get("/").text)
    assert "预计晚于期限的任务" in page
    assert page.count(LATE) == 1
    with database.read() as session:
        (warning,) = status_of(session).forecasts
    assert (warning.subtask_id, str(warning.on)) == (built.subtasks["1"], "2024-12-22")
    report_progress(database, Filing("1", "2024-06", ["200台"]), at("2024-06-03T10:00"), "test")
    with database.read() as session:
        assert status_of(session).forecasts == ()
