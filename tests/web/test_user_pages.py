"""用户 and 我的账号: invited by a link shown once, changed without losing a colleague's edit, ended at once."""

from __future__ import annotations

import re
from collections.abc import Iterator
from html import unescape
from pathlib import Path
from zoneinfo import ZoneInfo

import httpx
import pytest
from sqlmodel import col, select

from db import tables, users
from db.session import Database
from db.units import stored_id
from engine.roles import Role
from tests.databases import sqlite_copy
from tests.web.running import pages, signed_in
from tests.workflows.office_2024 import LINKS, Task, at, build
from web.admission import COOKIE
from web.view import View
from workflows.passwords import hashed
from workflows.sign_in import MOST_OF_PAIR

NOW = at("2024-04-02T18:00")
PASSWORD, OTHER = "correct horse battery", "staple horse correct"
INVITED = {"name": "Wang", "title": "综合岗", "role": "coordinator", "unit": "", "locale": "zh-CN"}


@pytest.fixture
def office(sqlite_template: Path, tmp_path: Path) -> Iterator[Database]:
    """A small plan."""
    database = sqlite_copy(sqlite_template, tmp_path)
    build(database, Task("1.1"))
    yield database
    database.close()


def press(client: httpx.Client, path: str, cookie: str = "", **data: str) -> httpx.Response:
    """A form of ours, handed in by whoever the client (or the cookie) is."""
    headers = {"Origin": str(client.base_url).rstrip("/")}
    if cookie:
        headers["Cookie"] = f"{COOKIE}={cookie}"
    return client.post(path, data=data, headers=headers)


def link_in(answer: httpx.Response) -> str:
    """The path of the set-up link that the page shows."""
    found = re.search(r"https?://[^/\s]+(/set-up/[\w-]+)", unescape(answer.text))
    assert found, answer.text
    return found[1]


def user(office: Database, name: str) -> tables.User:
    """The row of that user."""
    with office.read() as session:
        found = users.find(session, name)
        assert found
        return found


def give_password(office: Database, name: str, password: str = PASSWORD) -> None:
    """The user has that password."""
    with office.write() as session:
        row = users.find(session, name)
        assert row
        row.password = hashed(password)
        session.add(row)


def recorded(office: Database) -> list[tuple[str, str]]:
    """What is on record of users, and who did it."""
    with office.read() as session:
        rows = session.exec(select(tables.Event).where(col(tables.Event.what).startswith("user_")))
        return [(row.what, row.who) for row in rows]


def test_an_invited_user_chooses_a_password_by_the_link_and_signs_in(office: Database) -> None:
    with pages(office, NOW, links=LINKS) as client:
        answer = press(client, "/settings/users", **INVITED)
        assert "您的用户名：wang" in answer.text
        assert "http://duban.example.org/set-up/" in answer.text
        assert link_in(answer) not in client.get("/settings/users").text
        assert "等待设置密码" in client.get("/settings/users").text
        client.cookies.clear()
        chosen = press(client, link_in(answer), password=PASSWORD, again=PASSWORD)
        assert chosen.status_code == 303
        assert "综合岗" in client.get("/").text
        assert client.get(link_in(answer)).status_code == 410
    assert recorded(office) == [("user_invited", "admin"), ("user_set_up", "综合岗")]


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"name": "x"}, "用户名需要"),
        ({"name": "admin"}, "已有用户"),
        ({"title": "岗" * 61}, "不能超过"),
        ({"role": "unit"}, "写明是哪个单位"),
        ({"role": "unit", "unit": "没有的局"}, "没有的局"),
        ({"locale": "fr"}, "没有这种语言"),
    ],
)
def test_a_refused_invitation_keeps_what_was_typed_and_stores_nothing(
    office: Database, changes: dict[str, str], said: str
) -> None:
    with pages(office, NOW) as client:
        answer = press(client, "/settings/users", **(INVITED | changes))
        assert answer.status_code == 422
        assert said in answer.text
        assert (INVITED | changes)["title"] in answer.text
        with office.read() as session:
            assert users.count(session) == 1


def test_a_user_of_a_unit_is_of_that_unit_alone(office: Database) -> None:
    with pages(office, NOW) as client:
        press(client, "/settings/users", **(INVITED | {"role": "unit", "unit": "区民政局"}))
        row = user(office, "wang")
        assert (row.role, row.unit_id is not None) == ("unit", True)
        form = {"title": "综合岗", "role": "leader", "unit": "区民政局", "locale": "en", "revision": "1"}
        assert press(client, f"/settings/users/{row.id}", **form).status_code == 303
        row = user(office, "wang")
        assert (row.role, row.unit_id, row.locale) == ("leader", None, "en")


def test_another_role_ends_the_sessions_and_another_post_does_not(office: Database) -> None:
    with pages(office, NOW) as client:
        cookie = signed_in(office, Role.LEADER, NOW)
        row = user(office, "leader")
        form = {"title": "新岗", "role": "leader", "locale": "zh-CN", "revision": "1"}
        assert press(client, f"/settings/users/{row.id}", **form).status_code == 303
        assert client.get("/account", headers={"Cookie": f"{COOKIE}={cookie}"}).status_code == 200
        form |= {"role": "coordinator", "revision": "2"}
        assert press(client, f"/settings/users/{row.id}", **form).status_code == 303
        assert client.get("/account", headers={"Cookie": f"{COOKIE}={cookie}"}).status_code == 303


def test_of_two_who_edit_the_same_user_the_second_sees_both_values_and_stores_nothing(
    office: Database,
) -> None:
    with pages(office, NOW) as client:
        signed_in(office, Role.LEADER, NOW)
        path = f"/settings/users/{user(office, 'leader').id}"
        form = {"title": "第一岗", "role": "leader", "locale": "zh-CN", "revision": "1"}
        assert press(client, path, **form).status_code == 303
        conflict = press(client, path, **(form | {"title": "第二岗"}))
        assert conflict.status_code == 409
        assert "第一岗" in conflict.text
        assert "第二岗" in conflict.text
        assert user(office, "leader").title == "第一岗"
        assert press(client, path, **(form | {"title": "第二岗", "revision": "2"})).status_code == 303


def test_the_last_administrator_who_can_sign_in_stays(office: Database) -> None:
    with pages(office, NOW) as client:
        give_password(office, "admin")
        path = f"/settings/users/{user(office, 'admin').id}"
        press(client, "/settings/users", **(INVITED | {"role": "admin"}))
        demoted = {"title": "", "role": "coordinator", "locale": "zh-CN", "revision": "1"}
        for answer in (press(client, f"{path}/retire"), press(client, path, **demoted)):
            assert answer.status_code == 422
            assert "唯一能登录的管理员" in answer.text
        give_password(office, "wang")
        assert press(client, f"{path}/retire").status_code == 303
        assert not user(office, "admin").is_active
        assert client.get("/account").status_code == 303  # signed out with it


def test_a_retired_user_comes_in_by_nothing_and_comes_back_by_a_new_link(office: Database) -> None:
    with pages(office, NOW) as client:
        cookie = signed_in(office, Role.COORDINATOR, NOW)
        give_password(office, "coordinator")
        number = user(office, "coordinator").id
        link = link_in(press(client, f"/settings/users/{number}/link"))
        assert press(client, f"/settings/users/{number}/retire").status_code == 303
        assert client.get("/account", headers={"Cookie": f"{COOKIE}={cookie}"}).status_code == 303
        assert client.get(link).status_code == 410
        typed = {"name": "coordinator", "password": PASSWORD}
        assert press(client, "/sign-in", **typed).status_code == 422
        assert press(client, f"/settings/users/{number}/link").status_code == 422
        again = link_in(press(client, f"/settings/users/{number}/reactivate"))
        assert press(client, "/sign-in", **typed).status_code == 422  # the old password is gone
        assert press(client, again, password=OTHER, again=OTHER).status_code == 303
        assert press(client, "/sign-in", name="coordinator", password=OTHER).status_code == 303


def test_sessions_of_a_user_end_at_once(office: Database) -> None:
    with pages(office, NOW) as client:
        cookie = signed_in(office, Role.LEADER, NOW)
        number = user(office, "leader").id
        assert press(client, f"/settings/users/{number}/end-sessions").status_code == 303
        assert client.get("/account", headers={"Cookie": f"{COOKIE}={cookie}"}).status_code == 303
    assert recorded(office) == [("user_sessions_ended", "admin")]


def test_the_table_can_be_kept(office: Database) -> None:
    with pages(office, NOW) as client:
        assert client.get("/settings/users.xlsx").content[:2] == b"PK"
        assert client.get("/settings/tokens.xlsx").content[:2] == b"PK"


def test_one_changes_ones_own_password_with_the_present_one(office: Database) -> None:
    with pages(office, NOW, role=Role.LEADER) as client:
        give_password(office, "leader")
        other = signed_in(office, Role.LEADER, NOW)
        wrong = {"present": "wrong", "password": OTHER, "again": OTHER}
        for form, said in (
            (wrong, "现在的密码不对"),
            (wrong | {"present": PASSWORD, "again": "x"}, "两次输入的密码不一样"),
            ({"present": PASSWORD, "password": "short", "again": "short"}, "密码需要 12"),
        ):
            answer = press(client, "/account/password", **form)
            assert (answer.status_code, said in answer.text) == (422, True)
        assert press(client, "/account/password", **(wrong | {"present": PASSWORD})).status_code == 303
        assert client.get("/account").status_code == 200
        assert client.get("/account", headers={"Cookie": f"{COOKIE}={other}"}).status_code == 303
        assert press(client, "/sign-in", name="leader", password=OTHER).status_code == 303


def test_whoever_guesses_at_the_present_password_waits(office: Database) -> None:
    with pages(office, NOW, role=Role.LEADER) as client:
        give_password(office, "leader")
        wrong = {"present": "wrong", "password": OTHER, "again": OTHER}
        for _ in range(MOST_OF_PAIR):
            assert press(client, "/account/password", **wrong).status_code == 422
        answer = press(client, "/account/password", **(wrong | {"present": PASSWORD}))
        assert (answer.status_code, "尝试的次数太多" in answer.text) == (429, True)


def test_a_set_up_link_ends_the_session_that_the_browser_had(office: Database) -> None:
    with pages(office, NOW, links=LINKS) as client:
        link, before = link_in(press(client, "/settings/users", **INVITED)), client.cookies[COOKIE]
        assert press(client, link, password=PASSWORD, again=PASSWORD).status_code == 303
        client.cookies.clear()
        assert client.get("/account", headers={"Cookie": f"{COOKIE}={before}"}).status_code == 303


def test_one_ends_ones_own_sessions_and_nobody_elses(office: Database) -> None:
    with pages(office, NOW, role=Role.LEADER) as client:
        mine, others = signed_in(office, Role.LEADER, NOW), signed_in(office, Role.ADMIN, NOW)
        with office.read() as session:
            ids = {
                row.user_id: stored_id(row.id)
                for row in session.exec(select(tables.SignIn).order_by(col(tables.SignIn.id)))
            }
        for number in ids.values():
            assert press(client, f"/account/sessions/{number}/end").status_code == 303
        assert client.get("/account", headers={"Cookie": f"{COOKIE}={mine}"}).status_code == 303
        assert client.get("/account", headers={"Cookie": f"{COOKIE}={others}"}).status_code == 200


def test_pages_speak_the_users_language_unless_the_address_names_another(office: Database) -> None:
    with pages(office, NOW, role=Role.LEADER) as client:
        assert (
            press(client, "/account/language", locale="en").headers["location"]
            == "/account?told=account.language"
        )
        english = client.get("/account").text
        assert "My account" in english
        assert 'href="/cases"' in english
        assert 'href="/account?lang=zh-CN"' in english
        chinese = client.get("/account?lang=zh-CN").text
        assert "我的账号" in chinese
        assert 'href="/cases?lang=zh-CN"' in chinese
        assert press(client, "/account/language", locale="fr").status_code == 422


@pytest.mark.parametrize(("asked", "kept"), [("", []), ("en", []), ("zh-CN", ["zh-CN"])])
@pytest.mark.parametrize("path", ["/", "/units", "/calendar", "/milestones"])
def test_a_filter_keeps_the_language_that_is_not_the_users_own(
    office: Database, path: str, asked: str, kept: list[str]
) -> None:
    with pages(office, NOW, role=Role.COORDINATOR) as client:
        press(client, "/account/language", locale="en")
        page = client.get(path, params={"lang": asked} if asked else {}).text
        assert re.findall(r'<input type="hidden" name="lang" value="([^"]+)"', page) == kept


@pytest.mark.parametrize(
    ("parameters", "query"),
    [
        ({"plan": 1, "change": ["a=1", "b=2"]}, "?plan=1&change=a%3D1&change=b%3D2"),
        ({"plan": 1, "change": ()}, "?plan=1"),
        ({"change": []}, ""),
        ({"q": "", "page": None}, ""),
        ({"n": 0}, "?n=0"),
    ],
)
def test_a_link_names_what_has_a_value(parameters: dict[str, object], query: str) -> None:
    view = View("zh-CN", "/", {}, ZoneInfo("Asia/Shanghai"), NOW.date())
    assert view.link("/x", **parameters) == f"/x{query}"


def test_a_token_is_shown_once_and_revoked(office: Database) -> None:
    with pages(office, NOW) as client:
        form = {"name": "大屏", "role": "leader", "unit": "", "until": "2024-12-31"}
        shown = press(client, "/settings/tokens", **form).text
        found = re.search(r"duban_[\w-]{43}", shown)
        assert found
        assert found[0] not in client.get("/settings/tokens").text
        refused = press(client, "/settings/tokens", **form)
        assert (refused.status_code, "已有名称是“大屏”的令牌" in refused.text) == (422, True)
        for until in ("2024-04-01", "soon"):
            assert (
                press(client, "/settings/tokens", **(form | {"name": "x", "until": until})).status_code == 422
            )
        assert press(client, "/settings/tokens/1/revoke").status_code == 303
        assert press(client, "/settings/tokens/9/revoke").status_code == 422
        assert "已停用" in client.get("/settings/tokens").text
