"""修改单位: new units are asked about when they resemble known ones; names that plans use stay."""

from __future__ import annotations

import pytest
from sqlmodel import select

from db import tables
from db.session import Database
from db.units import load_book, unit_lines
from engine.errors import DubanError
from tests.workflows.drafts import row_counts
from tests.workflows.office_2024 import Task, at, build
from workflows.change_unit import NearNamesError, NewUnit, add_unit, remove_alias
from workflows.import_contacts import alias_unit
from workflows.set_group import set_group

NOW = at("2024-04-02T18:00")


def office(database: Database) -> int:
    """One unit with a task, a group that is called 各街镇; returns the group's id."""
    build(database, Task("1.1", lead="区卫生健康局"))
    set_group(database, "各街镇", ["东街街道"], NOW, "t", new=True)
    return find(database, "各街镇")


def find(database: Database, name: str) -> int:
    with database.read() as session:
        found = load_book(session).find(name)
        assert found is not None
        return found


def test_a_new_unit_is_known_by_all_its_names_and_belongs_to_its_groups(database: Database) -> None:
    group = office(database)
    number = add_unit(database, NewUnit("西湖街道", "street", ("西湖", " "), (group,)), NOW, "tester")
    assert find(database, "西湖") == number
    with database.read() as session:
        lines = {one.name: one for one in unit_lines(session)}
        events = session.exec(select(tables.Event).where(tables.Event.what == "add_unit")).all()
    assert (lines["西湖街道"].kind, lines["西湖街道"].aliases) == ("street", ("西湖",))
    assert lines["各街镇"].members == ("东街街道", "西湖街道")
    assert [(one.who, one.details) for one in events] == [
        ("tester", {"unit": "西湖街道", "kind": "street", "aliases": ["西湖"], "groups": ["各街镇"]})
    ]


def test_a_name_in_brackets_is_known_by_its_parts(database: Database) -> None:
    office(database)
    number = add_unit(database, NewUnit("区科技局（区科协）"), NOW, "tester")
    assert find(database, "区科协") == number


@pytest.mark.parametrize(
    ("new", "code"),
    [
        (NewUnit("  "), "NO_NAME"),
        (NewUnit("区卫生健康局"), "NAME_TAKEN"),
        (NewUnit("新局", aliases=("区卫生健康局",)), "NAME_TAKEN"),
        (NewUnit("区卫健局"), "NAME_NEAR"),
        (NewUnit("新局", aliases=("区卫健局",)), "NAME_NEAR"),
        (NewUnit("新局", kind="level"), "UNIT_KIND"),
        (NewUnit("新局", groups=(1,)), "NO_SUCH_UNIT"),  # a unit, no group
        (NewUnit("新局", groups=(99,)), "NO_SUCH_UNIT"),
    ],
)
def test_what_may_be_a_mistake_is_refused_and_stores_nothing(
    database: Database, new: NewUnit, code: str
) -> None:
    office(database)
    before = row_counts(database)
    with pytest.raises(DubanError) as refused:
        add_unit(database, new, NOW, "tester")
    assert refused.value.code == code
    assert row_counts(database) == before


def test_who_is_sure_adds_a_unit_of_a_near_name(database: Database) -> None:
    office(database)
    with pytest.raises(NearNamesError) as near:
        add_unit(database, NewUnit("区卫健局"), NOW, "tester")
    assert list(near.value.near.values()) == ["区卫生健康局"]
    number = add_unit(database, NewUnit("区卫健局"), NOW, "tester", is_sure=True)
    assert number not in near.value.near


def test_a_name_that_was_wrong_is_taken_away_on_record(database: Database) -> None:
    office(database)
    unit = find(database, "区卫生健康局")
    alias_unit(database, "区卫生健康局", "区民政局二科", NOW, "tester")
    assert remove_alias(database, unit, "区民政局二科", NOW, "tester")
    assert not remove_alias(database, unit, "区民政局二科", NOW, "tester")
    with database.read() as session:
        assert "区民政局二科" not in {row.name for row in session.exec(select(tables.UnitAlias))}
        events = session.exec(select(tables.Event).where(tables.Event.what == "remove_alias")).all()
    assert [one.details for one in events] == [{"unit": "区卫生健康局", "alias": "区民政局二科"}]


@pytest.mark.parametrize(("state", "is_kept"), [("active", True), ("closed", False)])
def test_a_name_that_a_running_plan_uses_stays(database: Database, state: str, is_kept: bool) -> None:
    office(database)
    unit = find(database, "区卫生健康局")
    alias_unit(database, "区卫生健康局", "区卫健局", NOW, "tester")
    with database.write() as session:
        session.exec(select(tables.Project)).one().lead_units = ["区卫健局"]
        session.get_one(tables.Plan, 1).state = state
    if not is_kept:
        assert remove_alias(database, unit, "区卫健局", NOW, "tester")
        return
    with pytest.raises(DubanError) as refused:
        remove_alias(database, unit, "区卫健局", NOW, "tester")
    assert refused.value.code == "ALIAS_IN_USE"
    assert find(database, "区卫健局") == unit
