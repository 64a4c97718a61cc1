from __future__ import annotations

from pathlib import Path

import pytest
from sqlmodel import col, select

from db import tables
from db.session import Database
from db.units import load_book
from engine.errors import DubanError
from intake.contacts import ContactRow, ContactsDraft, UnitRow, write_contacts
from tests.workflows.drafts import NOW, row_counts, stored
from workflows.import_contacts import ContactsStored, alias_unit, import_contacts, present_contacts

UNITS = (UnitRow("交通局", aliases=("市交通局",)), UnitRow("卫健局"), UnitRow("督查室"))
LIAISON = ContactRow("交通局", "liaison", "联络员", "one@example.org")


def sheet(tmp_path: Path, *contacts: ContactRow, units: tuple[UnitRow, ...] = UNITS) -> Path:
    path = tmp_path / "contacts.xlsx"
    path.write_bytes(write_contacts(ContactsDraft(units, contacts)))
    return path


def put(database: Database, path: Path) -> ContactsStored:
    return import_contacts(database, path, NOW, "tester")


def holders(database: Database) -> list[tuple[str, str, str | None, bool]]:
    contact, post, unit = tables.Contact, tables.Post, tables.Unit
    query = (
        select(col(unit.name), col(post.kind), col(contact.email), col(contact.ended_at))
        .join(post, col(post.id) == col(contact.post_id))
        .join(unit, col(unit.id) == col(post.unit_id))
        .order_by(col(contact.id))
    )
    with database.read() as session:
        return [(name, kind, email, ended is None) for name, kind, email, ended in session.exec(query)]


def test_contacts_hold_the_posts_of_the_units_that_lead(database: Database, tmp_path: Path) -> None:
    stored(database)
    done = put(
        database, sheet(tmp_path, LIAISON, ContactRow("卫健局", "liaison", "联络员", "two@example.org"))
    )
    assert (done.new_units, done.appointed, done.replaced, done.unchanged) == (1, 2, 0, 0)
    # 卫健局 is known as 卫健局（老龄办）: the same unit, the same post.
    assert holders(database) == [
        ("交通局", "liaison", "one@example.org", True),
        ("卫健局（老龄办）", "liaison", "two@example.org", True),
    ]
    assert row_counts(database)["posts"] == 4


def test_a_successor_takes_the_post_and_the_predecessor_stays_on_record(
    database: Database, tmp_path: Path
) -> None:
    put(database, sheet(tmp_path, LIAISON))
    done = put(database, sheet(tmp_path, ContactRow("交通局", "liaison", "联络员", "next@example.org")))
    assert (done.appointed, done.replaced) == (0, 1)
    assert holders(database) == [
        ("交通局", "liaison", "one@example.org", False),
        ("交通局", "liaison", "next@example.org", True),
    ]
    assert row_counts(database)["posts"] == 1


def test_the_same_sheet_again_changes_nothing(database: Database, tmp_path: Path) -> None:
    put(database, sheet(tmp_path, LIAISON))
    done = put(database, sheet(tmp_path, LIAISON))
    assert (done.new_units, done.appointed, done.replaced, done.unchanged) == (0, 0, 0, 1)
    assert len(holders(database)) == 1


def test_a_post_that_the_sheet_does_not_name_stays(database: Database, tmp_path: Path) -> None:
    put(database, sheet(tmp_path, LIAISON))
    put(database, sheet(tmp_path, ContactRow("卫健局", "head", "局长", "head@example.org")))
    assert [(email, holds) for _, _, email, holds in holders(database)] == [
        ("one@example.org", True),
        ("head@example.org", True),
    ]


def test_several_coordinators_share_the_post(database: Database, tmp_path: Path) -> None:
    both = [ContactRow("督查室", "coordinator", "督查员", f"{name}@example.org") for name in ("one", "two")]
    put(database, sheet(tmp_path, *both))
    assert [holds for _, _, _, holds in holders(database)] == [True, True]
    assert row_counts(database)["posts"] == 1


def test_members_of_a_collective_unit_are_kept(database: Database, tmp_path: Path) -> None:
    units = (UnitRow("东街", kind="street"), UnitRow("各街道", kind="collective", members=("东街",)))
    put(database, sheet(tmp_path, units=units))
    put(database, sheet(tmp_path, units=units))
    assert row_counts(database)["unit_members"] == 1


@pytest.mark.parametrize(
    ("contact", "code"),
    [
        (ContactRow("交通局", "liaison", "联络员", "not an address"), "BAD_EMAIL"),
        (ContactRow("不知名的局", "liaison", "联络员", "one@example.org"), "UNKNOWN_UNIT"),
    ],
)
def test_a_row_that_cannot_be_read_refuses_the_whole_sheet(
    database: Database, tmp_path: Path, contact: ContactRow, code: str
) -> None:
    before = row_counts(database)
    with pytest.raises(DubanError) as refused:
        put(database, sheet(tmp_path, LIAISON, contact))
    assert refused.value.code == code
    assert "联系人!" in refused.value.message
    assert row_counts(database) == before


def test_an_empty_sheet_is_refused(database: Database, tmp_path: Path) -> None:
    with pytest.raises(DubanError) as refused:
        put(database, sheet(tmp_path, units=()))
    assert refused.value.code == "NO_CONTACTS"


def test_names_of_two_units_in_one_row_are_refused(database: Database, tmp_path: Path) -> None:
    stored(database)
    before = row_counts(database)
    with pytest.raises(DubanError) as refused:
        put(database, sheet(tmp_path, units=(UnitRow("交通局", aliases=("住建局",)),)))
    assert refused.value.code == "NAME_TAKEN"
    assert row_counts(database) == before


def test_a_row_without_an_address_is_left_for_later(database: Database, tmp_path: Path) -> None:
    stored(database)
    with database.read() as session:
        known = present_contacts(session)
    path = tmp_path / "filled.xlsx"
    path.write_bytes(write_contacts(known))
    done = put(database, path)
    assert len(done.blank) == len(known.contacts) == 4
    assert holders(database) == []
    assert done.new_units == 0


def test_an_alias_finds_the_unit(database: Database) -> None:
    stored(database)
    assert alias_unit(database, "交通局", "交通运输局", NOW, "tester") == "交通局"
    with database.read() as session:
        book = load_book(session)
    assert book.find("交通运输局") == book.find("交通局")


@pytest.mark.parametrize(
    ("name", "alias", "code"),
    [
        ("交通厅", "运输厅", "NO_SUCH_UNIT"),
        ("交通局", "住建局", "NAME_TAKEN"),
        ("交通局", "老龄办", "NAME_TAKEN"),
    ],
)
def test_an_alias_that_means_something_else_is_refused(
    database: Database, name: str, alias: str, code: str
) -> None:
    stored(database)
    with pytest.raises(DubanError) as refused:
        alias_unit(database, name, alias, NOW, "tester")
    assert refused.value.code == code
