"""Other systems come with a token: to the API and nowhere else, as long as it is open."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

import httpx
import pytest
from sqlmodel import select

from db import tables
from db.session import Database
from engine.roles import Role
from tests.databases import sqlite_copy
from tests.web.running import pages
from tests.workflows.office_2024 import ZONE, Task, at, build
from workflows.api_tokens import create_token, revoke_token

NOW = at("2024-04-02T18:00")
WHOAMI = "/api/v1/whoami"


@pytest.fixture
def office(sqlite_template: Path, tmp_path: Path) -> Iterator[Database]:
    """A small plan, nobody signed in."""
    database = sqlite_copy(sqlite_template, tmp_path)
    build(database, Task("1.1"))
    yield database
    database.close()


def token_for(office: Database, name: str, role: Role, unit: str = "", last: date | None = None) -> str:
    """A token of that system."""
    return create_token(office, name, role, unit, last, NOW, "管理员", zone=ZONE)


def with_token(client: httpx.Client, token: str, path: str = WHOAMI, kind: str = "Bearer") -> httpx.Response:
    """The answer to somebody who brings the token."""
    return client.get(path, headers={"Authorization": f"{kind} {token}"})


def test_a_token_speaks_for_everything_or_for_one_unit(office: Database) -> None:
    everything = token_for(office, "大屏", Role.LEADER)
    one = token_for(office, "民政系统", Role.UNIT, "区民政局")
    with pages(office, NOW, role=None) as client:
        assert with_token(client, everything).json() == {
            "name": "接口令牌“大屏”",
            "role": "leader",
            "unit": None,
        }
        assert with_token(client, one, kind="bearer").json()["unit"] == "区民政局"


def test_without_an_open_token_the_api_answers_401_in_json(office: Database) -> None:
    right = token_for(office, "大屏", Role.LEADER)
    with pages(office, NOW, role=None) as client:
        for answer in (
            client.get(WHOAMI),
            client.get(WHOAMI, headers={"Authorization": "Bearer"}),
            with_token(client, right + "x"),
            with_token(client, right[:-1]),
            with_token(client, right, kind="Basic"),
        ):
            assert answer.status_code == 401
            assert answer.json()["code"] == "SIGN_IN_NEEDED"
            assert answer.headers["www-authenticate"] == "Bearer"


def test_who_is_signed_in_may_ask_the_api_but_a_wrong_token_is_not_made_good_by_that(
    office: Database,
) -> None:
    with pages(office, NOW, role=Role.COORDINATOR) as client:
        assert client.get(WHOAMI).json()["role"] == "coordinator"
        assert with_token(client, "wrong").status_code == 401


def test_a_token_opens_no_page(office: Database) -> None:
    token = token_for(office, "大屏", Role.LEADER)
    with pages(office, NOW, role=None) as client:
        for path in ("/", "/cases", "/settings"):
            assert with_token(client, token, path).headers["location"].startswith("/sign-in")


@pytest.mark.parametrize(
    ("moment", "status"),
    [("2024-04-30T23:59:59", 200), ("2024-05-01T00:00", 401)],
)
def test_a_token_ends_with_its_last_day(office: Database, moment: str, status: int) -> None:
    token = token_for(office, "大屏", Role.LEADER, last=date(2024, 4, 30))
    with pages(office, at(moment), role=None) as client:
        assert with_token(client, token).status_code == status


def test_a_revoked_token_opens_nothing(office: Database) -> None:
    token = token_for(office, "大屏", Role.LEADER)
    with pages(office, NOW, role=None) as client:
        assert with_token(client, token).status_code == 200
        assert revoke_token(office, 1, NOW, "管理员") == "大屏"
        assert with_token(client, token).status_code == 401


def test_when_a_token_was_last_used_is_known_to_within_minutes(office: Database) -> None:
    token = token_for(office, "大屏", Role.LEADER)
    moment = NOW

    def used() -> object:
        with office.read() as session:
            return session.exec(select(tables.ApiToken)).one().seen_at

    with pages(office, lambda: moment, role=None) as client:
        assert used() is None
        with_token(client, token)
        assert used() == NOW
        moment = NOW + timedelta(minutes=4, seconds=59)
        with_token(client, token)
        assert used() == NOW
        moment = NOW + timedelta(minutes=5)
        with_token(client, token)
        assert used() == moment


def test_of_a_token_only_its_hash_is_stored(office: Database) -> None:
    token = token_for(office, "大屏", Role.LEADER)
    assert office.path is not None
    stored = b"".join(path.read_bytes() for path in office.path.parent.iterdir() if path.is_file())
    assert token.encode() not in stored
    assert "大屏".encode() in stored
