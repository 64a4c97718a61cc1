"""``duban deliveries export`` as people run it."""

from __future__ import annotations

import openpyxl
import pytest

from db import receipts
from db.session import Database
from tests.cli.console import Console
from tests.workflows.office_2024 import INBOX, Task, at, build
from workflows.compose import compose
from workflows.sweep import sweep


def test_an_office_that_has_sent_nothing_gets_an_empty_table(console: Console) -> None:
    ended = console.duban(
        "deliveries", "export", "--from", "2024-03-01", "--to", "2024-03-31", "-o", "d.xlsx"
    )
    assert (ended.code, ended.out.strip()) == (0, "已导出 d.xlsx。")
    sheet = openpyxl.load_workbook(console.folder / "d.xlsx").worksheets[0]
    assert sheet["A1"].value == "投递凭证"
    assert sheet["A2"].value == "2024-03-01至2024-03-31，共0次投递，0条消息"
    listed = console.duban("deliveries", "export", "--from", "2024-03-01", "--to", "2024-03-31", "--json")
    assert listed.json == []


@pytest.mark.parametrize(
    ("first", "last", "code"),
    [("2024-03-31", "2024-03-01", "BAD_SPAN"), ("三月", "2024-03-01", "BAD_MOMENT")],
)
def test_days_that_make_no_span_are_refused(console: Console, first: str, last: str, code: str) -> None:
    ended = console.duban("deliveries", "export", "--from", first, "--to", last, "--json")
    assert (ended.code, ended.json["error"]["code"]) == (1, code)


def test_a_message_shows_who_has_read_it(console: Console) -> None:
    database = Database(f"sqlite:///{console.folder / 'duban.db'}")
    database.migrate()
    build(database, Task("1"))
    sweep(database, at("2024-03-26T09:30"))
    compose(database, INBOX, at("2024-03-26T09:30"))
    with database.write() as session:
        receipts.add(session, 1, [("liaison01", "unread", "")], at("2024-03-26T10:30"))
        receipts.add(session, 1, [("gone", "refused", "钉钉里没有这个账号")], at("2024-03-26T10:31"))
    database.close()
    console.environment["DUBAN_DATABASE_URL"] = "sqlite:///duban.db"
    shown = console.duban("message", "1").out
    assert "回执 2024-03-26 10:30  liaison01 未读\n" in shown
    assert "回执 2024-03-26 10:31  gone 未送到 钉钉里没有这个账号\n" in shown
    listed = console.duban("message", "1", "--json").json["receipts"]
    assert [(one["person"], one["answer"]) for one in listed] == [
        ("liaison01", "unread"),
        ("gone", "refused"),
    ]
