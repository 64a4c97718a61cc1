from __future__ import annotations

from datetime import timedelta

import pytest
from sqlmodel import col, select

from db import plans, runs, tables
from db.reports import add_report
from db.session import Database
from db.units import stored_id
from engine.errors import DubanError
from tests.workflows.drafts import NOW, prepared, row_counts, small_plan, stored
from tests.workflows.office_2024 import LINKED
from workflows.compose import compose
from workflows.import_plan import store
from workflows.office import Office
from workflows.sweep import sweep
from workflows.undo_import import undo

KEPT = {"import_batches": 1, "events": 2, "marks": 1}  # the mark is the head of the sealed record
SWEPT = KEPT | {"marks": 2}  # that there was a sweep is a fact of the installation


def refusal(database: Database, batch_id: int) -> str:
    before = row_counts(database)
    with pytest.raises(DubanError) as refused:
        undo(database, batch_id, NOW, "tester")
    assert row_counts(database) == before
    return refused.value.code


def test_undoing_an_import_leaves_only_the_record_of_it(database: Database) -> None:
    batch = stored(database)
    done = undo(database, batch.batch_id, NOW, "tester")
    assert (done.plan_id, done.removed, done.title) == (batch.plan_id, True, "示例计划")
    assert {name: count for name, count in row_counts(database).items() if count} == KEPT


def test_what_was_computed_from_the_plan_goes_with_it(database: Database) -> None:
    batch = stored(database)
    sweep(database, NOW + timedelta(days=60))
    assert row_counts(database)["reminders"] > 0
    undo(database, batch.batch_id, NOW, "tester")
    assert {name: count for name, count in row_counts(database).items() if count} == SWEPT


def test_a_message_that_never_left_is_withdrawn(database: Database) -> None:
    batch = stored(database)
    moment = NOW.replace(month=4, day=30, hour=3)
    sweep(database, moment)
    assert compose(database, Office(), moment).composed > 0
    undo(database, batch.batch_id, moment, "tester")
    assert {name: count for name, count in row_counts(database).items() if count} == SWEPT


def test_a_link_that_never_left_goes_with_its_message(database: Database) -> None:
    batch = stored(database)
    moment = NOW.replace(month=4, day=30, hour=3)
    sweep(database, moment)
    assert compose(database, LINKED, moment).composed > 0
    assert row_counts(database)["report_links"] > 0
    undo(database, batch.batch_id, moment, "tester")
    assert {name: count for name, count in row_counts(database).items() if count} == SWEPT


def test_an_attempted_message_keeps_the_plan(database: Database) -> None:
    batch = stored(database)
    moment = NOW.replace(month=4, day=30, hour=3)
    sweep(database, moment)
    compose(database, Office(), moment)
    with database.write() as session:
        message = session.exec(select(tables.Message)).first()
        assert message is not None
        message.state, message.attempts = "accepted", 1
        session.add(message)
    assert refusal(database, batch.batch_id) == "UNDO_REFUSED"


def test_a_report_of_a_unit_keeps_the_plan(database: Database) -> None:
    batch = stored(database)
    with database.write() as session:
        task = session.exec(select(tables.SubTask).where(col(tables.SubTask.no) == "1.2")).one()
        report = tables.ProgressReport(
            subtask_id=stored_id(task.id),
            period="2024-03",
            as_of=NOW.date(),
            received_at=NOW,
            status="in_progress",
        )
        add_report(session, report, {})
    assert refusal(database, batch.batch_id) == "UNDO_REFUSED"


def test_a_decision_on_record_keeps_the_plan(database: Database) -> None:
    batch = stored(database)
    with database.write() as session:
        runs.record(session, "set_policy", "tester", NOW, plan_id=batch.plan_id)
    assert refusal(database, batch.batch_id) == "UNDO_REFUSED"


def test_a_batch_is_undone_once(database: Database) -> None:
    batch = stored(database)
    undo(database, batch.batch_id, NOW, "tester")
    assert refusal(database, batch.batch_id) == "UNDO_REFUSED"


def test_an_unknown_batch_is_refused(database: Database) -> None:
    assert refusal(database, 99) == "NO_SUCH_BATCH"


def test_units_that_another_plan_needs_stay(database: Database) -> None:
    first = stored(database)
    second = store(database, prepared(small_plan(), "1" * 64), NOW, "tester")
    undo(database, first.batch_id, NOW, "tester")
    with database.read() as session:
        ids = plans.subtask_ids(session, second.plan_id)
        assert len(plans.lead_posts(session, ids)[ids[0]]) == 2
    undo(database, second.batch_id, NOW, "tester")
    assert row_counts(database)["plans"] == 0


def test_after_an_undo_the_same_file_is_welcome(database: Database) -> None:
    undo(database, stored(database).batch_id, NOW, "tester")
    assert stored(database).counts["subtasks"] == 3
