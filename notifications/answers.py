"""What an answer over HTTP means, the same for every channel; docs/channels.md has it as tables."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any

from notifications.channel import Verdict
from notifications.http import Client, Failed, HttpAnswer
from notifications.words import say

LONGEST_PAUSE = 86_400  # seconds; what asks for more is asked again after a day

_TRANSIENT = {
    "busy": {"channel_fault": True},
    "unreachable": {"channel_fault": True},
    "tls_failed": {"channel_fault": True},
    "answer_lost": {"ambiguous": True},
    "unknown_answer": {},
}
_PERMANENT = {
    "host_not_allowed": True,
    "redirected": True,
    "revoked": True,
    "credentials_refused": True,
    "keyword_missing": True,
    "ip_refused": True,
    "recipient_refused": False,
    "message_too_big": False,
    "message_refused": False,
    "bad_request": False,
    "repeated_content": False,
}  # and whether it is the channel's fault
SHARED_CODES = frozenset({"accepted", "rate_limited", *_TRANSIENT, *_PERMANENT})
_OF_STATUS = {
    401: "credentials_refused",
    403: "credentials_refused",
    404: "revoked",
    407: "credentials_refused",
    408: "busy",
    410: "revoked",
    413: "message_too_big",
    422: "message_refused",
    425: "busy",
    429: "rate_limited",
    503: "busy",
}


def judge_http(answer: HttpAnswer, client: Client, locale: str) -> Verdict | None:
    """The verdict that the status alone decides; ``None`` for 2xx, where the body has to be judged."""
    if 200 <= answer.status < 300:
        return None
    said = client.redact(f"HTTP {answer.status} {answer.body.decode(errors='replace')}")
    return verdict_of(status_code(answer.status), locale, said, retry_after=pause_of(answer))


def status_code(status: int) -> str:
    """The verdict code of a status other than 2xx.

    A 5xx may come from a gateway before a server that took the message: only 503 says that it did not.
    """
    if status in _OF_STATUS:
        return _OF_STATUS[status]
    if 300 <= status < 400:
        return "redirected"
    return "bad_request" if 400 <= status < 500 else "answer_lost"


def verdict_of(code: str, locale: str, answer: str = "", *, retry_after: int | None = None) -> Verdict:
    """The verdict of a shared code with its sentence. ``answer`` must be redacted already. Raises ``KeyError``."""
    if code == "accepted":
        return Verdict.accepted(answer)
    reason = say(locale, f"verdict.{code}")
    if code == "rate_limited":
        return Verdict.rate_limited(reason, retry_after, answer=answer)
    if code in _TRANSIENT:
        return Verdict.transient(reason, retry_after, code=code, answer=answer, **_TRANSIENT[code])
    return Verdict.permanent(reason, code=code, answer=answer, channel_fault=_PERMANENT[code])


def failed(error: Failed, locale: str) -> Verdict:
    """The verdict where no answer came."""
    return verdict_of(error.code, locale)


def object_of(answer: HttpAnswer) -> Mapping[str, Any] | None:
    """The body's JSON object; ``None`` if it is anything else."""
    try:
        found = answer.json()
    except ValueError:
        return None
    return found if isinstance(found, dict) else None


def pause_of(answer: HttpAnswer) -> int | None:
    """The seconds of ``Retry-After``, at most a day; a date counts from the answer's own ``Date``."""
    asked = answer.headers.get("retry-after", "").strip()
    if asked.isascii() and asked.isdigit():
        return min(int(asked[:9]), LONGEST_PAUSE)
    until, now = _moment(asked), _moment(answer.headers.get("date", ""))
    if until is None or now is None:
        return None
    return min(max(0, int((until - now).total_seconds())), LONGEST_PAUSE)


def _moment(text: str) -> datetime | None:
    try:
        moment = parsedate_to_datetime(text)
    except (ValueError, OverflowError):
        return None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
