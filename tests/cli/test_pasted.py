"""A table pasted or piped into the command: `duban import -`."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cli.console import Console
from tests.cli.test_plan_commands import TABLE, furnished

PAGE = "<html><body><h1>示例区2024年任务表</h1><table>{}</table></body></html>".format(
    "".join(
        f"<tr>{''.join(f'<td>{cell}</td>' for cell in line.split(chr(9)))}</tr>"
        for line in TABLE.splitlines()
        if "\t" in line
    )
)


@pytest.fixture
def console(bare: Path, sqlite_template: Path) -> Console:
    return Console(furnished(bare, sqlite_template))


@pytest.mark.parametrize("pasted", [TABLE.encode(), TABLE.encode("gb18030"), PAGE.encode()])
def test_what_is_pasted_is_shown_and_stored_with_yes(console: Console, pasted: bytes) -> None:
    shown = console.duban("import", "-", "--dry-run", "--json", pasted=pasted)
    assert (shown.code, shown.json["counts"]["subtasks"], shown.json["stored"]) == (0, 2, False)
    stored = console.duban("import", "-", "--yes", "--json", pasted=pasted)
    assert (stored.code, stored.json["stored"]) == (0, True)
    again = console.duban("import", "-", "--yes", pasted=pasted)
    assert again.code == 1
    assert "粘贴的文字" in again.err


def test_without_a_terminal_nothing_is_stored_unasked(console: Console) -> None:
    done = console.duban("import", "-", pasted=TABLE.encode())
    assert done.code == 2
    assert "NEEDS_YES" in done.err


def test_nothing_pasted_is_refused(console: Console) -> None:
    done = console.duban("import", "-")
    assert done.code == 1
    assert "EMPTY_FILE" in done.err
    assert "粘贴的文字" in done.err
