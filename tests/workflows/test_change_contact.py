"""修改联系人: corrected, succeeded, added, gone; what a post is owed stays with the post."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime

import pytest
from sqlmodel import col, select

from db import tables
from db.session import Database
from db.units import stored_id
from db.ways import ways_of_contact
from engine.errors import DubanError
from intake.contact_ways import WayRow
from tests.channels import RememberingChannel
from tests.workflows.office_2024 import Built, Task, at, build
from tests.workflows.routes import RememberingRobot, office_with
from tests.workflows.test_main_flow import messages, turn
from workflows.change_contact import (
    ContactConflictError,
    Details,
    appoint,
    change_contact,
    checked,
    details_of,
    end_holding,
    succeed,
)
from workflows.change_unit import robots_to_choose, set_kind, set_robots
from workflows.fall_back import FALLBACK
from workflows.office import Office, recipient_of
from workflows.set_group import set_group
from workflows.wrong_person import dispute

UNIT, MAIL = "区民政局", "mz@example.org"
NOW = at("2024-03-26T12:00")
ROBOT = "民政局群"


@pytest.fixture
def mail() -> RememberingChannel:
    return RememberingChannel()


@pytest.fixture
def office(mail: RememberingChannel) -> Office:
    return office_with(mail, RememberingRobot(ROBOT))


@pytest.fixture
def built(database: Database) -> Built:
    return build(database, Task("1"), emails={UNIT: MAIL}, coordinator=None)


def present(database: Database, built: Built) -> list[tuple[int, Details]]:
    """Who holds the liaison's post, with the details of each."""
    with database.read() as session:
        table = tables.Contact
        rows = session.exec(
            select(table).where(col(table.post_id) == built.posts[UNIT], col(table.ended_at).is_(None))
        ).all()
        return [(stored_id(row.id), details_of(session, row)) for row in rows]


def events(database: Database) -> list[tables.Event]:
    with database.read() as session:
        return list(session.exec(select(tables.Event)).all())


def unit_id(database: Database, name: str = UNIT) -> int:
    with database.read() as session:
        return stored_id(session.exec(select(tables.Unit.id).where(tables.Unit.name == name)).one())


def test_the_same_person_is_reached_as_wanted(database: Database, office: Office, built: Built) -> None:
    ((key, before),) = present(database, built)
    wanted = Details("张主任", "new@example.org", "en", (WayRow("email"),))
    assert change_contact(database, office, key, before.mark, wanted, NOW, "李")
    assert present(database, built) == [(key, wanted)]
    with database.read() as session:
        found = recipient_of(session, office, built.posts[UNIT])
        assert found is not None
        assert (found.address, found.title, found.locale) == ("new@example.org", "张主任", "en")
    (event,) = events(database)
    assert (event.what, event.who) == ("change_contact", "李")
    assert event.details["changed"] == ["title", "email", "locale", "ways"]
    assert "example.org" not in str(event.details)  # the record keeps nobody's addresses


def test_nothing_changed_is_nothing_on_record(database: Database, office: Office, built: Built) -> None:
    ((key, before),) = present(database, built)
    assert not change_contact(database, office, key, before.mark, before, NOW, "李")
    assert events(database) == []


def test_who_saves_second_sees_what_the_first_saved_and_stores_nothing(
    database: Database, office: Office, built: Built
) -> None:
    ((key, before),) = present(database, built)
    first = replace(before, email="first@example.org")
    change_contact(database, office, key, before.mark, first, NOW, "甲")
    second = replace(before, email="second@example.org")
    for work in (change_contact, succeed):
        with pytest.raises(ContactConflictError) as conflict:
            work(database, office, key, before.mark, second, NOW, "乙")
        assert conflict.value.theirs == first
    assert present(database, built) == [(key, first)]


def test_the_successor_inherits_what_the_post_is_owed(
    database: Database, office: Office, mail: RememberingChannel, built: Built
) -> None:
    turn(database, office, "2024-03-26T09:30")
    with database.read() as session:
        owed = {row.id: row.post_id for row in session.exec(select(tables.Reminder)).all()}
    ((key, before),) = present(database, built)
    new = succeed(database, office, key, before.mark, Details("王科长", "wang@example.org"), NOW, "李")
    assert present(database, built) == [(new, Details("王科长", "wang@example.org"))]
    with database.read() as session:
        assert {row.id: row.post_id for row in session.exec(select(tables.Reminder)).all()} == owed
        assert session.get_one(tables.Contact, key).ended_at == NOW
    turn(database, office, "2024-03-29T09:30")
    assert messages(database)[-1].address == "wang@example.org"


def test_who_has_left_is_not_changed_any_more(database: Database, office: Office, built: Built) -> None:
    ((key, before),) = present(database, built)
    end_holding(database, key, before.mark, NOW, "李")
    assert present(database, built) == []
    with pytest.raises(ContactConflictError) as conflict:
        change_contact(database, office, key, before.mark, before, NOW, "李")
    assert conflict.value.theirs is None


def test_leaving_settles_what_was_found_about_the_person(
    database: Database, office: Office, built: Built
) -> None:
    ((key, before),) = present(database, built)
    with database.write() as session:
        dispute(session, session.get_one(tables.Contact, key), "张", "邮件回复", NOW)
    end_holding(database, key, before.mark, NOW, "李")
    with database.read() as session:
        open_ones = session.exec(select(tables.Finding).where(col(tables.Finding.closed_at).is_(None))).all()
        assert open_ones == []


def test_one_more_holds_the_post_beside_those_who_were_seen(
    database: Database, office: Office, built: Built
) -> None:
    ((key, _),) = present(database, built)
    number = unit_id(database)
    new = appoint(database, office, number, "liaison", [key], Details("乙", "yi@example.org"), NOW, "李")
    assert [one for one, _ in present(database, built)] == [key, new]
    with pytest.raises(ContactConflictError) as conflict:
        appoint(database, office, number, "liaison", [key], Details("丙", "c@example.org"), NOW, "李")
    assert conflict.value.theirs == Details("乙", "yi@example.org")
    assert len(present(database, built)) == 2


def test_a_post_that_was_not_there_is_made(database: Database, office: Office, built: Built) -> None:
    number = unit_id(database)
    appoint(database, office, number, "leader", [], Details("领导", "ld@example.org"), NOW, "李")
    with database.read() as session:
        kinds = session.exec(select(tables.Post.kind).where(tables.Post.unit_id == number)).all()
    assert sorted(kinds) == ["leader", "liaison"]


def test_a_refused_way_stays_marked_under_the_same_address_and_is_tried_under_another(
    database: Database, office: Office, built: Built
) -> None:
    ((key, before),) = present(database, built)
    ways = (WayRow("email"), WayRow("inbox"))
    change_contact(database, office, key, before.mark, replace(before, ways=ways), NOW, "李")
    with database.write() as session:
        row = ways_of_contact(session, key)[0]
        row.failed_at, row.failed_code = NOW, "recipient_refused"
        session.add(row)
    ((_, seen),) = present(database, built)
    renamed = replace(seen, title="新称呼")
    change_contact(database, office, key, seen.mark, renamed, NOW, "李")
    with database.read() as session:
        assert [row.failed_at for row in ways_of_contact(session, key)] == [NOW, None]
    moved = replace(renamed, email="new@example.org")
    change_contact(database, office, key, renamed.mark, moved, NOW, "李")
    with database.read() as session:
        assert [row.failed_at for row in ways_of_contact(session, key)] == [None, None]
        codes = [row.code for row in session.exec(select(tables.Finding)).all() if not row.closed_at]
        assert FALLBACK not in codes


@pytest.mark.parametrize(
    ("wanted", "code"),
    [
        (Details(email="no-address"), "BAD_EMAIL"),
        (Details(email="a@b"), "BAD_EMAIL"),
        (Details("只有称呼"), "CONTACT_EMPTY"),
        (Details(ways=(WayRow("email"),)), "CHANNEL_ADDRESS"),
        (Details(email=MAIL, ways=(WayRow("没有的"),)), "UNKNOWN_CHANNEL"),
        (Details(email=MAIL, ways=(WayRow("inbox"), WayRow("inbox"))), "CHANNEL_TWICE"),
        (Details("长" * 81, MAIL), "CONTACT_TOO_LONG"),
        (Details(email=MAIL, ways=(WayRow(ROBOT, "号" * 81),)), "CONTACT_TOO_LONG"),
    ],
)
def test_details_that_reach_nobody_are_refused(office: Office, wanted: Details, code: str) -> None:
    with pytest.raises(DubanError) as refused:
        checked(office, wanted)
    assert refused.value.code == code


@pytest.mark.parametrize(
    ("wanted", "kept"),
    [
        (Details("长" * 80, MAIL), Details("长" * 80, MAIL)),
        (Details(" 张 ", f" {MAIL} ", "fr"), Details("张", MAIL, "zh-CN")),
        (
            Details(email=MAIL, ways=(WayRow("email", "other@example.org"), WayRow(""))),
            Details(email=MAIL, ways=(WayRow("email"),)),
        ),
        (Details(ways=(WayRow(ROBOT, " 139 "),)), Details(ways=(WayRow(ROBOT, "139"),))),
    ],
)
def test_details_are_kept_without_stray_blanks(office: Office, wanted: Details, kept: Details) -> None:
    assert checked(office, wanted) == kept


def test_a_unit_is_of_another_kind_and_tells_other_groups(
    database: Database, office: Office, built: Built
) -> None:
    number = unit_id(database)
    assert set_kind(database, number, "street", "department", NOW, "李")
    assert not set_kind(database, number, "street", "street", NOW, "李")
    assert robots_to_choose(office) == [ROBOT]
    assert set_robots(database, office, number, [ROBOT, ROBOT], [], NOW, "李")
    assert not set_robots(database, office, number, [ROBOT], [ROBOT], NOW, "李")
    assert [event.what for event in events(database)] == ["set_unit_kind", "set_robots"]


Refused = Callable[[Database, Office, int, datetime], object]


@pytest.mark.parametrize(
    ("work", "code"),
    [
        (lambda d, _o, n, t: set_kind(d, n, "collective", "department", t, "李"), "UNIT_KIND"),
        (lambda d, _o, n, t: set_kind(d, n, "street", "enterprise", t, "李"), "REVISION_CONFLICT"),
        (lambda d, _o, _n, t: set_kind(d, 999, "street", "department", t, "李"), "NO_SUCH_UNIT"),
        (lambda d, o, n, t: set_robots(d, o, n, ["inbox"], [], t, "李"), "UNKNOWN_CHANNEL"),
        (lambda d, o, n, t: set_robots(d, o, n, [ROBOT], ["别的群"], t, "李"), "REVISION_CONFLICT"),
        (lambda d, o, n, t: appoint(d, o, n, "boss", [], Details("", MAIL), t, "李"), "NO_SUCH_POST"),
        (lambda d, o, _n, t: appoint(d, o, 999, "head", [], Details("", MAIL), t, "李"), "NO_SUCH_UNIT"),
    ],
)
def test_what_does_not_fit_is_refused(
    database: Database, office: Office, built: Built, work: Refused, code: str
) -> None:
    with pytest.raises(DubanError) as refused:
        work(database, office, unit_id(database), NOW)
    assert refused.value.code == code
    assert events(database) == []


def test_members_that_somebody_else_changed_meanwhile_are_kept(database: Database) -> None:
    build(database, Task("1", lead="甲街道"), Task("2", lead="乙街道"))
    set_group(database, "各街道", ["甲街道"], NOW, "甲")
    with pytest.raises(DubanError) as refused:
        set_group(database, "各街道", ["甲街道", "乙街道"], NOW, "乙", seen=[])
    assert refused.value.code == "REVISION_CONFLICT"
    done = set_group(database, "各街道", ["甲街道", "乙街道"], NOW, "乙", seen=["甲街道"])
    assert done.before == ("甲街道",)
