"""The command in a process of its own, as a person or a script runs it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any


@dataclass(frozen=True)
class Ended:
    """How a command ended."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        """Standard output, which must be one JSON document."""
        return json.loads(self.out)


class Console:
    """A folder in which commands run; ``environment`` holds the variables of the operator."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.environment: dict[str, str] = {}

    def duban(self, *words: str, pasted: bytes = b"") -> Ended:
        """Runs the command to its end, with ``pasted`` on its standard input."""
        done = subprocess.run(
            self.command(*words),
            cwd=self.folder,
            env=self.variables(),
            capture_output=True,
            input=pasted,
            timeout=120,
            check=False,
        )
        return Ended(done.returncode, done.stdout.decode(), done.stderr.decode())

    def command(self, *words: str) -> list[str]:
        """What a process is started with."""
        return [sys.executable, "-m", "duban", *words]

    def variables(self) -> dict[str, str]:
        """The environment without any setting but the operator's."""
        bare = {name: value for name, value in os.environ.items() if not name.startswith("DUBAN_")}
        return {**bare, "PYTHONPATH": str(Path(__file__).resolve().parents[2]), **self.environment}
