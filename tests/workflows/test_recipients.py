"""Whom a post's messages go to: channels in order, what is passed over, and what is left at the end."""

from __future__ import annotations

import pytest
from sqlalchemy import event

from db import runs, tables
from db.session import Database
from db.ways import Way
from tests.channels import RememberingChannel
from tests.workflows.office_2024 import INBOX, Built, Task, at, build
from tests.workflows.routes import (
    Named,
    RememberingApp,
    RememberingRobot,
    dispute,
    give_robot,
    give_ways,
    office_with,
    open_now,
)
from tests.workflows.test_main_flow import MORNING, messages, reminders, turn
from workflows.compose import compose
from workflows.fall_back import mark_failed
from workflows.office import Office, Recipient, recipient_of

NOW = at("2024-03-26T09:30")
UNIT, MAIL = "区民政局", "mz@example.org"
OFFICE = office_with(RememberingChannel(), RememberingApp("企业微信"), RememberingRobot("民政局群"))


@pytest.fixture
def built(database: Database) -> Built:
    return build(database, Task("1"), emails={UNIT: MAIL})


def reached(database: Database, built: Built, office: Office = OFFICE, unit: str = UNIT) -> Recipient | None:
    with database.read() as session:
        return recipient_of(session, office, built.posts[unit])


def way(recipient: Recipient | None) -> Named | None:
    return (recipient.channel, recipient.address) if recipient else None


@pytest.mark.parametrize(
    ("ways", "taken"),
    [
        ((), ("email", MAIL)),  # nobody said anything: as ever
        ((("企业微信", "zhangsan"), ("email", MAIL)), ("企业微信", "zhangsan")),
        ((("email", MAIL), ("企业微信", "zhangsan")), ("email", MAIL)),
        (
            (("email", ""), ("企业微信", "zhangsan")),
            ("email", MAIL),
        ),  # the address of the contact's own column
        ((("企业微信", ""), ("email", MAIL)), ("email", MAIL)),  # it needs to know whom
        ((("钉钉", "zhangsan"), ("email", MAIL)), ("email", MAIL)),  # not set up
        ((("民政局群", ""), ("email", MAIL)), ("民政局群", "")),  # a group needs no address
        ((("民政局群", "zhangsan"),), ("民政局群", "zhangsan")),  # but it may call somebody
        ((("钉钉", "zhangsan"),), None),
        ((("企业微信", ""),), None),
    ],
)
def test_the_first_way_that_is_set_up_and_complete_is_taken(
    database: Database, built: Built, ways: tuple[Named, ...], taken: Named | None
) -> None:
    give_ways(database, built.posts[UNIT], *ways)
    assert way(reached(database, built)) == taken


@pytest.mark.parametrize(
    ("failed", "taken", "left"),
    [
        (("企业微信",), ("email", MAIL), [True]),
        (("email",), ("企业微信", "zhangsan"), [True]),
        (("企业微信", "email"), None, [True, False]),
        (("钉钉",), ("企业微信", "zhangsan"), [True]),  # not one of the contact's own
    ],
)
def test_a_way_that_refused_for_good_is_passed_over(
    database: Database, built: Built, failed: tuple[str, ...], taken: Named | None, left: list[bool]
) -> None:
    addresses = {"企业微信": "zhangsan", "email": MAIL}
    contact = give_ways(database, built.posts[UNIT], *addresses.items())
    with database.write() as session:
        answers = [
            mark_failed(
                session, OFFICE, contact, Way(channel, addresses.get(channel, "")), "recipient_refused", NOW
            )
            for channel in failed
        ]
    assert answers == left
    assert way(reached(database, built)) == taken


@pytest.mark.parametrize(
    ("kind", "has_robot", "taken"),
    [
        ("liaison", True, ("民政局群", "")),
        ("liaison", False, None),
        ("head", True, None),  # the group is the liaison's: what has escalated is not for everybody
        ("leader", True, None),
    ],
)
def test_the_units_robot_is_the_last_resort_of_its_liaison_alone(
    database: Database, built: Built, kind: str, has_robot: bool, taken: Named | None
) -> None:
    with database.write() as session:
        post = tables.Post(unit_id=session.get_one(tables.Post, built.posts[UNIT]).unit_id, kind=kind)
        if kind != "liaison":
            session.add(post)
            session.flush()
            assert post.id is not None
            built.posts[UNIT] = post.id
            session.add(tables.Contact(post_id=post.id))
    contact = give_ways(database, built.posts[UNIT], ("钉钉", "zhangsan"))
    assert contact
    if has_robot:
        give_robot(database, UNIT, "没有配置的群", "民政局群")
    found = reached(database, built)
    assert way(found) == taken
    assert found is None or (found.is_group and found.contact_id is None)


def test_the_robot_of_last_resort_calls_the_liaison_by_the_id_there(database: Database, built: Built) -> None:
    contact = give_ways(database, built.posts[UNIT], ("email", MAIL), ("民政局群", "zhangsan"))
    give_robot(database, UNIT, "民政局群")
    with database.write() as session:
        assert mark_failed(session, OFFICE, contact, Way("email", MAIL), "550", NOW)
        assert not mark_failed(session, OFFICE, None, Way("民政局群"), "revoked", NOW)
    assert way(reached(database, built)) == ("民政局群", "zhangsan")


def test_nobody_writes_to_whom_is_said_to_be_the_wrong_person(database: Database, built: Built) -> None:
    contact = give_ways(database, built.posts[UNIT])
    dispute(database, contact, NOW)
    assert reached(database, built) is None
    give_robot(database, UNIT, "民政局群")
    assert way(reached(database, built)) == ("民政局群", "")
    with database.write() as session:
        session.add(tables.Contact(post_id=built.posts[UNIT], email="next@example.org"))
    assert way(reached(database, built)) == ("email", "next@example.org")


def test_with_several_coordinators_the_next_takes_over_from_a_disputed_one(
    database: Database, built: Built
) -> None:
    with database.write() as session:
        session.add(tables.Contact(post_id=built.posts["督查室"], email="second@example.org"))
    assert way(reached(database, built, unit="督查室")) == ("email", "second@example.org")
    dispute(database, give_ways(database, built.posts["督查室"]), NOW)
    assert way(reached(database, built, unit="督查室")) == ("email", "duty@example.org")


@pytest.mark.parametrize(("is_held", "taken"), [(False, ("inbox", "")), (True, None)])
def test_an_inbox_needs_no_holder_but_a_disputed_one_is_not_passed_over_in_silence(
    database: Database, is_held: bool, taken: Named | None
) -> None:
    built = build(database, Task("1"), emails={UNIT: MAIL} if is_held else {})
    if is_held:
        dispute(database, give_ways(database, built.posts[UNIT]), NOW)
    assert way(reached(database, built, INBOX)) == taken


def test_a_rehearsal_addresses_everybody_alike(database: Database, built: Built) -> None:
    quiet = OFFICE.without_network()
    for ways in (("企业微信", ""), ("民政局群", "")):
        give_ways(database, built.posts[UNIT], ways)
        assert way(reached(database, built, quiet)) == way(reached(database, built))
        with database.write() as session:
            session.execute(tables.ContactChannel.__table__.delete())  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    ("state", "words"),
    [("nobody", "没有可用的联系方式"), ("failed", "各个渠道都拒收"), ("disputed", "发错了人")],
)
def test_who_cannot_be_reached_is_shown_with_the_reason_and_waits(
    database: Database, built: Built, state: str, words: str
) -> None:
    contact = give_ways(database, built.posts[UNIT], ("钉钉" if state == "nobody" else "email", MAIL))
    if state == "failed":
        with database.write() as session:
            assert not mark_failed(session, OFFICE, contact, Way("email", MAIL), "5.1.1", NOW)
    if state == "disputed":
        dispute(database, contact, NOW)
    turn(database, OFFICE, MORNING)
    with database.read() as session:
        (shown,) = runs.open_findings(session, "NO_CONTACT")
    assert words in shown.message
    assert messages(database) == []
    assert [row.state for row in reminders(database)] == ["pending"]


def test_a_channel_that_is_not_set_up_is_shown_until_it_is(database: Database, built: Built) -> None:
    give_ways(database, built.posts[UNIT], ("钉钉", "zhangsan"), ("email", MAIL))
    give_robot(database, UNIT, "没有配置的群")
    shown = [("CHANNEL_NOT_SET_UP", "channel:没有配置的群"), ("CHANNEL_NOT_SET_UP", "channel:钉钉")]
    for _ in range(2):
        compose(database, OFFICE, NOW)
        assert sorted(open_now(database)) == shown
    more = office_with(RememberingChannel(), RememberingApp("钉钉"), RememberingRobot("没有配置的群"))
    compose(database, more, NOW)
    assert open_now(database) == []


def test_a_recipient_costs_one_query_and_a_robot_of_last_resort_a_second(
    database: Database, built: Built
) -> None:
    asked: list[str] = []
    event.listen(database.engine, "before_cursor_execute", lambda *args: asked.append(args[2]))
    give_ways(database, built.posts[UNIT], ("企业微信", "zhangsan"), ("email", MAIL))
    for count, dispute_first in ((1, False), (2, True)):
        if dispute_first:
            give_robot(database, UNIT, "民政局群")
            dispute(database, give_ways(database, built.posts[UNIT]), NOW)
        with database.read() as session:
            asked.clear()
            recipient_of(session, OFFICE, built.posts[UNIT])
            assert len(asked) == count
