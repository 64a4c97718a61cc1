"""What a receiver of webhooks and a government gateway get, and what is refused when it is set up."""

from __future__ import annotations

import base64
import json
from typing import Any

import pytest

from engine.errors import DubanError
from notifications.card import Block, Card, Span
from notifications.channel import Budget, ChatChannel
from notifications.channels import KINDS
from notifications.http import HttpAnswer
from notifications.kinds import ChannelConfig, ChannelKind
from notifications.webhook import signature, ticket_of
from notifications.webhook_pages import json_pages
from tests.channels_contract.cards import CARD
from tests.channels_contract.fake import Answer
from tests.vendors.gateway import GatewayFormHarness, GatewayHarness, shown
from tests.vendors.webhook import WebhookHarness

KEY = "reminder:7:email:2024-10-14"
SETUP = {"url": "https://gateway.example.com/", "tenant_id": "1"}


def built(kind: str, **values: str) -> Any:
    network = WebhookHarness().network()
    return KINDS[kind].build(ChannelConfig("x", {**SETUP, **values}, {"secret": "s"}), network)


# The webhook


def test_a_message_is_an_object_with_everything_a_receiver_needs() -> None:
    with WebhookHarness() as harness:
        verdict = harness.channel().send(harness.envelope(mentions=("u-001",)))
        request = harness.fake.requests[0]
    assert verdict.ticket == "T1"
    assert request.headers["idempotency-key"] == request.headers["webhook-id"] == KEY
    assert request.headers["content-type"] == "application/json; charset=utf-8"
    body = request.json()
    assert {name: body[name] for name in body if name not in ("cards", "subject")} == {
        "version": 1,
        "key": KEY,
        "channel": "办公系统",
        "to": {"address": "liaison@civil.example.com", "name": "区民政局 联络员"},
        "locale": "zh-CN",
        "dated": "2024-10-14T01:03:00+00:00",
        "part": "1/1",
        "mentions": ["u-001"],
    }
    assert [Card.from_json(card) for card in body["cards"]] == [CARD]


def test_the_signature_is_that_of_standard_webhooks() -> None:
    """Their published example."""
    secret, key = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", "msg_p5jXN8AQM9LWM0D4loKWxJek"
    signed = signature(secret, key, "1614265330", b'{"test": 2432232314}')
    assert signed == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="


@pytest.mark.parametrize("secret", ["plain secret", "whsec_not base64!", "whsec_"])
def test_any_text_can_be_a_secret(secret: str) -> None:
    assert len(base64.b64decode(signature(secret, "k", "1", b"{}").removeprefix("v1,"))) == 32


@pytest.mark.parametrize(
    ("changes", "key"),
    [
        ({}, KEY),
        ({"part": 2, "parts": 3}, f"{KEY}/2"),
        ({"key": "reminder:7:民政局群:1"}, "reminder:7:%E6%B0%91%E6%94%BF%E5%B1%80%E7%BE%A4:1"),
        ({"key": "a b\r\nX: y"}, "a%20b%0D%0AX:%20y"),
    ],
)
def test_each_page_has_its_own_key_in_plain_letters(changes: dict[str, Any], key: str) -> None:
    with WebhookHarness() as harness:
        harness.channel().send(harness.envelope(**changes))
        assert harness.fake.requests[0].headers["idempotency-key"] == key


def test_a_receiver_that_knows_the_key_keeps_one_message_however_often_it_comes() -> None:
    with WebhookHarness() as harness, harness.channel() as channel:
        tickets = set()
        for again in (False, True, True):
            tickets.add(channel.send(harness.envelope(again=again)).ticket)
            harness.clock.advance(3600)
        assert (len(harness.fake.received), tickets) == (1, {"T1"})


@pytest.mark.parametrize("page", ["[]", "{", "text", "1"])
def test_a_page_of_another_channel_is_refused_before_anything_leaves(page: str) -> None:
    with WebhookHarness() as harness:
        assert harness.channel().send(harness.envelope(page=page)).code == "message_refused"
        assert harness.fake.requests == []


@pytest.mark.parametrize(
    ("body", "ticket"),
    [
        (b"", ""),
        (b"[1]", ""),
        (b'{"id": 7}', "7"),
        (b'{"id": null, "message_id": "m"}', "m"),
        (b'{"ticket": "a", "id": "b"}', "a"),
        (b'{"id": {"a": 1}}', ""),
        (b'{"id": ""}', ""),
    ],
)
def test_a_ticket_is_what_the_answer_calls_the_message(body: bytes, ticket: str) -> None:
    assert ticket_of(HttpAnswer(200, {}, body)) == ticket


def test_it_reaches_a_person_or_a_group_as_set_up_and_keeps_the_budget_named() -> None:
    traits = built("webhook").traits
    assert (traits.needs_address, traits.budgets, traits.repeats_safely) == (False, (), True)
    traits = built("webhook", addressed="yes", per_minute="30").traits
    assert (traits.needs_address, traits.budgets, traits.merges) == (True, (Budget(30, 60),), True)


def test_a_paragraph_larger_than_a_page_is_cut_between_characters() -> None:
    text = "督办🙂" * 2_000
    card = Card("长", blocks=(Block("line", (Span(text, href="https://a.example.com/"), Span("尾"))),))
    pages = json_pages([card], (), 2_000)
    blocks = [block for page in pages for one in json.loads(page)["cards"] for block in one["blocks"]]
    said = [span for block in blocks for span in block["spans"]]
    assert all(len(page.encode()) <= 2_000 for page in pages)
    assert "".join(span["text"] for span in said) == text + "尾"
    assert {one["title"] for page in pages for one in json.loads(page)["cards"]} == {"长"}


def test_a_limit_that_holds_nothing_is_an_error() -> None:
    with pytest.raises(ValueError, match="too small"):
        json_pages([CARD], (), 200)


# The gateway


def test_a_gateway_gets_tenant_person_key_and_a_text_with_date_and_number() -> None:
    with GatewayHarness() as harness:
        verdict = harness.channel().send(harness.envelope())
        (message,) = harness.fake.received
    assert (message["tenantId"], message["receiverIds"]) == ("50001", "liaison@civil.example.com")
    assert message["bizMsgId"] == KEY
    assert verdict.is_accepted
    lines = shown(message).splitlines()
    assert lines[0] == CARD.title
    assert lines[-1].startswith("编号 2024-10-14-")


def test_a_gateway_may_call_its_fields_otherwise_and_speak_to_organisations() -> None:
    with GatewayFormHarness() as harness:
        channel = harness.channel()
        channel.send(harness.envelope())
        (message,) = harness.fake.received
    assert message["organizationCodes"] == "GO_1,GO_2,GO_3"
    assert "receiverIds" not in message
    assert not channel.traits.needs_address


def test_two_messages_of_the_same_words_both_reach_the_person_on_one_day() -> None:
    with GatewayHarness() as harness, harness.channel() as channel:
        for key in ("reminder:1", "reminder:2"):
            assert channel.send(harness.envelope(key=key)).is_accepted
        assert len(harness.fake.received) == 2


def test_a_repeat_reaches_the_person_once() -> None:
    with GatewayHarness() as harness, harness.channel() as channel:
        for again in (False, True):
            assert channel.send(harness.envelope(again=again)).is_accepted
        assert len(harness.fake.received) == 1


def test_what_the_platform_refuses_is_told_by_its_code() -> None:
    with GatewayHarness() as harness:
        verdict = harness.channel().send(harness.envelope(to_address="nobody"))
    assert (verdict.code, verdict.answer.count("receiver not found")) == ("recipient_refused", 1)


@pytest.mark.parametrize(
    ("success", "body", "code"),
    [
        ("success=true", {"success": True}, "accepted"),
        ("success=true", {"success": "true"}, "accepted"),
        ("success=true", {"success": 1}, "unknown_answer"),
        ("success=true", {"success": None}, "answer_lost"),
        ("code=0", {"code": 0}, "accepted"),
        ("code=0", {"code": "0"}, "accepted"),
        ("code=0", {"code": 1}, "unknown_answer"),
        ("content.success=true", {"success": True, "content": {"success": True}}, "accepted"),
        ("content.success=true", {"success": True, "content": {"success": False}}, "unknown_answer"),
        ("content.success=true", {"success": True}, "answer_lost"),
        ("content.success=true", {"success": True, "content": []}, "answer_lost"),
    ],
)
def test_only_the_answer_that_was_set_up_is_a_success(success: str, body: dict[str, Any], code: str) -> None:
    with GatewayHarness() as harness:
        harness.values = {**harness.values, "success": success}
        harness.fake.script.append(Answer(body))
        assert harness.channel().send(harness.envelope()).code == code


def test_a_typed_address_is_no_link_at_a_gateway() -> None:
    channel = built("gateway")
    assert isinstance(channel, ChatChannel)
    (page,) = channel.pages(
        [Card("见 https://evil.example.com", "", (), Span("填报", href="https://a.example.com/1"))]
    )
    assert page.splitlines() == ["见 https：//evil.example.com", "填报 https://a.example.com/1"]


# Setting up


@pytest.mark.parametrize(
    ("kind", "values"),
    [
        ("webhook", {"per_minute": "many"}),
        ("webhook", {"max_bytes": "-1"}),
        ("webhook", {"max_bytes": "1e9"}),
        ("gateway", {"per_minute": "1.5"}),
        ("gateway", {"fields": "tenantId"}),
        ("gateway", {"fields": "tenantId="}),
        ("gateway", {"fields": "tenant=t"}),
        ("gateway", {"codes": "1=nonsense"}),
        ("gateway", {"codes": "=busy"}),
        ("gateway", {"organizations": ",".join(f"GO_{number}" for number in range(1_001))}),
    ],
)
def test_a_setup_that_cannot_work_is_refused_at_once(kind: str, values: dict[str, str]) -> None:
    with pytest.raises(DubanError) as caught:
        built(kind, **values)
    assert caught.value.code == "CHANNEL_SETTING"


def test_as_many_organisations_as_the_platform_takes_are_fine() -> None:
    channel = built("gateway", organizations=",".join(f"GO_{number}" for number in range(1_000)))
    assert not channel.traits.needs_address


@pytest.mark.parametrize("kind", [KINDS["webhook"], KINDS["gateway"]], ids=lambda kind: kind.name)
def test_keys_are_secret_settings(kind: ChannelKind) -> None:
    secret = {one.name for one in kind.settings if one.secret}
    assert secret == {"secret", "token"}
