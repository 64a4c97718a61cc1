"""What an installation lacks: each rule on both sides of its edge."""

from __future__ import annotations

from typing import Any

import pytest
from sqlmodel import col, select

from db import tables
from db.session import Database
from tests.channels import RememberingChannel
from tests.workflows.office_2024 import INBOX, Task, at, build, mail_office
from workflows.set_up_gaps import gaps, is_desk_unreached, is_plain_http, lacks_admin

NOW = at("2024-04-02T18:00")


@pytest.mark.parametrize(("able", "is_missing"), [(0, True), (1, False)])
def test_somebody_must_be_an_administrator(able: int, is_missing: bool) -> None:
    assert lacks_admin(able) is is_missing


@pytest.mark.parametrize(
    ("address", "is_plain"),
    [
        ("http://duban.example.org", True),
        ("http://192.0.2.7:8000", True),
        ("https://duban.example.org", False),
        ("http://127.0.0.1:8000", False),
        ("http://[::1]:8000", False),
        ("http://localhost:8000", False),
        ("http://localhost.example.org", True),
        ("", False),
    ],
)
def test_pages_that_others_reach_are_encrypted(address: str, is_plain: bool) -> None:
    assert is_plain_http(address) is is_plain


@pytest.mark.parametrize(
    ("posts", "reached", "is_missing"), [(1, 0, True), (2, 1, False), (1, 1, False), (0, 0, False)]
)
def test_one_coordinator_must_be_reached(posts: int, reached: int, is_missing: bool) -> None:
    assert is_desk_unreached(posts, reached) is is_missing


@pytest.mark.parametrize(
    ("user", "is_missing"),
    [
        ({"role": "admin", "password": "x"}, False),
        ({"role": "admin"}, True),  # has not used the set-up link yet
        ({"role": "admin", "password": "x", "is_active": False}, True),
        ({"role": "coordinator", "password": "x"}, True),
    ],
)
def test_an_administrator_is_one_who_can_sign_in(
    database: Database, user: dict[str, Any], is_missing: bool
) -> None:
    with database.write() as session:
        session.add(tables.User(name="a", created_at=NOW, changed_at=NOW, **user))
    with database.read() as session:
        assert ("no_admin" in gaps(session, INBOX, "", "")) is is_missing


@pytest.mark.parametrize(
    ("issuer", "is_missing"),
    [("https://id.example.org", False), ("https://new.example.org", True), ("", True)],
)
def test_an_account_lets_in_by_the_provider_that_is_set_up_alone(
    database: Database, issuer: str, is_missing: bool
) -> None:
    with database.write() as session:
        session.add(tables.User(id=1, name="a", role="admin", created_at=NOW, changed_at=NOW))
        session.flush()
        session.add(
            tables.ProviderAccount(
                user_id=1,
                issuer="https://id.example.org",
                account="zhang.san",
                created_at=NOW,
                created_by="b",
            )
        )
    with database.read() as session:
        assert ("no_admin" in gaps(session, INBOX, "", issuer)) is is_missing


def test_a_desk_without_an_address_is_unreached_by_mail_and_reached_in_the_inbox(database: Database) -> None:
    build(database, Task("1"))
    mail = mail_office(RememberingChannel())
    with database.read() as session:
        assert "desk_unreached" not in gaps(session, mail, "", "")
    with database.write() as session:
        contact = session.exec(
            select(tables.Contact).where(col(tables.Contact.email) == "duty@example.org")
        ).one()
        contact.ended_at = NOW
    with database.read() as session:
        assert "desk_unreached" in gaps(session, mail, "", "")
        assert "desk_unreached" not in gaps(session, INBOX, "", "")
