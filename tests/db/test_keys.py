"""The database is the referee: what may exist once exists once, and nothing points at nothing."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

import pytest
from sqlalchemy.exc import IntegrityError
from sqlmodel import SQLModel, select

from db import tables
from db.session import Database, insert_new

NOON = datetime(2024, 3, 1, 4, tzinfo=UTC)
DAY = date(2024, 3, 1)

REMINDER: dict[str, Any] = {
    "obligation": "subtask:1",
    "rule": "deadline_due",
    "anchor": "2024-11-30",
    "step": -5,
    "post_id": 1,
    "plan_id": 1,
    "subtask_id": 1,
    "nominal_on": DAY,
    "created_at": NOON,
}
MESSAGE: dict[str, Any] = {
    "key": "1/1/email/2024-03-01",
    "kind": "reminder",
    "plan_id": 1,
    "post_id": 1,
    "channel": "email",
    "recipient": "联络员",
    "slot_on": DAY,
    "slot_at": NOON,
    "subject": "提醒",
    "text": "正文",
    "rfc_message_id": "<1@example.org>",
    "next_attempt_at": NOON,
    "created_at": NOON,
}
RUN = {"workflow": "weekly_digest", "plan_id": 1, "period": "2024-W09", "state": "done", "at": NOON}
DELIVERY = {"message_id": 1, "attempt": 1, "epoch": 1, "started_at": NOON}
BULLETIN = {"plan_id": 1, "kind": "weekly", "period": "2024-W09", "on": DAY, "created_at": NOON}

CASES = [
    (tables.Reminder, REMINDER, ["obligation", "rule", "anchor", "step", "post_id"]),
    (tables.Message, {**MESSAGE, "rfc_message_id": "<2@example.org>"}, ["key"]),
    (tables.Message, {**MESSAGE, "key": "another"}, ["rfc_message_id"]),
    (tables.Run, RUN, ["workflow", "plan_id", "period"]),
    (tables.Delivery, DELIVERY, ["message_id", "attempt"]),
    (tables.Bulletin, BULLETIN, ["plan_id", "kind", "period"]),
]
OTHER: dict[str, Any] = {
    "obligation": "subtask:2",
    "rule": "overdue",
    "anchor": "2024-12-31",
    "step": -1,
    "post_id": 2,
    "plan_id": 2,
    "key": "another",
    "rfc_message_id": "<3@example.org>",
    "workflow": "gap_digest",
    "period": "2024-W10",
    "message_id": 2,
    "attempt": 2,
    "kind": "daily",
}


def _world(database: Database) -> None:
    """Two plans with a sub-task each, two posts and two messages, for rows to point at by number."""
    with database.write() as session:
        for number in (1, 2):
            place = {"plan_id": number, "project_id": number, "position": 1, "no": "1", "title": "任务"}
            old = {"key": f"old {number}", "rfc_message_id": f"<old{number}@example.org>"}
            rows: list[SQLModel] = [
                tables.Unit(name=f"单位{number}"),
                tables.Plan(title="计划", year=2024),
                tables.Post(unit_id=number, kind="liaison"),
                tables.Project(plan_id=number, position=1, no="1", title="项目"),
                tables.SubTask.model_validate(place),
                tables.Message(**{**MESSAGE, **old}),
            ]
            for row in rows:
                session.add(row)
                session.flush()


def _store(database: Database, table: type[SQLModel], row: dict[str, Any]) -> None:
    with database.write() as session:
        session.add(table(**row))


def _change(row: dict[str, Any], column: str) -> dict[str, Any]:
    fresh = {"rfc_message_id": "<4@example.org>"} if "rfc_message_id" in row and column == "key" else {}
    fresh = {"key": "third"} if "key" in row and column == "rfc_message_id" else fresh
    return {**row, **fresh, column: OTHER[column]}


@pytest.mark.parametrize(("table", "row", "key"), CASES)
def test_the_same_key_is_stored_once(
    database: Database, table: type[SQLModel], row: dict[str, Any], key: list[str]
) -> None:
    _world(database)
    _store(database, table, row)
    again = {**row}
    if table is tables.Message:  # it has two keys: the other one differs
        other = "rfc_message_id" if key == ["key"] else "key"
        again[other] = OTHER[other]
    with pytest.raises(IntegrityError):
        _store(database, table, again)


@pytest.mark.parametrize(
    ("table", "row", "column"), [(table, row, column) for table, row, key in CASES for column in key]
)
def test_a_key_that_differs_in_one_part_is_another_thing(
    database: Database, table: type[SQLModel], row: dict[str, Any], column: str
) -> None:
    _world(database)
    before = _count(database, table)
    _store(database, table, row)
    _store(database, table, _change(row, column))
    assert _count(database, table) == before + 2


def _count(database: Database, table: type[SQLModel]) -> int:
    with database.read() as session:
        return len(session.exec(select(table)).all())


def test_an_edit_of_the_calendar_does_not_owe_a_reminder_twice(database: Database) -> None:
    _world(database)
    moved = {**REMINDER, "nominal_on": date(2024, 3, 4)}
    complete = {"reason": [], "state": "pending", "ended_reason": ""}
    table = tables.Reminder.__table__  # type: ignore[attr-defined]
    with database.write() as session:
        assert insert_new(session.connection(), table, [{**REMINDER, **complete}]) == 1
    with database.write() as session:
        assert insert_new(session.connection(), table, [{**moved, **complete}]) == 0


@pytest.mark.parametrize(
    ("table", "row", "reference"),
    [
        (tables.Reminder, REMINDER, "post_id"),
        (tables.Reminder, REMINDER, "plan_id"),
        (tables.Reminder, REMINDER, "subtask_id"),
        (tables.Reminder, {**REMINDER, "message_id": 1}, "message_id"),
        (tables.Message, MESSAGE, "post_id"),
        (tables.Message, {**MESSAGE, "contact_id": None}, "contact_id"),
        (tables.Delivery, DELIVERY, "message_id"),
        (tables.Run, RUN, "plan_id"),
        (tables.Bulletin, BULLETIN, "plan_id"),
        (tables.Post, {"unit_id": 1, "kind": "head"}, "unit_id"),
        (tables.UnitAlias, {"unit_id": 1, "name": "别名"}, "unit_id"),
        (tables.UnitMember, {"collective_id": 1, "member_id": 2}, "member_id"),
    ],
)
def test_a_row_that_points_at_nothing_is_refused(
    database: Database, table: type[SQLModel], row: dict[str, Any], reference: str
) -> None:
    _world(database)
    with pytest.raises(IntegrityError):
        _store(database, table, {**row, reference: 404})
    _store(database, table, row)


@pytest.mark.parametrize("table", [tables.Unit, tables.Plan, tables.Post, tables.SubTask])
def test_what_others_point_at_cannot_be_removed(database: Database, table: type[SQLModel]) -> None:
    _world(database)
    _store(database, tables.Reminder, REMINDER)
    with pytest.raises(IntegrityError), database.write() as session:
        session.delete(session.get_one(table, 1))
