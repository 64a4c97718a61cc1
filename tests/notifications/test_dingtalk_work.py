"""DingTalk's work notifications: success says nothing, what became of them is asked for later."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from notifications.channel import Answer, Budget, Receipt, Receipting, Verdict
from notifications.dingtalk_work import DingTalkWork
from notifications.kinds import ChannelConfig, Network
from tests.notifications.envelopes import envelope
from tests.notifications.test_dingtalk_robot import CARD, Clock
from tests.vendors.dingtalk import DingTalkServer, card_of_text


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def vendor(clock: Clock) -> Iterator[DingTalkServer]:
    with DingTalkServer(clock) as server:
        yield server


@pytest.fixture
def channel(vendor: DingTalkServer, clock: Clock) -> DingTalkWork:
    return work(vendor, clock)


def work(vendor: DingTalkServer, clock: Clock, **changes: str) -> DingTalkWork:
    values = {"base_url": vendor.base_url, "app_key": "ding-app-key", "agent_id": "4711", **changes}
    secret = values.pop("app_secret", "canary-app-secret")
    config = ChannelConfig("钉钉", values, {"app_secret": secret})
    return DingTalkWork(config, Network(clock=clock, hosts=("127.0.0.1",)))


def sent(channel: DingTalkWork, **changes: Any) -> Verdict:
    page = channel.pages([CARD])[0]
    return channel.send(envelope(**{"page": page, "to_address": "liaison01", **changes}))


def test_a_notification_has_date_and_number_and_a_ticket(
    vendor: DingTalkServer, channel: DingTalkWork
) -> None:
    verdict = sent(channel)
    assert verdict.is_accepted
    assert verdict.ticket == "256271667526"
    (text,) = vendor.work.texts_to("liaison01")
    assert text.startswith(
        "### 【红】区民政局：2项逾期\n\n社会救助工作落后\n\n请今天填报\n\n> 编号 2024-10-14-"
    )


def test_the_same_words_twice_on_a_day_both_arrive(vendor: DingTalkServer, channel: DingTalkWork) -> None:
    for key in ("reminder:7:a", "reminder:7:b"):
        assert sent(channel, key=key).is_accepted
    assert sent(channel, key="reminder:7:b", again=True).is_accepted
    assert len(vendor.work.texts_to("liaison01")) == 3


def test_parts_with_the_same_words_both_arrive(vendor: DingTalkServer, channel: DingTalkWork) -> None:
    for part in (1, 2):
        sent(channel, part=part, parts=2)
    assert len(vendor.work.texts_to("liaison01")) == 2


def test_the_same_message_once_more_on_the_same_day_is_kept_back_and_counts_as_there(
    vendor: DingTalkServer, channel: DingTalkWork
) -> None:
    sent(channel)
    again = sent(channel)
    assert again.is_accepted
    assert len(vendor.work.texts_to("liaison01")) == 1
    assert channel.receipts(again.ticket) == (
        Receipt("liaison01", Answer.ACCEPTED, "同样的内容今天已经送到过"),
    )


def test_receipts_name_each_person_with_the_answer_and_the_reason(
    vendor: DingTalkServer, channel: DingTalkWork
) -> None:
    verdict = sent(channel, to_address="liaison01,liaison02,nobody")
    vendor.work.tasks[int(verdict.ticket)].read.add("liaison02")
    vendor.work.tasks[int(verdict.ticket)].refused["limited"] = "143105"
    vendor.work.tasks[int(verdict.ticket)].refused["broken"] = "failed"
    found = channel.receipts(verdict.ticket)
    assert found is not None
    assert sorted(found, key=lambda one: one.person) == [
        Receipt("broken", Answer.REFUSED, "钉钉未能投递", of_person=False),
        Receipt("liaison01", Answer.UNREAD),
        Receipt("liaison02", Answer.READ),
        Receipt("limited", Answer.REFUSED, "钉钉按发送限制没有投递（143105）", of_person=False),
        Receipt("nobody", Answer.REFUSED, "钉钉里没有这个账号，或应用看不到此人"),
    ]


def test_while_the_task_is_under_way_nothing_is_known(vendor: DingTalkServer, channel: DingTalkWork) -> None:
    verdict = sent(channel)
    vendor.work.finished = False
    assert channel.receipts(verdict.ticket) == ()


@pytest.mark.parametrize("ticket", ["1", "kein"])
def test_a_ticket_that_the_vendor_does_not_know_is_no_answer(channel: DingTalkWork, ticket: str) -> None:
    assert channel.receipts(ticket) is None


def test_one_token_serves_until_shortly_before_its_end(
    vendor: DingTalkServer, channel: DingTalkWork, clock: Clock
) -> None:
    sent(channel)
    clock.forward(6899)
    sent(channel, key="b")
    assert vendor.work.fetched == 1
    clock.forward(1)
    assert sent(channel, key="c").is_accepted
    assert vendor.work.fetched == 2


def test_a_token_that_was_withdrawn_is_fetched_anew_at_once(
    vendor: DingTalkServer, channel: DingTalkWork
) -> None:
    sent(channel)
    vendor.work.tokens.clear()
    assert sent(channel, key="b").is_accepted
    assert vendor.work.fetched == 2


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"app_secret": "canary-other"}, "credentials_refused"),
        ({"app_key": "other"}, "credentials_refused"),
        ({"agent_id": "1"}, "credentials_refused"),
        ({"agent_id": "app"}, "credentials_refused"),
        ({"base_url": "http://127.0.0.2:9"}, "host_not_allowed"),
    ],
)
def test_wrong_settings_are_the_channels_fault(
    vendor: DingTalkServer, clock: Clock, changes: dict[str, str], code: str
) -> None:
    verdict = sent(work(vendor, clock, **changes))
    assert (verdict.code, verdict.channel_fault) == (code, True)
    assert "canary" not in repr(verdict)


@pytest.mark.parametrize(
    ("people", "code"),
    [(0, "recipient_refused"), (1, "accepted"), (100, "accepted"), (101, "recipient_refused")],
)
def test_one_call_reaches_up_to_a_hundred_people(
    vendor: DingTalkServer, channel: DingTalkWork, people: int, code: str
) -> None:
    addresses = ",".join(f"user{number}" for number in range(people))
    assert sent(channel, to_address=addresses).code == code


def test_a_long_message_leaves_in_parts_that_the_vendor_takes(
    vendor: DingTalkServer, channel: DingTalkWork
) -> None:
    pages = channel.pages([card_of_text("题", "字" * 3000)])
    for part, page in enumerate(pages, 1):
        verdict = sent(channel, page=page, part=part, parts=len(pages), again=True)
        assert verdict.is_accepted
    shown = vendor.work.texts_to("liaison01")
    assert len(shown) == len(pages) > 1
    assert "".join(shown).count("字") == 3000


def test_what_it_promises_of_itself(channel: DingTalkWork) -> None:
    assert isinstance(channel, Receipting)
    assert channel.traits.has_receipts
    assert channel.traits.needs_address
    assert channel.traits.budgets == (Budget(500, 86_400, per_address=True),)
