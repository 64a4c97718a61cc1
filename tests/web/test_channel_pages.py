"""渠道: set up, changed, tested and retired on pages; a secret goes in and is on no page afterwards."""

from __future__ import annotations

from collections.abc import Iterator

import httpx
import pytest
from sqlmodel import select

from db import channels, runs, tables
from db.session import Database
from engine.roles import Role
from notifications.channel import Verdict
from notifications.channels import KINDS
from notifications.inbox import InboxChannel
from tests.channel_kinds import KIND, factory
from tests.channels import RememberingChannel
from tests.web.running import pages
from tests.workflows.office_2024 import Task, at, build
from web.site import Installation
from web.words import LOCALES
from workflows.office import Office
from workflows.set_up_channel import Given, add_channel

NOW = at("2024-04-02T18:00")
FACTORY = factory()
GIVEN = Given({"region": "north", "keyword": "督办"}, {"token": "hush-token", "sign": "hush-sign"})
MAIL = (("server", "smtp.example.org:587"), ("password", "=set"), ("username", "=unset"))
ADD = "/settings/channel-kinds/test-robot"
ONE = "/settings/channels/群"


@pytest.fixture
def robot() -> RememberingChannel:
    """What the test-send goes through; its answers are told by the test."""
    found = RememberingChannel()
    found.name = "email"
    return found


@pytest.fixture
def client(sqlite_database: Database, robot: RememberingChannel) -> Iterator[httpx.Client]:
    """The pages of an office with one robot 群 and mail, for an administrator."""
    build(sqlite_database, Task("1.1"))
    add_channel(sqlite_database, FACTORY, KIND.name, "群", GIVEN, NOW, "test")
    office = Office(channels={"inbox": InboxChannel(), "email": robot, "群": robot})
    with pages(
        sqlite_database, NOW, factory=FACTORY, office=office, installation=Installation(mail=MAIL)
    ) as found:
        found.headers["Origin"] = str(found.base_url).rstrip("/")
        yield found


def secrets_of(database: Database, name: str) -> dict[str, str]:
    """What is stored, unlocked."""
    with database.read() as session:
        setup = channels.find(session, name)
        assert setup is not None
        return FACTORY.secrets(setup)


@pytest.mark.parametrize("locale", ["zh-CN", "en"])
@pytest.mark.parametrize("path", ["/settings/channels", ONE, ADD, "/settings/channels/inbox"])
def test_secrets_are_on_no_page(client: httpx.Client, path: str, locale: str) -> None:
    answer = client.get(path, params={"lang": locale})
    assert answer.status_code == 200
    assert "hush" not in answer.text


def test_the_list_says_what_is_in_use_and_offers_every_kind(client: httpx.Client) -> None:
    said = client.get("/settings/channels").text
    assert ">群</a><small>测试机器人</small>" in said
    assert "/settings/channel-kinds/test-robot" in said
    assert "收取回复的邮箱" in said


def test_mail_is_shown_as_the_settings_file_has_it_and_cannot_be_changed_here(client: httpx.Client) -> None:
    said = client.get("/settings/channels/email").text
    assert "smtp.example.org:587" in said
    assert "<dt>密码</dt><dd>已设置</dd>" in said
    assert "<dt>登录用户名</dt><dd>没有设置</dd>" in said
    assert 'name="revision"' not in said
    assert client.post("/settings/channels/email", data={"revision": "1"}).status_code == 404


def test_a_channel_is_added_and_the_next_step_is_named(
    client: httpx.Client, sqlite_database: Database
) -> None:
    given = {"name": "二群", "region": "south", "keyword": "", "token": "hush-2", "sign": ""}
    answer = client.post(ADD, data=given)
    assert answer.status_code == 303
    assert "下一步：发送测试" in client.get(answer.headers["location"]).text
    assert secrets_of(sqlite_database, "二群") == {"token": "hush-2"}


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"name": "群"}, "请换一个名称"),
        ({"name": "a/b"}, "不能作渠道的名称"),
        ({"region": "nowhere"}, "请写 north 或 south"),
        ({"token": ""}, "还缺 token"),
        ({"region": "https://example.org/?token=1"}, "地址里带着密钥"),
    ],
)
def test_a_form_that_does_not_do_is_shown_again_with_everything_but_secrets(
    client: httpx.Client, sqlite_database: Database, changed: dict[str, str], said: str
) -> None:
    given = {"name": "二群", "region": "south", "keyword": "催一催", "token": "hush-2", "sign": ""} | changed
    answer = client.post(ADD, data=given)
    assert answer.status_code == 422
    assert said in answer.text
    assert 'value="催一催"' in answer.text
    assert f'value="{given["name"]}"' in answer.text
    assert "hush" not in answer.text
    assert "--secret" not in answer.text
    assert "duban" not in answer.text.split('role="alert"')[1].split("</p>")[0]
    with sqlite_database.read() as session:
        assert [one.name for one in channels.setups(session)] == ["群"]


def test_a_change_keeps_secrets_that_were_left_empty_and_removes_those_ticked(
    client: httpx.Client, sqlite_database: Database
) -> None:
    given = {"revision": "1", "region": "south", "keyword": "", "token": "", "sign": "", "clear-sign": "1"}
    assert client.post(ONE, data=given).status_code == 303
    assert secrets_of(sqlite_database, "群") == {"token": "hush-token"}
    with sqlite_database.read() as session:
        setup = channels.find(session, "群")
        assert setup is not None
        assert (setup.settings, setup.revision) == ({"region": "south"}, 2)


@pytest.mark.parametrize(("seen", "status"), [("1", 303), ("0", 409), ("", 409)])
def test_who_has_seen_an_older_revision_changes_nothing_and_sees_both(
    client: httpx.Client, sqlite_database: Database, seen: str, status: int
) -> None:
    answer = client.post(ONE, data={"revision": seen, "region": "south", "keyword": "督办"})
    assert answer.status_code == status
    with sqlite_database.read() as session:
        setup = channels.find(session, "群")
        assert setup is not None
        assert setup.settings["region"] == ("south" if status == 303 else "north")
    if status == 409:
        assert 'value="south"' in answer.text
        assert "现在：north" in answer.text
        assert "现在：督办" not in answer.text


def test_a_retired_channel_is_used_again_once_it_is_saved(
    client: httpx.Client, sqlite_database: Database
) -> None:
    answer = client.post(f"{ONE}/retire", data={"reason": "换群"})
    assert answer.status_code == 303
    said = client.get(ONE).text
    assert "保存并重新启用" in said
    assert client.post(f"{ONE}/retire").status_code == 422
    assert client.post(ONE, data={"revision": "2", "region": "north"}).status_code == 303
    with sqlite_database.read() as session:
        found = channels.find(session, "群")
        assert found is not None
        assert found.is_active
        told = session.execute(select(tables.Event).where(tables.Event.what == "retire_channel"))
        assert [(event.who, event.reason) for event in told.scalars()] == [("admin", "换群")]


@pytest.mark.parametrize(
    ("verdict", "said"),
    [
        (Verdict.accepted("250 OK <queued>"), "对方已接收测试消息"),
        (Verdict.accepted("ok", weak=True), "分辨不出对方是否真的收下"),
        (
            Verdict.permanent("密码不对：请更正。", code="credentials_refused", answer="535 <no>"),
            "密码不对：请更正。",
        ),
    ],
)
def test_a_test_shows_the_answer_its_cause_and_what_to_do(
    client: httpx.Client, robot: RememberingChannel, verdict: Verdict, said: str
) -> None:
    robot.answers = [verdict]
    answer = client.post("/settings/channels/email/test", data={"to": "a@example.org"})
    assert answer.status_code == 200
    assert said in answer.text
    assert verdict.answer.replace("<", "&lt;").replace(">", "&gt;") in answer.text
    assert [one.to_address for one in robot.attempted] == ["a@example.org"]
    assert 'value="a@example.org"' in answer.text


def test_a_test_to_nobody_where_somebody_is_needed_is_refused(
    client: httpx.Client, robot: RememberingChannel
) -> None:
    answer = client.post("/settings/channels/email/test", data={"to": " "})
    assert answer.status_code == 422
    assert "请填对方在那里的账号或地址" in answer.text
    assert robot.attempted == []


@pytest.mark.parametrize("path", ["/settings/channels/x", "/settings/channel-kinds/x", f"{ONE}x"])
def test_what_is_not_there_is_not_found(client: httpx.Client, path: str) -> None:
    assert client.get(path).status_code == 404
    assert client.post(path).status_code == 404
    assert client.post(f"{path}/test").status_code == 404


def test_the_demo_can_add_no_channel(sqlite_database: Database) -> None:
    build(sqlite_database, Task("1.1"))
    with pages(sqlite_database, NOW) as demo:
        said = demo.get("/settings/channels").text
        assert "演示中不能添加渠道" in said
        assert "channel-kinds" not in said
        assert demo.get("/settings/channel-kinds/webhook").status_code == 404


def test_what_is_wrong_with_a_channel_stands_on_its_page(
    client: httpx.Client, sqlite_database: Database
) -> None:
    with sqlite_database.write() as session:
        runs.open_finding(session, "CHANNEL_ILL", "群", "机器人已被移除。", NOW)
    assert "机器人已被移除。" in client.get(ONE).text
    assert "有问题" in client.get("/settings/channels").text


def test_the_name_on_the_record_is_that_of_the_session(
    client: httpx.Client, sqlite_database: Database
) -> None:
    client.post(ONE, data={"revision": "1", "region": "south", "who": "别人"})
    with sqlite_database.read() as session:
        told = session.execute(select(tables.Event).where(tables.Event.what == "change_channel")).scalars()
        assert [event.who for event in told] == [Role.ADMIN.value]


@pytest.mark.parametrize("locale", LOCALES)
def test_every_kind_and_each_of_its_settings_has_words(locale: str) -> None:
    words = LOCALES[locale]
    for kind in KINDS.values():
        assert {f"channel.kind.{kind.name}", f"channel.what.{kind.name}"} <= set(words)
        for one in kind.settings:
            assert {f"channel.set.{kind.name}.{one.name}", f"channel.set.{one.name}"} & set(words)
