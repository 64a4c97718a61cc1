"""Channels of people and units as the contacts workbook gives them, and what becomes of failures by then."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlmodel import col, select

from db import tables
from db.session import Database
from db.units import leader_posts
from db.ways import Way, ways_of_contact
from engine.errors import DubanError
from intake.contact_ways import WayRow
from intake.contacts import ContactRow, ContactsDraft, UnitRow, write_contacts
from tests.channels import RememberingChannel
from tests.workflows.drafts import NOW
from tests.workflows.routes import RememberingApp, office_with, open_now
from workflows.fall_back import mark_failed
from workflows.import_contacts import ContactsStored, import_contacts, present_contacts
from workflows.wrong_person import dispute

MAIL = "one@example.org"
APP, BY_MAIL, GROUP = WayRow("企业微信", "zhangsan"), WayRow("email"), WayRow("交通局群")
OFFICE = office_with(RememberingChannel(), RememberingApp("企业微信"))
LIAISON = ContactRow("交通局", "liaison", "联络员", MAIL, ways=(APP, BY_MAIL))


@pytest.fixture(autouse=True)
def channels(database: Database) -> None:
    """Two channels are set up."""
    with database.write() as session:
        for name, kind in (("企业微信", "wecom_app"), ("交通局群", "wecom_robot")):
            session.add(tables.ChannelSetup(name=name, kind=kind, changed_at=NOW))


def put(
    database: Database, tmp_path: Path, *contacts: ContactRow, robots: tuple[str, ...] | None = ()
) -> ContactsStored:
    path = tmp_path / "contacts.xlsx"
    path.write_bytes(write_contacts(ContactsDraft((UnitRow("交通局", robots=robots),), contacts)))
    return import_contacts(database, path, NOW, "tester")


def ways(database: Database) -> list[tuple[str, str, bool]]:
    way, contact = tables.ContactChannel, tables.Contact
    query = (
        select(way)
        .join(contact, col(contact.id) == col(way.contact_id))
        .where(col(contact.ended_at).is_(None))
        .order_by(col(contact.id), col(way.rank))
    )
    with database.read() as session:
        return [(row.channel, row.address, row.failed_at is not None) for row in session.exec(query)]


def only_contact(database: Database) -> int:
    with database.read() as session:
        row = session.exec(select(tables.Contact).where(col(tables.Contact.ended_at).is_(None))).one()
    assert row.id is not None
    return row.id


def fail(database: Database, channel: str) -> None:
    contact = only_contact(database)
    with database.write() as session:
        row = next(one for one in ways_of_contact(session, contact) if one.channel == channel)
        way = Way(channel, row.address or session.get_one(tables.Contact, contact).email or "")
        mark_failed(session, OFFICE, contact, way, "recipient_refused", NOW)


def test_what_the_workbook_says_is_stored_and_comes_back_the_same(database: Database, tmp_path: Path) -> None:
    first = ContactRow("交通局", "coordinator", "督查员", "first@example.org")
    second = ContactRow("交通局", "coordinator", "督查员", "", ways=(APP,))
    put(database, tmp_path, LIAISON, first, second, robots=("交通局群",))
    assert ways(database) == [
        ("企业微信", "zhangsan", False),
        ("email", MAIL, False),
        ("企业微信", "zhangsan", False),
    ]
    with database.read() as session:
        known = present_contacts(session)
    assert known.units == (UnitRow("交通局", robots=("交通局群",)),)
    assert known.contacts == (LIAISON, first, second)
    again = put(database, tmp_path, *known.contacts, robots=known.units[0].robots)
    assert (again.appointed, again.replaced, again.unchanged) == (0, 0, 2)


@pytest.mark.parametrize(
    ("ways_then", "left", "shown"),
    [
        ((APP, BY_MAIL), [("企业微信", "zhangsan", True), ("email", MAIL, False)], True),
        ((BY_MAIL, APP), [("email", MAIL, False), ("企业微信", "zhangsan", True)], True),  # only the order
        ((WayRow("企业微信", "lisi"),), [("企业微信", "lisi", False)], False),  # another address
        ((), [], False),  # the default channel again
    ],
)
def test_a_failure_stays_with_its_address(
    database: Database,
    tmp_path: Path,
    ways_then: tuple[WayRow, ...],
    left: list[tuple[str, str, bool]],
    shown: bool,
) -> None:
    put(database, tmp_path, LIAISON)
    fail(database, "企业微信")
    put(database, tmp_path, ContactRow("交通局", "liaison", "联络员", MAIL, ways=ways_then))
    assert ways(database) == left
    assert [code for code, _ in open_now(database)] == ["CHANNEL_FALLBACK"] * shown


def test_a_successor_begins_with_nothing_failed_and_no_finding(database: Database, tmp_path: Path) -> None:
    put(database, tmp_path, LIAISON)
    fail(database, "企业微信")
    with database.write() as session:
        dispute(session, session.get_one(tables.Contact, 1), "本人", "邮件回复", NOW)
    assert len(open_now(database)) == 2
    done = put(
        database, tmp_path, ContactRow("交通局", "liaison", "联络员", "next@example.org", ways=(APP, BY_MAIL))
    )
    assert done.replaced == 1
    assert ways(database) == [("企业微信", "zhangsan", False), ("email", "next@example.org", False)]
    assert open_now(database) == []


def test_the_same_contact_again_settles_no_dispute(database: Database, tmp_path: Path) -> None:
    put(database, tmp_path, LIAISON)
    with database.write() as session:
        assert dispute(session, session.get_one(tables.Contact, 1), "本人", "邮件回复", NOW)
        assert not dispute(session, session.get_one(tables.Contact, 1), "本人", "邮件回复", NOW)
    put(database, tmp_path, LIAISON)
    assert [code for code, _ in open_now(database)] == ["WRONG_PERSON"]


@pytest.mark.parametrize(
    ("contact_ways", "robots", "hint"),
    [
        ((WayRow("企业微信号", "a"),), (), "是否指 企业微信"),
        ((WayRow("飞书", "a"),), (), "duban channels add"),
        ((), ("交通群",), "是否指 交通局群"),
    ],
)
def test_a_channel_that_nobody_set_up_refuses_the_file(
    database: Database, tmp_path: Path, contact_ways: tuple[WayRow, ...], robots: tuple[str, ...], hint: str
) -> None:
    with pytest.raises(DubanError, match=hint) as refused:
        put(
            database,
            tmp_path,
            ContactRow("交通局", "liaison", "联络员", MAIL, ways=contact_ways),
            robots=robots,
        )
    assert refused.value.code == "UNKNOWN_CHANNEL"
    with database.read() as session:
        assert session.exec(select(tables.Contact)).all() == []


def test_robots_follow_the_sheet(database: Database, tmp_path: Path) -> None:
    def stored() -> list[str]:
        with database.read() as session:
            return [row.channel for row in session.exec(select(tables.UnitRobot))]

    put(database, tmp_path, LIAISON, robots=("交通局群", "企业微信"))
    assert stored() == ["交通局群", "企业微信"]
    put(database, tmp_path, LIAISON, robots=("企业微信",))
    assert stored() == ["企业微信"]
    put(database, tmp_path, LIAISON, robots=())
    assert stored() == []


@pytest.mark.parametrize(("second", "same"), [("boss", True), ("other", False)])
def test_a_leader_of_two_units_is_one_person_by_any_address(
    database: Database, tmp_path: Path, second: str, same: bool
) -> None:
    path = tmp_path / "leaders.xlsx"
    units = (UnitRow("交通局"), UnitRow("卫健局"))
    rows = [
        ContactRow(unit.name, "leader", "副区长", "", ways=(GROUP, WayRow("企业微信", address)))
        for unit, address in zip(units, ("boss", second), strict=True)
    ]
    path.write_bytes(write_contacts(ContactsDraft(units, tuple(rows))))
    import_contacts(database, path, NOW, "tester")
    with database.read() as session:
        assert len(set(leader_posts(session).values())) == (1 if same else 2)
