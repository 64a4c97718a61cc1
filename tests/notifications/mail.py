"""Channels to servers on the loopback address, and servers that say what a test wants."""

from __future__ import annotations

import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from notifications.email import EmailChannel, EmailSettings, Security
from tests.servers import MailServer

CERTIFICATE = Path(__file__).with_name("localhost.pem")


def settings(port: int, **changes: Any) -> EmailSettings:
    options: dict[str, Any] = {
        "host": "127.0.0.1",
        "port": port,
        "security": Security.NONE,
        "helo_name": "duban.example.com",
    }
    return EmailSettings(**(options | changes))


def channel_to(server: MailServer, **changes: Any) -> EmailChannel:
    return EmailChannel(settings(server.port, **changes))


def once(stage: str, answer: str) -> Callable[[str, str], str | None]:
    """A script that gives that answer the first time the stage is reached."""
    left = [answer]
    return lambda at, _: left.pop() if at == stage and left else None


def always(stage: str, answer: str) -> Callable[[str, str], str | None]:
    return lambda at, _: answer if at == stage else None


def server_context() -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(CERTIFICATE)
    return context


@contextmanager
def raw_server(*says: bytes, hangs_up: bool = True) -> Iterator[int]:
    """A server that says its lines, the first at once and each other after a line it hears; the port."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        release = threading.Event()

        def talk() -> None:
            connection, _ = listener.accept()
            with connection, connection.makefile("rb") as heard:
                for number, words in enumerate(says):
                    if number:
                        heard.readline()
                    connection.sendall(words)
                if not hangs_up:
                    release.wait()

        thread = threading.Thread(target=talk, daemon=True)
        thread.start()
        yield listener.getsockname()[1]
        release.set()
        thread.join()
