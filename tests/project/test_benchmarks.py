"""The benchmarks of messages run as they stand, at a size that tells nothing of speed."""

from __future__ import annotations

from pathlib import Path

from benchmarks import deliveries, digests, pages


def test_a_digest_of_three_units_is_measured(tmp_path: Path) -> None:
    figures = digests.digested(3, tmp_path)
    assert (figures["messages"], figures["subtasks"]) == (3, 60)


def test_deliveries_are_measured_beside_their_loops(tmp_path: Path) -> None:
    for figures in (deliveries.mailed(2, tmp_path), deliveries.posted(2, tmp_path)):
        assert {"composed_per_second", "times_the_loop", "times_the_loop_20ms"} <= figures.keys()
        assert min(figures.values()) > 0


def test_every_page_of_a_small_plan_is_measured(tmp_path: Path) -> None:
    figures = pages.answered(30, tmp_path, times=1)
    assert {"/", "/subtasks/1"} <= figures.keys()
    assert figures["slowest_ms"] == max(figures.values())
    assert figures["errors"] == 0
