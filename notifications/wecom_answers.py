"""What WeCom's error codes mean: its answers are HTTP 200 whatever happened, and only ``errcode`` counts.

Codes as the vendor lists them for its API; one that is not here is tried again and its words are kept.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from notifications.answers import judge_http, object_of, verdict_of
from notifications.channel import Verdict
from notifications.http import Client, HttpAnswer

PAUSE = 60  # seconds; who is over the limit of a minute is shut out for one, and the answer does not say it

STALE_TOKEN = frozenset({40014, 42001})
_CODES: dict[int, str] = {
    -1: "busy",
    40001: "credentials_refused",  # secret
    40003: "recipient_refused",  # user id
    40008: "message_refused",  # message type
    40013: "credentials_refused",  # corporation id
    40014: "credentials_refused",  # token, also a fresh one
    40031: "recipient_refused",  # list of user ids
    40032: "recipient_refused",
    40033: "message_refused",  # escaped characters in the body
    40035: "message_refused",  # parameter
    40056: "revoked",  # no such application
    40058: "message_refused",  # parameter, also its length
    40063: "message_refused",  # empty parameter
    40091: "credentials_refused",  # secret of another corporation
    40094: "message_refused",  # address in the message
    41001: "credentials_refused",  # no token
    41002: "credentials_refused",  # no corporation id
    41004: "credentials_refused",  # no secret
    41011: "credentials_refused",  # no application id
    42001: "credentials_refused",  # token expired, also a fresh one
    44004: "message_refused",  # empty text
    45002: "message_too_big",
    45009: "rate_limited",
    45033: "rate_limited",  # too many calls at once
    46004: "recipient_refused",  # no such user
    48002: "credentials_refused",  # the application may not call this
    50002: "recipient_refused",  # user out of sight
    50003: "revoked",  # application disabled
    60011: "recipient_refused",  # user out of sight
    60020: "ip_refused",
    60111: "recipient_refused",  # no such user
    81013: "recipient_refused",  # all of them
    82001: "recipient_refused",  # all of them
    93000: "revoked",  # no such robot
    301002: "credentials_refused",  # the secret is another application's
}


def errcode(said: Mapping[str, Any] | None) -> int | None:
    """The code in the body, a whole number; ``None`` where there is no body, or no such number in it."""
    code = str((said or {}).get("errcode"))
    return int(code) if re.fullmatch(r"-?[0-9]{1,9}", code) else None


def judge(answer: HttpAnswer, client: Client, locale: str, *, is_too_big: bool = False) -> Verdict | None:
    """The verdict of a refusal or of no usable answer; ``None`` if WeCom says that it has the message.

    40058 means any bad parameter, so ``is_too_big`` tells whether the content was over its limit.
    """
    if verdict := judge_http(answer, client, locale):
        return verdict
    said = object_of(answer)
    code = errcode(said)
    words = client.redact(answer.body.decode(errors="replace"))
    if code == 0:
        return None
    if said is None or code is None:
        return verdict_of("answer_lost", locale, words)
    if code == 40058 and (is_too_big or "exceed max length" in str(said.get("errmsg"))):
        return verdict_of("message_too_big", locale, words)
    meaning = _CODES.get(code, "unknown_answer")
    return verdict_of(meaning, locale, words, retry_after=PAUSE if meaning == "rate_limited" else None)
