from __future__ import annotations

import io
import zipfile
from decimal import Decimal
from pathlib import Path

import pytest
from sqlmodel import col, select

from db import plans, tables
from db.session import Database
from examples.build import ADDRESSES, workbooks
from tests.workflows.drafts import NOW
from workflows.import_contacts import import_contacts
from workflows.import_plan import Stored, prepare, store

EXAMPLES = Path(__file__).parents[2] / "examples"


def imported(database: Database, name: str) -> Stored:
    prepared = prepare(database, EXAMPLES / name)
    assert [finding for finding in prepared.draft.findings if finding.severity == "error"] == []
    return store(database, prepared, NOW, "tester")


@pytest.mark.parametrize("name", ["matrix-plan-2024.xlsx", "progress-2023-03.xlsx", "contacts.xlsx"])
def test_the_builder_makes_the_committed_workbooks_byte_for_byte(name: str) -> None:
    assert workbooks()[name] == workbooks()[name]
    assert unpacked(workbooks()[name]) == unpacked((EXAMPLES / name).read_bytes())


def unpacked(content: bytes) -> dict[str, bytes]:
    """The files within: how tightly they are packed depends on the machine's zlib."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return {entry: archive.read(entry) for entry in archive.namelist()}


def test_the_matrix_plan_has_every_share_and_they_add_up(database: Database) -> None:
    counts = imported(database, "matrix-plan-2024.xlsx").counts
    assert counts == {"projects": 10, "subtasks": 22, "indicators": 23, "lead_units": 8, "quotas": 181}
    with database.read() as session:
        indicators = {row.id: row for row in session.exec(select(tables.Indicator))}
        sums = dict.fromkeys(indicators, Decimal(0))
        for quota in session.exec(select(tables.Quota)):
            sums[quota.indicator_id] += quota.quantity
        kinds = session.exec(select(col(tables.Unit.kind))).all()
    assert sums == {key: row.quantity for key, row in indicators.items()}
    assert (kinds.count("street"), kinds.count("level")) == (18, 1)


def test_the_progress_table_has_every_item_with_goals_and_results(database: Database) -> None:
    stored = imported(database, "progress-2023-03.xlsx")
    assert stored.counts == {"projects": 45, "subtasks": 45, "indicators": 46, "lead_units": 20, "quotas": 0}
    with database.read() as session:
        ids = plans.subtask_ids(session, stored.plan_id)
        subtasks = plans.load_subtasks(session, ids)
    assert all(len(one.milestones) == len(one.reports) == 1 for one in subtasks.values())
    figures = [
        (goal, report.quantities[key])
        for one in subtasks.values()
        for report in one.reports
        for key, goal in one.milestones[0].quantities.items()
    ]
    assert len(figures) == 11
    assert all(result >= goal for goal, result in figures)


def test_every_lead_unit_of_the_examples_can_be_reached(database: Database) -> None:
    imported(database, "matrix-plan-2024.xlsx")
    imported(database, "progress-2023-03.xlsx")
    import_contacts(database, EXAMPLES / "contacts.xlsx", NOW, "tester")
    with database.read() as session:
        held = set(session.exec(select(col(tables.Contact.post_id))))
        posts = set(session.exec(select(col(tables.Post.id))))
        addresses = session.exec(select(col(tables.Contact.email))).all()
    assert posts == held
    assert len(addresses) == len(ADDRESSES) + 1
    assert all(address and address.endswith("@example.org") for address in addresses)
