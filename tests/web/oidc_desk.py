"""The pages and an identity provider, each on a port of its own, for tests of signing in by it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

import httpx
from sqlmodel import select

from db import tables, users
from db.session import Database
from db.units import stored_id
from notifications.links import Links
from tests.databases import sqlite_copy
from tests.web.people import NOW, add_ducha
from tests.web.provider import CLIENT, SECRET, Provider, a_provider, patient
from tests.web.running import pages
from workflows.identity_provider import IdentityProvider, ProviderSettings
from workflows.provider_accounts import give_account


@dataclass
class Desk:
    """A browser of the pages, the provider behind them, the moment that both live in."""

    database: Database
    provider: Provider
    client: IdentityProvider
    browser: httpx.Client
    moment: list[datetime]

    def begin(self, path: str = "/sign-in/oidc?next=/cases") -> str:
        """Where the provider is told to be found."""
        answer = self.browser.get(path)
        assert answer.status_code == 303, answer.text
        return answer.headers["location"]

    def agree(self, address: str) -> str:
        """The way back that the provider tells the browser, once its user has agreed."""
        return httpx.get(address).headers["location"]

    def come_back(self, address: str) -> httpx.Response:
        """What our page answers to that way back."""
        return self.browser.get(address)

    def sign_in(self) -> httpx.Response:
        """The whole way."""
        return self.come_back(self.agree(self.begin()))


@contextmanager
def an_office(template: Path, folder: Path) -> Iterator[Database]:
    """User ducha, a coordinator with a password; user boss, an administrator."""
    database = sqlite_copy(template, folder)
    with database.write() as session:
        add_ducha(session)
        session.add(tables.User(name="boss", role="admin", password="x", created_at=NOW, changed_at=NOW))
    yield database
    database.close()


@contextmanager
def a_desk(office: Database, *, secret: str = SECRET, base: str = "", **settings: object) -> Iterator[Desk]:
    """The pages and the provider, each on a port of its own; user ducha is given the account zhang.san."""
    moment = [NOW]
    with a_provider(NOW) as provider:
        client = IdentityProvider(
            ProviderSettings(
                provider.issuer,
                CLIENT,
                "http://127.0.0.1/later",
                patient(NOW),
                client_secret=secret,
                labels={"zh-CN": "统一身份认证", "en": "single sign-on"},
                **settings,  # type: ignore[arg-type]
            )
        )
        give_account(office, number_of(office), provider.issuer, "zhang.san", 1, NOW, "admin")
        links = Links(base, b"k" * 32) if base else None
        with pages(office, lambda: moment[0], role=None, provider=client, links=links) as browser:
            home = str(browser.base_url).rstrip("/")
            client.settings = replace(client.settings, redirect_uri=f"{home}/sign-in/oidc/callback")
            yield Desk(office, provider, client, browser, moment)


def number_of(office: Database) -> int:
    with office.read() as session:
        found = users.find(session, "ducha")
        assert found
        return stored_id(found.id)


def open_sessions(office: Database) -> int:
    with office.read() as session:
        return len(users.open_sessions(session, number_of(office), NOW))


def failures(office: Database) -> int:
    with office.read() as session:
        return len(session.exec(select(tables.SignInFailure)).all())


def press(client: httpx.Client, path: str, **data: str) -> httpx.Response:
    """A form of ours."""
    return client.post(path, data=data, headers={"Origin": str(client.base_url).rstrip("/")})
