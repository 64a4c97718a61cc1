"""Decisions form one chain that shows every later change of it, on SQLite and on PostgreSQL."""

from __future__ import annotations

import hashlib
import json
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime
from decimal import Decimal
from threading import Barrier
from typing import Any

import pytest
from alembic import command
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError
from sqlmodel import select

from db import audit, guards, runs, tables
from db.audit_check import Break, verify
from db.reports import add_report
from db.session import Database, migration_config
from db.units import stored_id
from tests.workflows.office_2024 import Task, at, build

NOON = datetime(2024, 3, 1, 4, tzinfo=UTC)


def decide(database: Database, *whats: str) -> None:
    """One transaction with these decisions."""
    with database.write() as session:
        for what in whats:
            details: dict[Any, Any] = {"为": what, 3: [1, None]}
            runs.record(session, what, "督查室", NOON, details=details)


def test_details_leave_the_name_of_sealed_rows_alone(database: Database) -> None:
    with database.write() as session, pytest.raises(ValueError, match="rows"):
        runs.record(session, "backup", "督查室", NOON, details={"rows": 12})
    assert broken(database) == []


def broken(database: Database) -> list[Break]:
    with database.read() as session:
        return verify(session).breaks


def tamper(database: Database, statement: str) -> None:
    """Somebody with the rights of the database's owner changes it behind the service."""
    with database.write() as session:
        guards.remove(session.connection())
        session.execute(text(statement))


def test_the_hash_is_of_the_row_and_of_the_hash_before(database: Database) -> None:
    decide(database, "one")
    written = json.dumps(
        {
            "segment": 1,
            "sequence": 1,
            "previous": "0" * 64,
            "at": "2024-03-01T04:00:00.000000+00:00",
            "who": "督查室",
            "what": "one",
            "plan": None,
            "subtask": None,
            "reason": "",
            "details": {"为": "one", "3": [1, None]},
        },
        ensure_ascii=False,
        sort_keys=True,
        separators=(",", ":"),
    )
    with database.read() as session:
        row = session.exec(select(tables.Event)).one()
        end = audit.head(session)
    assert row.hash == hashlib.sha256(written.encode()).hexdigest() == end.hash
    assert (end.segment, end.sequence) == (1, 1)


def test_events_of_several_transactions_are_one_chain(database: Database) -> None:
    decide(database, "one", "two")
    decide(database)
    decide(database, "three")
    with database.read() as session:
        rows = list(session.exec(select(tables.Event).order_by(tables.Event.id)))  # type: ignore[arg-type]
        found = verify(session)
    assert [(row.what, row.segment, row.sequence) for row in rows] == [
        ("one", 1, 1),
        ("two", 1, 2),
        ("three", 1, 3),
    ]
    assert [row.previous_hash for row in rows] == ["0" * 64, rows[0].hash, rows[1].hash]
    assert (found.holds, found.events, found.head.hash) == (True, 3, rows[2].hash)


def _decide_and_fail(database: Database) -> None:
    with database.write() as session:
        runs.record(session, "lost", "督查室", NOON)
        session.flush()
        raise RuntimeError("half way")


def test_a_transaction_that_fails_leaves_no_gap(database: Database) -> None:
    decide(database, "one")
    with pytest.raises(RuntimeError):
        _decide_and_fail(database)
    decide(database, "two")
    assert broken(database) == []


def test_a_transaction_without_a_decision_asks_nothing_more_of_the_database(database: Database) -> None:
    with database.write() as session:
        session.add(tables.Unit(name="区教育局"))
    with database.read() as session:
        assert session.get(tables.Mark, audit.HEAD) is None


@pytest.mark.parametrize(
    ("statement", "expected"),
    [
        ("UPDATE events SET reason = 'other' WHERE sequence = 2", [("content", 1, 2)]),
        (
            "UPDATE events SET who = 'other', sequence = 9 WHERE sequence = 3",
            [("missing", 1, 9), ("content", 1, 9)],
        ),
        ("UPDATE events SET hash = 'ff' WHERE sequence = 1", [("content", 1, 1), ("previous", 1, 2)]),
        ("DELETE FROM events WHERE sequence = 2", [("missing", 1, 3)]),
        ("DELETE FROM events WHERE sequence = 3", [("head", 1, 3)]),
        ("DELETE FROM events", [("head", 1, 3)]),
        ("UPDATE marks SET value = '1 2 aa' WHERE name = 'audit_head'", [("head", 1, 2)]),
        ("DELETE FROM marks WHERE name = 'audit_head'", [("head", 1, 0)]),
        ("UPDATE events SET details = '{}' WHERE sequence = 1", [("content", 1, 1)]),
        ("UPDATE events SET at = '2024-03-01 04:00:00.000001' WHERE sequence = 2", [("content", 1, 2)]),
    ],
)
def test_what_was_changed_behind_the_service_is_named(
    database: Database, statement: str, expected: list[tuple[str, int, int]]
) -> None:
    decide(database, "one", "two", "three")
    assert broken(database) == []
    tamper(database, statement)
    assert [(one.what, one.segment, one.sequence) for one in broken(database)] == expected


def test_an_event_put_in_past_the_service_is_never_sealed(database: Database) -> None:
    decide(database, "one")
    with database.write() as session:
        session.add(tables.Event(at=NOON, who="nobody", what="forged"))
    decide(database, "two")
    assert [one.what for one in broken(database)] == ["unsealed"]


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE events SET who = 'other'",
        "UPDATE events SET hash = ''",
        "DELETE FROM events",
        "UPDATE progress_reports SET text = 'other'",
        "DELETE FROM progress_reports",
        "UPDATE report_quantities SET quantity = '99'",
        "DELETE FROM report_quantities",
        "UPDATE report_reviews SET decision = 'returned'",
        "DELETE FROM report_reviews",
        "UPDATE bulletins SET content = '{\"x\": 1}'",
    ],
)
def test_the_database_itself_refuses(database: Database, statement: str) -> None:
    filed(database)
    with pytest.raises(IntegrityError, match="append-only"), database.write() as session:
        session.execute(text(statement))
    assert broken(database) == []


def test_what_follows_a_review_may_still_change(database: Database) -> None:
    filed(database)
    with database.write() as session:
        session.execute(text("UPDATE progress_reports SET state = 'accepted'"))
        session.execute(text("UPDATE bulletins SET state = 'withdrawn'"))
    assert broken(database) == []


def test_the_reports_of_an_import_go_with_the_import(database: Database) -> None:
    filed(database, imported=True)
    with database.write() as session:
        session.execute(text("DELETE FROM report_reviews WHERE 1 = 0"))
        session.execute(text("UPDATE report_quantities SET quantity = '99'"))
        session.execute(text("UPDATE progress_reports SET text = 'other'"))


def filed(database: Database, imported: bool = False) -> tuple[int, str]:
    """A report of 26 with its review and an event that seals both; returns its id and its name in events."""
    built = build(database, Task("1.1"))
    with database.write() as session:
        batch = tables.ImportBatch(file_name="x", sha256="x", stored_at=NOON)
        session.add(batch)
        session.flush()
        report = tables.ProgressReport(
            subtask_id=built.subtasks["1.1"],
            period="2024-03",
            as_of=date(2024, 3, 29),
            received_at=at("2024-03-29T16:00"),
            text="26台",
            batch_id=batch.id if imported else None,
        )
        indicator = session.exec(select(tables.Indicator.id)).one()
        key = add_report(session, report, {stored_id(indicator): Decimal("26.0")})
        review = tables.ReportReview(report_id=key, at=NOON, who="督查室", decision="accepted")
        bulletin = tables.Bulletin(
            plan_id=built.plan_id, kind="digest", period="2024-W13", on=date(2024, 3, 29), created_at=NOON
        )
        session.add_all((review, bulletin))
        session.flush()
        if not imported:
            runs.record(session, "report", "区民政局", NOON, subtask_id=report.subtask_id, rows=(report,))
            runs.record(session, "review", "督查室", NOON, rows=(review, bulletin))
    return key, f"progress_reports:{key}"


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE progress_reports SET text = '62台'",
        "UPDATE progress_reports SET received_at = '2024-03-28 16:00:00'",
        "UPDATE report_quantities SET quantity = '62'",
        "UPDATE report_quantities SET quantity = '26'",
        "DELETE FROM report_quantities",
    ],
)
def test_a_changed_report_is_named_with_the_event_that_sealed_it(database: Database, statement: str) -> None:
    _, name = filed(database)
    with database.read() as session:
        assert verify(session).rows == 3
    tamper(database, statement)
    assert [(one.what, one.sequence, one.row) for one in broken(database)] == [("row", 1, name)]


def test_a_row_that_is_decided_twice_counts_as_it_was_decided_last(database: Database) -> None:
    built = build(database, Task("1.1"))
    with database.write() as session:
        change = tables.ChangeRequest(
            plan_id=built.plan_id,
            subtask_id=built.subtasks["1.1"],
            kind="extension",
            effective_on=date(2024, 5, 1),
            proposed={"deadline": "2024-12-20"},
            reason="雨季",
            requested_at=NOON,
            requested_by="区民政局",
        )
        session.add(change)
        runs.record(session, "request_change", "区民政局", NOON, rows=(change,))
    with database.write() as session:
        stored = session.get_one(tables.ChangeRequest, change.id)
        stored.state = "approved"
        runs.record(session, "approve_change", "督查室", NOON, rows=(stored,))
    assert broken(database) == []
    tamper(database, 'UPDATE change_requests SET proposed = \'{"deadline": "2025-12-20"}\'')
    assert [one.row for one in broken(database)] == [f"change_requests:{change.id}"]


def test_events_from_before_the_chain_are_sealed_by_the_migration(empty_database: Database) -> None:
    _move(empty_database, command.upgrade, "0004")
    with empty_database.write() as session:
        session.add(tables.Event(at=NOON, who="督查室", what="import", details={"batch": 1}))
        session.add(tables.Event(at=at("2024-03-02T10:00"), who="督查室", what="accept"))
    empty_database.migrate()
    decide(empty_database, "three")
    with empty_database.read() as session:
        found = verify(session)
    assert (found.breaks, found.events, found.head.sequence) == ([], 3, 3)


def _move(database: Database, run: Any, revision: str) -> None:
    with database.engine.connect() as connection:
        config = migration_config()
        config.attributes["connection"] = connection
        run(config, revision)
        connection.commit()


def test_a_new_segment_hangs_on_the_old_one(database: Database) -> None:
    decide(database, "one")
    with database.write() as session:
        audit.begin_segment(session, NOON)
        runs.record(session, "restore", "督查室", NOON)
    decide(database, "two")
    with database.read() as session:
        found = verify(session)
    assert (found.breaks, found.events) == ([], 3)
    assert (found.head.segment, found.head.sequence) == (2, 2)


def test_many_writers_at_once_make_one_unbroken_chain(database: Database) -> None:
    barrier = Barrier(6)

    def work(number: int) -> None:
        own = Database(database.engine.url.render_as_string(hide_password=False))
        barrier.wait()
        for turn in range(8):
            decide(own, f"{number}.{turn}", f"{number}.{turn}b")
        own.close()

    with ThreadPoolExecutor(6) as pool:
        for done in [pool.submit(work, number) for number in range(6)]:
            done.result()
    with database.read() as session:
        found = verify(session)
    assert (found.breaks, found.events, found.head.sequence) == ([], 96, 96)
