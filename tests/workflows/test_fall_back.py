"""A way that refused for good is left, shown, and tried again when somebody has looked at it."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from sqlmodel import Session, select

from db import tables
from db.session import Database
from db.ways import Way
from tests.channel_kinds import factory
from tests.channels import RememberingChannel
from tests.workflows.office_2024 import Built, Task, at, build
from tests.workflows.routes import (
    RememberingApp,
    RememberingRobot,
    give_robot,
    give_ways,
    office_with,
    open_now,
)
from workflows.fall_back import forget_failures, mark_failed, retry_contacts
from workflows.office import recipient_of
from workflows.set_up_channel import Given, add_channel, change_channel

ADDRESSES = {"企业微信": "zhangsan", "email": "mz@example.org", "民政局群": ""}
NOW = at("2024-03-26T09:30")
UNIT, MAIL = "区民政局", "mz@example.org"
OFFICE = office_with(RememberingChannel(), RememberingApp("企业微信"), RememberingRobot("民政局群"))


@pytest.fixture
def built(database: Database) -> Built:
    return build(database, Task("1"), emails={UNIT: MAIL})


@pytest.fixture
def contact(database: Database, built: Built) -> int:
    return give_ways(database, built.posts[UNIT], ("企业微信", "zhangsan"), ("email", MAIL))


def ways(database: Database) -> list[tuple[int, str, str, str]]:
    with database.read() as session:
        rows = session.exec(select(tables.ContactChannel).order_by(tables.ContactChannel.rank)).all()  # type: ignore[arg-type]
        assert all((row.failed_at is None) == (row.failed_code == "") for row in rows)
        return [(row.rank, row.channel, row.address, row.failed_code) for row in rows]


def fail(
    database: Database,
    contact: int | None,
    channel: str,
    code: str = "recipient_refused",
    address: str = "",
) -> bool:
    with database.write() as session:
        return mark_failed(session, OFFICE, contact, Way(channel, address or ADDRESSES[channel]), code, NOW)


def test_a_refusal_is_marked_once_and_shown_once(database: Database, contact: int) -> None:
    assert [fail(database, contact, "企业微信"), fail(database, contact, "企业微信", "later")] == [True, True]
    assert ways(database) == [
        (1, "企业微信", "zhangsan", "recipient_refused"),
        (2, "email", MAIL, ""),
    ]
    assert open_now(database) == [("CHANNEL_FALLBACK", f"contact:{contact}:企业微信")]


def test_the_last_way_is_marked_but_there_is_no_other_to_announce(database: Database, contact: int) -> None:
    assert [fail(database, contact, "企业微信"), fail(database, contact, "email", "5.1.1")] == [True, False]
    assert [code for *_, code in ways(database)] == ["recipient_refused", "5.1.1"]
    assert open_now(database) == [("CHANNEL_FALLBACK", f"contact:{contact}:企业微信")]


@pytest.mark.parametrize(
    ("code", "is_recipients"),
    [
        ("recipient_refused", True),
        ("bad_address", True),
        ("5.1.1", True),
        ("5.1.10", True),
        ("5.2.1", True),
        ("5.1.7", False),  # the sender's address
        ("5.1.8", False),
        ("5.2.2", False),  # a full mailbox is emptied one day
        ("5.3.4", False),
        ("5.7.1", False),
        ("4.2.2", False),
        ("4.1.1", False),
        ("5.0.0", False),
        ("message_too_big", False),
        ("message_refused", False),
        ("bad_request", False),
        ("repeated_content", False),
        ("unknown_answer", False),
        ("revoked", False),
        ("", False),
    ],
)
def test_only_what_speaks_of_the_recipient_closes_the_last_way(
    database: Database, built: Built, code: str, is_recipients: bool
) -> None:
    contact = give_ways(database, built.posts[UNIT], ("企业微信", "zhangsan"))
    assert not fail(database, contact, "企业微信", code)
    assert [left for *_, left in ways(database)] == [code if is_recipients else ""]
    with database.read() as session:
        assert (recipient_of(session, OFFICE, built.posts[UNIT]) is None) is is_recipients
    assert open_now(database) == []


@pytest.mark.parametrize(
    ("first", "second", "left"),
    [
        ("message_too_big", "5.1.1", {"企业微信": "", "email": "5.1.1"}),
        ("revoked", "5.1.1", {"企业微信": "", "email": "5.1.1"}),
        ("message_too_big", "5.3.4", {"企业微信": "message_too_big", "email": ""}),
        ("recipient_refused", "5.1.1", {"企业微信": "recipient_refused", "email": "5.1.1"}),
    ],
)
def test_a_way_left_for_one_message_is_taken_again_before_nobody_is_reached(
    database: Database, contact: int, first: str, second: str, left: dict[str, str]
) -> None:
    assert fail(database, contact, "企业微信", first)
    is_reached = not left["企业微信"]
    assert fail(database, contact, "email", second) is is_reached
    assert {channel: code for _, channel, _, code in ways(database)} == left
    assert fail(database, contact, "企业微信", first) is (left["email"] == ""), "to and fro it does not go"
    assert {channel: code for _, channel, _, code in ways(database)} == left


def test_what_speaks_of_the_recipient_counts_more_than_what_was_marked_before(
    database: Database, contact: int
) -> None:
    codes = ("message_refused", "unknown_answer", "recipient_refused", "message_refused")
    marked = [(fail(database, contact, "企业微信", code), ways(database)[0][3]) for code in codes]
    assert [code for _, code in marked] == ["message_refused"] * 2 + ["recipient_refused"] * 2


@pytest.mark.parametrize(
    ("channel", "refused", "is_marked"),
    [
        ("企业微信", "zhangsan", True),
        ("企业微信", "zhang", False),  # corrected while the message was on its way
        ("email", "MZ@example.org", True),
        ("email", "old@example.org", False),
    ],
)
def test_an_address_that_was_corrected_meanwhile_is_not_the_one_that_refused(
    database: Database, contact: int, channel: str, refused: str, is_marked: bool
) -> None:
    assert fail(database, contact, channel, address=refused)
    assert [name for _, name, _, code in ways(database) if code] == [channel] * is_marked
    assert len(open_now(database)) == is_marked


@pytest.mark.parametrize("refused", [MAIL, "old@example.org"])
def test_a_contact_known_by_mail_alone_is_reached_at_the_corrected_address(
    database: Database, built: Built, refused: str
) -> None:
    contact = give_ways(database, built.posts[UNIT])
    assert fail(database, contact, "email", "5.1.1", refused) is (refused != MAIL)
    assert ways(database) == []


@pytest.mark.parametrize("has_robot", [True, False])
def test_a_contact_known_by_mail_alone_is_marked_only_where_something_stands_behind(
    database: Database, built: Built, has_robot: bool
) -> None:
    contact = give_ways(database, built.posts[UNIT])
    if has_robot:
        give_robot(database, UNIT, "民政局群")
    assert fail(database, contact, "email", "5.1.1") is has_robot
    assert ways(database) == ([(1, "email", MAIL, "5.1.1")] if has_robot else [])
    assert len(open_now(database)) == has_robot
    with database.read() as session:
        found = recipient_of(session, OFFICE, built.posts[UNIT])
    assert found is not None
    assert found.channel == ("民政局群" if has_robot else "email")


def test_behind_a_group_or_an_empty_inbox_stands_nothing(database: Database, contact: int) -> None:
    assert not fail(database, None, "民政局群")
    assert open_now(database) == []


def test_a_channel_set_up_anew_is_tried_again_with_everybody(database: Database, contact: int) -> None:
    given = Given({"region": "north"}, {"token": "t"})
    add_channel(database, factory(), "test-robot", "企业微信", given, NOW, "tester")
    fail(database, contact, "企业微信")
    fail(database, contact, "email")
    change_channel(database, factory(), "企业微信", Given({"region": "south"}, {}), NOW, "tester")
    assert [channel for _, channel, _, code in ways(database) if code] == ["email"]
    assert open_now(database) == []


def of_unit(session: Session) -> int:
    unit = session.exec(select(tables.Unit).where(tables.Unit.name == UNIT)).one()
    return retry_contacts(session, unit.id or 0, NOW)


@pytest.mark.parametrize(
    ("act", "count", "left"),
    [
        (of_unit, 2, []),
        (lambda session: forget_failures(session, "企业微信", NOW), 1, ["email"]),
        (lambda session: forget_failures(session, "钉钉", NOW), 0, ["企业微信", "email"]),
        (lambda session: retry_contacts(session, 10_000, NOW), 0, ["企业微信", "email"]),
    ],
)
def test_what_was_looked_at_is_tried_again_and_its_finding_settled(
    database: Database, contact: int, act: Callable[[Session], int], count: int, left: list[str]
) -> None:
    fail(database, contact, "企业微信")
    fail(database, contact, "email")
    with database.write() as session:
        assert act(session) == count
    assert [channel for _, channel, _, code in ways(database) if code] == left
    assert [code for code, _ in open_now(database)] == ["CHANNEL_FALLBACK"] * ("企业微信" in left)
