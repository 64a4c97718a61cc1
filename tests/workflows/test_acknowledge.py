"""签收: by each lead unit once, and acknowledged when all of them have signed."""

from __future__ import annotations

import pytest
from sqlmodel import select

from db import tables
from db.session import Database
from engine.errors import DubanError
from tests.workflows.office_2024 import Built, Task, at, build
from workflows.acknowledge import acknowledge
from workflows.report_progress import Filing, report_progress
from workflows.sweep import sweep

NOW = at("2024-03-04T10:00")


@pytest.fixture
def built(database: Database) -> Built:
    """1.1 has one lead, 1.2 two, 1.3 is suspended, 2.1 is another unit's."""
    return build(
        database,
        Task("1.1"),
        Task("1.2", co_lead="区教育局"),
        Task("1.3", state="suspended"),
        Task("2.1", lead="区教育局"),
    )


def states(database: Database) -> dict[str, str]:
    """What people decided, by number."""
    with database.read() as session:
        return {row.no: row.state for row in session.exec(select(tables.SubTask))}


def test_a_unit_signs_for_all_that_it_leads(database: Database, built: Built) -> None:
    signed = acknowledge(database, "区民政局", NOW, "test")
    assert signed == [built.subtasks["1.1"], built.subtasks["1.2"]]
    assert states(database) == {"1.1": "acknowledged", "1.2": "issued", "1.3": "suspended", "2.1": "issued"}
    assert acknowledge(database, "区教育局", NOW, "test") == [built.subtasks["1.2"], built.subtasks["2.1"]]
    assert states(database) == {
        "1.1": "acknowledged",
        "1.2": "acknowledged",
        "1.3": "suspended",
        "2.1": "acknowledged",
    }


def test_signing_twice_is_signing_once(database: Database, built: Built) -> None:
    acknowledge(database, "区民政局", NOW, "first")
    assert acknowledge(database, "区民政局", NOW, "second") == []
    with database.read() as session:
        assert {row.who for row in session.exec(select(tables.Acknowledgement))} == {"first"}
        done = [row.what for row in session.exec(select(tables.Event))]
    assert done.count("acknowledge") == 2


def test_a_report_needs_no_signature_any_more(database: Database, built: Built) -> None:
    report_progress(database, Filing("1.1", "2024-03", ["1台"]), NOW, "test")
    assert acknowledge(database, "区民政局", NOW, "test") == [built.subtasks["1.2"]]
    assert states(database)["1.1"] == "in_progress"


def test_what_is_acknowledged_is_followed_like_what_is_issued(database: Database, built: Built) -> None:
    acknowledge(database, "区民政局", NOW, "test")
    sweep(database, at("2024-03-26T00:00"))
    with database.read() as session:
        owed = {row.subtask_id for row in session.exec(select(tables.Reminder))}
    assert built.subtasks["1.1"] in owed


def test_an_unknown_unit_signs_nothing(database: Database, built: Built) -> None:
    with pytest.raises(DubanError) as refusal:
        acknowledge(database, "没有这个局", NOW, "test")
    assert refusal.value.code == "NO_SUCH_UNIT"
