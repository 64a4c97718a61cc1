"""What an answer by mail says of each task."""

from __future__ import annotations

from decimal import Decimal

import pytest

from engine.model import Indicator, State, SubTask
from workflows.read_reply import read_reply


def task(key: int, no: str, *promised: tuple[str, str, str]) -> SubTask:
    """Indicators by subject, quantity and unit; their ids are ten times the task's and on."""
    indicators = tuple(
        Indicator(key * 10 + place, subject, Decimal(quantity), unit)
        for place, (subject, quantity, unit) in enumerate(promised)
    )
    return SubTask(key, no, f"任务{no}", State.IN_PROGRESS, indicators=indicators)


LIFTS = task(1, "1.1", ("新增电梯", "400", "台"), ("完工电梯", "200", "台"))
PEOPLE = task(2, "1.2", ("培训", "5000", "人"))
TOILETS = task(3, "2.1", ("改造公厕", "20", "座"))
RULES = task(4, "3.1")
TENTH = task(5, "1.10", ("修缮", "30", "处"))
BENCHES = task(6, "2.2", ("设置", "20", "座"))


@pytest.mark.parametrize(
    ("text", "asked", "told"),
    [
        ("完成12座", [TOILETS], {3: {30: "12"}}),
        ("12", [TOILETS], {3: {30: "12"}}),
        ("1.2万", [PEOPLE], {2: {20: "12000"}}),
        ("累计完成12座，剩8座月底完成", [TOILETS], {3: {30: "12"}}),
        ("本月新增3座，累计完成12座", [TOILETS], {3: {30: "12"}}),
        ("完成12座", [PEOPLE, TOILETS], {3: {30: "12"}}),
        (
            "1.1 新增41台，完工26台\n1.2：培训1.2万人",
            [LIFTS, PEOPLE],
            {1: {10: "41", 11: "26"}, 2: {20: "12000"}},
        ),
        ("2.1 完成5座\n进展顺利", [TOILETS, PEOPLE], {3: {30: "5"}}),
        ("1.10 完成3处", [TOILETS, TENTH], {5: {50: "3"}}),
        ("1.2 完成30人", [TOILETS], {2: {20: "30"}}),  # not asked about, but named
        ("已完成招标，正在施工", [RULES], {4: {}}),
        ("已全部完成", [TOILETS], {3: {}}),
        ("收到，谢谢！\n完成12座", [TOILETS], {3: {30: "12"}}),
    ],
)
def test_figures_and_words_reach_the_task_they_speak_of(
    text: str, asked: list[SubTask], told: dict[int, dict[int, str]]
) -> None:
    reading = read_reply(text, asked, [one for one in (PEOPLE,) if one not in asked])
    assert not reading.unclear
    assert {one.subtask_id: dict(one.quantities) for one in reading.told} == {
        key: {name: Decimal(value) for name, value in figures.items()} for key, figures in told.items()
    }


@pytest.mark.parametrize(
    ("text", "asked", "why"),
    [
        ("完成26台", [LIFTS], "which_figure"),  # two indicators in 台
        ("完成12座", [TOILETS, BENCHES], "which_task"),
        ("正在推进", [TOILETS], "no_figure"),
        ("正在推进", [TOILETS, PEOPLE], "which_task"),
        ("3", [TOILETS, PEOPLE], "which_task"),
        ("9.9 完成3座", [TOILETS, BENCHES], "which_task"),
        ("完成3公里", [TOILETS], "no_figure"),
    ],
)
def test_nothing_is_guessed(text: str, asked: list[SubTask], why: str) -> None:
    reading = read_reply(text, asked)
    assert not reading.told
    assert [one.why for one in reading.unclear] == [why]


@pytest.mark.parametrize("text", ["", "收到", "好的，谢谢。", "OK, thanks!", "收到，尽快上报。"])
def test_a_courtesy_reports_nothing(text: str) -> None:
    reading = read_reply(text, [TOILETS])
    assert (reading.told, reading.unclear) == ((), ())


def test_one_part_that_is_unclear_leaves_the_others() -> None:
    reading = read_reply("2.1 完成5座\n1.2 正在推进", [TOILETS, PEOPLE])
    assert [one.subtask_id for one in reading.told] == [3]
    assert [(one.subtask_id, one.why) for one in reading.unclear] == [(2, "no_figure")]
