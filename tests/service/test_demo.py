"""The demo: moved day by day by its buttons, it shows reminders, digests and replies; nothing can leave."""

from __future__ import annotations

import re
import signal
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from sqlmodel import Session, col, select

from db import plans, tables
from db.session import Database
from duban.demo import START, VirtualDays
from duban.demo_units import HABITS, PROMPT, SILENT, spread_over
from engine.errors import DubanError
from engine.rollup import compare
from tests.cli.console import Console
from tests.service.running import Running, running


def shown_date(service: Running) -> str:
    """The virtual date in the bar, once the demo stands still."""
    while True:
        html = service.get().text
        if 'http-equiv="refresh"' not in html:
            found = re.search(r'<time datetime="([\d-]+)">', html)
            assert found
            return found[1]


def test_a_visitor_moves_the_days_and_sees_what_happens(console: Console) -> None:
    with running(console, "demo", "--no-browser", "--port", "0") as demo:
        assert shown_date(demo) == "2024-03-01"
        assert "虚拟日期" in demo.get().text
        for button, reached in (("day", "2024-03-02"), ("week", "2024-03-09"), ("month", "2024-03-31")):
            assert demo.press(button).status_code == 303
            assert shown_date(demo) == reached
        inbox = demo.get("messages").text
        assert "【周报】" in inbox
        assert "【蓝】" in inbox
        assert "填报了" in demo.get().text
        assert demo.end(signal.SIGINT) == 0
        assert "Traceback" not in demo.log
    with running(console, "demo", "--no-browser", "--port", "0") as again:
        assert shown_date(again) == "2024-03-31"
        assert again.press("month").status_code == 303
        assert shown_date(again) == "2024-04-30"
        assert "【黄】" in again.get("messages?kind=reminder").text
        second = console.duban("demo", "--fresh", "--no-browser")
        assert (second.code, "[SERVICE_RUNNING]" in second.err) == (1, True)
        assert shown_date(again) == "2024-04-30"
        assert again.end() == 0
    with running(console, "demo", "--fresh", "--no-browser", "--port", "0") as fresh:
        assert shown_date(fresh) == "2024-03-01"
    kept = {path.name.split(".")[0] for path in (console.folder / "var").iterdir()}
    assert kept == {"demo"}


def test_configured_mail_is_never_used(console: Console) -> None:
    console.environment |= {
        "DUBAN_SMTP__HOST": "127.0.0.1",
        "DUBAN_SMTP__PORT": "9",
        "DUBAN_MAIL__FROM_ADDRESS": "duban@example.org",
        "DUBAN_DATABASE_URL": "sqlite:///var/real.sqlite3",
    }
    with running(console, "demo", "--no-browser", "--port", "0") as demo:
        demo.press("week")
        assert shown_date(demo) == "2024-03-08"
        assert "站内收件箱" in demo.get("messages/1").text
    assert not (console.folder / "var" / "real.sqlite3").exists()


def rules_of(session: Session, subtask_id: int) -> set[str]:
    """Under which rules a sub-task's units were reminded."""
    table = tables.Reminder
    query = select(table.rule).where(col(table.subtask_id) == subtask_id, col(table.state) == "accepted")
    return set(session.exec(query))


def test_units_on_plan_are_only_asked_for_reports_and_silent_ones_are_chased(
    sqlite_database: Database,
) -> None:
    demo = VirtualDays(sqlite_database)
    demo.begin()
    for reached in (date(2024, 3, 31), date(2024, 4, 30)):
        demo.move("month")
        demo.wait()
        assert demo.today() == reached
    with sqlite_database.read() as session:
        plan_id = plans.load_plans(session)[0].id
        ids = plans.subtask_ids(session, plan_id)
        habits = {key: HABITS[place % len(HABITS)] for place, key in enumerate(ids)}
        for key, habit in habits.items():
            rules = rules_of(session, key)
            if habit is PROMPT:
                assert rules == {"report_due"}
            elif habit is SILENT:
                assert "report_late" in rules
        channels = set(session.exec(select(tables.Message.channel)))
        states = set(session.exec(select(tables.Message.state)))
    assert channels == {"inbox"}
    assert states <= {"accepted", "superseded", "withdrawn"}


def test_the_same_days_bring_the_same_messages(sqlite_database: Database, tmp_path: Path) -> None:
    other = Database(f"sqlite:///{tmp_path / 'other.sqlite3'}")
    other.migrate()
    listed = []
    for database, steps in ((sqlite_database, ["week", "week"]), (other, ["day"] * 14)):
        demo = VirtualDays(database)
        demo.begin()
        for step in steps:
            demo.move(step)
            demo.wait()
        with database.read() as session:
            rows = session.exec(select(tables.Message).order_by(col(tables.Message.key)))
            listed.append([(row.key, row.subject, row.text) for row in rows])
    other.close()
    assert listed[0] == listed[1]
    assert listed[0]


def test_without_the_examples_it_says_where_to_run_it(sqlite_database: Database, tmp_path: Path) -> None:
    with pytest.raises(DubanError) as caught:
        VirtualDays(sqlite_database).begin(tmp_path)
    assert caught.value.code == "EXAMPLES_MISSING"


def test_it_begins_on_the_evening_of_its_first_day(sqlite_database: Database) -> None:
    demo = VirtualDays(sqlite_database)
    demo.begin()
    assert demo.today() == START
    assert demo.now().date() == START
    assert demo.target() is None
    assert not demo.is_over()


def test_the_streets_report_their_shares_of_what_the_lead_unit_reports(sqlite_database: Database) -> None:
    demo = VirtualDays(sqlite_database)
    demo.begin()
    demo.move("month")
    demo.wait()
    with sqlite_database.read() as session:
        plan_id = plans.load_plans(session)[0].id
        found = plans.load_subtasks(session, plans.subtask_ids(session, plan_id))
        compared = [one for subtask in found.values() for one in compare(subtask)]
        findings = set(session.exec(select(tables.Finding.code)))
    assert len(compared) >= 10
    assert all(one.agrees for one in compared)
    assert findings == set()


@pytest.mark.parametrize(
    ("amount", "room", "parts"),
    [
        ("0", ["4", "4"], ["0", "0"]),
        ("1", ["4", "4"], ["1", "0"]),
        ("8", ["4", "4"], ["4", "4"]),
        ("9", ["4", "4"], ["4", "4"]),  # more than there is room for: everybody is full
        ("5", ["1", "9"], ["0", "5"]),
        ("-2", ["1", "9"], ["0", "0"]),  # a figure that was taken back: nobody says less
        ("2.5", ["9"], ["2.5"]),
    ],
)
def test_a_figure_is_spread_over_the_room_that_each_unit_has_left(
    amount: str, room: list[str], parts: list[str]
) -> None:
    spread = spread_over(Decimal(amount), {key: Decimal(one) for key, one in enumerate(room)})
    assert list(spread.values()) == [Decimal(one) for one in parts]
