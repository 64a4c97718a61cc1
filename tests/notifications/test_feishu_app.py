"""An application of Feishu against a platform with tokens that end, people it may not see, and a memory."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from engine.errors import DubanError
from notifications.card import Block, Card, Span
from notifications.channel import Answer, Receipt, Verdict, VerdictKind
from notifications.feishu_app import BODY_LIMIT, KINDS, FeishuApp, build, uuid_of
from notifications.kinds import ChannelConfig
from tests.channels_contract.fake import Answer as Said
from tests.channels_contract.fake import Play
from tests.channels_contract.harness import envelope
from tests.notifications.envelopes import envelope as plain_envelope
from tests.vendors.feishu import ADDRESS, APP_SECRET, FeishuAppHarness, Platform, refusal

HOUR = 3600
CARD = Card("【红】区民政局", "red", (Block("line", (Span("请今天填报"),)),))
LONG = Card("年度任务", "red", tuple(Block("line", (Span('任务"\\' + "字" * 90),)) for _ in range(300)))


@pytest.fixture
def harness() -> Iterator[FeishuAppHarness]:
    with FeishuAppHarness() as running:
        yield running


def platform(harness: FeishuAppHarness) -> Platform:
    assert isinstance(harness.fake, Platform)
    return harness.fake


def app(harness: FeishuAppHarness, secret: str = APP_SECRET, **values: str) -> FeishuApp:
    given = {"base_url": harness.fake.url, "app_id": Platform.app_id, **values}
    return FeishuApp(ChannelConfig("飞书", given, {"app_secret": secret}), harness.network())


def send(channel: FeishuApp, card: Card = CARD, **changes: Any) -> Verdict:
    changes = {"page": channel.pages([card])[0], "to_address": ADDRESS, **changes}
    return channel.send(envelope(channel, **changes))


def asked_for_tokens(harness: FeishuAppHarness) -> int:
    return sum("tenant_access_token" in request.path for request in harness.fake.requests)


def test_a_card_reaches_the_person_and_its_id_is_the_ticket(harness: FeishuAppHarness) -> None:
    assert send(app(harness)) == Verdict.accepted("0 success", ticket=f"om_000000/{ADDRESS}")
    (taken,) = harness.fake.received
    assert (taken.to, taken.shown.title, taken.shown.text) == (ADDRESS, "【红】区民政局", ["请今天填报"])


def test_one_token_serves_until_shortly_before_its_end(harness: FeishuAppHarness) -> None:
    with app(harness) as channel:
        for seconds in (0, HOUR, HOUR - 301, 2):
            harness.clock.advance(seconds)
            assert send(channel, key=f"at {harness.clock()}").is_accepted
    assert asked_for_tokens(harness) == 2


def test_a_token_that_ended_early_is_fetched_anew_once(harness: FeishuAppHarness) -> None:
    channel = app(harness)
    send(channel)
    platform(harness).tokens.clear()
    assert send(channel, key="second").is_accepted
    assert asked_for_tokens(harness) == 2
    harness.fake.script += [refusal(99991663, "Invalid access token", 400)] * 2
    assert send(channel, key="third").code == "credentials_refused"


def test_a_wrong_secret_sends_nothing_and_is_the_channels_fault(harness: FeishuAppHarness) -> None:
    verdict = send(app(harness, secret="wrong-app-secret"))
    assert (verdict.code, verdict.channel_fault) == ("credentials_refused", True)
    assert harness.fake.arrivals == []


@pytest.mark.parametrize(
    ("answer", "code"),
    [
        (Play(how="cut"), "busy"),
        (Play(how="hang"), "busy"),
        (Said(b"", 500), "busy"),
        (Said(b"", 503), "busy"),
        (Said(b"<html>"), "busy"),
        (Said({"code": 0}), "busy"),
        (Said({"code": 0, "tenant_access_token": "", "expire": 7200}), "busy"),
        (refusal(77777, "new"), "busy"),
        (refusal(10003, "invalid param"), "credentials_refused"),
        (Said(b"", 400), "credentials_refused"),
        (refusal(99991662, "app disabled"), "revoked"),
        (refusal(99991400, "limited", 429, x_ogw_ratelimit_reset="7"), "rate_limited"),
        (Said(b"", 302), "redirected"),
    ],
    ids=str,
)
def test_without_a_token_no_message_may_have_arrived_and_none_is_given_up(
    harness: FeishuAppHarness, answer: Play | Said, code: str
) -> None:
    fake = platform(harness)
    fake.for_tokens.append(answer if isinstance(answer, Play) else Play(answer))
    verdict = send(app(harness))
    assert (verdict.code, verdict.ambiguous, verdict.channel_fault) == (code, False, True)
    assert fake.arrivals == []


def test_a_token_is_taken_out_of_what_the_vendor_says(harness: FeishuAppHarness) -> None:
    harness.fake.script.append(refusal(77777, "no such thing for t-canary-0000"))
    verdict = send(app(harness))
    assert verdict.answer == "77777 no such thing for …"


def test_a_repeat_within_an_hour_is_known_by_its_uuid_and_a_later_one_says_what_it_is(
    harness: FeishuAppHarness,
) -> None:
    channel = app(harness)
    first = send(channel, key="one")
    harness.clock.advance(HOUR - 1)
    assert send(channel, key="one", again=True) == first
    assert len(harness.fake.received) == 1
    harness.clock.advance(1)
    send(channel, key="one", again=True)
    assert [one.shown.title for one in harness.fake.received] == ["【红】区民政局", "【红】区民政局（补发）"]


@pytest.mark.parametrize(
    ("first", "second", "same"),
    [
        ({"key": "a"}, {"key": "a", "again": True}, True),
        ({"key": "a"}, {"key": "b"}, False),
        ({"key": "a", "part": 1, "parts": 2}, {"key": "a", "part": 2, "parts": 2}, False),
        ({"key": "督" * 500}, {"key": "督" * 500}, True),
    ],
)
def test_the_uuid_tells_messages_and_parts_apart(
    first: dict[str, Any], second: dict[str, Any], same: bool
) -> None:
    one, other = uuid_of(plain_envelope(**first)), uuid_of(plain_envelope(**second))
    assert (one == other) is same
    assert len(one) <= 50


def test_bodies_stay_within_the_limit_though_the_card_is_json_within_json(harness: FeishuAppHarness) -> None:
    channel = app(harness)
    for part, page in enumerate(channel.pages([LONG]), 1):
        harness.clock.advance(1)
        assert send(channel, page=page, part=part, again=True).is_accepted
    sizes = [len(one.body) for one in harness.fake.requests if harness.fake.is_send(one)]
    assert max(sizes) <= BODY_LIMIT
    assert len(sizes) > 1


@pytest.mark.parametrize(
    ("person", "code"),
    [
        (ADDRESS, "accepted"),
        ("ou_left", "recipient_refused"),
        ("", "recipient_refused"),
        ("x" * 255, "recipient_refused"),
    ],
)
def test_whom_the_application_may_not_see_is_refused_for_good(
    harness: FeishuAppHarness, person: str, code: str
) -> None:
    verdict = send(app(harness), to_address=person)
    assert (verdict.code, verdict.channel_fault) == (code, False)


@pytest.mark.parametrize("kind", ["open_id", "user_id", "union_id", "email"])
def test_the_kind_of_id_is_as_set_up(harness: FeishuAppHarness, kind: str) -> None:
    platform(harness).people = ("wang@example.org",)
    assert send(app(harness, receive_id_type=kind), to_address="wang@example.org").is_accepted
    assert harness.fake.requests[-1].query == {"receive_id_type": kind}


def test_a_kind_of_id_that_there_is_not_cannot_be_set_up(harness: FeishuAppHarness) -> None:
    with pytest.raises(DubanError) as refused:
        build(ChannelConfig("飞书", {"receive_id_type": "phone"}, {"app_secret": "x"}), harness.network())
    assert refused.value.code == "CHANNEL_SETTING"


def test_five_a_second_to_one_person_are_taken_and_the_sixth_asks_for_a_pause(
    harness: FeishuAppHarness,
) -> None:
    with app(harness) as channel:
        verdicts = [send(channel, key=str(number)) for number in range(6)]
    assert [verdict.code for verdict in verdicts] == ["accepted"] * 5 + ["rate_limited"]
    assert channel.traits.budgets[0].per_address


def test_a_thousand_a_minute_are_taken_and_the_vendor_says_when_to_go_on(harness: FeishuAppHarness) -> None:
    fake = platform(harness)
    fake.sends = [("somebody", harness.clock())] * 1_000
    verdict = send(app(harness))
    assert (verdict.kind, verdict.retry_after) == (VerdictKind.RATE_LIMITED, 7)


def test_a_parameter_that_names_the_recipient_is_about_the_recipient(harness: FeishuAppHarness) -> None:
    harness.fake.script += [
        refusal(230001, "Your request contains an invalid request parameter, ext=invalid receive_id", 400),
        refusal(230001, "Your request contains an invalid request parameter.", 400),
    ]
    channel = app(harness)
    assert [send(channel).code, send(channel).code] == ["recipient_refused", "message_refused"]


# Receipts


def test_a_person_has_not_read_it_until_the_vendor_says_so(harness: FeishuAppHarness) -> None:
    channel = app(harness)
    ticket = send(channel).ticket
    assert channel.receipts(ticket) == (Receipt(ADDRESS, Answer.UNREAD),)
    platform(harness).read.add("om_000000")
    assert channel.receipts(ticket) == (Receipt(ADDRESS, Answer.READ),)


def test_after_seven_days_the_vendor_has_nothing_to_say_of_it(harness: FeishuAppHarness) -> None:
    channel = app(harness)
    ticket = send(channel).ticket
    harness.clock.advance(7 * 24 * HOUR + 1)
    assert channel.receipts(ticket) == ()


def test_without_an_answer_nothing_is_claimed() -> None:
    with FeishuAppHarness() as harness:
        channel = app(harness)
        ticket = send(channel).ticket
        assert app(harness, secret="wrong-app-secret").receipts(ticket) is None
    assert channel.receipts(ticket) is None


def test_a_message_without_an_id_has_no_ticket(harness: FeishuAppHarness) -> None:
    harness.fake.script.append(Said({"code": 0, "msg": "success", "data": {}}))
    assert send(app(harness)) == Verdict.accepted("0 success")


def test_what_has_to_be_set_up_names_its_secret() -> None:
    (kind,) = KINDS
    assert (kind.name, kind.label) == ("feishu-app", "飞书应用")
    assert [one.name for one in kind.settings if one.secret] == ["app_secret"]
    assert [one.name for one in kind.settings if one.is_required] == ["app_id", "app_secret"]
