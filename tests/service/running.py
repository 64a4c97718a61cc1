"""``duban serve`` and ``duban demo`` as real processes."""

from __future__ import annotations

import os
import re
import signal
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx

from tests.cli.console import Console

NAME, PASSWORD = "ducha", "correct horse battery staple"


class Running:
    """A process that serves pages, with the lines it printed and logged."""

    def __init__(self, console: Console, *words: str) -> None:
        self._log = (console.folder / f"{words[0]}.log").open("w+", encoding="utf-8")
        self.process = subprocess.Popen(
            console.command(*words),
            cwd=console.folder,
            env=console.variables(),
            stdout=subprocess.PIPE,
            stderr=self._log,
            text=True,
        )
        self.said = ""
        self.address = self._announced()
        self.client = httpx.Client(base_url=self.address, timeout=30)

    def _announced(self) -> str:
        """The address that the process prints last, taking connections; its whole output if it never does."""
        assert self.process.stdout is not None
        for line in self.process.stdout:
            self.said += line
            if found := re.search(r"(http://\S+?/)（", line):
                return found[1]
        raise AssertionError(f"ended with {self.process.wait()}: {self.said}{self.log}")

    @property
    def link(self) -> str | None:
        """The path of the link that makes the first administrator, if one was printed at the start."""
        found = re.search(r"http://[^/\s]+(/set-up/[\w-]+)", self.said)
        return found[1] if found else None

    def set_up(self) -> httpx.Response:
        """The answer to a chosen password: the client is signed in as the administrator afterwards."""
        assert self.link, self.said
        chosen = {"name": NAME, "title": "督查室", "password": PASSWORD, "again": PASSWORD}
        return self.client.post(self.link, data=chosen, headers={"Origin": self.address.rstrip("/")})

    def sign_in(self) -> httpx.Response:
        """The answer to the administrator's name and password."""
        typed = {"name": NAME, "password": PASSWORD}
        return self.client.post("sign-in", data=typed, headers={"Origin": self.address.rstrip("/")})

    @property
    def log(self) -> str:
        """What it has logged so far."""
        return Path(self._log.name).read_text(encoding="utf-8")

    def get(self, path: str = "") -> httpx.Response:
        """A page, as whoever is signed in sees it."""
        return self.client.get(path)

    def press(self, button: str) -> httpx.Response:
        """A button of the demo, as its page would press it."""
        headers = {"Origin": self.address.rstrip("/"), "Referer": self.address}
        return httpx.post(f"{self.address}demo/{button}", headers=headers, timeout=60)

    def end(self, number: int = signal.SIGTERM) -> int:
        """The exit code after the signal."""
        os.kill(self.process.pid, number)
        return self.process.wait(timeout=60)


@contextmanager
def running(console: Console, *words: str) -> Iterator[Running]:
    """The process, killed at the end if the test left it alive."""
    found = Running(console, *words)
    try:
        yield found
    finally:
        if found.process.poll() is None:
            found.process.kill()
            found.process.wait()
        assert found.process.stdout is not None
        found.process.stdout.close()
        found._log.close()
        found.client.close()
