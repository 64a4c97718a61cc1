"""What the tests of the running service ask for."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cli.console import Console


@pytest.fixture
def console(tmp_path: Path) -> Console:
    """An empty folder to run the service in, on any free port."""
    console = Console(tmp_path)
    console.environment["DUBAN_PORT"] = "0"
    return console
