"""Two people do the same at once, each on a node of its own: one is done, the other is told, nothing stands twice."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date

import pytest
from sqlmodel import col, func, select

from db import tables
from db.session import Database
from db.units import load_book
from engine.calendar import YearFile
from engine.roles import Role
from tests.workflows.office_2024 import INBOX, ZONE, Task, at, build
from tests.workflows.test_names_races import ends
from workflows.api_tokens import create_token
from workflows.change_contact import Details, appoint, details_of, succeed
from workflows.enter_year import enter_year
from workflows.manage_users import Wanted, change_user, invite_user, retire_user
from workflows.set_group import set_group
from workflows.set_milestones import plan_change, set_milestones
from workflows.set_plan import particulars_of, set_plan

NOW = at("2024-04-02T18:00")
TURNS = range(4)
UNITS = [f"第{number}局" for number in range(6)]
Nodes = tuple[Database, Database]


@pytest.fixture
def office(nodes: Nodes) -> Nodes:
    """A unit with a sub-task and a liaison for each turn, a group of them all."""
    tasks = [Task(str(number + 1), lead=unit) for number, unit in enumerate(UNITS)]
    build(nodes[0], *tasks, emails=dict.fromkeys(UNITS, "old@example.org"))
    set_group(nodes[0], "各局", UNITS, NOW, "甲岗")
    return nodes


def of_both(office: Nodes, deed: Callable[[Database, str], object]) -> list[str]:
    one, other = office
    return ends(lambda: deed(one, "甲岗"), lambda: deed(other, "乙岗"))


def count(database: Database, table: type, **wanted: object) -> int:
    with database.read() as session:
        query = select(func.count()).select_from(table)
        return session.exec(
            query.where(*(getattr(table, name) == value for name, value in wanted.items()))
        ).one()


@pytest.mark.parametrize("turn", TURNS)
def test_a_token_has_its_name_alone(office: Nodes, turn: int) -> None:
    def create(node: Database, who: str) -> None:
        create_token(node, "大屏", Role.LEADER, "", None, NOW, who, zone=ZONE)

    assert of_both(office, create) == ["TOKEN_NAME", "stored"]
    assert count(office[0], tables.ApiToken, name="大屏") == 1


@pytest.mark.parametrize("turn", TURNS)
def test_a_plan_is_changed_by_one_of_two_who_saw_the_same(office: Nodes, turn: int) -> None:
    with office[0].read() as session:
        shown = particulars_of(session, session.get_one(tables.Plan, 1))

    def change(node: Database, who: str) -> None:
        set_plan(node, "1", replace(shown, title=f"{who}的标题"), NOW, who, revision=1)

    assert of_both(office, change) == ["REVISION_CONFLICT", "stored"]
    assert count(office[0], tables.Event, what="set_plan") == 1


@pytest.mark.parametrize("turn", TURNS)
def test_milestones_are_set_by_one_of_two_who_saw_the_same(office: Nodes, turn: int) -> None:
    with office[0].read() as session:
        change = plan_change(session, "1", ["2024-06-30=50台"])
    ended = of_both(office, lambda node, who: set_milestones(node, change, NOW, who))
    assert ended == ["REVISION_CONFLICT", "stored"]
    assert count(office[0], tables.Milestone) == 1


@pytest.mark.parametrize("turn", TURNS)
def test_a_group_is_changed_by_one_of_two_who_saw_the_same(office: Nodes, turn: int) -> None:
    one, other = office
    with one.read() as session:
        book = load_book(session)
    group, ids = book.find("各局") or 0, [book.find(unit) or 0 for unit in UNITS]

    def change(node: Database, members: list[str]) -> None:
        set_group(node, "各局", members, NOW, "甲岗", seen=UNITS)

    ended = ends(lambda: change(one, UNITS[:2]), lambda: change(other, UNITS[3:]))
    assert ended == ["REVISION_CONFLICT", "stored"]
    with one.read() as session:
        assert load_book(session).members[group] in (ids[:2], ids[3:])  # those of one, not of both


@pytest.mark.parametrize("turn", TURNS)
def test_a_contact_is_succeeded_by_one(office: Nodes, turn: int) -> None:
    with office[0].read() as session:
        contact = session.exec(
            select(tables.Contact).where(col(tables.Contact.email) == "old@example.org")
        ).first()
        assert contact is not None
        number, post, seen = contact.id or 0, contact.post_id, details_of(session, contact)

    def follow(node: Database, who: str) -> None:
        wanted = replace(seen, title=who, email="new@example.org")
        succeed(node, INBOX, number, seen.mark, wanted, NOW, who)

    ended = of_both(office, follow)
    assert ended == ["REVISION_CONFLICT", "stored"]
    assert count(office[0], tables.Contact, post_id=post, ended_at=None) == 1


@pytest.mark.parametrize("turn", TURNS)
def test_a_post_that_nobody_holds_is_given_to_one(office: Nodes, turn: int) -> None:
    with office[0].read() as session:
        unit = load_book(session).find(UNITS[turn]) or 0

    def give(node: Database, who: str) -> None:
        appoint(node, INBOX, unit, "head", [], Details(who, "new@example.org"), NOW, who)

    assert of_both(office, give) == ["REVISION_CONFLICT", "stored"]
    assert count(office[0], tables.Post, unit_id=unit, kind="head") == 1
    assert count(office[0], tables.Contact, email="new@example.org") == 1


@pytest.mark.parametrize("turn", TURNS)
def test_of_two_administrators_who_retire_each_other_one_stays(office: Nodes, turn: int) -> None:
    for name in ("li", "wang"):
        invite_user(office[0], name, Wanted("", Role.ADMIN), NOW, "甲岗")
    with office[0].write() as session:
        for row in session.exec(select(tables.User)):
            row.password = "x"
    one, other = office
    ended = ends(
        lambda: retire_user(one, 1, NOW, "wang"),
        lambda: change_user(other, 2, Wanted("", Role.LEADER), 1, NOW, "li"),
    )
    assert ended == ["LAST_ADMIN", "stored"]
    assert count(one, tables.User, role="admin", is_active=True) == 1


@pytest.mark.parametrize("turn", TURNS)
def test_a_year_that_two_enter_stands_once(office: Nodes, turn: int) -> None:
    year = YearFile(2025, frozenset({date(2025, 1, 1)}), frozenset())
    assert of_both(office, lambda node, who: enter_year(node, year, NOW, who)) == ["stored", "stored"]
    assert count(office[0], tables.CalendarYear, year=2025) == 1
