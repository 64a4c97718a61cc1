"""删除单位: what was added by mistake goes and leaves its names free; whatever is attached keeps a unit."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from sqlmodel import SQLModel, select

from db import tables
from db.session import Database
from db.units import Made, ensure_posts, load_book
from engine.errors import DubanError
from tests.workflows.drafts import row_counts
from tests.workflows.office_2024 import LINKS, Task, at, build
from workflows.calendar_feed import new_feed
from workflows.change_unit import NewUnit, add_unit, remove_alias
from workflows.import_contacts import alias_unit
from workflows.remove_unit import remove_unit
from workflows.set_group import set_group

NOW = at("2024-04-02T18:00")
MISTAKE = "区科技局（区科协）"  # two names of its own


def office(database: Database) -> int:
    """A unit with a task, a group, and a unit that nothing is attached to; returns the last one's id."""
    build(database, Task("1.1", lead="区卫生健康局"))
    set_group(database, "各街镇", ["东街街道"], NOW, "t", new=True)
    return add_unit(database, NewUnit(MISTAKE), NOW, "t")


def find(database: Database, name: str) -> int | None:
    with database.read() as session:
        return load_book(session).find(name)


def test_a_unit_with_nothing_but_its_own_names_goes_on_record_and_leaves_them_free(
    database: Database,
) -> None:
    mistake = office(database)
    assert remove_unit(database, mistake, NOW, "tester") == MISTAKE
    assert [find(database, one) for one in (MISTAKE, "区科技局", "区科协")] == [None, None, None]
    with database.read() as session:
        events = session.exec(select(tables.Event).where(tables.Event.what == "remove_unit")).all()
    assert [(one.who, one.details) for one in events] == [("tester", {"unit": MISTAKE, "kind": "department"})]
    assert find(database, "区卫生健康局")
    assert add_unit(database, NewUnit("区科协"), NOW, "tester") == find(database, "区科协")


def named(database: Database, unit_id: int) -> None:
    alias_unit(database, MISTAKE, "科委", NOW, "t")


def grouped(database: Database, unit_id: int) -> None:
    set_group(database, "各街镇", ["东街街道", MISTAKE], NOW, "t")


def grouping(database: Database, unit_id: int) -> None:
    set_group(database, MISTAKE, ["东街街道"], NOW, "t")


def staffed(database: Database, unit_id: int) -> None:
    with database.write() as session:
        ensure_posts(session, [unit_id], "liaison", Made())


def subscribed(database: Database, unit_id: int) -> None:
    new_feed(database, LINKS, unit_id, NOW, "t")


def working(database: Database, unit_id: int) -> None:
    stored(database, tables.Assignment(subtask_id=1, unit_id=unit_id, role="cooperating", position=0))


def standing_for_others(database: Database, unit_id: int) -> None:
    with database.write() as session:
        session.exec(select(tables.Assignment)).all()[0].group_id = unit_id


def signing_in(database: Database, unit_id: int) -> None:
    stored(database, tables.User(name="kexie", role="unit", unit_id=unit_id, created_at=NOW, changed_at=NOW))


def reporting(database: Database, unit_id: int) -> None:
    report = tables.ProgressReport(
        subtask_id=1,
        unit_id=unit_id,
        period="2024-03",
        as_of=NOW.date(),
        received_at=NOW,
        status="in_progress",
        source="operator",
        who="t",
    )
    stored(database, report)


def stored(database: Database, row: SQLModel) -> None:
    with database.write() as session:
        session.add(row)


@pytest.mark.parametrize(
    "attach",
    [named, grouped, grouping, staffed, subscribed, working, standing_for_others, signing_in, reporting],
)
def test_a_unit_that_anything_is_attached_to_stays(
    database: Database, attach: Callable[[Database, int], None]
) -> None:
    mistake = office(database)
    attach(database, mistake)
    before = row_counts(database)
    with pytest.raises(DubanError) as refused:
        remove_unit(database, mistake, NOW, "tester")
    assert refused.value.code == "UNIT_IN_USE"
    assert row_counts(database) == before


def test_once_its_names_and_groups_are_taken_away_it_goes(database: Database) -> None:
    mistake = office(database)
    named(database, mistake)
    grouped(database, mistake)
    remove_alias(database, mistake, "科委", NOW, "t")
    set_group(database, "各街镇", ["东街街道"], NOW, "t")
    remove_unit(database, mistake, NOW, "tester")
    assert find(database, MISTAKE) is None


def test_a_unit_that_is_not_there_is_not_removed_again(database: Database) -> None:
    mistake = office(database)
    remove_unit(database, mistake, NOW, "tester")
    with pytest.raises(DubanError) as refused:
        remove_unit(database, mistake, NOW, "tester")
    assert refused.value.code == "NO_SUCH_UNIT"
