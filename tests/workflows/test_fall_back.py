"""A way that refused for good is left, shown, and tried again when somebody has looked at it."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from sqlmodel import Session, select

from db import tables
from db.session import Database
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


def fail(database: Database, contact: int | None, channel: str, code: str = "recipient_refused") -> bool:
    with database.write() as session:
        return mark_failed(session, OFFICE, contact, channel, code, NOW)


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
