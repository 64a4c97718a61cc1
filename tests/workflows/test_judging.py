"""A row that cannot be judged stops nobody else."""

from __future__ import annotations

from sqlalchemy import text
from sqlmodel import select

from db import runs, tables
from db.session import Database
from tests.workflows.office_2024 import Task, at, build
from workflows.judging import UNJUDGED
from workflows.sweep import sweep


def spoil(database: Database, key: int, state: str) -> None:
    with database.write() as session:
        session.connection().execute(
            text("UPDATE subtasks SET state = :state, next_check_on = '2024-01-01' WHERE id = :key"),
            {"state": state, "key": key},
        )


def test_a_sub_task_that_makes_no_sense_is_shown_and_the_others_are_judged(database: Database) -> None:
    built = build(database, Task("1.1"), Task("1.2"), Task("1.3"))
    spoil(database, built.subtasks["1.2"], "nonsense")
    assert sweep(database, at("2024-04-02T09:00")).owed == 2
    with database.read() as session:
        (finding,) = runs.open_findings(session, UNJUDGED)
        assert finding.subject == f"subtask:{built.subtasks['1.2']}"
        owed = {row.subtask_id for row in session.exec(select(tables.Reminder))}
    assert owed == {built.subtasks["1.1"], built.subtasks["1.3"]}
    assert sweep(database, at("2024-04-02T09:30")).checked == 0, "tried again tomorrow, not at once"
    spoil(database, built.subtasks["1.2"], "issued")
    assert sweep(database, at("2024-04-03T09:00")).owed > 0
    with database.read() as session:
        assert runs.open_findings(session, UNJUDGED) == []


def test_where_nothing_of_a_batch_can_be_judged_the_sweep_goes_on(database: Database) -> None:
    built = build(database, Task("1.1"), Task("1.2"), Task("1.3"))
    spoil(database, built.subtasks["1.1"], "nonsense")
    spoil(database, built.subtasks["1.2"], "nonsense")
    summary = sweep(database, at("2024-04-02T09:00"), batch=1)
    assert summary.checked == 3
    with database.read() as session:
        assert len(runs.open_findings(session, UNJUDGED)) == 2
        assert {row.subtask_id for row in session.exec(select(tables.Reminder))} == {built.subtasks["1.3"]}
