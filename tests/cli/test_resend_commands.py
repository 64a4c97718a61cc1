"""``duban resend`` and ``duban settle`` as people run them."""

from __future__ import annotations

from db import tables
from db.session import Database
from tests.cli.console import Console
from tests.workflows.office_2024 import INBOX, Task, at, build
from workflows.cycle import run_cycle


def test_what_arrived_is_copied_and_what_did_not_is_settled(console: Console) -> None:
    database = Database(f"sqlite:///{console.folder / 'duban.db'}")
    database.migrate()
    build(database, Task("1"), Task("2", lead="区教育局"))
    run_cycle(database, INBOX, at("2024-03-26T09:30"))
    with database.write() as session:
        session.get_one(tables.Message, 2).state = "given_up"
    console.environment["DUBAN_DATABASE_URL"] = "sqlite:///duban.db"
    without = console.duban("resend", "1", "--yes")
    assert (without.code, "[NO_REASON]" in without.err) == (1, True)
    assert console.duban("resend", "99", "--yes").code == 1
    copied = console.duban("resend", "1", "--reason", "单位说没收到", "--yes", "--who", "甲岗")
    assert (copied.code, "已写好补发的一封（消息 3）" in copied.out) == (0, True)
    settled = console.duban("settle", "2", "1", "--reason", "已电话告知", "--who", "甲岗")
    assert settled.out.splitlines() == ["已办结 1 封。", "没有变动：1（不是未送达的，或已有人办结）。"]
    with database.read() as session:
        assert session.get_one(tables.Message, 2).settled_by == "甲岗"
        assert session.get_one(tables.Message, 3).key == "copy:1:1"
    database.close()
