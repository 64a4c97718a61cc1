"""What ``duban doctor`` says of channels: each rule on both sides of its edge, then a whole installation."""

from __future__ import annotations

import shutil
from datetime import UTC, datetime, time, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from sqlmodel import select

from db import tables
from db.session import Database
from duban.checkup import Check
from duban.doctor import examine
from duban.doctor_channels import (
    Planned,
    fullest,
    not_set_up,
    peaks,
    planned_peaks,
    quiet,
    quieter,
    reachable,
    repeats,
    secured,
    working,
)
from duban.keys import key_path
from duban.wiring import factory_of, now, settings_of
from engine.policy import Policy
from engine.slots import minutes_of
from notifications.channel import Budget, Traits
from notifications.dingtalk_robot import KINDS as ROBOTS
from notifications.kinds import Network
from tests.workflows.office_2024 import Task, build
from workflows.list_channels import ChannelLine
from workflows.set_up_channel import Given, add_channel, retire_channel

CHINA = ZoneInfo("Asia/Shanghai")
NINE = datetime(2024, 3, 26, 1, 0, tzinfo=UTC)  # 09:00 there
ROBOT = Traits(needs_address=False, budgets=(Budget(20, 60),), merges=True)
APP = Traits(budgets=(Budget(1000, 60),), quiet_minutes=(0, 30))


def ids(checks: object) -> list[str]:
    """The ids of the checks that were made."""
    return [one.id for one in checks if isinstance(one, Check)]  # type: ignore[attr-defined]


def line(kind: str = "dingtalk-robot", *secrets: str, trouble: str = "", **values: str) -> ChannelLine:
    """A channel as the list shows it."""
    return ChannelLine("群", kind, "钉钉群机器人", values=values, secrets=secrets, trouble=trouble)


@pytest.mark.parametrize(
    ("shown", "found"),
    [
        (line("dingtalk-robot", "access_token", "secret"), []),
        (line("dingtalk-robot", "access_token", keywords="督办"), []),
        (line("dingtalk-robot", "access_token"), ["channel_keyword"]),
        (line("dingtalk-robot", trouble="密钥文件换过"), []),  # nobody knows which secrets there are
        (line("feishu-robot", "token"), []),  # this vendor insists on nothing
    ],
)
def test_a_robot_has_a_signature_or_a_keyword(shown: ChannelLine, found: list[str]) -> None:
    assert ids(secured(shown)) == found


@pytest.mark.parametrize(
    ("address", "hosts", "found"),
    [
        ("https://oapi.dingtalk.com", (), []),
        ("https://oapi.dingtalk.com:8443", (), ["channel_hosts"]),
        ("http://oapi.dingtalk.com", (), ["channel_hosts"]),
        ("https://gateway.example.org", (), ["channel_hosts"]),
        ("https://gateway.example.org", ("gateway.example.org",), []),
        ("https://gateway.example.org:8443", ("gateway.example.org:8443",), []),
        ("https://gateway.example.org:8444", ("gateway.example.org:8443",), ["channel_hosts"]),
        ("http://10.0.0.8", ("10.0.0.8",), []),
        ("no address", (), []),
    ],
)
def test_an_address_is_the_vendors_or_listed(address: str, hosts: tuple[str, ...], found: list[str]) -> None:
    network = Network(clock=now, hosts=hosts)
    assert ids(reachable(line(base_url=address), ROBOTS[0], network)) == found


@pytest.mark.parametrize(
    ("shown", "level"),
    [
        (line(), None),
        (line(trouble="密钥不对。"), "error"),
        (ChannelLine("群", "dingtalk-robot", "", rests_until=NINE), "warning"),
    ],
)
def test_a_channel_that_is_ill_or_rests_is_named(shown: ChannelLine, level: str | None) -> None:
    assert [one.level for one in working(shown)] == ([level] if level else [])


@pytest.mark.parametrize(
    ("hour", "jitter", "minutes"),
    [
        (time(9, 0), 0, {0}),
        (time(9, 0), 1, {0}),
        (time(9, 0), 3, {0, 1, 2}),
        (time(9, 59), 2, {59, 0}),
        (time(8, 0), 2, {30}),  # before the window opens at 08:30
        (time(17, 44), 3, {44, 45}),  # at most a quarter of an hour before it closes at 18:00
    ],
)
def test_the_minutes_in_which_messages_may_leave(hour: time, jitter: int, minutes: set[int]) -> None:
    assert minutes_of(Policy(jitter_minutes=jitter), hour) == minutes


@pytest.mark.parametrize(
    ("remind_at", "jitter", "met"),
    [
        (time(9, 0), 10, True),
        (time(9, 1), 10, False),
        (time(9, 20), 10, False),  # 20 to 29
        (time(9, 21), 10, True),
        (time(9, 31), 29, False),  # 31 to 59
        (time(9, 31), 30, True),
        (time(9, 30), 0, True),
        (time(9, 29), 0, False),
    ],
)
def test_reminders_on_quiet_minutes_are_announced(remind_at: time, jitter: int, met: bool) -> None:
    policy = Policy(remind_at=remind_at, jitter_minutes=jitter, digest_at=time(15, 1))
    found = [
        one
        for one in quiet("计划", policy, {"应用": APP})
        if "remind_at" in one.message or "提醒" in one.message
    ]
    assert ids(found) == (["channel_quiet"] if met else [])
    assert ids(quiet("计划", policy, {"群": ROBOT})) == []


@pytest.mark.parametrize(
    ("hour", "jitter", "better"),
    [(time(9, 0), 10, time(9, 1)), (time(9, 21), 10, time(9, 31)), (time(9, 0), 30, None)],
)
def test_a_better_hour_is_offered_if_there_is_one(hour: time, jitter: int, better: time | None) -> None:
    assert quieter(Policy(jitter_minutes=jitter), hour, (0, 30)) == better


@pytest.mark.parametrize(
    ("offsets", "number"),
    [([], 0), ([0], 1), ([0, 59], 2), ([0, 60], 1), ([0, 30, 59, 61, 89], 4), ([100, 0, 130, 30, 101], 3)],
)
def test_the_fullest_minute_is_found(offsets: list[int], number: int) -> None:
    moments = [NINE + timedelta(seconds=one) for one in offsets]
    assert fullest(moments, 60)[1] == number


@pytest.mark.parametrize(("number", "found"), [(20, []), (21, ["channel_rate"])])
def test_more_waiting_than_the_budget_lets_out_is_announced(number: int, found: list[str]) -> None:
    waiting = [Planned("群", "", NINE + timedelta(seconds=one), str(one)) for one in range(number)]
    others = [Planned("应用", "u", NINE, str(one)) for one in range(40)]
    checks = list(peaks([*waiting, *others], {"群": ROBOT, "应用": APP}, CHINA))
    assert ids(checks) == found
    if checks:
        assert "合并" in checks[0].message
        assert "09:00" in checks[0].message


@pytest.mark.parametrize(
    ("users", "jitter", "found"),
    [(200, 10, []), (201, 10, ["channel_rate"]), (20, 0, []), (21, 0, ["channel_rate"]), (0, 10, [])],
)
def test_more_planned_than_the_budget_lets_out_is_announced(
    users: int, jitter: int, found: list[str]
) -> None:
    policy = Policy(jitter_minutes=jitter)
    assert ids(planned_peaks("计划", policy, {"群": users}, {"群": ROBOT})) == found


@pytest.mark.parametrize(
    ("kind", "second", "found"),
    [
        ("dingtalk-work", Planned("应用", "u", NINE + timedelta(hours=14), "同样"), ["channel_repeats"]),
        ("gateway", Planned("应用", "u", NINE, "同样"), ["channel_repeats"]),
        ("dingtalk-work", Planned("应用", "u", NINE + timedelta(hours=15), "同样"), []),  # midnight there
        ("dingtalk-work", Planned("应用", "v", NINE, "同样"), []),
        ("dingtalk-work", Planned("应用", "u", NINE, "另外"), []),
        ("dingtalk-robot", Planned("应用", "u", NINE, "同样"), []),
    ],
)
def test_the_same_words_twice_a_day_are_announced(kind: str, second: Planned, found: list[str]) -> None:
    first = Planned("应用", "u", NINE, "同样")
    assert ids(repeats([first, second], {"应用": kind}, CHINA)) == found


@pytest.mark.parametrize(
    ("known", "number", "word"),
    [({"群": True}, 0, ""), ({"群": False}, 2, "已停用"), ({}, 2, "还没有添加")],
)
def test_channels_that_people_name_are_there(known: dict[str, bool], number: int, word: str) -> None:
    checks = list(not_set_up({"群": ["区民政局"]}, {"群": ["区教育局"]}, known))
    assert ids(checks) == ["channel_contacts"] * number
    assert all(word in one.message for one in checks)


# --- a whole installation


@pytest.fixture
def database(bare: Path, sqlite_template: Path) -> Database:
    """The database of the default settings, with a unit whose liaison is reached by a group robot."""
    path = bare / "var/duban.sqlite3"
    path.parent.mkdir()
    shutil.copyfile(sqlite_template, path)
    database = Database(f"sqlite:///{path}")
    build(database, Task("1", lead="区民政局"), emails={"区民政局": "a@example.org"})
    settings = settings_of(None)
    given = Given({}, {"access_token": "canary-token", "secret": "SECcanary"})
    add_channel(database, factory_of(settings), "dingtalk-robot", "民政局群", given, now(), "督查室")
    with database.write() as session:
        contact = session.exec(select(tables.Contact).where(tables.Contact.email == "a@example.org")).one()
        session.add(tables.ContactChannel(contact_id=contact.id or 0, rank=1, channel="民政局群"))
    return database


def channel_lines() -> list[tuple[str, str]]:
    """Id and level of each check about channels."""
    return [(one.id, one.level) for one in examine(None) if one.id.startswith("channel")]


def test_a_sound_channel_is_counted(database: Database) -> None:
    assert channel_lines() == [("channels", "ok")]


def test_a_lost_key_is_an_error_with_what_to_do(database: Database) -> None:
    key_path("", database.url.replace("+pysqlite", "")).unlink()
    ill = [one for one in examine(None) if one.id == "channel"]
    assert [one.level for one in ill] == ["error"]
    assert "duban channels change" in ill[0].message


def test_a_retired_channel_that_people_still_name_is_a_warning(database: Database) -> None:
    retire_channel(database, "民政局群", now(), "督查室")
    assert channel_lines() == [("channel_contacts", "warning")]
