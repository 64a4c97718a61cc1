"""运行情况: what was owed and how it ended, what has no end, and a service that is silent."""

from __future__ import annotations

import io
import re
from collections import Counter
from datetime import datetime, timedelta

import pytest
from openpyxl import load_workbook
from sqlalchemy import update
from sqlmodel import col, select

from db import hold, runs, tables
from db.session import Database
from engine.roles import Role
from engine.timetable import DELIVER
from tests.web.running import pages
from tests.workflows.office_2024 import INBOX, Task, at, build
from workflows.compose import compose
from workflows.deliver import deliver
from workflows.health import Pulse
from workflows.status import LAST_SWEEP
from workflows.sweep import sweep

NOW = at("2024-04-02T18:00")


def lived(database: Database) -> None:
    """Reports of March fall due on 29 March and are late from 1 April on; every day is lived through."""
    build(database, Task("1.1"), Task("2.1", lead="区教育局"), emails={"区民政局": "a@example.org"})
    for day in ("2024-03-29", "2024-04-01", "2024-04-02"):
        moment = at(f"{day}T09:30")
        sweep(database, moment)
        compose(database, INBOX, moment)
        deliver(database, INBOX, moment)


def rows_of(html: str) -> list[list[str]]:
    """The cells of the table of days, without markup."""
    table = html.split('<table class="service">')[1].split("</table>")[0]
    rows = re.findall(r"<tr>(.*?)</tr>", table, re.DOTALL)[1:]
    return [
        [re.sub(r"<[^>]+>", "", cell).strip() for cell in re.findall(r"<t[hd].*?</t[hd]>", row, re.DOTALL)]
        for row in rows
    ]


@pytest.mark.parametrize("locale", ["zh-CN", "en"])
def test_every_day_says_what_was_owed_and_how_it_ended(sqlite_database: Database, locale: str) -> None:
    lived(sqlite_database)
    with sqlite_database.read() as session:
        counted = Counter(session.exec(select(col(tables.Reminder.nominal_on))))
    with pages(sqlite_database, NOW, role=Role.COORDINATOR) as client:
        rows = rows_of(client.get("/service", params={"lang": locale}).text)
    word = {"zh-CN": "提醒", "en": "Reminder"}[locale]
    owed = [row for row in rows if row[1].lower().startswith(word.lower())]
    assert [int(row[2]) for row in owed] == [counted[day] for day in sorted(counted, reverse=True)]
    for row in owed:
        assert sum(int(cell) for cell in row[3:8] if cell.isdigit()) == int(row[2])


def test_what_was_withdrawn_has_its_reason_and_what_waits_its_moment(sqlite_database: Database) -> None:
    lived(sqlite_database)
    with sqlite_database.write() as session:
        first = session.exec(select(tables.Reminder).order_by(col(tables.Reminder.id))).first()
        assert first is not None
        first.state, first.ended_reason = "withdrawn", "reported"
        session.add(first)
        session.execute(
            update(tables.Message).where(col(tables.Message.kind) != "reminder").values(state="held")
        )
    with pages(sqlite_database, NOW, role=Role.COORDINATOR) as client:
        said = client.get("/service").text
    assert "已填报 1" in said


def test_the_table_is_kept_as_a_workbook(sqlite_database: Database) -> None:
    lived(sqlite_database)
    with pages(sqlite_database, NOW, role=Role.COORDINATOR) as client:
        sheet = load_workbook(io.BytesIO(client.get("/service.xlsx").content)).active
        shown = rows_of(client.get("/service?days=31").text)
    assert sheet is not None
    assert [sheet.cell(1, column).value for column in (1, 3, 4)] == ["日期", "应发", "已送达"]
    assert [sheet.cell(row, 3).value for row in range(2, sheet.max_row + 1)] == [int(row[2]) for row in shown]


@pytest.mark.parametrize(
    ("owed", "is_overdue"),
    [("2024-03-31", True), ("2024-04-01", False), ("2024-04-02", False)],  # 1 April is the working day before
)
def test_what_has_no_end_a_working_day_later_is_named_with_a_link(
    sqlite_database: Database, owed: str, is_overdue: bool
) -> None:
    lived(sqlite_database)
    with sqlite_database.write() as session:
        first = session.exec(select(tables.Reminder).order_by(col(tables.Reminder.id))).first()
        assert first is not None
        first.state, first.nominal_on = "pending", at(f"{owed}T00:00").date()
        session.add(first)
        subtask = first.subtask_id
    with pages(sqlite_database, NOW, role=Role.COORDINATOR) as client:
        said = client.get("/service").text
    assert (f'<td><a href="/subtasks/{subtask}">' in said) is is_overdue
    assert ("1 项，见下表" in said) is is_overdue


@pytest.mark.parametrize(("hour", "is_overdue"), [("2024-03-31T23:59", True), ("2024-04-01T00:00", False)])
def test_a_message_that_should_have_left_is_named(
    sqlite_database: Database, hour: str, is_overdue: bool
) -> None:
    lived(sqlite_database)
    stuck = update(tables.Message).where(col(tables.Message.id) == 1)
    with sqlite_database.write() as session:
        session.execute(stuck.values(state="waiting", next_attempt_at=at(hour)))
    with pages(sqlite_database, NOW, role=Role.COORDINATOR) as client:
        assert ('<td><a href="/messages/1">' in client.get("/service").text) is is_overdue


def test_while_sending_is_held_nothing_is_expected_to_end(sqlite_database: Database) -> None:
    lived(sqlite_database)
    with sqlite_database.write() as session:
        session.execute(
            update(tables.Message).values(state="waiting", next_attempt_at=at("2024-03-01T09:00"))
        )
        hold.hold(session, NOW, NOW)
    with pages(sqlite_database, NOW, role=Role.COORDINATOR) as client:
        said = client.get("/service").text
    assert "现在什么消息都不发" in said
    assert "下一封消息" not in said
    assert "duban release" not in said
    assert 'href="/messages/1"' not in said


def test_a_duty_that_failed_is_named(sqlite_database: Database) -> None:
    lived(sqlite_database)
    with sqlite_database.write() as session:
        runs.open_finding(session, "DUTY_FAILED", DELIVER.name, "磁盘已满。", NOW)
    with pages(sqlite_database, NOW, role=Role.COORDINATOR) as client:
        said = client.get("/service").text
    assert "1 项出错" in said
    assert "■ 磁盘已满。" in said


@pytest.mark.parametrize("days", ["0", "-1", "9999"])
def test_only_offered_spans_are_shown(sqlite_database: Database, days: str) -> None:
    lived(sqlite_database)
    with pages(sqlite_database, NOW, role=Role.COORDINATOR) as client:
        assert 'days=7#days" aria-current="page"' in client.get("/service", params={"days": days}).text


def test_an_empty_office_is_told_what_comes_next(sqlite_database: Database) -> None:
    with pages(sqlite_database, NOW, role=Role.COORDINATOR) as client:
        assert "没有应发的消息" in client.get("/service").text


@pytest.mark.parametrize(("minutes", "is_silent"), [(30, False), (31, True)])
@pytest.mark.parametrize("path", ["/", "/service", "/messages", "/settings"])
def test_every_page_of_the_desk_says_when_the_service_is_silent(
    sqlite_database: Database, path: str, minutes: int, is_silent: bool
) -> None:
    lived(sqlite_database)
    with sqlite_database.write() as session:
        runs.mark(session, LAST_SWEEP, "", NOW - timedelta(minutes=minutes))
    pulse = Pulse(sqlite_database, NOW - timedelta(days=1))
    with pages(sqlite_database, NOW, role=Role.COORDINATOR, pulse=pulse) as client:
        assert ("提醒和周报可能没有发出" in client.get(path).text) is is_silent
        client.cookies.clear()
        assert "提醒和周报可能没有发出" not in client.get("/sign-in").text


def test_pages_ask_the_database_for_sweeps_every_ten_seconds_at_most(sqlite_database: Database) -> None:
    began = NOW - timedelta(days=1)
    pulse = Pulse(sqlite_database, began)
    told: list[datetime | None] = [pulse.silent_since(NOW)]
    with sqlite_database.write() as session:
        runs.mark(session, LAST_SWEEP, "", NOW)
    told += [pulse.silent_since(NOW + timedelta(seconds=one)) for one in (9, 10)]
    assert told == [began, began, None]
