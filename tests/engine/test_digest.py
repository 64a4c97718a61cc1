"""What a digest says, worked out by hand on the calendar of 2024."""

from __future__ import annotations

import json
from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.digest import (
    DigestContent,
    TaskLine,
    WeekSlot,
    build_digest,
    changes,
    from_json,
    next_dates,
    standing_table,
    task_line,
    to_json,
)
from engine.model import Light, Reason, Rule, State, SubTask
from engine.standing import judge
from tests.engine.cases import CAL, a_milestone, a_plan, a_report, a_task, an_indicator, day

PLAN = a_plan()
WEEK = WeekSlot("2024-W27", day("07-05"))


def a_line(
    number: int, unit: str, light: Light, percent: str | Decimal | None = None, **other: object
) -> TaskLine:
    values: dict[str, object] = {
        "deadline": day("11-30"),
        "percent": None if percent is None else Decimal(percent),
    }
    values |= other
    return TaskLine(number, str(number), "项目", f"任务{number}", (unit,), light, **values)  # type: ignore[arg-type]


TABLE = [
    a_line(1, "甲局", Light.RED, "10"),
    a_line(2, "甲局", Light.GREEN, "90"),
    a_line(3, "乙局", Light.YELLOW, "40"),
    a_line(4, "丙街道", Light.GREEN, "50"),
    a_line(5, "丁街道", Light.DONE, "260"),
    a_line(6, "丁街道", Light.GREEN, "0"),
    a_line(7, "戊街道", Light.GREY, "70"),
    a_line(8, "己街道", Light.GREEN, "49.9"),
    a_line(9, "丁街道", Light.GREY, "90"),
]


def test_units_are_ranked_by_red_then_yellow_then_average_and_equals_share_a_rank() -> None:
    rows = {row.unit: row for row in standing_table(TABLE)}
    assert {unit: row.rank for unit, row in rows.items()} == {
        "丙街道": 1, "丁街道": 1, "己街道": 3, "乙局": 4, "甲局": 5, "戊街道": None,
    }  # fmt: skip
    assert list(rows) == ["丙街道", "丁街道", "己街道", "乙局", "甲局", "戊街道"]
    assert rows["丁街道"].average == 50, "260 counts as 100, the suspended one not at all"
    assert rows["甲局"].on_plan == 50
    assert (rows["丁街道"].on_plan, rows["戊街道"].on_plan) == (100, None)
    assert rows["丁街道"].lights == (Light.DONE, Light.GREEN, Light.GREY)
    assert all(row.rank_change is None for row in rows.values())


@pytest.mark.parametrize(
    ("light", "percent", "average"),
    [
        (Light.DONE, None, "100"),
        (Light.GREEN, None, None),
        (Light.GREEN, "33.3", "33.3"),
        (Light.GREY, "50", None),
    ],
)
def test_what_is_done_is_whole_and_what_cannot_be_measured_is_left_out(
    light: Light, percent: str | None, average: str | None
) -> None:
    (row,) = standing_table([a_line(1, "甲局", light, percent)])
    assert row.average == (None if average is None else Decimal(average))


def test_places_gained_are_told_against_the_same_ranked_units_only() -> None:
    before = standing_table(TABLE)
    caught_up = [replace(line, light=Light.GREEN) if line.subtask_id == 1 else line for line in TABLE]
    moved = {row.unit: row.rank_change for row in standing_table(caught_up, before)}
    # 甲局 now averages 50 as well and joins the two that share the first rank.
    assert moved == {"甲局": 4, "丙街道": 0, "丁街道": 0, "己街道": -1, "乙局": -1, "戊街道": None}
    fewer = [line for line in caught_up if line.subtask_id != 3]
    assert {row.rank_change for row in standing_table(fewer, before)} == {None}
    begun = [replace(line, light=Light.GREEN) if line.subtask_id == 7 else line for line in caught_up]
    assert {row.rank_change for row in standing_table(begun, before)} == {None}, "one more unit is ranked"


def test_a_co_lead_shares_the_line() -> None:
    rows = standing_table([replace(TABLE[0], units=("甲局", "乙局"))])
    assert [(row.unit, row.red, row.rank) for row in rows] == [("甲局", 1, 1), ("乙局", 1, 1)]


@pytest.mark.parametrize(
    ("before", "after", "kind"),
    [
        (Light.GREEN, Light.RED, "newly_red"),
        (Light.YELLOW, Light.RED, "newly_red"),
        (None, Light.RED, "newly_red"),
        (Light.RED, Light.RED, None),
        (Light.GREEN, Light.YELLOW, "newly_yellow"),
        (None, Light.YELLOW, "newly_yellow"),
        (Light.RED, Light.YELLOW, None),
        (Light.YELLOW, Light.YELLOW, None),
        (Light.RED, Light.GREEN, "back_to_green"),
        (Light.YELLOW, Light.GREEN, "back_to_green"),
        (Light.GREY, Light.GREEN, None),
        (None, Light.GREEN, None),
        (Light.RED, Light.DONE, "newly_done"),
        (None, Light.DONE, "newly_done"),
        (Light.DONE, Light.DONE, None),
    ],
)
def test_a_change_of_light_is_told_once(before: Light | None, after: Light, kind: str | None) -> None:
    previous = [] if before is None else [a_line(1, "甲局", before)]
    found = changes(previous, [a_line(1, "甲局", after)])
    lists = ("newly_red", "newly_yellow", "back_to_green", "newly_done")
    assert [name for name in lists if getattr(found, name)] == ([kind] if kind else [])
    assert [(one.before, one.after) for one in found.moved] == ([] if before is after else [(before, after)])


def test_reports_since_the_last_digest_and_silence_are_told() -> None:
    previous = [
        a_line(1, "甲局", Light.GREEN, reported_on=day("06-28"), actual=Decimal(5)),
        a_line(2, "甲局", Light.YELLOW, late_period="2024-06"),
        a_line(3, "甲局", Light.GREEN, reported_on=day("06-28")),
    ]
    lines = [replace(previous[0], reported_on=day("07-03"), actual=Decimal(8)), *previous[1:]]
    found = changes(previous, lines)
    assert (found.reported, found.still_silent) == ((1,), (2,))
    assert [(one.actual_before, one.actual) for one in found.moved] == [(5, 8)]


def test_a_units_digest_holds_its_own_lines_and_the_table_of_all() -> None:
    first = build_digest(PLAN, WEEK, TABLE, None)
    assert (first.is_first, first.changes.moved, first.unit, len(first.lines)) == (True, (), "", 9)
    worse = [replace(line, light=Light.RED) for line in TABLE]
    coming = next_dates(PLAN, a_task(), CAL, day("07-05"), day("08-01"))
    dates = [*(replace(one, subtask_id=3) for one in coming), *(replace(one, subtask_id=4) for one in coming)]
    second = build_digest(PLAN, WEEK, worse, first, "乙局", dates, ["甲局没有联系人"])
    assert [line.subtask_id for line in second.lines] == [3]
    assert second.changes.newly_red == (3,)
    assert second.table == build_digest(PLAN, WEEK, worse, first).table
    assert (second.findings, second.phase, second.is_first) == ((), "execute", False)
    assert [one.subtask_id for one in second.next_dates] == [3]
    everything = build_digest(PLAN, WEEK, worse, first, None, dates, ["甲局没有联系人"])
    assert (everything.findings, len(everything.changes.newly_red)) == (("甲局没有联系人",), 8)


@pytest.mark.parametrize(
    ("on", "task", "listed", "waits"),
    [
        ("11-30", a_task(), False, False),
        ("12-01", a_task(), True, False),
        ("12-02", a_task(a_report("11", "11-29", 100)), True, True),  # claimed, not accepted
        ("12-02", a_task(state=State.ACCEPTED), False, False),
        ("12-02", a_task(state=State.SUSPENDED), False, False),
        ("12-02", a_task(deadline=day("12-20")), False, False),
        ("12-02", a_task(deadline=day("06-30")), True, False),
        ("2025-01-02", a_task(), False, False),
    ],
)
def test_the_gap_list_names_what_is_not_accepted_by_the_end_of_execute(
    on: str, task: SubTask, listed: bool, waits: bool
) -> None:
    line = task_line(PLAN, task, judge(PLAN, task, CAL, day(on)), CAL, "加梯", ["甲局"])
    assert (line.in_gap, line.awaiting_acceptance) == (listed, waits)
    content = build_digest(PLAN, WeekSlot("2024-W49", day(on)), [line], None, "乙局")
    assert bool(content.gap_list) is listed, "the gap list is the same for everybody"


def test_the_gap_list_begins_with_the_worst() -> None:
    lights = (Light.DONE, Light.GREEN, Light.RED, Light.YELLOW)
    lines = [a_line(number, "甲局", light, in_gap=True, behind=number) for number, light in enumerate(lights)]
    lines.append(a_line(9, "甲局", Light.RED, in_gap=True, behind=9))
    content = build_digest(PLAN, WEEK, lines, None)
    assert [line.subtask_id for line in content.gap_list] == [9, 2, 3, 1, 0]


def test_a_line_shows_the_figures_of_the_indicator_that_is_furthest_behind() -> None:
    ahead, behind = an_indicator(274), replace(an_indicator(274, "个"), id=2)
    report = a_report("06", "06-28", quantities={1: Decimal(274), 2: Decimal(88)}, accepted=False)
    task = a_task(report, indicators=(ahead, behind))
    line = task_line(PLAN, task, judge(PLAN, task, CAL, day("07-05")), CAL, "加梯", ["甲局", "乙局"])
    assert (line.actual, line.target, line.unit, line.behind) == (88, 274, "个", 21)
    assert (line.light, line.unreviewed, line.reported_on) == (Light.RED, True, day("06-28"))
    assert line.reason is not None
    assert line.reason.code == "lagging"


def test_next_dates_are_the_report_the_unmet_milestones_and_the_deadline() -> None:
    marks = (a_milestone("07-20", 60, 1, "过半"), a_milestone("07-25", 20, 2))
    task = a_task(a_report("06", "06-28", 50), milestones=marks, deadline=day("08-10"))
    found = next_dates(PLAN, task, CAL, day("07-05"), day("08-10"))
    assert [(f"{one.on:%m-%d}", one.rule, one.what or one.period) for one in found] == [
        ("07-20", Rule.MILESTONE_DUE, "过半"),
        ("07-31", Rule.REPORT_DUE, "2024-07"),
        ("08-10", Rule.DEADLINE_DUE, ""),
    ]
    assert next_dates(PLAN, task, CAL, day("07-05"), day("07-19")) == ()
    assert next_dates(PLAN, replace(task, state=State.SUSPENDED), CAL, day("07-05"), day("08-10")) == ()


@st.composite
def contents(draw: st.DrawFn) -> DigestContent:
    decimals = st.none() | st.decimals(0, 300_000, places=2)
    lines = [
        a_line(
            number,
            draw(st.sampled_from(["甲局", "乙局"])),
            draw(st.sampled_from(Light)),
            reason=draw(st.none() | st.just(Reason.of("lagging", behind=6, unit="台"))),
            percent=draw(decimals),
            actual=draw(decimals),
            as_of=draw(st.none() | st.dates()),
            late_period=draw(st.none() | st.just("2024-06")),
            in_gap=draw(st.booleans()),
        )
        for number in range(draw(st.integers(0, 6)))
    ]
    before = build_digest(PLAN, WeekSlot("2024-W26", day("06-28")), lines[:3], None)
    coming = next_dates(PLAN, replace(a_task(), id=1), CAL, day("07-05"), day("12-01"))
    unit = draw(st.sampled_from([None, "甲局"]))
    return build_digest(PLAN, WEEK, lines, draw(st.sampled_from([None, before])), unit, coming, ["缺联系人"])


@given(contents())
@settings(max_examples=60, deadline=None)
def test_a_frozen_digest_reads_back_as_it_was(content: DigestContent) -> None:
    assert from_json(json.loads(json.dumps(to_json(content)))) == content


def test_a_bulletin_frozen_before_a_field_existed_still_reads() -> None:
    data = to_json(build_digest(PLAN, WEEK, TABLE, None))
    for line in data["lines"]:
        del line["estimated"]
        line["a field of the past"] = 1
    assert from_json(data).lines == tuple(TABLE)


LIGHTS = st.tuples(st.sampled_from("甲乙丙丁"), st.sampled_from(Light), st.integers(0, 300))


@given(st.lists(LIGHTS, max_size=12))
@settings(max_examples=100, deadline=None)
def test_the_table_counts_every_line_and_never_ranks_the_worse_higher(
    drawn: list[tuple[str, Light, int]],
) -> None:
    lines = [a_line(n, unit, light, str(percent)) for n, (unit, light, percent) in enumerate(drawn)]
    rows = standing_table(lines)
    assert sum(row.red + row.yellow + row.green + row.done + row.grey for row in rows) == len(lines)
    merits = [(row.red, row.yellow, -(row.average or 0)) for row in rows if row.rank is not None]
    assert merits == sorted(merits)
    assert [row.rank for row in rows if row.rank is not None] == [merits.index(one) + 1 for one in merits]
