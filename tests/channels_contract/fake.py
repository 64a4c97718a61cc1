"""A vendor on the loopback address: real HTTP, its own clock, memory, and a script for bad days."""

from __future__ import annotations

import json
import socket
import threading
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Self
from urllib.parse import parse_qsl, urlsplit

MINUTE = 60


class Clock:
    """The moment that a test says it is; what has a clock calls it."""

    def __init__(self, now: datetime = datetime(2024, 10, 14, 1, 3, tzinfo=UTC)) -> None:
        self.now = now

    def __call__(self) -> datetime:
        return self.now

    def advance(self, seconds: float) -> None:
        self.now += timedelta(seconds=seconds)


@dataclass(frozen=True, slots=True)
class Request:
    """What arrived; names of headers in lower case, the query without repeats."""

    method: str
    path: str
    query: Mapping[str, str]
    headers: Mapping[str, str]
    body: bytes

    def json(self) -> Any:
        return json.loads(self.body)


@dataclass(frozen=True, slots=True)
class Answer:
    """What is answered: bytes as they are, anything else as JSON."""

    body: Any = b""
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)

    def content(self) -> bytes:
        return self.body if isinstance(self.body, bytes) else json.dumps(self.body).encode()


@dataclass(frozen=True, slots=True)
class Play:
    """What happens to the next message instead of the vendor's judgement.

    ``takes``: the vendor judges (and keeps) it all the same before the play. ``how``: ``answer`` it;
    ``cut`` the connection without a word; ``cut_within`` the answer; ``hang`` in silence; ``drip`` a byte now and then.
    """

    answer: Answer = Answer({})
    how: str = "answer"
    takes: bool = False


class FakeVendor:
    """An HTTP server on a free port of 127.0.0.1. A vendor is a subclass with :meth:`judge`.

    ``requests`` are all that arrived, in order; ``received`` what the vendor took, as :meth:`judge`
    appends it; ``script`` holds what happens to the next messages, one entry each. Only what
    :meth:`is_send` calls a message uses up the script and counts in ``max_in_window``.
    """

    def __init__(self, clock: Callable[[], datetime]) -> None:
        self.clock = clock
        self.requests: list[Request] = []
        self.received: list[Any] = []
        self.script: list[Play | Answer] = []
        self.arrivals: list[datetime] = []
        self.connections = 0
        self.over = threading.Event()
        self._lock = threading.RLock()
        self._server = _Server(("127.0.0.1", 0), _Handler)
        self._server.vendor = self
        self.port: int = self._server.server_address[1]
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True)

    @property
    def host(self) -> str:
        """As the operator lists it."""
        return f"127.0.0.1:{self.port}"

    @property
    def url(self) -> str:
        """The base address, without a slash at its end."""
        return f"http://{self.host}"

    @property
    def max_in_window(self) -> int:
        """The most messages that arrived in any 60 seconds, taken or not."""
        return self.most_within(MINUTE)

    def most_within(self, seconds: float, times: list[datetime] | None = None) -> int:
        """The most of these (or all arrivals) in any window of that length, its end not included."""
        ordered, most, first = sorted(self.arrivals if times is None else times), 0, 0
        for last, moment in enumerate(ordered):
            while moment - ordered[first] >= timedelta(seconds=seconds):
                first += 1
            most = max(most, last - first + 1)
        return most

    def judge(self, request: Request) -> Answer:
        """The vendor's answer; what it takes is appended to ``received``."""
        raise NotImplementedError

    def is_send(self, request: Request) -> bool:
        """Whether the request brings a message, not a question for a token or a receipt."""
        return True

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.over.set()
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    def play(self, request: Request) -> Play:
        """What happens to the request; called by the server, one at a time."""
        with self._lock:
            self.requests.append(request)
            if not self.is_send(request):
                return Play(self.judge(request))
            self.arrivals.append(self.clock())
            if not self.script:
                return Play(self.judge(request))
            scripted = self.script.pop(0)
            play = Play(scripted) if isinstance(scripted, Answer) else scripted
            if play.takes:
                self.judge(request)
            return play


class _Server(ThreadingHTTPServer):
    vendor: FakeVendor
    daemon_threads = True
    block_on_close = False
    request_queue_size = 64

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that hangs up is no news; everything else is a fault of the fake and shows itself."""


class _Handler(BaseHTTPRequestHandler):
    server: _Server
    protocol_version = "HTTP/1.1"
    wbufsize = -1
    disable_nagle_algorithm = True

    def setup(self) -> None:
        super().setup()
        self.server.vendor.connections += 1

    def handle_one_request(self) -> None:
        try:
            super().handle_one_request()
        except ConnectionError:
            self.close_connection = True

    def do_POST(self) -> None:
        vendor = self.server.vendor
        parts = urlsplit(self.path)
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        headers = {name.lower(): value for name, value in self.headers.items()}
        query = dict(parse_qsl(parts.query, keep_blank_values=True))
        play = vendor.play(Request(self.command, parts.path, query, headers, body))
        getattr(self, f"_{play.how}")(play.answer)

    do_GET = do_POST  # noqa: N815

    def log_message(self, *_: Any) -> None:
        """Tests stay quiet."""

    def _answer(self, answer: Answer) -> None:
        self.wfile.write(self._head(answer) + answer.content())
        self.wfile.flush()

    def _cut(self, _: Answer) -> None:
        self.connection.shutdown(socket.SHUT_RDWR)
        self.close_connection = True

    def _cut_within(self, answer: Answer) -> None:
        whole = self._head(answer) + answer.content()
        self.wfile.write(whole[:-1])
        self.wfile.flush()
        self._cut(answer)

    def _hang(self, _: Answer) -> None:
        self.server.vendor.over.wait()
        self.close_connection = True

    def _drip(self, answer: Answer) -> None:
        self.wfile.write(self._head(answer)[:-2])
        self.close_connection = True
        with suppress(OSError):
            while not self.server.vendor.over.wait(0.02):
                self.wfile.write(b"X-Drip: x\r\n")
                self.wfile.flush()

    def _head(self, answer: Answer) -> bytes:
        headers = {
            "Date": format_datetime(self.server.vendor.clock().astimezone(UTC), usegmt=True),
            "Content-Length": str(len(answer.content())),
            **answer.headers,
        }
        lines = [
            f"HTTP/1.1 {answer.status} As told",
            *(f"{name}: {value}" for name, value in headers.items()),
        ]
        return "\r\n".join([*lines, "", ""]).encode("latin-1")
