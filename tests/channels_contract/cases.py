"""What may happen to any message that leaves over HTTP, and the verdict that it must have in every channel."""

from __future__ import annotations

from tests.channels_contract.fake import Answer, Play
from tests.channels_contract.harness import Case, Harness

STATUSES = {
    **dict.fromkeys((101, 102), "answer_lost"),
    **dict.fromkeys((300, 301, 302, 303, 304, 305, 307, 308, 399), "redirected"),
    **dict.fromkeys((400, 402, 405, 406, 409, 411, 412, 414, 415, 418, 421, 423, 424), "bad_request"),
    **dict.fromkeys((426, 428, 431, 444, 451, 499), "bad_request"),
    **dict.fromkeys((401, 403, 407), "credentials_refused"),
    **dict.fromkeys((404, 410), "revoked"),
    **dict.fromkeys((408, 425, 503), "busy"),
    413: "message_too_big",
    422: "message_refused",
    429: "rate_limited",
    **dict.fromkeys(
        (500, 501, 502, 504, 505, 507, 508, 511, 520, 521, 522, 524, 530, 599, 600, 999), "answer_lost"
    ),
}
UNREADABLE = {
    "empty body": b"",
    "HTML": b"<html>200 OK</html>",
    "JSON cut off": b'{"errcode": 0',
    "JSON that is no object": b"[]",
    "JSON null": b"null",
    "JSON text": b'"ok"',
    "JSON without a code": b"{}",
    "code that is no number": b'{"errcode": "ok", "code": "ok", "success": "ok"}',
    "no UTF-8": b"\xff\xfe{}",
    "nested too deeply": b"[" * 60_000,
    "larger than the limit": b'{"errcode": 0, "code": 0, "success": true, "x": "' + b"x" * 70_000 + b'"}',
}
BREAKS = {
    "cut before the answer": Play(how="cut"),
    "taken, then cut": Play(how="cut", takes=True),
    "cut within the answer": Play(Answer({"errcode": 0, "code": 0}), "cut_within", takes=True),
    "silent": Play(how="hang"),
    "a byte now and then": Play(how="drip"),
}


def common_cases(harness: type[Harness]) -> tuple[Case, ...]:
    """The cases of every channel over HTTP; none for another."""
    if not harness.is_http:
        return ()
    elsewhere = {"Location": "https://elsewhere.example.com/"}
    said = [
        Case(
            f"HTTP {status}",
            Answer(b"<html>", status, elsewhere if 300 <= status < 400 else {}),
            code,
            "status",
        )
        for status, code in STATUSES.items()
    ]
    lost = "answer_lost" if harness.body_decides else "accepted"
    said += [Case(f"HTTP 200: {name}", Answer(body), lost, "body") for name, body in UNREADABLE.items()]
    return (*said, *(Case(name, play, "answer_lost", "break") for name, play in BREAKS.items()))


def all_cases(harness: type[Harness]) -> tuple[Case, ...]:
    """The common ones and the vendor's own."""
    return (*common_cases(harness), *harness.refusals)
