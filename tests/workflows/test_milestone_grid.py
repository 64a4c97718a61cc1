"""Milestones as cells: what typing, moving and templates make of them, worked by hand."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from engine.calendar import WorkCalendar
from engine.milestone_templates import Kind
from engine.model import Indicator, Milestone, Phase, Plan, State, SubTask
from workflows.milestone_changes import Wanted, applied
from workflows.milestone_grid import (
    TEXT,
    Cell,
    Entries,
    entries_of,
    filled,
    months_of,
    moved,
    typed_in,
    value_at,
    wanted_of,
)

JUNE = 2024 * 12 + 5
PLAN = Plan(1, "计划", 2024, date(2024, 3, 1), (Phase("execute", date(2024, 3, 1), date(2024, 11, 20)),))
LIFTS = Indicator(7, "加装电梯", Decimal(200), "台")
ROAD = Indicator(8, "道路", Decimal("3.5"), "公里")
STANDING = (
    Milestone(1, date(2024, 4, 15), "开工"),
    Milestone(2, date(2024, 6, 30), "", Decimal(2), {7: Decimal(80)}),
    Milestone(3, date(2024, 8, 31), "封顶", Decimal(1), {7: Decimal(120)}),
)
TASK = SubTask(5, "1.1", "电梯", State.IN_PROGRESS, indicators=(LIFTS, ROAD), milestones=STANDING)
NOW = entries_of(STANDING, ())


def after(
    typed: dict[tuple[int, int], str],
) -> tuple[list[tuple[str, str, dict[int, Decimal]]], dict[Cell, str]]:
    """What stands after typing into (key, month of 2024), and what was refused."""
    cells = {Cell(key, 2024 * 12 + month - 1): text for (key, month), text in typed.items()}
    entries, refused = typed_in(PLAN, TASK, NOW, cells)
    stand = applied(STANDING, wanted_of(STANDING, entries))
    return [(f"{one.due_on:%m-%d}", one.text, dict(one.quantities)) for one in stand], refused


FIRST: tuple[str, str, dict[int, Decimal]] = ("04-15", "开工", {})
JUNE_80 = ("06-30", "", {7: Decimal(80)})
AUGUST = ("08-31", "封顶", {7: Decimal(120)})


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ({(7, 7): "100"}, [FIRST, JUNE_80, ("07-31", "", {7: Decimal(100)}), AUGUST]),
        ({(7, 7): " １００ 台"}, [FIRST, JUNE_80, ("07-31", "", {7: Decimal(100)}), AUGUST]),
        ({(7, 6): "90"}, [FIRST, ("06-30", "", {7: Decimal(90)}), AUGUST]),
        ({(7, 6): ""}, [FIRST, AUGUST]),
        ({(7, 8): ""}, [FIRST, JUNE_80, ("08-31", "封顶", {})]),
        ({(TEXT, 8): ""}, [FIRST, JUNE_80, ("08-31", "", {7: Decimal(120)})]),
        ({(TEXT, 4): "动工"}, [("04-15", "动工", {}), JUNE_80, AUGUST]),  # keeps its own day
        ({(8, 6): "1.5"}, [FIRST, ("06-30", "", {7: Decimal(80), 8: Decimal("1.5")}), AUGUST]),
        ({(7, 11): "200"}, [FIRST, JUNE_80, AUGUST, ("11-20", "", {7: Decimal(200)})]),  # not after the end
        ({(7, 6): "80"}, [FIRST, JUNE_80, AUGUST]),
    ],
)
def test_a_typed_cell_sets_the_milestone_of_its_month(
    typed: dict[tuple[int, int], str], expected: list[tuple[str, str, dict[int, Decimal]]]
) -> None:
    assert after(typed) == (expected, {})


@pytest.mark.parametrize(
    ("key", "month", "text", "why"),
    [
        (7, 7, "很多", "number"),
        (7, 7, "-1", "number"),
        (7, 7, "NaN", "number"),
        (7, 7, "9" * 19, "number"),
        (7, 7, "79", "falling"),
        (7, 7, "121", "falling"),
        (7, 6, "121", "falling"),
        (TEXT, 7, "字" * 301, "long"),
    ],
)
def test_a_cell_that_cannot_be_taken_says_why_and_changes_nothing(
    key: int, month: int, text: str, why: str
) -> None:
    stand, refused = after({(key, month): text})
    assert stand == [FIRST, JUNE_80, AUGUST]
    assert refused == {Cell(key, 2024 * 12 + month - 1): why}


@pytest.mark.parametrize(("key", "month", "text"), [(7, 7, "80"), (7, 7, "120"), (TEXT, 7, "字" * 300)])
def test_the_edges_are_taken(key: int, month: int, text: str) -> None:
    assert after({(key, month): text})[1] == {}


def test_one_refused_cell_leaves_the_others_in_place() -> None:
    stand, refused = after({(7, 7): "100", (8, 7): "x"})
    assert ("07-31", "", {7: Decimal(100)}) in stand
    assert list(refused.values()) == ["number"]


def days(entries: Entries) -> list[str]:
    return [f"{one.due_on:%m-%d}" for one in entries]


@pytest.mark.parametrize(
    ("by", "expected", "why"),
    [
        ({"days": 10}, ["04-15", "07-10", "09-10"], None),
        ({"months": 1}, ["04-15", "07-31", "09-30"], None),  # a month's end stays one
        ({"months": -1}, ["04-15", "05-31", "07-31"], None),
        ({"days": 122}, ["04-15", "10-30", "12-31"], "outside"),
        ({"months": 3}, ["04-15", "09-30", "11-30"], "outside"),  # the plan ends on the 20th
        ({"days": -76}, ["04-15", "04-15", "06-16"], "same_day"),
    ],
)
def test_what_lies_ahead_moves_and_what_is_past_stays(
    by: dict[str, int], expected: list[str], why: str | None
) -> None:
    entries, refused = moved(PLAN, NOW, date(2024, 5, 1), **by)
    assert refused == why
    assert days(entries) == (expected if why is None else days(NOW))


def test_all_moved_milestones_keep_what_they_ask_and_their_ids() -> None:
    """Moving by two months puts the June one on the day of the August one, which moves as well."""
    entries, _ = moved(PLAN, NOW, date(2024, 5, 1), months=2)
    stand = applied(STANDING, wanted_of(STANDING, entries))
    assert [(one.id, f"{one.due_on:%m-%d}", one.text, one.weight) for one in stand] == [
        (1, "04-15", "开工", Decimal(1)),
        (2, "08-31", "", Decimal(2)),
        (3, "10-31", "封顶", Decimal(1)),
    ]


def test_typing_after_moving_goes_on_from_where_it_was_moved_to() -> None:
    entries, _ = moved(PLAN, NOW, date(2024, 5, 1), months=1)
    carried = entries_of(STANDING, wanted_of(STANDING, entries))
    assert carried == entries
    typed, refused = typed_in(PLAN, TASK, carried, {Cell(7, JUNE + 1): "95"})
    assert refused == {}
    assert value_at(typed, Cell(7, JUNE + 1)) == "95"
    assert [one.was_on for one in typed] == [date(2024, 4, 15), date(2024, 6, 30), date(2024, 8, 31)]


def test_a_template_replaces_what_lies_ahead_only() -> None:
    entries = filled(PLAN, TASK, NOW, Kind.TRAINING, WorkCalendar(), date(2024, 7, 1))
    assert days(entries) == ["04-15", "06-30", "07-31", "08-31", "09-30", "10-31", "11-20"]
    assert entries[-1].figures == {7: Decimal(200), 8: Decimal("3.5")}
    assert entries[3].was_on == date(2024, 8, 31)
    assert wanted_of(STANDING, entries)[0].due_on == date(2024, 7, 31)


def test_nothing_changed_is_no_change() -> None:
    assert wanted_of(STANDING, NOW) == ()
    assert wanted_of(STANDING, entries_of(STANDING, [Wanted(date(2024, 6, 30), None, "", {})]))[0].removes
    assert next(iter(months_of(PLAN))) == 2024 * 12 + 2
