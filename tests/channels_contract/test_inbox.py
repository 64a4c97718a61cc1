"""The inbox keeps what can be kept where nothing leaves the machine."""

from __future__ import annotations

from notifications.channel import Verdict
from notifications.inbox import InboxChannel
from tests.notifications.envelopes import envelope


def test_every_message_is_accepted_however_often_it_comes() -> None:
    with InboxChannel() as channel:
        sent = [channel.send(envelope(again=again)) for again in (False, True)]
    assert sent == [Verdict.accepted()] * 2
    channel.close()


def test_it_has_no_budget_and_needs_no_address() -> None:
    traits = InboxChannel().traits
    assert (traits.budgets, traits.needs_address, traits.repeats_safely) == ((), False, True)
