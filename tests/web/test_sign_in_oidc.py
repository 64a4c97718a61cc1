"""登录 by an identity provider: who is let in, and everything a provider, a browser or a forger may get wrong."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from urllib.parse import parse_qs, parse_qsl, urlsplit

import httpx
import pytest
from sqlmodel import select

from db import tables, users
from db.session import Database
from engine.roles import Role
from tests.web.oidc_desk import (
    Desk,
    a_desk,
    an_office,
    failures,
    number_of,
    open_sessions,
    press,
)
from tests.web.people import NOW, PASSWORD
from tests.web.provider import CLIENT, SECRET, Answer
from tests.web.running import pages
from web.pages.sign_in_oidc import origin_of
from workflows.manage_users import Wanted, change_user, retire_user


@pytest.fixture
def office(sqlite_template: Path, tmp_path: Path) -> Iterator[Database]:
    with an_office(sqlite_template, tmp_path) as found:
        yield found


@pytest.fixture
def desk(office: Database) -> Iterator[Desk]:
    """Everything as it is set up by the book."""
    with a_desk(office) as found:
        yield found


def test_whoever_has_an_account_comes_in_and_goes_on_to_the_page_that_was_wanted(desk: Desk) -> None:
    answer = desk.sign_in()
    assert (answer.status_code, answer.headers["location"]) == (303, "/cases")
    assert desk.browser.get("/account").status_code == 200
    assert failures(desk.database) == 0
    with desk.database.read() as session:
        [row] = session.exec(select(tables.ProviderAccount)).all()
        assert (row.subject, row.bound_at) == ("0f8e", NOW)
        events = [event.what for event in session.exec(select(tables.Event))]
        [begun] = users.open_sessions(session, number_of(desk.database), NOW)
    assert events.count("user_account_bound") == 1
    assert (begun.address, begun.expires_at - begun.began_at) == ("127.0.0.1", timedelta(days=3))


def test_the_provider_is_asked_with_pkce_state_and_nonce(desk: Desk) -> None:
    url = urlsplit(desk.begin())
    asked = {name: value[0] for name, value in parse_qs(url.query).items()}
    assert f"{url.scheme}://{url.netloc}" == desk.provider.issuer
    assert (asked["response_type"], asked["client_id"], asked["scope"]) == ("code", CLIENT, "openid profile")
    assert asked["code_challenge_method"] == "S256"
    assert asked["redirect_uri"] == desk.client.settings.redirect_uri
    secrets = [asked["state"], asked["nonce"], asked["code_challenge"]]
    assert [len(one) for one in secrets] == [43, 43, 43]
    assert len(set(secrets)) == 3
    assert dict(parse_qsl(urlsplit(desk.begin()).query))["state"] != asked["state"]


def test_the_cookie_of_the_way_there_is_short_lived_and_for_the_way_back_alone(desk: Desk) -> None:
    answer = desk.browser.get("/sign-in/oidc")
    parts = {part.strip() for part in answer.headers["set-cookie"].split(";")}
    assert {"HttpOnly", "SameSite=lax", "Path=/sign-in/oidc", "Max-Age=600"} <= parts
    state = dict(parse_qsl(urlsplit(answer.headers["location"]).query))["state"]
    assert state not in answer.headers["set-cookie"]


def test_over_https_no_neighbouring_host_can_plant_the_cookie(office: Database) -> None:
    with a_desk(office, base="https://duban.example.org") as desk:
        cookie = desk.browser.get("/sign-in/oidc").headers["set-cookie"]
    assert cookie.startswith("__Host-duban-oidc=")
    assert {"Secure", "Path=/"} <= {part.strip() for part in cookie.split(";")}


def test_the_session_is_like_one_of_a_password(desk: Desk) -> None:
    desk.sign_in()
    desk.moment[0] = NOW + timedelta(hours=8, minutes=5)
    assert desk.browser.get("/account").status_code == 303  # idle
    desk.moment[0] = NOW
    assert desk.browser.get("/account").status_code == 200
    with desk.database.read() as session:
        revision = session.get_one(tables.User, number_of(desk.database)).revision
    change_user(
        desk.database, number_of(desk.database), Wanted("督查室", Role.LEADER), revision, NOW, "admin"
    )
    assert desk.browser.get("/account").status_code == 303


def test_signing_in_again_ends_the_session_before(desk: Desk) -> None:
    desk.sign_in()
    assert desk.browser.get("/sign-in/oidc?next=/cases").headers["location"] == "/cases"
    way_back = None
    cookie = desk.browser.cookies.get("duban")
    desk.browser.cookies.delete("duban")
    way_back = desk.agree(desk.begin())
    desk.browser.cookies.set("duban", cookie or "")
    desk.come_back(way_back)
    assert open_sessions(desk.database) == 1


@pytest.mark.parametrize(
    ("endpoint", "way"),
    [
        ("https://id.example.com/out", "https://id.example.com/out?client_id=duban"),
        ("https://id.example.com/out?a=b", "https://id.example.com/out?a=b&amp;client_id=duban"),
        ("http://id.example.com/out", ""),
        (None, ""),
    ],
)
def test_signed_out_the_session_opens_nothing_and_the_provider_is_left_apart(
    desk: Desk, endpoint: str | None, way: str
) -> None:
    desk.provider.metadata = {"end_session_endpoint": endpoint}
    desk.sign_in()
    answer = press(desk.browser, "/sign-out")
    assert (answer.status_code, answer.headers["location"]) == (303, "/sign-in?out=1")
    assert desk.browser.get("/account").status_code == 303
    assert open_sessions(desk.database) == 0
    page = desk.browser.get("/sign-in?out=1").text
    assert "已退出督办。统一身份认证可能还登录着。" in page
    assert (f'href="{way}"' in page) if way else ("那里也退出" not in page)
    assert 'href="/sign-in/oidc?next=%2F&amp;anew=1"' in page
    asked = parse_qs(urlsplit(desk.begin("/sign-in/oidc?anew=1")).query)
    assert asked["prompt"] == ["login"]
    assert "prompt" not in parse_qs(urlsplit(desk.begin()).query)


def _answers(status: int, body: bytes, headers: dict[str, str] | None = None) -> Callable[[], Answer]:
    return lambda: Answer(status, body, headers or {})


TOKEN, ITSELF = "/token", "/.well-known/openid-configuration"


@pytest.mark.parametrize(
    ("path", "answer", "status", "said"),
    [
        (ITSELF, _answers(200, b"<html>"), 403, "看不懂"),
        (ITSELF, _answers(500, b"{}"), 503, "连不上"),
        (TOKEN, _answers(200, b'{"id_token": "x"}'), 403, "核对不符（alg）"),
        (TOKEN, _answers(400, b'{"error": "invalid_grant"}'), 403, "用过或过期"),
        (TOKEN, _answers(502, b"Bad Gateway"), 503, "连不上"),
    ],
)
def test_a_provider_that_answers_oddly_lets_nobody_in_and_passwords_go_on(
    desk: Desk, path: str, answer: Callable[[], Answer], status: int, said: str
) -> None:
    desk.provider.instead[path] = answer
    there = desk.browser.get("/sign-in/oidc?next=/cases")
    found = there if path != TOKEN else desk.come_back(desk.agree(there.headers["location"]))
    assert (found.status_code, said in found.text) == (status, True)
    assert 'name="password"' in found.text
    assert 'value="/cases"' in found.text
    assert open_sessions(desk.database) == 0
    signed = press(desk.browser, "/sign-in", name="ducha", password=PASSWORD, next="/cases")
    assert signed.headers["location"] == "/cases"


def test_a_fault_of_the_provider_is_nobodys_attempt_to_come_in(desk: Desk) -> None:
    way_back = desk.agree(desk.begin())
    desk.provider.instead[TOKEN] = _answers(503, b"")
    assert desk.come_back(way_back).status_code == 503
    assert failures(desk.database) == 0


def test_what_the_provider_refuses_is_said(desk: Desk) -> None:
    for error, said in (("access_denied", "没有同意"), ("server_error", "没有办成"), ("", "没有办成")):
        state = dict(parse_qsl(urlsplit(desk.begin()).query))["state"]
        answer = desk.come_back(f"/sign-in/oidc/callback?state={state}&error={error}")
        assert (answer.status_code, said in answer.text) == (403, True)


def test_an_answer_in_the_name_of_another_provider_is_refused(desk: Desk) -> None:
    way_back = desk.agree(desk.begin()).replace("iss=", "iss=http%3A%2F%2Fid.example.com&was=")
    answer = desk.come_back(way_back)
    assert (answer.status_code, "不是设置的那个" in answer.text) == (403, True)
    assert TOKEN not in desk.provider.asked


def test_a_way_back_works_once(desk: Desk) -> None:
    address = desk.begin()
    cookie = desk.browser.cookies.get("duban-oidc") or ""
    way_back = desk.agree(address)
    assert desk.come_back(way_back).status_code == 303
    assert desk.browser.cookies.get("duban-oidc") is None
    again = desk.browser.get(way_back, headers={"Cookie": f"duban-oidc={cookie}"})
    assert (again.status_code, "过期或用过" in again.text) == (403, True)
    fresh = desk.agree(address).replace("code=", "code=x&code=")
    assert desk.browser.get(fresh, headers={"Cookie": f"duban-oidc={cookie}"}).status_code == 403


def test_a_code_that_was_used_already_lets_nobody_in(desk: Desk) -> None:
    way_back = desk.agree(desk.begin())
    desk.provider.codes.clear()
    assert "用过或过期" in desk.come_back(way_back).text


@pytest.mark.parametrize(
    ("later", "status"), [(timedelta(minutes=9, seconds=59), 303), (timedelta(minutes=10), 403)]
)
def test_a_sign_in_waits_for_ten_minutes(desk: Desk, later: timedelta, status: int) -> None:
    way_back = desk.agree(desk.begin())
    desk.moment[0] = NOW + later
    desk.provider.claims = {"exp": int(NOW.timestamp()) + 3600}
    assert desk.come_back(way_back).status_code == status


def test_nobody_is_signed_in_as_somebody_else_by_a_link(desk: Desk) -> None:
    """Login CSRF: a way back that another browser has begun, with its code, is worth nothing here."""
    with httpx.Client(base_url=desk.browser.base_url) as attacker:
        way_back = desk.agree(attacker.get("/sign-in/oidc").headers["location"])
    assert (desk.come_back(way_back).status_code, failures(desk.database)) == (403, 0)
    desk.begin()
    assert (desk.come_back(way_back).status_code, failures(desk.database)) == (403, 1)
    assert desk.browser.get("/account").status_code == 303


@pytest.mark.parametrize("cookie", ["x", "x.y", "", ".", "bm9uZQ.x", "é.é"])
def test_a_cookie_that_is_not_ours_is_worth_nothing(desk: Desk, cookie: str) -> None:
    headers = [(b"cookie", f"duban-oidc={cookie}".encode("latin-1"))]
    answer = desk.browser.get("/sign-in/oidc/callback?state=x&code=y", headers=headers)
    assert (answer.status_code, "过期或用过" in answer.text) == (403, True)


def test_a_link_of_another_site_leads_to_the_sign_in_page_and_no_further(desk: Desk) -> None:
    answer = desk.browser.get("/sign-in/oidc?next=/cases", headers={"Sec-Fetch-Site": "cross-site"})
    assert answer.headers["location"] == "/sign-in?next=%2Fcases&lang=zh-CN"
    assert desk.provider.asked == []


def test_under_another_name_of_ours_one_is_led_to_the_registered_one(desk: Desk) -> None:
    port = desk.browser.base_url.port
    answer = desk.browser.get("/sign-in/oidc", headers={"Referer": f"http://localhost:{port}/sign-in"})
    assert answer.headers["location"] == f"http://127.0.0.1:{port}/sign-in?next=%2F&lang=zh-CN"
    same = {"Referer": f"http://127.0.0.1:{port}/sign-in"}
    assert (
        desk.browser.get("/sign-in/oidc", headers=same).headers["location"].startswith(desk.provider.issuer)
    )


@pytest.mark.parametrize(
    ("shown", "registered", "is_same"),
    [
        ("https://duban.example.org/sign-in", "https://Duban.Example.org/sign-in/oidc/callback", True),
        ("https://duban.example.org/sign-in", "https://duban.example.org:443/sign-in/oidc/callback", True),
        ("http://duban.example.org/", "http://duban.example.org:80/", True),
        ("https://duban.example.org/", "https://duban.example.org:8443/", False),
        ("https://other.example.org/", "https://duban.example.org/", False),
        ("https://duban.example.org:x/", "https://duban.example.org/", False),
        ("", "https://duban.example.org/", False),
    ],
)
def test_hosts_and_ports_are_compared_as_browsers_do(shown: str, registered: str, is_same: bool) -> None:
    assert (origin_of(shown) == origin_of(registered)) is is_same


def test_an_account_that_nobody_was_given_is_told_its_name(desk: Desk) -> None:
    desk.provider.account = "li.<b>si"
    answer = desk.sign_in()
    assert (answer.status_code, "还没有开通" in answer.text) == (403, True)
    assert "li.&lt;b&gt;si" in answer.text
    with desk.database.read() as session:
        assert len(session.exec(select(tables.User)).all()) == 2  # nobody is made by signing in
    assert failures(desk.database) == 1


def test_the_holder_stays_the_holder_whatever_the_account_is_called(desk: Desk) -> None:
    desk.sign_in()
    press(desk.browser, "/sign-out")
    desk.provider.account = "zhang.san2"
    assert desk.sign_in().status_code == 303
    press(desk.browser, "/sign-out")
    desk.provider.account, desk.provider.subject = "zhang.san", "somebody else"
    answer = desk.sign_in()
    assert (answer.status_code, "以前是另一个人" in answer.text) == (403, True)


def test_a_retired_user_is_refused(desk: Desk) -> None:
    retire_user(desk.database, number_of(desk.database), NOW, "admin")
    answer = desk.sign_in()
    assert (answer.status_code, "已经停用" in answer.text) == (403, True)
    with desk.database.read() as session:
        [row] = session.exec(select(tables.ProviderAccount)).all()
    assert row.subject is None


def test_refusals_count_against_the_address_and_close_it(desk: Desk) -> None:
    with desk.database.write() as session:
        session.add_all(tables.SignInFailure(subject="address:127.0.0.1", at=NOW) for _ in range(49))
    desk.provider.claims = {"nonce": "other"}
    assert desk.sign_in().status_code == 403
    desk.provider.claims = {}
    answer = desk.sign_in()
    assert (answer.status_code, "15 分钟" in answer.text) == (429, True)
    assert press(desk.browser, "/sign-in", name="ducha", password=PASSWORD).status_code == 429


def test_the_whole_way_keeps_the_language_it_was_begun_in(desk: Desk) -> None:
    page = desk.browser.get("/sign-in?lang=en&next=/cases").text
    assert "Sign in with single sign-on" in page
    assert 'href="/sign-in/oidc?next=%2Fcases&amp;lang=en"' in page
    desk.provider.claims = {"aud": "other"}
    answer = desk.come_back(desk.agree(desk.begin("/sign-in/oidc?next=/cases&lang=en")))
    assert "does not hold" in answer.text
    assert (
        'href="/sign-in?next=%2Fcases' in answer.text
    )  # the other language is not asked with code and state
    assert "code=" not in answer.text


def test_no_secret_is_told_to_a_page_or_an_address(desk: Desk) -> None:
    desk.provider.claims = {"aud": "other"}
    there = desk.begin()
    answer = desk.sign_in()
    shown = there + answer.text + repr(desk.client.settings)
    assert SECRET not in shown
    assert "code_verifier" not in there


def test_without_a_provider_there_is_no_button_and_no_way(office: Database) -> None:
    with pages(office, NOW, role=None) as client:
        assert "oidc" not in client.get("/sign-in").text
        for path in ("/sign-in/oidc", "/sign-in/oidc/callback?code=x&state=y"):
            assert client.get(path).status_code == 404
