"""Hundreds of wordings of offices of every kind, each beside what a careful reader takes from it.

The tables lie in ``wordings/``: one wording a line, the truth after the bar, ``-`` where there is none. The truth was
written by hand before the rules; somebody who cannot program can add a line.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from intake.draft import QuantityDraft
from intake.progress import read_status
from intake.quantities import read_indicators

FOLDER = Path(__file__).parent / "wordings"


def table(kind: str) -> list[tuple[str, ...]]:
    """The rows of all tables of a kind, their columns stripped; lines that begin with # are headings."""
    lines = [
        line
        for path in sorted(FOLDER.glob(f"{kind}_*.txt"))
        for line in path.read_text("utf-8").splitlines()
        if line.strip() and not line.startswith("#")
    ]
    return [tuple(column.strip() for column in line.split(" | ")) for line in lines]


def shown(figures: list[str]) -> str:
    """The figures as the tables write them."""
    return " ".join(figures) or "-"


@pytest.mark.parametrize(("wording", "truth"), table("promises"))
def test_a_wording_promises_what_a_careful_reader_takes_from_it(wording: str, truth: str) -> None:
    found = read_indicators(wording)
    assert shown([f"{one.comparator}{one.quantity:f}{one.unit}" for one in found]) == truth


def test_the_tables_hold_enough_wordings_and_none_twice() -> None:
    wordings = [row[0] for row in table("promises")]
    assert len(wordings) >= 400
    assert len(set(wordings)) == len(wordings)


def told(figure: QuantityDraft) -> str:
    """A figure as the tables write it."""
    return f"{figure.quantity:f}{figure.unit}{'' if figure.counts else '不计'}"


REPORTS = [(*row, "")[:5] for row in table("reports")]


@pytest.mark.parametrize(("promise", "report", "status", "figures", "contradiction"), REPORTS)
def test_a_report_says_what_a_careful_reader_takes_from_it(
    promise: str, report: str, status: str, figures: str, contradiction: str
) -> None:
    read = read_status(report, read_indicators(promise))
    assert (read.status, shown([told(one) for one in read.quantities])) == (status, figures)
    assert bool(read.contradictions) == (contradiction == "!"), read.contradictions
