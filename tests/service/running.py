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
        self.address = self._announced()

    def _announced(self) -> str:
        """The address that the process prints once it takes connections; its whole output if it never does."""
        assert self.process.stdout is not None
        said = ""
        for line in self.process.stdout:
            said += line
            if found := re.search(r"http://\S+?/", line):
                return found[0]
        raise AssertionError(f"ended with {self.process.wait()}: {said}{self.log}")

    @property
    def log(self) -> str:
        """What it has logged so far."""
        return Path(self._log.name).read_text(encoding="utf-8")

    def get(self, path: str = "") -> httpx.Response:
        """A page."""
        return httpx.get(self.address + path, timeout=30)

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
