"""Hostile addresses and forms against a working office: nothing fails, and what is refused changes nothing.

A sample, the same at every run; ``test_odd_input`` has the cases that once failed.
"""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from itertools import cycle, islice
from pathlib import Path
from urllib.parse import quote_plus

import httpx
import pytest

from db import users
from db.session import Database
from engine.roles import Role
from tests.databases import PostgresServer, sqlite_copy
from tests.web.hostile import NAMES, VALUES, PageForm, forms_of
from tests.web.lived_office import DAYS_OF_DEEDS, EVENING
from tests.web.test_every_page import PAGES, Office, working_office
from tests.workflows.drafts import row_counts
from tests.workflows.office_2024 import LINKED
from web.admission import COOKIE
from workflows.links import new_link

EACH_PAGE, EACH_FORM = 4, 5  # a quarter of them on PostgreSQL
LEFT_OUT = re.compile(r"/sign-out|/account/password|/backup|/test$|/end-sessions|/preview$")


@dataclass
class Visitor:
    """Somebody who sends what nobody sends by accident."""

    office: Office
    link: str
    database: Database
    file: sqlite3.Connection | None = None

    def look(self, path: str, role: Role = Role.ADMIN) -> httpx.Response:
        cookie = f"{COOKIE}={self.office.tokens[role]}"
        return self.office.client.get(path, headers={"Cookie": cookie})

    def send(self, form: PageForm, body: str, role: Role) -> httpx.Response:
        headers = {
            "Cookie": f"{COOKIE}={self.office.tokens[role]}",
            "Origin": str(self.office.client.base_url).rstrip("/"),
            "Content-Type": "application/x-www-form-urlencoded",
        }
        return self.office.client.post(form.action, content=body, headers=headers)

    def state(self) -> object:
        """Another value after anything was stored; on PostgreSQL, after a row was added or taken away."""
        return self.file.execute("PRAGMA data_version").fetchone() if self.file else row_counts(self.database)

    def pages(self) -> list[tuple[str, Role]]:
        """Every page with whoever looks at it; those by link, too."""
        own = [(self.office.path(pattern), self.office.role(pattern)) for pattern in PAGES]
        below = ("", "/changes", "/wrong-person", "/workbook", "/tasks/2", "/tasks/3")
        return own + [(f"/r/{self.link}{path}", Role.ADMIN) for path in below]

    def forms(self) -> list[tuple[PageForm, Role]]:
        """Every form of every page, one of those that differ in numbers only."""
        found: dict[str, tuple[PageForm, Role]] = {}
        for path, role in self.pages():
            answer = self.look(path, role)
            if "text/html" not in answer.headers["content-type"]:
                continue
            for form in forms_of(answer, "post"):
                key = re.sub(r"\d+", "N", f"{form.action} {sorted(form.fields)[:9]}")
                if not LEFT_OUT.search(form.action):
                    found.setdefault(key, (form, role))
        return list(found.values())


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def visitor(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Visitor]:
    """Somebody before a working office, on SQLite and on PostgreSQL."""
    folder = tmp_path_factory.mktemp("hostile")
    if request.param == "postgresql":
        server: PostgresServer = request.getfixturevalue("postgres")
        with server.database() as database, visiting(database, folder) as found:
            yield found
        return
    database = sqlite_copy(request.getfixturevalue("sqlite_template"), folder)
    with visiting(database, folder) as found:
        found.file = sqlite3.connect(folder / "duban.sqlite3")
        yield found
        found.file.close()
    database.close()


@contextmanager
def visiting(database: Database, folder: Path) -> Iterator[Visitor]:
    with working_office(database, folder, "zh-CN", DAYS_OF_DEEDS) as office:
        address, _ = new_link(database, LINKED, "区民政局", None, EVENING, "test")
        with database.read() as session:
            other = users.find(session, Role.LEADER.value)
        assert other is not None
        numbers = {**office.numbers, "settings/users": other.id or 0}  # nobody retires the visitor
        yield Visitor(replace(office, numbers=numbers), address.rsplit("/", 1)[1], database)


def some(number: int, most: int) -> Iterator[str]:
    """Kinds of values, other ones for the next number, so that all occur often."""
    return islice(cycle(VALUES), number * most % len(VALUES), number * most % len(VALUES) + most)


def test_no_address_makes_a_page_fail(visitor: Visitor) -> None:
    failed, most = [], EACH_PAGE if visitor.file else EACH_PAGE // 4
    for number, (path, role) in enumerate(visitor.pages()):
        for kind in some(number, most):
            query = "&".join(f"{name}={VALUES[kind]}" for name in NAMES if len(VALUES[kind]) < 1000)
            answer = visitor.look(f"{path}?{query or f'page={VALUES[kind]}&q={VALUES[kind]}'}", role)
            if answer.status_code >= 500 or "/sign-in" in answer.headers.get("location", ""):
                failed.append((path, kind, answer.status_code))
    assert failed == []


def test_no_form_makes_a_page_fail_and_one_that_is_refused_changes_nothing(visitor: Visitor) -> None:
    failed, most, turn = [], EACH_FORM if visitor.file else EACH_FORM // 4, 0
    forms = visitor.forms()
    assert len(forms) > 40
    for form, role in forms:
        names = sorted(form.fields) or ["x"]
        bodies = [("", "nothing", "")]
        for turn, kind in enumerate(some(turn, most), turn + 1):  # noqa: B020 - the next form goes on
            name = quote_plus(names[turn % len(names)])
            bodies.append((name, kind, f"{form.encoded(**{name: VALUES[kind]})}&{name}={VALUES[kind]}"))
        for name, kind, body in bodies:
            before = visitor.state()
            answer = visitor.send(form, body, role)
            is_kept = answer.status_code >= 400 and visitor.state() != before
            if answer.status_code >= 500 or is_kept or "/sign-in" in answer.headers.get("location", ""):
                failed.append((form.action, name, kind, answer.status_code, is_kept))
    assert failed == []
