"""The wall's cells, worked by hand: several sub-tasks as one, the filter, the matrix."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from db.cards import Card
from engine.calendar import WorkCalendar
from engine.facts import Facts
from engine.history import MonthStanding
from engine.model import Indicator, Light, Plan, Report, Share, State, SubTask
from web.wall import (
    Cell,
    Filter,
    by_project,
    chosen,
    counts,
    matrix,
    mean,
    project_row,
    task_row,
    together,
    whole_curve,
    worst,
)
from workflows.look_back import Line, Picture

R, Y, G, D, O = Light.RED, Light.YELLOW, Light.GREEN, Light.DONE, Light.GREY  # noqa: E741
PLAN = Plan(1, "年度任务", 2024, date(2024, 1, 1), ())
MARCH = 2024 * 12 + 2


def stood(light: Light | None, percent: str | None = None, expected: str | None = None) -> MonthStanding:
    return MonthStanding(light, _decimal(percent), _decimal(expected))


def _decimal(text: str | None) -> Decimal | None:
    return None if text is None else Decimal(text)


def line(key: int, project: str, now: MonthStanding, *, unit: int = 1, leaders: tuple[str, ...] = ()) -> Line:
    """A sub-task in March 2024 of a plan that goes to May."""
    card = Card(
        key,
        1,
        "年度任务",
        project,
        f"项目{project}",
        f"{project}.{key}",
        "任务",
        (f"单位{unit}",),
        (unit,),
        leaders,
    )
    return Line(
        card,
        (stood(G, "10", "10"), stood(Y, "10", "20"), now, stood(None, None, "50"), stood(None, None, "100")),
        now,
    )


def picture(*lines: Line) -> Picture:
    months = tuple(range(MARCH - 2, MARCH + 3))
    return Picture(PLAN, date(2024, 3, 15), months, {one.card.subtask_id: one for one in lines})


@pytest.mark.parametrize(
    ("lights", "shown"),
    [
        ([G, Y, R], R),
        ([G, Y, D], Y),
        ([D, G, O], G),
        ([D, D], D),
        ([D, O], G),  # not all is done
        ([O, O], O),
    ],
)
def test_several_lights_are_one(lights: list[Light], shown: Light) -> None:
    assert worst(lights) is shown


@pytest.mark.parametrize(
    ("values", "shown"),
    [
        (["10", "21"], 15),  # 15.5 is not yet 16
        (["150", "50"], 75),  # nobody makes up for others
        (["40", None], 40),
        ([None], None),
        ([], None),
    ],
)
def test_the_mean_is_of_what_can_be_measured(values: list[str | None], shown: int | None) -> None:
    assert mean([None if text is None else Decimal(text) for text in values]) == shown


def test_a_month_to_come_shows_the_plan() -> None:
    assert together([stood(None, None, "40"), stood(None, None, "61")]) == Cell(None, None, 50)


def test_a_project_is_its_sub_tasks_together() -> None:
    found = picture(
        line(1, "一", stood(G, "30", "30")),
        line(2, "一", stood(R, "11", "30"), unit=2),
        line(3, "二", stood(D, "100", "30")),
    )
    first, second = (project_row(group, found.present) for group in by_project(chosen(found, Filter())))
    assert (first.no, first.leads, first.number, first.subtask_id) == ("一", ("单位1", "单位2"), 2, None)
    assert [(one.light, one.percent, one.expected) for one in first.cells] == [
        (G, 10, 10),
        (Y, 10, 20),
        (R, 20, 30),
        (None, None, 50),
        (None, None, 100),
    ]
    assert [one.is_now for one in first.cells] == [False, False, True, False, False]
    assert (second.number, second.subtask_id) == (1, 3)
    assert task_row(found.lines[2], found.present).no == "一.2"


@pytest.mark.parametrize(
    ("wanted", "keys"),
    [
        (Filter(), [1, 2, 3]),
        (Filter(leader="分管教育"), [2]),
        (Filter(unit=2), [2, 3]),
        (Filter(light="red"), [1, 3]),
        (Filter(project="二"), [3]),
        (Filter(unit=2, light="red"), [3]),
        (Filter(leader="无"), []),
    ],
)
def test_filters_take_what_fits_all_of_them(wanted: Filter, keys: list[int]) -> None:
    found = picture(
        line(1, "一", stood(R), leaders=("分管民政",)),
        line(2, "一", stood(G), unit=2, leaders=("分管民政", "分管教育")),
        line(3, "二", stood(R), unit=2),
    )
    assert [one.card.subtask_id for one in chosen(found, wanted)] == keys


def test_lights_are_counted_worst_first() -> None:
    found = counts([line(1, "一", stood(G)), line(2, "一", stood(R)), line(3, "二", stood(G))])
    assert list(found.items()) == [(R, 1), (Y, 0), (G, 2), (D, 0), (O, 0)]


def test_the_whole_plan_is_one_curve_that_says_where_it_leads() -> None:
    found = picture(line(1, "一", stood(Y, "20", "40")), line(2, "二", stood(Y, "20", "20")))
    curve = whole_curve(found, list(found.lines.values()), WorkCalendar())
    assert curve is not None
    # 10 % at the end of January, 10 % of February, 20 % on 15 March, where the plan asks for 30 %
    assert [(dot.on, dot.quantity) for dot in curve.dots] == [
        (date(2024, 1, 31), Decimal(10)),
        (date(2024, 2, 29), Decimal(10)),
        (date(2024, 3, 15), Decimal(20)),
    ]
    assert (curve.expected, curve.reported) == (30, 20)
    assert curve.forecast is not None
    assert curve.forecast.on == date(2025, 3, 2)  # 10 % in 44 days, so 80 % in 352


def test_shares_are_cells_by_task_and_unit() -> None:
    lifts, beds = Indicator(7, "电梯", Decimal(100), "台"), Indicator(8, "床位", Decimal(10), "张")
    said = Report(1, "2024-02", date(2024, 2, 29), date(2024, 2, 29), quantities={7: Decimal(40)})
    shares = (Share(5, {7: Decimal(40)}, (said,)), Share(6, {7: Decimal(60), 8: Decimal(10)}))
    shared = SubTask(1, "一.1", "改造", State.IN_PROGRESS, indicators=(lifts, beds), shares=shares)
    alone = SubTask(2, "一.2", "培训", State.IN_PROGRESS, indicators=(replace(lifts, id=9),))
    facts = [Facts.of(PLAN, one, WorkCalendar(), date(2024, 3, 1)) for one in (shared, alone)]
    found = matrix(facts, {6: "乙街道", 5: "甲街道", 4: "丙街道"})
    assert found.units == ("乙街道", "甲街道")  # in the order of the names, without who holds nothing
    assert [(row.title, row.unit) for row in found.rows] == [("改造·电梯", "台"), ("改造·床位", "张")]
    (north, south), (beds_north, beds_south) = (row.cells for row in found.rows)
    assert north is not None
    assert south is not None
    assert beds_north is not None
    assert (north.done, north.quota, north.light) == (None, 60, O)
    assert (south.done, south.quota, south.light) == (40, 40, D)
    assert (beds_north.quota, beds_south) == (10, None)
