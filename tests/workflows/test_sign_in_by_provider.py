"""Accounts at an identity provider on both databases: given once, bound to the first holder, gone with a retirement."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from dataclasses import dataclass, replace
from urllib.parse import parse_qsl, urlsplit

import httpx
import pytest
from sqlalchemy import text
from sqlmodel import Session, select

from db import provider_accounts, tables, users
from db.session import Database
from engine.errors import DubanError
from engine.roles import Role
from tests.web.provider import CLIENT, SECRET, Provider, a_provider, patient
from tests.workflows.office_2024 import at
from workflows.identity_provider import IdentityProvider, ProviderSettings
from workflows.manage_users import Wanted, invite_user, list_users, reactivate_user, retire_user
from workflows.provider_accounts import account_of, give_account
from workflows.sign_in import who_is
from workflows.sign_in_by_provider import Returned, sign_in_by_provider

NOW = at("2024-04-02T18:00")
HOME = "http://127.0.0.1:8300/sign-in/oidc/callback"


@dataclass
class Way:
    """Two users, li and wang, and a provider."""

    database: Database
    provider: Provider
    client: IdentityProvider

    def give(self, number: int, account: str, revision: int = 1) -> None:
        """An administrator gives the user that account."""
        give_account(self.database, number, self.provider.issuer, account, revision, NOW, "boss")

    def come(self, subject: str = "0f8e", account: str = "zhang.san") -> str:
        """The name of the user who is signed in now, or the code of the refusal."""
        self.provider.subject, self.provider.account = subject, account
        pending, cookie = self.client.pending.begin("/", "zh-CN", NOW)
        back = httpx.get(self.client.address(pending, NOW)).headers["location"]
        given = dict(parse_qsl(urlsplit(back).query))
        returned = Returned(cookie, given["state"], given["code"])
        try:
            token = sign_in_by_provider(self.database, self.client, returned, "192.0.2.7", NOW)
        except DubanError as error:
            return error.code
        with self.database.read() as session:
            person = who_is(session, token, NOW)
        assert person is not None
        return person.name


@pytest.fixture
def way(database: Database) -> Iterator[Way]:
    with a_way(database) as found:
        yield found


@contextmanager
def a_way(database: Database) -> Iterator[Way]:
    for name in ("li", "wang"):
        invite_user(database, name, Wanted("", Role.LEADER), NOW, "boss")
    with a_provider(NOW) as provider:
        settings = ProviderSettings(provider.issuer, CLIENT, HOME, patient(NOW), client_secret=SECRET)
        yield Way(database, provider, IdentityProvider(settings))


def wait_for_a_lock(session: Session) -> None:
    """Another connection waits for what this one holds."""
    waiting = text("SELECT count(*) FROM pg_locks WHERE NOT granted")
    assert any(session.execute(waiting).scalar_one() for _ in range(100_000))


@pytest.mark.parametrize("is_bound", [True, False])
def test_an_account_that_is_taken_away_while_its_holder_comes_opens_nothing(
    postgres_database: Database, is_bound: bool
) -> None:
    with a_way(postgres_database) as way, closing(Database(postgres_database.url)) as elsewhere:
        way.give(1, "zhang.san")
        if is_bound:
            assert way.come() == "li"
        with ThreadPoolExecutor(1) as pool:
            with postgres_database.write() as session:
                users.locked(session, 1)
                coming = pool.submit(replace(way, database=elsewhere).come)
                wait_for_a_lock(session)
                provider_accounts.remove(session, 1)
            assert coming.result() == "OIDC_ACCOUNT"


def test_an_account_belongs_to_whoever_used_it_first(way: Way) -> None:
    assert way.come() == "OIDC_ACCOUNT"
    way.give(1, "zhang.san")
    assert way.come("first") == "li"
    assert way.come("first", "renamed") == "li"
    assert way.come("second") == "OIDC_OTHER_HOLDER"
    way.give(1, "", 2)
    way.give(2, "zhang.san")
    assert way.come("second") == "wang"
    assert way.come("first") == "OIDC_OTHER_HOLDER"


def test_an_account_is_one_users_and_changes_for_nobody_unseen(way: Way) -> None:
    way.give(1, "zhang.san")
    for number, account, revision, code in (
        (2, "zhang.san", 1, "OIDC_ACCOUNT_TAKEN"),
        (1, "li.si", 1, "USER_CHANGED"),
        (99, "li.si", 1, "NO_SUCH_USER"),
        (1, "a\nb", 2, "OIDC_ACCOUNT_NAME"),
    ):
        with pytest.raises(DubanError) as error:
            way.give(number, account, revision)
        assert error.value.code == code
    way.give(1, "zhang.san", 2)  # the same again changes nothing
    with way.database.read() as session:
        assert account_of(session, 1, way.provider.issuer).account == "zhang.san"
        assert account_of(session, 1, "https://other.example.com").account == ""
        assert session.get_one(tables.User, 1).revision == 2


def test_a_retired_user_comes_in_by_no_account_and_again_once_reactivated(way: Way) -> None:
    way.give(1, "zhang.san")
    assert way.come() == "li"
    retire_user(way.database, 1, NOW, "boss")
    assert way.come() == "OIDC_RETIRED"
    reactivate_user(way.database, 1, NOW, "boss")
    assert way.come() == "li"


def test_an_administrator_with_an_account_counts_as_one_who_can_sign_in(way: Way) -> None:
    with way.database.read() as session:
        assert (
            users.count_admins(session, way.provider.issuer),
            [line.state for line in list_users(session, NOW)],
        ) == (
            0,
            ["invited", "invited"],
        )
    with way.database.write() as session:
        session.get_one(tables.User, 1).role = "admin"
    way.give(1, "zhang.san")
    with way.database.read() as session:
        assert (
            users.count_admins(session, way.provider.issuer),
            [line.state for line in list_users(session, NOW)],
        ) == (
            1,
            ["active", "invited"],
        )


def test_who_gave_and_first_used_an_account_is_on_record(way: Way) -> None:
    way.give(1, "zhang.san")
    way.come()
    way.come()
    with way.database.read() as session:
        told = [
            (event.what, event.who, event.details["account"])
            for event in session.exec(select(tables.Event).order_by(tables.Event.id))  # type: ignore[arg-type]
            if event.what.startswith("user_account")
        ]
    assert told == [("user_account", "boss", "zhang.san"), ("user_account_bound", "li", "zhang.san")]
