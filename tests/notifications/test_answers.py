"""What statuses, pauses and codes mean."""

from __future__ import annotations

import pytest

from notifications import words_channels
from notifications.answers import judge_http, object_of, pause_of, status_code, verdict_of
from notifications.channel import VerdictKind
from notifications.http import HttpAnswer
from tests.notifications.http_servers import client

K = VerdictKind
MEANINGS = {  # code: kind, ambiguous, channel_fault
    "accepted": (K.ACCEPTED, False, False),
    "rate_limited": (K.RATE_LIMITED, False, True),
    "busy": (K.TRANSIENT, False, True),
    "unreachable": (K.TRANSIENT, False, True),
    "tls_failed": (K.TRANSIENT, False, True),
    "host_not_allowed": (K.PERMANENT, False, True),
    "answer_lost": (K.TRANSIENT, True, False),
    "redirected": (K.PERMANENT, False, True),
    "revoked": (K.PERMANENT, False, True),
    "credentials_refused": (K.PERMANENT, False, True),
    "keyword_missing": (K.PERMANENT, False, True),
    "ip_refused": (K.PERMANENT, False, True),
    "recipient_refused": (K.PERMANENT, False, False),
    "message_too_big": (K.PERMANENT, False, False),
    "message_refused": (K.PERMANENT, False, False),
    "bad_request": (K.PERMANENT, False, False),
    "repeated_content": (K.PERMANENT, False, False),
    "unknown_answer": (K.TRANSIENT, False, False),
}


@pytest.mark.parametrize("code", MEANINGS)
@pytest.mark.parametrize("locale", ["zh-CN", "en"])
def test_a_code_means_the_same_everywhere(code: str, locale: str) -> None:
    verdict = verdict_of(code, locale, "said", retry_after=7)
    assert (verdict.kind, verdict.ambiguous, verdict.channel_fault) == MEANINGS[code]
    assert (verdict.code, verdict.answer) == (code, "said")
    assert bool(verdict.reason) is (code != "accepted")
    is_patient = verdict.kind in (K.TRANSIENT, K.RATE_LIMITED)
    assert verdict.retry_after == (7 if is_patient else None)


def test_every_code_has_its_sentence_in_both_languages() -> None:
    wanted = {f"verdict.{code}" for code in [*MEANINGS, "apprise_failed"]}
    assert words_channels.ZH_CN.keys() == words_channels.EN.keys() == wanted


@pytest.mark.parametrize("status", [*range(100, 104), *range(300, 600), 600, 999])
def test_every_status_but_success_has_a_verdict_and_only_a_server_may_have_taken_it(status: int) -> None:
    verdict = judge_http(HttpAnswer(status), client(), "zh-CN")
    assert verdict is not None
    assert not verdict.is_accepted
    assert verdict.ambiguous is (status < 200 or (status >= 500 and status != 503))
    assert (verdict.code == "redirected") is (300 <= status < 400)
    assert str(status) in verdict.answer


@pytest.mark.parametrize("status", [200, 201, 202, 204, 206, 226, 299])
def test_of_success_the_body_decides(status: int) -> None:
    assert judge_http(HttpAnswer(status), client(), "zh-CN") is None


@pytest.mark.parametrize(
    ("status", "code"),
    [
        (301, "redirected"),
        (304, "redirected"),
        (400, "bad_request"),
        (401, "credentials_refused"),
        (402, "bad_request"),
        (403, "credentials_refused"),
        (404, "revoked"),
        (405, "bad_request"),
        (407, "credentials_refused"),
        (408, "busy"),
        (409, "bad_request"),
        (410, "revoked"),
        (413, "message_too_big"),
        (422, "message_refused"),
        (425, "busy"),
        (429, "rate_limited"),
        (451, "bad_request"),
        (499, "bad_request"),
        (500, "answer_lost"),
        (501, "answer_lost"),
        (502, "answer_lost"),
        (503, "busy"),
        (504, "answer_lost"),
        (524, "answer_lost"),
    ],
)
def test_a_status_has_its_code(status: int, code: str) -> None:
    assert status_code(status) == code


NOW = "Mon, 14 Oct 2024 01:03:00 GMT"


@pytest.mark.parametrize("status", [408, 425, 429, 503])
@pytest.mark.parametrize(
    ("asked", "seconds"),
    [
        ("0", 0),
        ("1", 1),
        ("86400", 86_400),
        ("86401", 86_400),
        ("9" * 400, 86_400),
        ("Mon, 14 Oct 2024 01:04:30 GMT", 90),
        ("Mon, 14 Oct 2024 09:04:30 +0800", 90),
        ("Mon, 14 Oct 2024 01:02:00 GMT", 0),
        ("Thu, 31 Dec 2099 01:02:00 GMT", 86_400),
        ("-1", None),
        ("1.5", None),
        ("soon", None),
        ("", None),
        ("٣", None),
    ],
)
def test_a_pause_is_honoured_up_to_a_day(status: int, asked: str, seconds: int | None) -> None:
    verdict = judge_http(HttpAnswer(status, {"retry-after": asked, "date": NOW}), client(), "zh-CN")
    assert verdict is not None
    assert verdict.retry_after == seconds


@pytest.mark.parametrize("date", ["", "today", "Mon, 99 Oct 2024 01:03:00 GMT"])
def test_a_date_without_the_servers_own_says_nothing(date: str) -> None:
    assert pause_of(HttpAnswer(429, {"retry-after": NOW, "date": date})) is None
    assert pause_of(HttpAnswer(429, {"retry-after": NOW})) is None


def test_an_answer_is_kept_without_secrets() -> None:
    sender = client(secrets=("canary-of-robot",))
    verdict = judge_http(HttpAnswer(403, {}, b"canary-of-robot is not https://x.example.com/y"), sender, "en")
    assert verdict is not None
    assert verdict.answer == "HTTP 403 … is not <url>"


@pytest.mark.parametrize("body", [b"", b"[]", b"1", b"null", b"<html>", b'"ok"', b"{"])
def test_only_an_object_is_an_object(body: bytes) -> None:
    assert object_of(HttpAnswer(200, {}, body)) is None
    assert object_of(HttpAnswer(200, {}, b'{"errcode": 0}')) == {"errcode": 0}
