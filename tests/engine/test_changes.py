"""When a change makes sense: tables with both sides of each edge."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from engine.changes import Change, ChangeKind, Past, check_change, inside, state_after
from engine.errors import DubanError
from engine.model import Indicator, Milestone, Phase, Plan, State, SubTask

PLAN = Plan(
    1,
    "年度任务",
    2024,
    date(2024, 3, 1),
    (
        Phase("execute", date(2024, 3, 1), date(2024, 11, 30)),
        Phase("gap_fill", date(2024, 12, 1), date(2024, 12, 31)),
    ),
)
TODAY = date(2024, 9, 2)
STOPPED = Past(suspended_on=date(2024, 6, 10))


def task(state: State = State.IN_PROGRESS, deadline: date | None = None) -> SubTask:
    lifts = Indicator(7, "加装电梯", Decimal(100), "台")
    return SubTask(1, "1.1", "加装电梯", state, deadline=deadline, indicators=(lifts,))


def refused(subtask: SubTask, change: Change, past: Past = Past()) -> bool:  # noqa: B008
    try:
        check_change(PLAN, subtask, change, past)
    except DubanError as error:
        return error.code == "BAD_CHANGE"
    return False


def change(
    kind: ChangeKind, deadline: date | None = None, on: date = TODAY, figure: str | None = None
) -> Change:
    return Change(kind, on, deadline, {7: Decimal(figure)} if figure is not None else {})


@pytest.mark.parametrize(
    ("own", "wanted", "bad"),
    [
        (None, None, True),
        (None, date(2024, 11, 30), True),  # the end of execute holds already
        (None, date(2024, 12, 1), False),
        (date(2024, 10, 31), date(2024, 10, 31), True),
        (date(2024, 10, 31), date(2024, 11, 1), False),
        (None, date(2025, 3, 1), False),  # beyond the plan: named as a doubt, not refused
    ],
)
def test_an_extension_names_a_later_deadline(own: date | None, wanted: date | None, bad: bool) -> None:
    assert refused(task(deadline=own), change(ChangeKind.EXTENSION, wanted)) is bad


@pytest.mark.parametrize(("figure", "bad"), [("-1", True), ("0", False), ("100", True), ("80", False)])
def test_an_adjustment_names_another_target_that_is_not_negative(figure: str, bad: bool) -> None:
    assert refused(task(), change(ChangeKind.ADJUSTMENT, figure=figure)) is bad


def test_an_adjustment_needs_a_figure_of_an_indicator_of_its_own() -> None:
    assert refused(task(), Change(ChangeKind.ADJUSTMENT, TODAY))
    assert refused(task(), Change(ChangeKind.ADJUSTMENT, TODAY, None, {8: Decimal(1)}))


@pytest.mark.parametrize(
    ("effective_on", "bad"),
    [
        (date(2024, 2, 29), True),
        (date(2024, 3, 1), False),
        (date(2024, 12, 31), False),
        (date(2025, 1, 1), True),
    ],
)
def test_a_change_takes_effect_within_the_plan(effective_on: date, bad: bool) -> None:
    assert refused(task(), change(ChangeKind.SUSPENSION, on=effective_on)) is bad


@pytest.mark.parametrize(("on", "bad"), [(date(2024, 5, 9), True), (date(2024, 5, 10), False)])
def test_a_suspension_begins_no_earlier_than_the_last_one_ended(on: date, bad: bool) -> None:
    assert refused(task(), change(ChangeKind.SUSPENSION, on=on), Past(resumed_on=date(2024, 5, 10))) is bad


@pytest.mark.parametrize(
    ("deadline", "needs"),
    [
        (date(2024, 6, 9), False),  # the day before it stopped: overdue as before
        (date(2024, 6, 10), True),
        (date(2024, 9, 1), True),  # the last day of the suspension
        (date(2024, 9, 2), False),  # the day on which it moves again
    ],
)
def test_a_resumption_needs_a_new_deadline_if_the_old_one_lies_in_the_suspension(
    deadline: date, needs: bool
) -> None:
    stopped = task(State.SUSPENDED, deadline)
    assert refused(stopped, change(ChangeKind.RESUMPTION), STOPPED) is needs
    assert not refused(stopped, change(ChangeKind.RESUMPTION, date(2024, 10, 31)), STOPPED)


@pytest.mark.parametrize(
    ("wanted", "bad"),
    [
        (date(2024, 9, 1), True),  # before it moves again
        (date(2024, 9, 2), False),
        (date(2024, 8, 1), True),  # the old one
    ],
)
def test_the_new_deadline_of_a_resumption_lies_after_it(wanted: date, bad: bool) -> None:
    stopped = task(State.SUSPENDED, date(2024, 8, 1))
    assert refused(stopped, change(ChangeKind.RESUMPTION, wanted), STOPPED) is bad


@pytest.mark.parametrize(("on", "bad"), [(date(2024, 6, 9), True), (date(2024, 6, 10), False)])
@pytest.mark.parametrize("kind", [ChangeKind.RESUMPTION, ChangeKind.TERMINATION])
def test_nothing_ends_a_suspension_before_it_began(kind: ChangeKind, on: date, bad: bool) -> None:
    assert refused(task(State.SUSPENDED), change(kind, on=on), STOPPED) is bad


FIT = {
    ChangeKind.EXTENSION: {State.ISSUED, State.ACKNOWLEDGED, State.IN_PROGRESS, State.COMPLETION_CLAIMED},
    ChangeKind.SUSPENSION: {State.ISSUED, State.ACKNOWLEDGED, State.IN_PROGRESS, State.COMPLETION_CLAIMED},
    ChangeKind.RESUMPTION: {State.SUSPENDED},
    ChangeKind.ADJUSTMENT: {
        State.ISSUED,
        State.ACKNOWLEDGED,
        State.IN_PROGRESS,
        State.COMPLETION_CLAIMED,
        State.SUSPENDED,
    },
    ChangeKind.TERMINATION: {
        State.DRAFT,
        State.ISSUED,
        State.ACKNOWLEDGED,
        State.IN_PROGRESS,
        State.COMPLETION_CLAIMED,
        State.SUSPENDED,
    },
}


@pytest.mark.parametrize("state", list(State))
@pytest.mark.parametrize("kind", list(ChangeKind))
def test_which_change_fits_which_state(kind: ChangeKind, state: State) -> None:
    wanted = date(2024, 12, 20) if kind is ChangeKind.EXTENSION else None
    figure = "80" if kind is ChangeKind.ADJUSTMENT else None
    assert refused(task(state), change(kind, wanted, figure=figure)) is (state not in FIT[kind])


@pytest.mark.parametrize(
    ("kind", "present", "before", "expected"),
    [
        (ChangeKind.SUSPENSION, State.ACKNOWLEDGED, None, State.SUSPENDED),
        (ChangeKind.RESUMPTION, State.SUSPENDED, State.ACKNOWLEDGED, State.ACKNOWLEDGED),
        (ChangeKind.RESUMPTION, State.SUSPENDED, State.COMPLETION_CLAIMED, State.IN_PROGRESS),
        (ChangeKind.RESUMPTION, State.SUSPENDED, None, State.ISSUED),  # suspended before there were requests
        (ChangeKind.TERMINATION, State.SUSPENDED, State.ISSUED, State.TERMINATED),
        (ChangeKind.EXTENSION, State.ISSUED, None, State.ISSUED),
        (ChangeKind.ADJUSTMENT, State.COMPLETION_CLAIMED, None, State.IN_PROGRESS),
        (ChangeKind.ADJUSTMENT, State.SUSPENDED, State.ISSUED, State.SUSPENDED),
    ],
)
def test_the_state_that_a_change_leaves(
    kind: ChangeKind, present: State, before: State | None, expected: State
) -> None:
    assert state_after(kind, present, before) is expected


def test_milestones_inside_a_suspension() -> None:
    days = [date(2024, 6, 9), date(2024, 6, 10), date(2024, 9, 1), date(2024, 9, 2)]
    milestones = [Milestone(number, day) for number, day in enumerate(days)]
    assert [one.id for one in inside(milestones, date(2024, 6, 10), TODAY)] == [1, 2]
