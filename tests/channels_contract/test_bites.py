"""The suite finds what it is there to find: channels that lie, leak, follow or mumble do not pass."""

from __future__ import annotations

from dataclasses import replace

import pytest

from notifications.answers import verdict_of
from notifications.channel import Channel, Envelope, Verdict
from notifications.webhook import Webhook
from tests.channels_contract import test_contract as suite
from tests.channels_contract.fake import Answer
from tests.channels_contract.harness import Case, Harness
from tests.vendors.webhook import SECRET, WebhookHarness

REFUSED = Case("refused", Answer({"error": "bad signature"}, 403), "credentials_refused")


class Believing(Webhook):
    """Takes every answer for a yes."""

    def send(self, envelope: Envelope) -> Verdict:
        super().send(envelope)
        return Verdict.accepted()


class Telling(Webhook):
    """Shows its key with its verdict."""

    def send(self, envelope: Envelope) -> Verdict:
        return replace(super().send(envelope), answer=f"refused for {SECRET}")


class Blaming(Webhook):
    """Gives the right code another meaning."""

    def send(self, envelope: Envelope) -> Verdict:
        return replace(super().send(envelope), channel_fault=False)


class Hasty(Webhook):
    """Sends everything twice."""

    def send(self, envelope: Envelope) -> Verdict:
        super().send(replace(envelope, key=f"{envelope.key}!"))
        return super().send(envelope)


class Mumbling(Webhook):
    """Calls every refusal unknown."""

    def send(self, envelope: Envelope) -> Verdict:
        verdict = super().send(envelope)
        return verdict if verdict.is_accepted else verdict_of("unknown_answer", "zh-CN")


def harness_of(made: type[Webhook]) -> type[Harness]:
    class Spoilt(WebhookHarness):
        def channel(self) -> Channel:
            channel = super().channel()
            channel.__class__ = made
            return channel

    return Spoilt


@pytest.mark.parametrize("made", [Believing, Telling, Blaming, Mumbling])
def test_a_wrong_verdict_or_a_shown_key_is_found(
    made: type[Webhook], caplog: pytest.LogCaptureFixture
) -> None:
    with pytest.raises(AssertionError):
        suite.test_what_the_far_end_does_has_one_verdict_and_shows_no_secret(
            harness_of(made), REFUSED, caplog
        )


def test_a_message_that_arrives_twice_is_found(caplog: pytest.LogCaptureFixture) -> None:
    with pytest.raises(AssertionError):
        suite.test_what_it_takes_arrives_once_and_is_accepted(harness_of(Hasty), caplog)


def test_what_is_not_spoilt_passes(caplog: pytest.LogCaptureFixture) -> None:
    spoilt = harness_of(Webhook)
    suite.test_what_the_far_end_does_has_one_verdict_and_shows_no_secret(spoilt, REFUSED, caplog)
    suite.test_what_it_takes_arrives_once_and_is_accepted(spoilt, caplog)
