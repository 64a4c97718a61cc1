"""Far ends that take everything, each in a process of its own, so that they cost whoever sends nothing."""

from __future__ import annotations

import socketserver
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from multiprocessing import get_context
from multiprocessing.connection import Connection
from typing import Any, cast


@contextmanager
def mail_sink(seconds: float) -> Iterator[int]:
    """The port of an SMTP server that takes so long to store a mail."""
    with _running(_serve_mail, seconds) as port:
        yield port


@contextmanager
def web_sink(seconds: float) -> Iterator[int]:
    """The port of an HTTP server that takes so long to answer a call."""
    with _running(_serve_web, seconds) as port:
        yield port


@contextmanager
def _running(serve: Any, seconds: float) -> Iterator[int]:
    here, there = get_context("spawn").Pipe()
    process = get_context("spawn").Process(target=serve, args=(there, seconds), daemon=True)
    process.start()
    try:
        yield int(here.recv())
    finally:
        process.terminate()
        process.join()


def _serve_mail(ready: Connection, seconds: float) -> None:
    class Server(socketserver.ThreadingTCPServer):
        daemon_threads = True
        delay = seconds

    with Server(("127.0.0.1", 0), _Mail) as server:
        ready.send(server.server_address[1])
        server.serve_forever()


def _serve_web(ready: Connection, seconds: float) -> None:
    _Web.delay = seconds
    with ThreadingHTTPServer(("127.0.0.1", 0), _Web) as server:
        ready.send(server.server_address[1])
        server.serve_forever()


class _Mail(socketserver.StreamRequestHandler):
    """As much of SMTP as a client that wants to get rid of a mail needs."""

    disable_nagle_algorithm = True

    def handle(self) -> None:
        self._say("220 sink")
        while line := self.rfile.readline():
            verb = line[:4].upper()
            if verb == b"DATA":
                self._say("354 go on")
                while self.rfile.readline() != b".\r\n":
                    continue
                time.sleep(cast(Any, self.server).delay)
            elif verb == b"QUIT":
                self._say("221 bye")
                return
            self._say("250-sink\r\n250 8BITMIME" if verb == b"EHLO" else "250 taken")

    def _say(self, text: str) -> None:
        self.wfile.write(f"{text}\r\n".encode())


class _Web(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    wbufsize = -1
    delay = 0.0

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers["Content-Length"]))
        time.sleep(self.delay)
        self.send_response(200)
        self.send_header("Content-Length", "2")
        self.end_headers()
        self.wfile.write(b"{}")

    def log_message(self, format: str, *args: object) -> None:
        """Nobody wants to read a line for each call."""
