"""单点登录账号 on the page of a user, and the whole way in a real browser."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser
from sqlmodel import select

from db import tables
from tests.web.browsing import RULES
from tests.web.oidc_desk import (
    Desk,
    a_desk,
    an_office,
    number_of,
    open_sessions,
    press,
)
from tests.web.people import NOW
from tests.web.provider import SECRET
from tests.web.running import pages


@pytest.fixture
def desk(sqlite_template: Path, tmp_path: Path) -> Iterator[Desk]:
    with an_office(sqlite_template, tmp_path) as office, a_desk(office) as found:
        yield found


def test_an_administrator_gives_and_takes_the_account_on_the_page_of_the_user(desk: Desk) -> None:
    page = f"/settings/users/{number_of(desk.database)}"
    with pages(desk.database, NOW, provider=desk.client) as admin:
        assert "还没有用这个账号登录过" in admin.get(page).text
        assert desk.sign_in().status_code == 303
        assert "第一次用这个账号登录" in admin.get(page).text
        assert press(admin, f"{page}/account", account=" li.si ", revision="2").status_code == 303
        assert desk.browser.get("/account").status_code == 303  # whoever was signed in is not any more
        assert "还没有开通" in desk.sign_in().text
        desk.provider.account, desk.provider.subject = "li.si", "another"
        assert desk.sign_in().status_code == 303
        assert press(admin, f"{page}/account", account="", revision="3").status_code == 303
        assert "还没有开通" in desk.sign_in().text
        assert "单点登录账号已保存" in admin.get("/settings/users?told=user.account").text


def test_an_account_that_is_not_taken_stays_as_it_was_typed(desk: Desk) -> None:
    mine, other = f"/settings/users/{number_of(desk.database)}/account", "/settings/users/2/account"
    with pages(desk.database, NOW, provider=desk.client) as admin:
        for path, account, revision, status, said in (
            (other, "zhang.san", "1", 422, "已经在用这个账号"),
            (other, "x" * 256, "1", 422, "不能超过 255 个字"),
            (mine, "wang.wu", "1", 409, "刚刚改过"),
            (mine, "wang.wu", "", 409, "现在的值：zhang.san"),
        ):
            answer = press(admin, path, account=account, revision=revision)
            assert (answer.status_code, said in answer.text) == (status, True)
            assert f'value="{account}"' in answer.text
        assert press(admin, "/settings/users/99/account", account="x", revision="1").status_code == 404
        english = press(admin, other + "?lang=en", account="zhang.san", revision="1").text
        assert "Another user has that account" in english
    with desk.database.read() as session:
        assert [row.account for row in session.exec(select(tables.ProviderAccount))] == ["zhang.san"]


def test_a_user_with_an_account_waits_for_no_password(desk: Desk) -> None:
    with pages(desk.database, NOW, provider=desk.client) as admin:
        press(admin, "/settings/users", name="wang", role="leader", locale="zh-CN")
        assert (
            admin.get("/settings/users").text.count("等待设置密码") == 2
        )  # the admin of this test, and wang
        assert press(admin, "/settings/users/4/account", account="wang.wu", revision="1").status_code == 303
        assert admin.get("/settings/users").text.count("等待设置密码") == 1
        desk.provider.account, desk.provider.subject = "wang.wu", "w"
        assert desk.sign_in().status_code == 303


def test_the_list_of_users_says_whether_it_is_on_and_never_the_secret(desk: Desk) -> None:
    with pages(desk.database, NOW, provider=desk.client) as admin:
        shown = admin.get("/settings/users").text
        assert desk.provider.issuer in shown
        assert desk.client.settings.redirect_uri in shown
        assert SECRET not in shown
    with pages(desk.database, NOW) as admin:
        assert "没有启用，大家用密码登录" in admin.get("/settings/users").text
        assert "单点登录账号" not in admin.get("/settings/users/1").text
        assert press(admin, "/settings/users/1/account", account="x", revision="1").status_code == 404


def test_in_a_real_browser_the_policy_of_our_pages_lets_people_through(desk: Desk, browser: Browser) -> None:
    """Two hosts, as far as the browser's policies go: each on a port of its own."""
    context = browser.new_context(locale="zh-CN")
    page, complaints = context.new_page(), list[str]()
    page.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)
    page.goto(str(desk.browser.base_url.join("/sign-in?next=/cases")))
    assert Axe().run(page, options=RULES).response["violations"] == []
    page.get_by_role("link", name="用统一身份认证登录").click()
    page.wait_for_url("**/cases")
    page.get_by_role("button", name="退出").click()
    page.wait_for_url("**/sign-in?out=1")
    context.close()
    assert complaints == []
    assert open_sessions(desk.database) == 0
