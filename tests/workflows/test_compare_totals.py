"""What the lead unit reports and what the units' shares add up to are held against each other."""

from __future__ import annotations

import pytest
from sqlmodel import select

from db import runs, tables
from db.session import Database
from tests.db.test_received import NORTH, SHARED, SOUTH, file
from tests.workflows.office_2024 import Built, at, build
from workflows.compare_totals import TOTALS_DIFFER, compare_totals

EVENING = at("2024-03-29T18:00")


def compared(database: Database, built: Built) -> list[str]:
    """The sentences that coordinators see after the figures were compared."""
    with database.write() as session:
        compare_totals(session, built.subtasks["1"], EVENING)
    with database.read() as session:
        return [finding.message for finding in runs.open_findings(session, TOTALS_DIFFER)]


@pytest.mark.parametrize(
    ("lead", "north", "south", "differs"),
    [
        (27, 20, 7, False),
        (26, 20, 7, True),
        (28, 20, 7, True),
        (20, 20, None, False),  # a part may be the whole
        (19, 20, None, True),  # but not more
        (25, 20, None, False),
        (None, 20, 7, False),
    ],
)
def test_both_cannot_be_true(
    database: Database, lead: int | None, north: int, south: int | None, differs: bool
) -> None:
    built = build(database, SHARED)
    for quantity, unit in ((lead, None), (north, NORTH), (south, SOUTH)):
        if quantity is not None:
            file(database, built, quantity, unit)
    assert bool(compared(database, built)) is differs


def test_the_finding_names_both_figures_and_the_units(database: Database) -> None:
    built = build(database, SHARED)
    file(database, built, 25)
    file(database, built, 20, NORTH)
    file(database, built, 7, SOUTH)
    (sentence,) = compared(database, built)
    for words in ("2024-03", "牵头单位填报 25台", "合计 27台", "北街街道20台", "南街街道7台"):
        assert words in sentence


def test_it_says_what_is_true_now_and_ends_when_they_agree(database: Database) -> None:
    built = build(database, SHARED)
    file(database, built, 25)
    file(database, built, 20, NORTH)
    file(database, built, 7, SOUTH)
    (before,) = compared(database, built)
    file(database, built, 26, moment="2024-03-28T11:00")
    (after,) = compared(database, built)
    assert "25台" in before
    assert "26台" in after
    assert compared(database, built) == [after]
    file(database, built, 27, moment="2024-03-28T12:00")
    assert compared(database, built) == []
    with database.read() as session:
        assert len(session.exec(select(tables.Finding)).all()) == 2


def test_an_open_difference_waits_until_the_next_sum_is_complete(database: Database) -> None:
    built = build(database, SHARED)
    file(database, built, 25)
    file(database, built, 20, NORTH)
    file(database, built, 7, SOUTH)
    assert len(compared(database, built)) == 1
    file(database, built, 40, period="2024-04", moment="2024-04-26T10:00")
    assert len(compared(database, built)) == 1
    file(database, built, 30, NORTH, period="2024-04", moment="2024-04-27T10:00")
    assert len(compared(database, built)) == 1
    file(database, built, 10, SOUTH, period="2024-04", moment="2024-04-28T10:00")
    assert compared(database, built) == []


def test_a_sub_task_that_nobody_shares_is_not_looked_at(database: Database) -> None:
    built = build(database, SHARED)
    file(database, built, 25)
    assert compared(database, built) == []
