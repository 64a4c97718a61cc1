"""What an older version of the rules decided is judged anew, once."""

from __future__ import annotations

from datetime import date

from sqlmodel import select

from db import runs, tables
from db.session import Database
from tests.workflows.office_2024 import Task, at, build
from workflows.renew_rules import MARK, renew_rules
from workflows.sweep import sweep


def next_checks(database: Database) -> dict[str, date | None]:
    with database.read() as session:
        return {row.no: row.next_check_on for row in session.exec(select(tables.SubTask))}


def test_a_new_version_of_the_rules_looks_at_every_open_task_again_but_once(database: Database) -> None:
    build(database, Task("1"), Task("2", state="accepted"))
    sweep(database, at("2024-03-04T08:00"))
    with database.write() as session:
        runs.mark(session, MARK, "an older one", at("2024-03-04T08:00"))
    before = next_checks(database)
    assert renew_rules(database, at("2024-03-05T08:00"))
    assert before["1"] != date(2024, 3, 5)
    assert next_checks(database) == {"1": date(2024, 3, 5), "2": before["2"]}
    assert not renew_rules(database, at("2024-03-06T08:00"))
    assert next_checks(database)["1"] == date(2024, 3, 5)
