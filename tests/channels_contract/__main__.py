"""Runs every case against every channel and writes what it saw into docs/channels.md."""

from __future__ import annotations

import logging

from tests.channels_contract.cases import all_cases
from tests.channels_contract.harness import Case, Harness
from tests.channels_contract.registry import harnesses
from tests.channels_contract.table import replaced, tables
from tests.project.tree import ROOT

PAGE = ROOT / "docs" / "channels.md"


def observed(kind: type[Harness]) -> list[tuple[Case, str]]:
    """The verdict of each case, as the channel gave it."""
    seen = []
    for case in all_cases(kind):
        with kind() as harness:
            harness.will(case.answer)
            seen.append((case, harness.channel().send(harness.envelope()).code))
    return seen


def main() -> None:
    logging.disable()
    results = {kind: observed(kind) for kind in harnesses()}
    page = PAGE.read_text(encoding="utf-8")
    PAGE.write_text(replaced(page, tables(results)), encoding="utf-8")
    print(f"{PAGE.name}: {sum(map(len, results.values()))} cases in {len(results)} channels")


if __name__ == "__main__":
    main()
