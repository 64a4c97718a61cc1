"""What every channel over HTTP keeps, whatever the far end does."""

from __future__ import annotations

import base64
import json
import logging
from typing import Any
from urllib.parse import quote

import pytest

from notifications.channel import Channel, Verdict, VerdictKind
from tests.channels_contract.cases import all_cases
from tests.channels_contract.fake import Answer
from tests.channels_contract.harness import Case, Harness
from tests.channels_contract.registry import harnesses
from tests.notifications.test_answers import MEANINGS

ALL = harnesses()
CASES = [(harness, case) for harness in ALL for case in all_cases(harness)]
STUMBLES = [(harness, one) for harness in ALL for one in harness.stumbles]
each = pytest.mark.parametrize("kind", ALL, ids=lambda kind: kind.__name__)
over_http = pytest.mark.parametrize(
    "kind", [one for one in ALL if one.is_http], ids=lambda kind: kind.__name__
)


def told(channel: Channel, verdict: Verdict, log: str) -> str:
    """Everything that people or files may come to see of an attempt."""
    return "\n".join([repr(verdict), str(verdict), repr(channel), str(channel), log])


def coded(secret: str) -> set[str]:
    """The shapes in which a secret could be seen."""
    in_base64 = base64.b64encode(secret.encode()).decode()
    return {secret, quote(secret), quote(secret, safe=""), in_base64.rstrip("="), quote(in_base64, safe="")}


def has_words(body: bytes, words: str) -> bool:
    """Whether the words stand in a body, as they are or as JSON may spell them."""
    return any(shape in body.decode() for shape in (words, json.dumps(words).strip('"')))


def said_of(text: str, secrets: tuple[str, ...]) -> list[str]:
    return [shape for secret in secrets for shape in coded(secret) if shape in text]


@pytest.fixture
def log(caplog: pytest.LogCaptureFixture) -> pytest.LogCaptureFixture:
    """Everything is logged, by whoever it is."""
    caplog.set_level(logging.DEBUG)
    for name in ("urllib3", "urllib3.connectionpool", "requests", "http", "apprise"):
        caplog.set_level(logging.DEBUG, logger=name)
    return caplog


@pytest.mark.parametrize(("kind", "case"), CASES, ids=[f"{kind.__name__}-{case}" for kind, case in CASES])
def test_what_the_far_end_does_has_one_verdict_and_shows_no_secret(
    kind: type[Harness], case: Case, log: pytest.LogCaptureFixture
) -> None:
    with kind() as harness:
        harness.will(case.answer)
        channel = harness.channel()
        verdict = channel.send(harness.envelope())
        assert harness.fake.script == []
    assert (verdict.code, bool(verdict.reason)) == (case.code, not verdict.is_accepted)
    assert (verdict.kind, verdict.ambiguous, verdict.channel_fault) == {**kind.meanings, **MEANINGS}[
        case.code
    ]
    assert len(verdict.answer) <= 240
    assert "\n" not in verdict.answer
    assert said_of(told(channel, verdict, log.text), harness.secrets) == []


@each
def test_what_it_takes_arrives_once_and_is_accepted(
    kind: type[Harness], log: pytest.LogCaptureFixture
) -> None:
    with kind() as harness:
        channel = harness.channel()
        verdict = channel.send(harness.envelope())
        assert (verdict.kind, verdict.code) == (VerdictKind.ACCEPTED, "accepted")
        assert len(harness.fake.received) == 1
    assert said_of(told(channel, verdict, log.text), harness.secrets) == []


@each
def test_its_secrets_are_worth_searching_for_and_it_knows_what_a_vendor_may_refuse(
    kind: type[Harness],
) -> None:
    assert kind.secrets
    assert all(len(secret) >= 12 for secret in kind.secrets)
    assert not kind.is_http or {"revoked", "rate_limited", "credentials_refused"} <= {
        case.code for case in kind.refusals
    }


@each
def test_the_same_envelope_is_sent_again_to_the_byte(kind: type[Harness]) -> None:
    with kind() as harness:
        channel = harness.channel()
        for _ in range(2):
            channel.send(harness.envelope())
            harness.clock.advance(90)
        first, second = (one for one in harness.fake.requests if harness.fake.is_send(one))
        assert harness.stable(first) == harness.stable(second)


@each
def test_a_repeat_is_marked_unless_the_far_end_knows_it_by_its_key(kind: type[Harness]) -> None:
    with kind() as harness:
        channel = harness.channel()
        channel.send(harness.envelope())
        harness.clock.advance(90)
        channel.send(harness.envelope(again=True))
        first, second = (one for one in harness.fake.requests if harness.fake.is_send(one))
    if channel.traits.repeats_safely:
        assert harness.stable(first) == harness.stable(second)
    else:
        assert [has_words(one.body, "补发") for one in (first, second)] == [False, True]


@over_http
@pytest.mark.parametrize(
    ("status", "code"), [(429, "rate_limited"), (503, "busy"), (408, "busy"), (425, "busy")]
)
@pytest.mark.parametrize(
    ("asked", "seconds"),
    [("30", 30), ("Mon, 14 Oct 2024 01:04:30 GMT", 90), ("99999999", 86_400), ("soon", None)],
)
def test_a_pause_that_is_asked_for_is_kept(
    kind: type[Harness], status: int, code: str, asked: str, seconds: int | None
) -> None:
    with kind() as harness:
        harness.will(Answer(b"", status, {"Retry-After": asked}))
        verdict = harness.channel().send(harness.envelope())
    assert (verdict.code, verdict.retry_after) == (code, seconds)


@each
def test_nobody_listening_is_told_and_nothing_is_raised(kind: type[Harness]) -> None:
    with kind() as harness:
        channel = harness.channel()
    verdict = channel.send(harness.envelope())
    code = kind.when_nobody_listens
    assert verdict.code == code
    assert (verdict.kind, verdict.ambiguous, verdict.channel_fault) == {**kind.meanings, **MEANINGS}[code]


@over_http
@pytest.mark.parametrize("hosts", [(), ("other.example.com",), ("127.0.0.1:1",)])
def test_a_host_that_the_operator_has_not_listed_is_not_contacted(
    kind: type[Harness], hosts: tuple[str, ...]
) -> None:
    with kind() as harness:
        harness.hosts = hosts
        verdict = harness.channel().send(harness.envelope())
        assert (verdict.code, harness.fake.connections) == ("host_not_allowed", 0)


@over_http
def test_a_redirect_is_not_followed(kind: type[Harness]) -> None:
    with kind() as harness, kind() as other:
        harness.hosts = (harness.fake.host, other.fake.host)
        harness.will(Answer(b"", 307, {"Location": f"{other.fake.url}/"}))
        verdict = harness.channel().send(harness.envelope())
        assert (verdict.code, other.fake.connections) == ("redirected", 0)


@each
def test_nothing_is_contacted_before_the_first_message_and_a_batch_shares_one_connection(
    kind: type[Harness],
) -> None:
    with kind() as harness:
        with harness.channel() as channel:
            assert harness.fake.connections == 0
            for number in range(3):
                assert channel.send(harness.envelope(key=f"reminder:{number}")).is_accepted
                harness.clock.advance(90)
        assert harness.fake.connections == (1 if kind.keeps_connection else 3)
        channel.close()


@pytest.mark.parametrize(
    ("kind", "play"), STUMBLES, ids=[f"{kind.__name__}-{play}" for kind, play in STUMBLES]
)
def test_after_a_failure_the_next_message_of_the_batch_leaves(kind: type[Harness], play: Any) -> None:
    with kind() as harness:
        harness.will(play)
        with harness.channel() as channel:
            channel.send(harness.envelope(key="reminder:1"))
            harness.clock.advance(90)
            assert channel.send(harness.envelope(key="reminder:2")).is_accepted


@each
def test_it_bears_the_name_of_its_setup_and_promises_what_can_be_kept(kind: type[Harness]) -> None:
    with kind() as harness:
        channel = harness.channel()
        assert channel.name == harness.envelope().channel
        assert all(budget.count > 0 and budget.seconds > 0 for budget in channel.traits.budgets)
        assert all(0 <= minute < 60 for minute in channel.traits.quiet_minutes)
