"""The robot of a Feishu group against a vendor that refuses what the real one refuses."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from notifications.card import Block, Card, Span
from notifications.channel import Verdict, VerdictKind
from notifications.feishu_robot import BODY_LIMIT, KINDS, FeishuRobot, signature
from notifications.kinds import ChannelConfig
from tests.channels_contract.fake import Answer
from tests.channels_contract.harness import envelope
from tests.vendors.feishu import SECRET, TOKEN, FeishuRobotHarness, Robot, refusal

LONG = Card("年度任务", "red", tuple(Block("line", (Span('任务"\\' + "字" * 90),)) for _ in range(300)))


@pytest.fixture
def harness() -> Iterator[FeishuRobotHarness]:
    with FeishuRobotHarness() as running:
        yield running


def vendor(harness: FeishuRobotHarness) -> Robot:
    assert isinstance(harness.fake, Robot)
    return harness.fake


def robot(
    harness: FeishuRobotHarness, *, token: str = TOKEN, secret: str = SECRET, **values: str
) -> FeishuRobot:
    config = ChannelConfig("群", {"base_url": harness.fake.url, **values}, {"token": token, "secret": secret})
    return FeishuRobot(config, harness.network())


def send(channel: FeishuRobot, card: Card = LONG, **changes: Any) -> Verdict:
    changes = {"page": channel.pages([card], changes.get("mentions", ()))[0], **changes}
    return channel.send(envelope(channel, **changes))


def test_a_card_arrives_with_its_colour_and_calls_the_people_named(harness: FeishuRobotHarness) -> None:
    card = Card(
        "【红】区民政局",
        "red",
        (Block("line", (Span("请今天填报"),)),),
        Span("填报", href="https://x.example/r"),
    )
    assert send(robot(harness), card, mentions=("ou_7d8a", "6f1c")) == Verdict.accepted("0 success")
    (taken,) = harness.fake.received
    assert (taken.shown.title, taken.shown.template) == ("【红】区民政局", "red")
    assert taken.shown.mentions == ["ou_7d8a", "6f1c"]
    assert taken.shown.links == [("填报", "https://x.example/r")]


def test_the_signature_is_the_one_that_openssl_computes() -> None:
    assert signature("1599360473", "demo secret") == "4OB1tNwrCa7wo7BbZnRkKWc7lI6ScctwyIwCoO67xFQ="


def test_bodies_fill_the_limit_and_never_pass_it(harness: FeishuRobotHarness) -> None:
    channel = robot(harness, keywords="督办")
    pages = channel.pages([LONG])
    for part, page in enumerate(pages, 1):
        harness.clock.advance(1)
        assert send(channel, page=page, part=part, parts=len(pages), again=True).is_accepted
    sizes = [len(request.body) for request in harness.fake.requests]
    assert max(sizes) <= BODY_LIMIT
    assert min(sizes[:-1]) > BODY_LIMIT - 2_000


@pytest.mark.parametrize(
    ("hours", "code"), [(0, "accepted"), (1, "accepted"), (-1, "accepted"), (1.01, "credentials_refused")]
)
def test_a_clock_more_than_an_hour_away_is_refused(
    harness: FeishuRobotHarness, hours: float, code: str
) -> None:
    network = harness.network()
    late = replace(network, clock=lambda: harness.clock() + timedelta(hours=hours))
    config = ChannelConfig("群", {"base_url": harness.fake.url}, {"token": TOKEN, "secret": SECRET})
    assert send(FeishuRobot(config, late)).code == code


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({}, "accepted"),
        ({"secret": "wrong"}, "credentials_refused"),
        ({"secret": ""}, "credentials_refused"),
        ({"token": "gone"}, "revoked"),
        ({"token": f"https://open.feishu.cn/open-apis/bot/v2/hook/{TOKEN}"}, "accepted"),
        ({"token": f" {TOKEN}/ "}, "accepted"),
    ],
)
def test_what_is_set_up_wrongly_is_told_apart(
    harness: FeishuRobotHarness, changes: dict[str, str], code: str
) -> None:
    assert send(robot(harness, **changes)).code == code


def test_a_robot_without_a_secret_sends_no_signature(harness: FeishuRobotHarness) -> None:
    vendor(harness).secret = ""
    assert send(robot(harness, secret="")).is_accepted
    assert set(harness.fake.requests[0].json()) == {"msg_type", "card"}


@pytest.mark.parametrize(
    ("keywords", "code"), [("", "keyword_missing"), ("通报", "keyword_missing"), ("督办、通报", "accepted")]
)
def test_a_keyword_that_is_set_up_is_on_every_page(
    harness: FeishuRobotHarness, keywords: str, code: str
) -> None:
    vendor(harness).keywords = ("督办",)
    channel = robot(harness, keywords=keywords)
    verdicts = [send(channel, page=page) for page in channel.pages([LONG])[:2]]
    assert {verdict.code for verdict in verdicts} == {code}


def test_an_address_that_is_not_on_the_list_is_refused(harness: FeishuRobotHarness) -> None:
    vendor(harness).knows_address = False
    assert send(robot(harness)).code == "ip_refused"


def test_five_in_a_second_are_taken_and_the_sixth_asks_for_a_pause(harness: FeishuRobotHarness) -> None:
    with robot(harness) as channel:
        verdicts = [send(channel) for _ in range(6)]
        harness.clock.advance(1)
        verdicts.append(send(channel))
    assert [verdict.code for verdict in verdicts] == ["accepted"] * 5 + ["rate_limited", "accepted"]
    assert (verdicts[5].retry_after, verdicts[5].channel_fault) == (60, True)


def test_a_hundred_in_a_minute_are_taken_and_no_more(harness: FeishuRobotHarness) -> None:
    with robot(harness) as channel:
        codes = []
        for _ in range(101):
            codes.append(send(channel, Card("短")).code)
            harness.clock.advance(0.5)
    assert codes == ["accepted"] * 100 + ["rate_limited"]
    assert channel.traits.budgets[0].count == harness.fake.max_in_window - 1 == 100


@pytest.mark.parametrize(
    ("minute", "code"), [(0, "rate_limited"), (30, "rate_limited"), (29, "accepted"), (31, "accepted")]
)
def test_the_minutes_that_the_vendor_asks_to_avoid_are_the_quiet_ones(
    harness: FeishuRobotHarness, minute: int, code: str
) -> None:
    harness.clock.now = harness.clock.now.replace(minute=minute)
    channel = robot(harness)
    assert send(channel).code == code
    assert (minute in channel.traits.quiet_minutes) is (code == "rate_limited")


@pytest.mark.parametrize(
    ("asked", "seconds"),
    [("7", 7), ("0.2", 1), ("0", 1), ("90000", 86_400), ("soon", 60), ("nan", 60), ("inf", 60), ("-3", 1)],
)
def test_the_vendors_own_word_for_a_pause_is_kept(
    harness: FeishuRobotHarness, asked: str, seconds: int
) -> None:
    harness.fake.script.append(refusal(11232, "limited", 429, x_ogw_ratelimit_reset=asked))
    assert send(robot(harness)).retry_after == seconds


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ({"code": 0, "msg": "success"}, "accepted"),
        ({"StatusCode": 0, "StatusMessage": "success"}, "accepted"),
        ({"code": False, "msg": "success"}, "answer_lost"),
        ({"code": "0", "msg": "success"}, "answer_lost"),
        ({"code": 19999, "msg": "new"}, "unknown_answer"),
        ({"code": -1}, "unknown_answer"),
    ],
)
def test_only_a_code_of_zero_is_acceptance(
    harness: FeishuRobotHarness, body: dict[str, Any], code: str
) -> None:
    harness.fake.script.append(Answer(body))
    assert send(robot(harness)).code == code


@pytest.mark.parametrize("status", [400, 500, 302])
def test_a_code_of_zero_with_another_status_is_none(harness: FeishuRobotHarness, status: int) -> None:
    harness.fake.script.append(Answer({"code": 0, "msg": "success"}, status))
    assert send(robot(harness)).kind is not VerdictKind.ACCEPTED


@pytest.mark.parametrize("page", ["", "[]", "hello", "{}"])
def test_what_is_no_page_never_leaves(harness: FeishuRobotHarness, page: str) -> None:
    assert send(robot(harness), page=page).code == "message_refused"
    assert harness.fake.requests == []


def test_what_has_to_be_set_up_names_its_secrets() -> None:
    (kind,) = KINDS
    assert (kind.name, kind.label) == ("feishu-robot", "飞书群机器人")
    assert [one.name for one in kind.settings if one.secret] == ["token", "secret"]
    assert [one.name for one in kind.settings if one.is_required] == ["token"]
