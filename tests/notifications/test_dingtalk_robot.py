"""The robot of a DingTalk group against a vendor that refuses what the real one refuses."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from urllib.parse import quote_plus

import pytest

from notifications.card import Card
from notifications.channel import Envelope, Verdict, VerdictKind
from notifications.dingtalk import word_of
from notifications.dingtalk_robot import KINDS, DingTalkRobot, signature
from notifications.kinds import ChannelConfig, Network
from tests.notifications.envelopes import envelope
from tests.vendors.dingtalk import DingTalkServer, card_of_text

CARD = card_of_text("【红】区民政局：2项逾期", "社会救助工作落后\n请今天填报")
TOKEN, SECRET = "canary-access-token", "SECcanary-robot-secret"


@dataclass
class Clock:
    now: datetime = field(default=datetime(2024, 10, 14, 1, 3, tzinfo=UTC))

    def __call__(self) -> datetime:
        return self.now

    def forward(self, seconds: float) -> None:
        self.now += timedelta(seconds=seconds)


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def vendor(clock: Clock) -> Iterator[DingTalkServer]:
    with DingTalkServer(clock) as server:
        yield server


def robot(
    vendor: DingTalkServer, clock: Clock, keywords: str = "", *, token: str = TOKEN, secret: str = SECRET
) -> DingTalkRobot:
    config = ChannelConfig(
        "民政局群",
        {"base_url": vendor.base_url, "keywords": keywords},
        {"access_token": token, "secret": secret},
    )
    return DingTalkRobot(config, Network(clock=clock, hosts=("127.0.0.1",)))


def paged(channel: DingTalkRobot, card: Card = CARD, *mentions: str, **changes: object) -> Envelope:
    return envelope(page=channel.pages([card], mentions)[0], mentions=mentions, **changes)


def test_a_page_arrives_with_its_title_and_calls_the_people_named(
    vendor: DingTalkServer, clock: Clock
) -> None:
    channel = robot(vendor, clock)
    verdict = channel.send(paged(channel, CARD, "manager4220", "13800000000"))
    assert verdict == Verdict.accepted("0 ok")
    (post,) = vendor.robot.posts
    assert post.title == "【红】区民政局：2项逾期"
    assert post.called == ("manager4220", "13800000000")
    assert post.text.endswith("社会救助工作落后\n\n请今天填报")


def test_a_repeat_says_so(vendor: DingTalkServer, clock: Clock) -> None:
    channel = robot(vendor, clock)
    channel.send(paged(channel, again=True))
    assert vendor.robot.posts[0].title == "（补发）【红】区民政局：2项逾期"


def test_the_signature_is_the_one_that_openssl_computes() -> None:
    made = quote_plus(signature("1577262236757", "this is secret"))
    assert made == "hmPWwU%2B7lVdm3ZZz0r9tSfx0L4Q26jWOZr9%2BGs6EZQM%3D"


@pytest.mark.parametrize(
    ("seconds", "code"),
    [(0, "accepted"), (3600, "accepted"), (3601, "credentials_refused"), (-3601, "credentials_refused")],
)
def test_a_clock_that_is_an_hour_off_is_told_by_the_refusal(
    vendor: DingTalkServer, clock: Clock, seconds: int, code: str
) -> None:
    behind = Clock(clock.now - timedelta(seconds=seconds))
    channel = robot(vendor, behind)
    verdict = channel.send(paged(channel))
    assert verdict.code == code
    assert verdict.channel_fault == (code != "accepted")


@pytest.mark.parametrize(
    ("token", "secret", "code"),
    [
        (TOKEN, "SEC-another", "credentials_refused"),
        (TOKEN, "", "credentials_refused"),
        ("another-token", SECRET, "revoked"),
    ],
)
def test_wrong_secrets_are_the_channels_fault_and_stand_nowhere(
    vendor: DingTalkServer, clock: Clock, token: str, secret: str, code: str
) -> None:
    channel = robot(vendor, clock, token=token, secret=secret)
    verdict = channel.send(paged(channel))
    assert (verdict.code, verdict.kind, verdict.channel_fault) == (code, VerdictKind.PERMANENT, True)
    assert token not in repr(verdict)
    assert vendor.robot.posts == []


def test_a_robot_without_signature_needs_none(vendor: DingTalkServer, clock: Clock) -> None:
    vendor.robot.secret = ""
    channel = robot(vendor, clock, secret="")
    assert channel.send(paged(channel)).is_accepted


@pytest.mark.parametrize(
    ("keywords", "code"), [("督办", "accepted"), ("", "keyword_missing"), ("提醒", "keyword_missing")]
)
def test_a_robot_with_a_keyword_takes_what_contains_it(
    vendor: DingTalkServer, clock: Clock, keywords: str, code: str
) -> None:
    vendor.robot.keywords = ("督办",)
    channel = robot(vendor, clock, keywords)
    verdict = channel.send(paged(channel))
    assert verdict.code == code
    assert [post.title for post in vendor.robot.posts] == [
        "【督办】【红】区民政局：2项逾期"
    ] * verdict.is_accepted


def test_twenty_a_minute_are_taken_the_next_blocks_the_robot_for_ten_minutes(
    vendor: DingTalkServer, clock: Clock
) -> None:
    channel = robot(vendor, clock)
    with channel:
        verdicts = [channel.send(paged(channel)) for _ in range(21)]
    assert [one.code for one in verdicts] == ["accepted"] * 20 + ["rate_limited"]
    assert verdicts[-1].until == clock.now + timedelta(minutes=10)
    assert (vendor.robot.max_in_window, len(vendor.robot.posts)) == (21, 20)
    clock.forward(599)
    assert channel.send(paged(channel)).code == "rate_limited"
    clock.forward(1)
    assert channel.send(paged(channel)).is_accepted


def test_the_vendors_minute_slides(vendor: DingTalkServer, clock: Clock) -> None:
    channel = robot(vendor, clock)
    for seconds in (0, 30, 30, 29):
        clock.forward(seconds)
        verdicts = [channel.send(paged(channel)).code for _ in range(10)]
    assert verdicts == ["rate_limited"] * 10
    assert vendor.robot.max_in_window == 30


def test_the_largest_page_is_taken_and_a_byte_more_is_not(vendor: DingTalkServer, clock: Clock) -> None:
    channel = robot(vendor, clock)
    long = card_of_text("题", "字" * 20_000)
    pages = channel.pages([long])
    verdicts = [channel.send(envelope(page=page, again=True)) for page in pages]
    assert [one.code for one in verdicts] == ["accepted"] * len(pages)
    assert "".join(post.text for post in vendor.robot.posts).count("字") == 20_000
    grown = pages[0].replace("字", "字" * 100, 1)
    assert channel.send(envelope(page=grown, again=True)).code == "message_too_big"


@pytest.mark.parametrize("page", ["", "no page", "{}"])
def test_what_the_channel_did_not_make_is_not_sent(vendor: DingTalkServer, clock: Clock, page: str) -> None:
    assert robot(vendor, clock).send(envelope(page=page)).code == "message_refused"
    assert vendor.requests == []


@pytest.mark.parametrize(
    ("code", "text", "word"),
    [
        (310000, "keywords not in content, more: [x]", "keyword_missing"),
        (310000, "description:关键词不匹配;solution:请联系群管理员;", "keyword_missing"),
        (310000, "sign not match", "credentials_refused"),
        (310000, "invalid timestamp", "credentials_refused"),
        (310000, "description:机器人发送签名不匹配;solution:请确认关键词、IP白名单;", "credentials_refused"),
        (310000, "ip 203.0.113.7 not in whitelist", "ip_refused"),
        (310000, "description:IP地址不在白名单;solution:x;", "ip_refused"),
        (90002, "", "rate_limited"),
        (90019, "", "unknown_answer"),
        (12345, "新错误", "unknown_answer"),
        (None, "", "answer_lost"),
    ],
)
def test_one_code_with_several_meanings_is_told_by_its_text(code: int | None, text: str, word: str) -> None:
    assert word_of(code, text) == word


def test_the_kind_says_which_settings_are_secrets() -> None:
    (kind,) = KINDS
    assert {one.name: (one.secret, one.is_required) for one in kind.settings} == {
        "access_token": (True, True),
        "secret": (True, False),
        "keywords": (False, False),
        "base_url": (False, False),
    }
    assert isinstance(
        kind.build(ChannelConfig("群", secrets={"access_token": TOKEN}), Network(clock=Clock())),
        DingTalkRobot,
    )
