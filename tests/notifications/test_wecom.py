"""WeCom's robot and application against a vendor that refuses what WeCom refuses; what all channels keep is the contract's."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from notifications.card import Card
from notifications.channel import Budget, ChatChannel, VerdictKind
from notifications.channels import KINDS
from notifications.kinds import ChannelConfig
from notifications.wecom_app import WecomApp
from tests.channels_contract.fake import Answer
from tests.notifications.cards import line
from tests.vendors.wecom import AGENT, CORPORATION, KEY, SECRET, App, AppHarness, Robot, RobotHarness, said


@pytest.fixture
def robot() -> Iterator[RobotHarness]:
    with RobotHarness() as harness:
        yield harness


@pytest.fixture
def app() -> Iterator[AppHarness]:
    with AppHarness() as harness:
        yield harness


def kept(harness: RobotHarness | AppHarness) -> Any:
    """The fake by its own type."""
    assert isinstance(harness.fake, Robot | App)
    return harness.fake


def numbered(harness: RobotHarness | AppHarness, number: int) -> str:
    channel = harness.channel()
    assert isinstance(channel, ChatChannel)
    return channel.pages([Card(f"提醒{number}", "", (line("内容"),))])[0]


# Robot


@pytest.mark.parametrize(
    "entered",
    [KEY, f"  {KEY}\n", f"https://qyapi.weixin.qq.com/cgi-bin/webhook/send?key={KEY}", f"?key={KEY}&debug=1"],
)
def test_the_key_may_be_entered_as_the_address_that_wecom_shows(robot: RobotHarness, entered: str) -> None:
    config = ChannelConfig("群", {"base_url": robot.fake.url + "/"}, {"key": entered})
    channel = KINDS["wecom-robot"].build(config, robot.network())
    assert channel.send(robot.envelope()).is_accepted
    assert KEY not in repr(channel)


def test_chinese_travels_as_it_is_and_not_as_numbers(robot: RobotHarness) -> None:
    assert robot.channel().send(robot.envelope()).is_accepted
    assert "养老".encode() in robot.fake.requests[0].body


def test_the_twenty_first_of_a_minute_is_refused_and_says_for_how_long(robot: RobotHarness) -> None:
    channel = robot.channel()
    assert channel.traits.budgets == (Budget(20, 60),)
    verdicts = []
    for number in range(21):
        verdicts.append(channel.send(robot.envelope(page=numbered(robot, number))))
        robot.clock.advance(2)
    assert [verdict.is_accepted for verdict in verdicts] == [True] * 20 + [False]
    assert (verdicts[-1].kind, verdicts[-1].retry_after) == (VerdictKind.RATE_LIMITED, 60)
    robot.clock.advance(60)
    assert channel.send(robot.envelope()).is_accepted


def test_a_robot_taken_out_of_its_group_is_revoked(robot: RobotHarness) -> None:
    kept(robot).is_gone = True
    verdict = robot.channel().send(robot.envelope())
    assert (verdict.code, verdict.channel_fault) == ("revoked", True)
    assert "203.0.113.9" not in verdict.answer


@pytest.mark.parametrize(("more", "code"), [(0, "accepted"), (1, "message_too_big")])
def test_a_content_over_the_limit_is_too_big_by_its_size(robot: RobotHarness, more: int, code: str) -> None:
    page = '{"msgtype":"markdown","markdown":{"content":"%s"}}' % ("a" * (4096 + more))
    if more:
        robot.fake.script.append(said(40058, "invalid Request Parameter"))
    assert robot.channel().send(robot.envelope(page=page)).code == code


@pytest.mark.parametrize("kind", [RobotHarness, AppHarness])
def test_a_page_of_another_vendor_is_refused_and_not_sent(kind: type[RobotHarness | AppHarness]) -> None:
    with kind() as harness:
        page = '{"msgtype":"markdown","markdown":{"title":"题","text":"钉钉"}}'
        verdict = harness.channel().send(harness.envelope(page=page))
        assert (verdict.kind, verdict.code) == (VerdictKind.PERMANENT, "message_refused")
        assert harness.fake.requests == []


# Application: the token


def test_one_token_serves_until_shortly_before_its_end(app: AppHarness) -> None:
    values = {"base_url": app.fake.url, "corp_id": CORPORATION, "agent_id": str(AGENT)}
    seconds = [0.0]
    channel = WecomApp(
        ChannelConfig("应用", values, {"secret": SECRET}), app.network(), clock=lambda: seconds[0]
    )
    asked = []
    for passed in (0, 6899, 1):
        seconds[0] += passed
        app.clock.advance(passed)
        assert channel.send(app.envelope()).is_accepted
        asked.append(sum(request.path == "/cgi-bin/gettoken" for request in app.fake.requests))
    assert asked == [1, 1, 2]


def test_a_token_that_wecom_has_dropped_is_renewed_and_the_message_arrives_once(app: AppHarness) -> None:
    with app.channel() as channel:
        assert channel.send(app.envelope()).is_accepted
        kept(app).tokens.clear()
        app.clock.advance(3600)
        assert channel.send(app.envelope()).is_accepted
    assert len(app.fake.received) == 2


def test_a_token_that_stays_refused_is_asked_for_once_more_only(app: AppHarness) -> None:
    app.fake.script += [said(40014), said(40014)]
    verdict = app.channel().send(app.envelope())
    assert (verdict.code, verdict.channel_fault) == ("credentials_refused", True)
    assert [request.path.rsplit("/", 1)[1] for request in app.fake.requests] == ["gettoken", "send"] * 2


@pytest.mark.parametrize(
    ("secret", "corporation", "code"),
    [("wrong-secret-1", CORPORATION, "credentials_refused"), (SECRET, "ww2", "credentials_refused")],
)
def test_a_wrong_secret_is_told_and_no_message_is_tried(
    app: AppHarness, secret: str, corporation: str, code: str
) -> None:
    values = {"base_url": app.fake.url, "corp_id": corporation, "agent_id": str(AGENT)}
    channel = KINDS["wecom-app"].build(ChannelConfig("应用", values, {"secret": secret}), app.network())
    verdict = channel.send(app.envelope())
    assert (verdict.code, verdict.channel_fault) == (code, True)
    assert len(app.fake.requests) == 1
    assert secret not in repr(verdict)


@pytest.mark.parametrize(
    "answer", [Answer(b"", 500), Answer(b"<html>"), Answer({"errcode": 0}), Answer({"errcode": -1})]
)
def test_where_the_token_is_lost_no_message_can_have_arrived(app: AppHarness, answer: Answer) -> None:
    class Elsewhere(App):
        def judge(self, request: Any) -> Answer:
            return answer

    with Elsewhere(app.clock) as fake:
        values = {"base_url": fake.url, "corp_id": CORPORATION, "agent_id": str(AGENT)}
        app.hosts = (fake.host,)
        channel = KINDS["wecom-app"].build(ChannelConfig("应用", values, {"secret": SECRET}), app.network())
        verdict = channel.send(app.envelope())
    assert (verdict.code, verdict.ambiguous, verdict.channel_fault) == ("busy", False, True)


# Application: recipients, limits, repeats


@pytest.mark.parametrize(
    ("to", "kind", "code", "refused", "reached"),
    [
        ("zhang.san", VerdictKind.ACCEPTED, "accepted", (), [["zhang.san"]]),
        ("Zhang.San", VerdictKind.ACCEPTED, "accepted", (), [["Zhang.San"]]),
        ("zhang.san|li.si", VerdictKind.ACCEPTED, "accepted", (), [["zhang.san", "li.si"]]),
        ("zhang.san|Wang.Wu", VerdictKind.PARTIAL, "partial", ("Wang.Wu",), [["zhang.san"]]),
        ("wang.wu", VerdictKind.PERMANENT, "recipient_refused", (), []),
        ("wang.wu|zhao.liu", VerdictKind.PERMANENT, "recipient_refused", (), []),
        ("@all", VerdictKind.PERMANENT, "recipient_refused", (), []),
        ("all", VerdictKind.PERMANENT, "recipient_refused", (), []),
        ("zhang.san|@all", VerdictKind.ACCEPTED, "accepted", (), [["zhang.san"]]),
        ("", VerdictKind.PERMANENT, "recipient_refused", (), []),
        ("张三", VerdictKind.PERMANENT, "recipient_refused", (), []),
    ],
)
def test_who_did_not_get_it_is_named_and_everybody_is_nobody(
    app: AppHarness, to: str, kind: VerdictKind, code: str, refused: tuple[str, ...], reached: list[list[str]]
) -> None:
    verdict = app.channel().send(app.envelope(to_address=to))
    assert (verdict.kind, verdict.code, verdict.recipients) == (kind, code, refused)
    assert verdict.channel_fault is False
    assert [one["reached"] for one in app.fake.received] == reached


def test_an_accepted_message_has_a_number_at_wecom(app: AppHarness) -> None:
    channel = app.channel()
    assert [channel.send(app.envelope(page=numbered(app, n))).ticket for n in (1, 2)] == ["MSG1", "MSG2"]


def test_the_budget_of_a_member_keeps_below_what_wecom_drops_in_silence(app: AppHarness) -> None:
    channel = app.channel()
    assert channel.traits.budgets == (Budget(30, 60, per_address=True), Budget(1000, 3600, per_address=True))
    assert channel.traits.quiet_minutes == (0, 30)
    assert all(channel.send(app.envelope(page=numbered(app, n))).is_accepted for n in range(31))
    assert len(app.fake.received) == 30


def test_wecom_drops_the_same_request_for_half_an_hour_and_no_longer(app: AppHarness) -> None:
    channel = app.channel()
    arrived = []
    for passed in (0, 1799, 1):
        app.clock.advance(passed)
        assert channel.send(app.envelope()).is_accepted
        arrived.append(len(app.fake.received))
    assert arrived == [1, 1, 2]


def test_a_repeat_is_marked_because_wecom_compares_contents_and_knows_no_key(app: AppHarness) -> None:
    channel = app.channel()
    assert channel.traits.repeats_safely is False
    for again in (False, True, True):
        assert channel.send(app.envelope(again=again)).is_accepted
    contents = [one["markdown"]["content"] for one in app.fake.received]
    assert [content.startswith("（补发）\n") for content in contents] == [False, True]
