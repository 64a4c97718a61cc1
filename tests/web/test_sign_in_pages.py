"""登录 over real HTTP: cookies, ways back, what strangers get, and that nothing secret is said."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import httpx
import pytest
from sqlmodel import select

from db import tables
from db.session import Database
from engine.roles import Role
from notifications.links import Links
from tests.databases import sqlite_copy
from tests.web.people import NOW, PASSWORD, add_ducha
from tests.web.running import pages
from tests.workflows.office_2024 import LINKS, Task, build
from web.admission import own_path
from workflows.setup_links import new_setup_link

TYPED = {"name": "ducha", "password": PASSWORD}
SAFE = replace(LINKS, base_url="https://duban.example.org")


@pytest.fixture
def office(sqlite_template: Path, tmp_path: Path) -> Iterator[Database]:
    """A small plan and a coordinator with a password."""
    database = sqlite_copy(sqlite_template, tmp_path)
    build(database, Task("1.1"))
    with database.write() as session:
        add_ducha(session)
    yield database
    database.close()


def press(client: httpx.Client, path: str, **data: str) -> httpx.Response:
    """A form of ours."""
    return client.post(path, data=data, headers={"Origin": str(client.base_url).rstrip("/")})


@pytest.mark.parametrize(
    ("links", "name", "is_secure"),
    [(None, "duban", False), (LINKS, "duban", False), (SAFE, "__Host-duban", True)],
)
def test_the_cookie_is_for_this_host_alone_and_no_script_reads_it(
    office: Database, links: Links | None, name: str, is_secure: bool
) -> None:
    with pages(office, NOW, links=links, role=None) as client:
        cookie = press(client, "/sign-in", **TYPED).headers["set-cookie"]
    parts = [part.strip() for part in cookie.split(";")]
    assert parts[0].startswith(f"{name}=")
    assert {"HttpOnly", "Path=/", "SameSite=lax"} <= set(parts)
    assert ("Secure" in parts) == is_secure
    assert not any(part.startswith("Domain") for part in parts)


def test_over_https_a_cookie_that_a_neighbour_could_plant_is_not_read(office: Database) -> None:
    with pages(office, NOW, links=SAFE, role=None) as client:
        token = press(client, "/sign-in", **TYPED).headers["set-cookie"].split(";")[0].split("=", 1)[1]
        client.cookies.clear()
        for cookie, status in ((f"__Host-duban={token}", 200), (f"duban={token}", 303)):
            assert client.get("/account", headers={"Cookie": cookie}).status_code == status


@pytest.mark.parametrize(
    ("text", "path"),
    [
        ("/cases?state=open&lang=en", "/cases?state=open&lang=en"),
        ("/subtasks/1", "/subtasks/1"),
        ("", "/"),
        ("cases", "/"),
        ("//evil.example.com", "/"),
        ("///evil.example.com", "/"),
        ("/\\evil.example.com", "/"),
        ("\\\\evil.example.com", "/"),
        ("https://evil.example.com/", "/"),
        ("javascript:alert(1)", "/"),
        ("/\tevil", "/"),
        ("/a\r\nSet-Cookie: x=y", "/"),
        ("//[", "/"),
        ("http://[", "/"),
    ],
)
def test_after_signing_in_one_goes_on_within_the_site_only(office: Database, text: str, path: str) -> None:
    assert own_path(text) == path
    with pages(office, NOW, role=None) as client:
        assert press(client, "/sign-in", **TYPED, next=text).headers["location"] == path


def test_the_sign_in_page_leads_back_to_where_one_wanted_to_go(office: Database) -> None:
    with pages(office, NOW, role=None) as client:
        answer = client.get("/cases?state=open&lang=en")
        assert answer.headers["location"] == "/sign-in?next=%2Fcases%3Fstate%3Dopen%26lang%3Den&lang=en"
        page = client.get(answer.headers["location"]).text
        assert 'value="/cases?state=open&amp;lang=en"' in page
        assert "User name" in page
        pressed = press(client, "/cases/1/close")
        assert (pressed.status_code, pressed.headers["location"]) == (303, "/sign-in?next=%2F")


def test_a_part_of_a_page_asks_the_whole_page_to_sign_in(office: Database) -> None:
    with pages(office, NOW, role=None) as client:
        shown = "http://127.0.0.1/cases?state=open"
        answer = client.get("/cases", headers={"HX-Request": "true", "HX-Current-URL": shown})
        assert answer.status_code == 204
        assert answer.headers["hx-redirect"] == "/sign-in?next=%2Fcases%3Fstate%3Dopen"
        odd = client.get("/cases", headers={"HX-Request": "true", "HX-Current-URL": "http://["})
        assert odd.headers["hx-redirect"] == "/sign-in?next=%2F"


def test_signing_in_again_ends_the_session_before(office: Database) -> None:
    with pages(office, NOW, role=None) as client:
        first = press(client, "/sign-in", **TYPED).cookies["duban"]
        assert client.get("/sign-in?next=/cases").headers["location"] == "/cases"
        second = press(client, "/sign-in", **TYPED).cookies["duban"]
        assert first != second
        client.cookies.clear()
        for token, status in ((first, 303), (second, 200)):
            assert client.get("/account", headers={"Cookie": f"duban={token}"}).status_code == status


def test_signed_out_the_cookie_is_gone_and_opens_nothing(office: Database) -> None:
    with pages(office, NOW, role=None) as client:
        token = press(client, "/sign-in", **TYPED).cookies["duban"]
        assert 'duban="";' in press(client, "/sign-out").headers["set-cookie"]
        assert client.get("/account", headers={"Cookie": f"duban={token}"}).status_code == 303
        assert press(client, "/sign-out").status_code == 303  # once more does no harm


def test_a_refused_attempt_keeps_the_name_and_never_the_password(office: Database) -> None:
    with pages(office, NOW, role=None) as client:
        answer = press(client, "/sign-in", name="Ducha", password="wrong-secret-9", next="/cases")
        assert answer.status_code == 422
        assert 'value="Ducha"' in answer.text
        assert 'value="/cases"' in answer.text
        assert "wrong-secret-9" not in answer.text
        assert "set-cookie" not in answer.headers
        english = press(client, "/sign-in?lang=en", name="Ducha", password="wrong-secret-9")
        assert "User name or password is wrong" in english.text


def test_too_many_attempts_are_told_so(office: Database) -> None:
    with office.write() as session:
        session.add_all(tables.SignInFailure(subject="pair:ducha@127.0.0.1", at=NOW) for _ in range(10))
    with pages(office, NOW, role=None) as client:
        answer = press(client, "/sign-in", **TYPED)
        assert (answer.status_code, "15 分钟" in answer.text) == (429, True)


@pytest.mark.parametrize("origin", ["http://evil.example.com", "null", ""])
def test_no_other_site_signs_anybody_in_or_out(office: Database, origin: str) -> None:
    with pages(office, NOW, role=None) as client:
        for path in ("/sign-in", "/sign-out"):
            answer = client.post(path, data=TYPED, headers={"Origin": origin})
            assert (answer.status_code, "set-cookie" in answer.headers) == (403, False)


def test_looking_changes_nothing(office: Database) -> None:
    def rows() -> list[object]:
        with office.read() as session:
            found = [*session.exec(select(tables.User)), *session.exec(select(tables.SignIn))]
            return [one.model_dump() for one in found]

    with pages(office, NOW, role=Role.ADMIN) as client:
        before = rows()
        for path in ("/sign-in", "/sign-out", "/account", "/settings/users", "/settings/users/1/retire"):
            client.get(path)
        assert rows() == before


def test_a_set_up_page_is_refused_and_shown_again_with_what_was_typed(office: Database) -> None:
    with office.write() as session:
        link = new_setup_link(session, 1, NOW, "test")
    with pages(office, NOW, role=None) as client:
        assert "用户名：ducha（督查专员）" in client.get(f"/set-up/{link}").text
        for form, said in (
            ({"password": PASSWORD, "again": "x"}, "两次输入的密码不一样"),
            ({"password": "x", "again": "x"}, "密码需要 12"),
        ):
            answer = press(client, f"/set-up/{link}", **form)
            assert (answer.status_code, said in answer.text) == (422, True)
            assert PASSWORD not in answer.text
        assert client.get("/set-up/wrong").status_code == 410
