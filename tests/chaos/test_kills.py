"""A short campaign of kill -9 in the test run; ``python -m tests.chaos --kills 200`` is the long one."""

from __future__ import annotations

from pathlib import Path

from tests.chaos.campaign import campaign


def test_a_service_killed_over_and_over_loses_nothing_and_repeats_only_what_was_under_way(
    sqlite_template: Path, tmp_path: Path
) -> None:
    outcome = campaign(tmp_path, sqlite_template, kills=12, seed=7)
    assert outcome.violations == []
    assert outcome.kills >= 12
    assert outcome.copies <= outcome.in_flight
