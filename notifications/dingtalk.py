"""What DingTalk's two ways out share: its host, and what its codes mean."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from notifications.answers import judge_http, object_of, verdict_of
from notifications.channel import Verdict
from notifications.http import Client, HttpAnswer

BASE_URL = "https://oapi.dingtalk.com"
HOSTS = ("oapi.dingtalk.com",)
JSON = {"Content-Type": "application/json; charset=utf-8"}

BLOCKED = 600  # seconds for which a robot is blocked that was faster than 20 a minute
_PAUSES = {130101: BLOCKED, 410100: BLOCKED, 143105: 3600, 143205: 3600}
_PAUSE = 60
_OF_CALLS = range(90001, 90019)  # the platform's limits of calls by server, app and interface
TOKEN_ENDED = frozenset({40001, 40014, 42001})
_CODES = {
    # any interface
    -1: "busy",
    40001: "credentials_refused",
    40003: "recipient_refused",
    40014: "credentials_refused",
    40035: "message_refused",
    40056: "credentials_refused",
    40089: "credentials_refused",
    42001: "credentials_refused",
    43004: "message_refused",
    60011: "credentials_refused",
    60020: "ip_refused",
    # robot
    101002: "message_too_big",
    130101: "rate_limited",
    300001: "revoked",
    300005: "revoked",
    400013: "revoked",
    400101: "revoked",
    400102: "revoked",
    400105: "message_refused",
    400106: "revoked",
    410100: "rate_limited",
    430101: "message_refused",
    430102: "message_refused",
    430103: "message_refused",
    430104: "message_refused",
    460101: "message_too_big",
    # work notification
    33012: "recipient_refused",
    34014: "message_refused",
    34016: "message_too_big",
    60121: "recipient_refused",
    143103: "rate_limited",
    143104: "rate_limited",
    143105: "rate_limited",
    143106: "repeated_content",
    143203: "rate_limited",
    143204: "rate_limited",
    143205: "rate_limited",
    143206: "repeated_content",
    1430000: "recipient_refused",
    1430002: "message_refused",
    1430003: "busy",
    1430004: "recipient_refused",
}
_CHECK_FAILED = 310000  # one code for keyword, signature and address: its text tells which
_KEYWORD = re.compile(r"keyword|关键[词字]", re.I)
_ADDRESS = re.compile(r"whitelist|白名单|\bip\b", re.I)


def judge(answer: HttpAnswer, client: Client, locale: str, now: datetime) -> Verdict:
    """The verdict of an answer; HTTP 200 says nothing, ``errcode`` decides.

    Only an ``errcode`` that is 0 is acceptance. What the list does not know is kept and tried again.
    """
    if (by_status := judge_http(answer, client, locale)) is not None:
        return by_status
    said = object_of(answer)
    if said is None:
        return verdict_of("answer_lost", locale)
    code = code_of(said)
    shown = client.redact(f"{code} {_text(said)}")
    if code == 0:
        return verdict_of("accepted", locale, client.redact(f"0 {said.get('errmsg', '')}"))
    word = word_of(code, _text(said))
    if word != "rate_limited":
        return verdict_of(word, locale, shown)
    pause = _PAUSES.get(code, _PAUSE) if code is not None else _PAUSE
    return replace(verdict_of(word, locale, shown), until=now + timedelta(seconds=pause))


def code_of(said: Mapping[str, Any]) -> int | None:
    """The code, that of ``sub_code`` where the vendor hides it there; ``None`` if there is no number."""
    code = _number(said.get("errcode"))
    return _number(said.get("sub_code")) or code if code == 88 else code


def word_of(code: int | None, text: str) -> str:
    """The shared verdict code of a refusal; an answer without a code says nothing."""
    if code is None:
        return "answer_lost"
    if code == _CHECK_FAILED:
        complaint = text.split("solution:")[0]  # the advice after it speaks of other things as well
        if _KEYWORD.search(complaint):
            return "keyword_missing"
        return "ip_refused" if _ADDRESS.search(complaint) else "credentials_refused"
    return "rate_limited" if code in _OF_CALLS else _CODES.get(code, "unknown_answer")


def _text(said: Mapping[str, Any]) -> str:
    return f"{said.get('errmsg') or ''} {said.get('sub_msg') or ''}".strip()


def _number(value: object) -> int | None:
    """The value as a code; a truth value is none."""
    if isinstance(value, bool):
        return None
    if isinstance(value, int):
        return value
    return int(value) if isinstance(value, str) and re.fullmatch(r"-?\d{1,9}", value) else None
