"""The clockwork: duties run beside each other, failures end nothing, stopping waits for what is under way."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest

from duban.wiring import now
from engine.scheduler import Clockwork
from engine.timetable import TIMETABLE, Duty

FIRST, SECOND = Duty("first", 1, ""), Duty("second", 1, "")


@contextmanager
def going(
    actions: dict[str, Callable[[], object]], failed: Callable[[Duty, Exception], None] = lambda *_: None
) -> Iterator[Clockwork]:
    """A clockwork with the two duties."""
    clockwork = Clockwork((FIRST, SECOND), actions, failed)
    clockwork.start(now())
    try:
        yield clockwork
    finally:
        clockwork.stop()


def test_a_duty_that_fails_is_told_of_and_runs_again() -> None:
    told: list[tuple[str, str]] = []
    again, turns = threading.Event(), []

    def fails() -> None:
        turns.append(1)
        if len(turns) > 1:
            again.set()
        raise ValueError("out of order")

    with going({"first": fails, "second": int}, lambda duty, error: told.append((duty.name, str(error)))):
        assert again.wait(20)
    assert set(told) == {("first", "out of order")}


def test_a_long_turn_of_one_duty_does_not_hold_another_nor_overlap_itself() -> None:
    release, others, turns = threading.Event(), threading.Semaphore(0), []

    def long() -> None:
        turns.append(1)
        release.wait(30)

    with going({"first": long, "second": others.release}):
        assert all(others.acquire(timeout=20) for _ in range(3))
        assert len(turns) == 1
        release.set()


def test_stopping_waits_for_the_turn_under_way() -> None:
    begun, release, ended = threading.Event(), threading.Event(), []

    def slow() -> None:
        begun.set()
        release.wait(30)
        ended.append(1)

    with going({"first": slow, "second": int}) as clockwork:
        assert begun.wait(20)
        threading.Timer(0.2, release.set).start()
        clockwork.stop()
        assert ended == [1]


def test_a_timetable_without_an_action_for_each_duty_is_refused() -> None:
    with pytest.raises(KeyError):
        Clockwork((FIRST,), {}, lambda *_: None)


def test_the_names_of_the_timetable_are_unique_and_its_spans_positive() -> None:
    assert len({duty.name for duty in TIMETABLE}) == len(TIMETABLE)
    assert all(duty.every > 0 and duty.what for duty in TIMETABLE)
