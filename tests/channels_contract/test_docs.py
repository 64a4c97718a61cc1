"""The tables in docs/channels.md are those of the suite."""

from __future__ import annotations

from tests.channels_contract.__main__ import PAGE
from tests.channels_contract.registry import harnesses
from tests.channels_contract.table import expected, replaced, tables


def test_the_page_has_the_verdicts_that_the_suite_demands() -> None:
    """`python -m tests.channels_contract` writes them anew."""
    page = PAGE.read_text(encoding="utf-8")
    assert page == replaced(page, tables(expected(harnesses())))


def test_every_channel_has_its_table() -> None:
    page = PAGE.read_text(encoding="utf-8")
    assert [kind.name for kind in harnesses() if f"### {kind.name}\n" not in page] == []
