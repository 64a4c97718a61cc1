"""Servers on the loopback address that play what a test wants after a request, or instead of reading it."""

from __future__ import annotations

import socket
import ssl
import struct
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from notifications.http import Client
from notifications.kinds import Network
from tests.notifications.mail import CERTIFICATE, server_context

Play = Callable[[socket.socket, threading.Event], None]
OK = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}"


@dataclass
class Heard:
    """The port, and what came: whole requests, and how many connections."""

    port: int
    requests: list[bytes] = field(default_factory=list)
    connections: int = 0
    over: threading.Event = field(default_factory=threading.Event)


def client(*hosts: str, total: float = 5.0, **changes: Any) -> Client:
    """A client that may reach the hosts given, else 127.0.0.1."""
    network = {key: changes.pop(key) for key in ("ca_file", "connect", "read") if key in changes}
    clock = lambda: datetime(2024, 10, 14, 1, 3, tzinfo=UTC)  # noqa: E731
    return Client(Network(hosts=hosts or ("127.0.0.1",), clock=clock, total=total, **network), **changes)


def says(words: bytes) -> Play:
    return lambda connection, _: connection.sendall(words)


def reset(connection: socket.socket, _: threading.Event) -> None:
    """The connection ends with RST."""
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    connection.close()


def hangs(_: socket.socket, over: threading.Event) -> None:
    over.wait()


def drips(first: bytes) -> Play:
    """One byte now and then, for as long as anybody listens."""

    def play(connection: socket.socket, over: threading.Event) -> None:
        with suppress(OSError):
            connection.sendall(first)
            while not over.wait(0.02):
                connection.sendall(b"x")

    return play


@contextmanager
def server(*plays: Play, at_once: bool = False, encrypted: bool = False) -> Iterator[Heard]:
    """Each connection hears requests and plays one after the other; ``at_once``: plays without reading."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        heard = Heard(listener.getsockname()[1])
        context = server_context() if encrypted else None
        left = list(plays)

        def serve() -> None:
            while True:
                try:
                    connection, _ = listener.accept()
                except OSError:
                    return
                heard.connections += 1
                with suppress(OSError, ssl.SSLError):
                    _talk(context.wrap_socket(connection, server_side=True) if context else connection)

        def _talk(connection: socket.socket) -> None:
            with connection:
                while left:
                    if not at_once:
                        request = _request(connection)
                        if not request:
                            return
                        heard.requests.append(request)
                    left.pop(0)(connection, heard.over)

        thread = threading.Thread(target=serve, daemon=True)
        thread.start()
        try:
            yield heard
        finally:
            heard.over.set()
            listener.shutdown(socket.SHUT_RDWR)
            thread.join()


def _request(connection: socket.socket) -> bytes:
    """One whole request; nothing if the other side went away."""
    read = b""
    while b"\r\n\r\n" not in read:
        if not (more := connection.recv(65536)):
            return b""
        read += more
    head, _, body = read.partition(b"\r\n\r\n")
    lengths = [
        line.split(b":")[1] for line in head.split(b"\r\n") if line.lower().startswith(b"content-length")
    ]
    while len(body) < int((lengths or [b"0"])[0]):
        body += connection.recv(65536)
    return head + b"\r\n\r\n" + body


__all__ = ["CERTIFICATE", "OK", "Heard", "client", "drips", "hangs", "reset", "says", "server"]
