"""A test message through one channel: to whom it goes, what is refused before anything leaves, what is said."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime

import pytest

from db import budgets
from db.session import Database
from engine.errors import DubanError
from notifications.card import Card
from notifications.channel import Budget, Traits, Verdict
from notifications.inbox import InboxChannel
from tests.channel_kinds import factory
from tests.channels import RememberingChannel
from workflows.office import Office
from workflows.send_test import send_test_on
from workflows.set_up_channel import Given, add_channel, retire_channel

NOW = datetime(2024, 3, 1, 1, 30, 5, tzinfo=UTC)


class Robot(RememberingChannel):
    """A chat channel of which every page holds one character of the title's length."""

    name = "群"
    traits = Traits(needs_address=False)
    count = 2

    def pages(self, cards: Sequence[Card], mentions: Sequence[str] = ()) -> tuple[str, ...]:
        return tuple(f"{cards[0].title}|{'、'.join(mentions)}|{part}" for part in range(1, self.count + 1))


class App(Robot):
    """A chat channel that reaches persons."""

    name = "应用"
    traits = Traits()


def office(*channels: RememberingChannel) -> Office:
    """An office with these channels."""
    return Office(channels={"inbox": InboxChannel(), **{one.name: one for one in channels}})


def test_a_robot_gets_every_page_and_mentions_whom_it_was_told(sqlite_database: Database) -> None:
    robot = Robot()
    sent = send_test_on(sqlite_database, office(robot), "群", "user-1", NOW)
    assert sent.verdict.is_accepted
    title = "【测试】督办系统的消息能收到吗（03-01 01:30:05）"
    assert [one.page for one in robot.sent] == [f"{title}|user-1|1", f"{title}|user-1|2"]
    assert [(one.part, one.parts, one.mentions) for one in robot.sent] == [
        (1, 2, ("user-1",)),
        (2, 2, ("user-1",)),
    ]


def test_an_application_sends_to_the_person_and_mentions_nobody(sqlite_database: Database) -> None:
    app = App()
    send_test_on(sqlite_database, office(app), "应用", "user-1", NOW)
    assert {(one.to_address, one.mentions) for one in app.sent} == {("user-1", ())}


def test_two_tests_never_have_the_same_content(sqlite_database: Database) -> None:
    robot = Robot()
    send_test_on(sqlite_database, office(robot), "群", "", NOW)
    send_test_on(sqlite_database, office(robot), "群", "", NOW.replace(second=6))
    assert len({one.page for one in robot.sent}) == 4


def test_after_a_refused_page_no_other_is_sent(sqlite_database: Database) -> None:
    robot = Robot(Verdict.permanent("没有关键词。", code="keyword_missing", channel_fault=True))
    sent = send_test_on(sqlite_database, office(robot), "群", "", NOW)
    assert sent.verdict.code == "keyword_missing"
    assert len(robot.attempted) == 1


def test_a_pause_is_not_told_as_if_the_test_were_kept(sqlite_database: Database) -> None:
    said = "发送过于频繁，对方要求暂停。消息会等待，到时自动发出。"
    robot = Robot(Verdict.rate_limited(said, 600))
    sent = send_test_on(sqlite_database, office(robot), "群", "", NOW)
    assert sent.verdict.reason == "发送过于频繁，对方要求暂停。请过一会儿再测试。"


@pytest.mark.parametrize(("earlier", "free"), [(18, True), (19, False)])
def test_a_test_is_taken_out_of_the_budget(sqlite_database: Database, earlier: int, free: bool) -> None:
    robot = Robot()  # its test messages have two pages
    robot.traits = Traits(needs_address=False, budgets=(Budget(20, 60),))
    with sqlite_database.write() as session:
        for _ in range(earlier):
            budgets.reserve(session, "群|60", NOW, NOW)
    if free:
        assert send_test_on(sqlite_database, office(robot), "群", "", NOW).verdict.is_accepted
        with sqlite_database.read() as session:
            assert len(budgets.spends(session, "群|60", 60, NOW)) == 20
        return
    with pytest.raises(DubanError) as refused:
        send_test_on(sqlite_database, office(robot), "群", "", NOW)
    assert refused.value.code == "BUDGET_SPENT"
    assert "01:31:05" in refused.value.message
    assert robot.attempted == []


@pytest.mark.parametrize(
    ("name", "to", "code"),
    [("应用", "", "NO_ADDRESS"), ("没有", "", "NO_SUCH_CHANNEL"), ("旧群", "", "CHANNEL_RETIRED")],
)
def test_what_cannot_be_tested_is_refused_before_anything_leaves(
    sqlite_database: Database, name: str, to: str, code: str
) -> None:
    given = Given({"region": "north"}, {"token": "t"})
    add_channel(sqlite_database, factory(), "test-robot", "旧群", given, NOW, "督查室")
    retire_channel(sqlite_database, "旧群", NOW, "督查室")
    app = App()
    with pytest.raises(DubanError) as refused:
        send_test_on(sqlite_database, office(app), name, to, NOW)
    assert refused.value.code == code
    assert app.attempted == []
