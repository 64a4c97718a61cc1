"""What the two ways into Feishu 飞书 (abroad: Lark) share: hosts, and what their codes mean."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

from notifications.answers import LONGEST_PAUSE, judge_http, object_of, pause_of, verdict_of
from notifications.channel import Verdict
from notifications.http import Client, HttpAnswer

BASE_URL = "https://open.feishu.cn"
HOSTS = ("open.feishu.cn", "open.larksuite.com")
JSON = {"Content-Type": "application/json; charset=utf-8"}
PAUSE = 60  # seconds, where the vendor asks for a pause and says not how long

_RESET = "x-ogw-ratelimit-reset"
_MANY_THINGS = 9499  # one code for too many calls and for a body that cannot be read: its text tells which
_OF_ROBOT = {
    11232: "rate_limited",
    11246: "message_refused",
    19001: "revoked",
    19002: "message_refused",
    19007: "revoked",
    19021: "credentials_refused",
    19022: "ip_refused",
    19024: "keyword_missing",
    19036: "message_too_big",
}
TOKEN_ENDED = frozenset({99991661, 99991663, 99991664, 99991665, 99991668, 99991671, 99991677})
_OF_APPLICATION = {
    10003: "credentials_refused",  # of the call for a token
    10014: "credentials_refused",
    10015: "credentials_refused",
    230001: "message_refused",
    230002: "recipient_refused",
    230006: "credentials_refused",  # may not speak as a robot
    230013: "recipient_refused",
    230018: "recipient_refused",
    230020: "rate_limited",
    230022: "message_refused",
    230025: "message_too_big",
    230027: "credentials_refused",  # lacks a permission
    230028: "message_refused",
    230029: "recipient_refused",
    230034: "recipient_refused",
    230035: "recipient_refused",
    230038: "recipient_refused",
    230049: "answer_lost",  # an earlier call with the same uuid is still under way
    230053: "recipient_refused",
    230054: "message_refused",
    230075: "recipient_refused",
    230099: "message_refused",
    232009: "recipient_refused",
    99991400: "rate_limited",
    99991401: "ip_refused",
    99991543: "credentials_refused",
    99991662: "revoked",
    99991672: "credentials_refused",
    99991679: "credentials_refused",
    99992351: "recipient_refused",
    99992360: "recipient_refused",
    99992361: "recipient_refused",
    99992402: "message_refused",
    **dict.fromkeys(TOKEN_ENDED, "credentials_refused"),
}


def judge(answer: HttpAnswer, client: Client, locale: str) -> Verdict:
    """The verdict of an answer. A known code decides whatever the status is: the vendor sends refusals with
    200, 400 and 429. Only a 2xx whose ``code`` is 0 is acceptance; what is not known is kept and tried again."""
    said = object_of(answer)
    code = code_of(said) if said is not None else None
    word = word_of(code, str(said.get("msg"))) if said is not None and code else None
    if said is not None and word:
        shown = client.redact(f"{code} {said.get('msg') or ''}")
        pause = _pause(answer) if word == "rate_limited" else None
        return verdict_of(word, locale, shown, retry_after=pause)
    if (by_status := judge_http(answer, client, locale)) is not None:
        return by_status
    if said is None or code is None:
        return verdict_of("answer_lost", locale)
    word = "accepted" if code == 0 else "unknown_answer"
    return verdict_of(word, locale, client.redact(f"{code} {said.get('msg') or ''}"))


def code_of(said: Mapping[str, Any]) -> int | None:
    """The code; older robots say ``StatusCode``. ``None`` where there is no number."""
    code = said.get("code", said.get("StatusCode"))
    return code if isinstance(code, int) and not isinstance(code, bool) else None


def word_of(code: int | None, text: str) -> str | None:
    """The shared verdict code of a refusal; ``None`` for one that is not known."""
    if code == _MANY_THINGS:
        return "rate_limited" if "too many" in text.lower() else "message_refused"
    if code == 230001 and "receive_id" in text:
        return "recipient_refused"
    return _OF_ROBOT.get(code or 0) or _OF_APPLICATION.get(code or 0)


def _pause(answer: HttpAnswer) -> int:
    """The seconds after which the vendor takes messages again."""
    try:
        asked = math.ceil(float(answer.headers.get(_RESET, "")))
    except (ValueError, OverflowError):
        return pause_of(answer) or PAUSE
    return min(max(asked, 1), LONGEST_PAUSE)
