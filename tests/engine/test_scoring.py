"""A month's scores: every part with both sides of its edges; sums worked out by hand beside the tables."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.model import Indicator, Report, Span, State, SubTask
from engine.plain import from_plain, to_plain
from engine.policy import Policy
from engine.scoring import score_item, score_unit, score_units, weights_of
from engine.scoring_model import CaseFact, EvaluationContent, Item, UnitScore
from tests.engine.cases import CAL, a_milestone, a_plan, a_report, a_task, an_indicator, day

PLAN = a_plan()  # 1 March to 30 November, gap-fill in December
WEIGHTS = weights_of(Policy())  # 50, 20, 20, 10
RED, YELLOW, BLUE = (CaseFact(1, f"督办〔2024〕{n}号", colour) for n, colour in enumerate(("red", "yellow", "blue"), 1))  # fmt: skip


def june(task: SubTask, on: str = "07-03") -> Item:
    """June's reports fell due on Friday 28; it is evaluated three working days later, on Wednesday 3 July."""
    return score_item(PLAN, task, CAL, "2024-06", day(on))


LIFTS = an_indicator(274)  # one a day from 2 March: 121 are asked for by 30 June


@pytest.mark.parametrize(
    ("figure", "reached"),
    [(121, "100.0"), (120, "99.1"), (0, "0.0"), (60, "49.5"), (242, "200.0"), (None, "0.0")],
)
def test_progress_is_what_is_reported_of_what_is_asked_by_the_months_end(
    figure: int | None, reached: str
) -> None:
    item = june(a_task(a_report("06", "06-28", figure), indicators=(LIFTS,)))
    assert (item.reached, item.asked, item.unit) == (Decimal(reached), Decimal(121), "台")


def test_what_is_over_fulfilled_stays_in_the_record_and_counts_as_all() -> None:
    item = june(a_task(a_report("06", "06-28", 260)))
    assert item.percent == Decimal("260.0")
    assert item.reached is not None
    assert item.reached > 100
    unit = score_unit("甲局", [item], [], WEIGHTS)
    assert unit.parts[0].value == Decimal(100)
    assert unit.score == Decimal(100)


@pytest.mark.parametrize(
    ("state", "starts", "out"),
    [
        (State.ISSUED, None, ""),
        (State.SUSPENDED, None, "suspended"),
        (State.TERMINATED, None, "terminated"),
        (State.DRAFT, None, "draft"),
        (State.ISSUED, "06-30", ""),
        (State.ISSUED, "07-01", "not_started"),
        (State.ACCEPTED, None, ""),
    ],
)
def test_what_rests_or_has_not_begun_is_out(state: State, starts: str | None, out: str) -> None:
    task = a_task(a_report("06", "06-28", 50), state=state, starts_on=day(starts) if starts else None)
    assert june(task).out == out


@pytest.mark.parametrize(
    ("period", "received", "expected"),
    [
        ("06", "06-27", "in_time"),
        ("06", "06-28", "in_time"),
        ("06", "06-29", "late"),
        ("06", "07-03", "late"),
        ("06", "07-04", "missing"),  # after the evaluation
        ("05", "05-31", "missing"),
        ("07", "07-01", "late"),  # a later month covers it
    ],
)
def test_reports_are_in_time_late_or_missing(period: str, received: str, expected: str) -> None:
    assert june(a_task(a_report(period, received, 50))).report == expected


def test_a_report_is_not_owed_once_all_is_done_or_before_the_first_month() -> None:
    assert june(a_task(a_report("05", "05-31", 100))).report == ""
    late_start = a_task(starts_on=day("06-20"))  # 7 working days of June remained
    assert june(late_start).report == ""
    assert june(late_start).reached is None  # nor can anything be known of it


@pytest.mark.parametrize(
    ("reports", "state", "expected"),
    [
        ([a_report("06", "07-01", 100)], State.COMPLETION_CLAIMED, "late"),
        ([a_report("06", "07-01", 100)], State.ACCEPTED, "late"),
        ([a_report("06", "06-28", 100)], State.ACCEPTED, "in_time"),
        ([a_report("05", "05-31", 100), a_report("06", "07-01", 100)], State.ACCEPTED, ""),
        ([a_report("05", "05-31", 99)], State.ACCEPTED, ""),  # people said so
        ([a_report("05", "05-31", 99)], State.IN_PROGRESS, "missing"),
    ],
)
def test_a_completion_told_late_is_late(reports: list[Report], state: State, expected: str) -> None:
    assert june(a_task(*reports, state=state)).report == expected


@pytest.mark.parametrize(
    ("milestones", "figure", "expected"),
    [
        ([], 50, (0, 0)),
        ([("06-30", 50)], 50, (1, 1)),
        ([("06-30", 50)], 49, (1, 0)),
        ([("07-01", 50)], 49, (0, 0)),
        ([("05-31", 50)], 49, (1, 0)),  # an older one that is still open counts again
        ([("05-31", 50)], 50, (0, 0)),
        ([("05-31", 40), ("06-15", 45), ("06-30", 60)], 50, (2, 1)),
        ([("06-30", 50)], 100, (1, 1)),  # complete
    ],
)
def test_milestones_of_the_month_and_older_ones_that_are_open(
    milestones: list[tuple[str, int]], figure: int, expected: tuple[int, int]
) -> None:
    marks = tuple(a_milestone(due, asked, number) for number, (due, asked) in enumerate(milestones, 1))
    item = june(a_task(a_report("06", "06-28", figure), milestones=marks))
    assert (item.due, item.met) == expected


@pytest.mark.parametrize(
    ("deadline", "figure", "expected"),
    [("06-30", 100, (1, 1)), ("06-30", 99, (1, 0)), ("05-31", 99, (1, 0)), ("07-31", 99, (0, 0))],
)
def test_a_deadline_is_a_milestone(deadline: str, figure: int, expected: tuple[int, int]) -> None:
    item = june(a_task(a_report("06", "06-28", figure), deadline=day(deadline)))
    assert (item.due, item.met) == expected


def test_levels_are_judged_when_the_deadline_has_come() -> None:
    rate = Indicator(1, "达标率", Decimal(95), "%", ">=", "rate")
    task = a_task(a_report("06", "06-28", 94), indicators=(rate,))
    assert june(task).reached is None
    assert june(replace(task, deadline=day("06-30"))).reached == 0


def test_work_without_figures_is_judged_by_its_milestones() -> None:
    steps = (a_milestone("04-30", text="立项"), a_milestone("06-15", number=2, text="开工"))
    moving = a_task(a_report("05", "05-31"), indicators=(), milestones=steps)
    assert june(moving).reached == Decimal("50.0")
    assert june(a_task(indicators=())).reached is None


def test_what_fell_into_a_suspension_is_not_judged() -> None:
    rested = (Span(day("06-20"), day("07-01")),)
    marks = (a_milestone("06-19", 90, 1), a_milestone("06-20", 90, 2))
    task = a_task(a_report("05", "05-31", 50), milestones=marks, deadline=day("06-30"))
    assert (june(task).report, june(task).due) == ("missing", 3)
    paused = june(replace(task, suspensions=rested))
    assert (paused.report, paused.due) == ("", 1)


def item(number: int = 1, **values: object) -> Item:
    return Item(number, f"1.{number}", f"任务{number}", **values)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("items", "cases", "score"),
    [
        # 50 × 80 % + 20 × 50 % + 20 × 100 % + 10 × 100 %
        ([item(reached=Decimal(80), report="late", due=1, met=1)], [], "80.0"),
        # nothing due: weights 50, 20, 10 of 80
        ([item(reached=Decimal(80), report="in_time")], [], "87.5"),
        # progress alone besides cases: (50 × 80 + 10 × 40) / 60
        ([item(reached=Decimal(80))], [RED], "73.3"),
        ([item(reached=Decimal(80))], [RED, YELLOW], "66.7"),
        ([item(reached=Decimal(80))], [RED, RED], "66.7"),  # no less than nothing
        ([item(reached=Decimal(80))], [BLUE], "80.0"),
        ([item(reached=Decimal(100)), item(2, reached=Decimal(0))], [], "58.3"),
        # what is out counts for nothing
        ([item(reached=Decimal(100)), item(2, reached=Decimal(0), out="suspended")], [], "100.0"),
        ([item(out="suspended")], [RED], None),
        ([item()], [], None),
        ([], [], None),
    ],
)
def test_a_score_is_the_mean_of_the_parts_that_can_be_judged(
    items: list[Item], cases: list[CaseFact], score: str | None
) -> None:
    assert score_unit("甲局", items, cases, WEIGHTS).score == (None if score is None else Decimal(score))


def test_the_weight_of_what_cannot_be_judged_is_spread_and_shown() -> None:
    parts = score_unit("甲局", [item(reached=Decimal(80), report="in_time")], [], WEIGHTS).parts
    assert [(one.name, one.value, one.weight, one.judged) for one in parts] == [
        ("progress", Decimal(80), Decimal("62.5"), 1),
        ("reports", Decimal(100), Decimal("25.0"), 1),
        ("milestones", None, Decimal(0), 0),
        ("cases", Decimal(100), Decimal("12.5"), 0),
    ]


def test_a_part_without_weight_is_shown_and_costs_nothing() -> None:
    weights = weights_of(Policy(score_reports=0))
    unit = score_unit("甲局", [item(reached=Decimal(100), report="missing")], [], weights)
    assert unit.score == Decimal(100)
    assert unit.costs == ()


def test_what_cost_points_is_told_the_most_first() -> None:
    items = [
        item(reached=Decimal(40), actual=Decimal(4), asked=Decimal(10), unit="台", report="in_time"),
        item(2, reached=Decimal(100), report="missing", due=1, met=0),
    ]
    costs = score_unit("甲局", items, [YELLOW], WEIGHTS).costs
    # progress 50 × 60 % / 2, milestones 20 / 1, reports 20 / 2, cases 10 × 40 %
    assert [(one.part, one.no, one.points, one.detail) for one in costs] == [
        ("milestones", "1.2", Decimal(20), ""),
        ("progress", "1.1", Decimal(15), ""),
        ("reports", "1.2", Decimal(10), "missing"),
        ("cases", "", Decimal(4), f"yellow {YELLOW.number}"),
    ]


def scored(**figures: int | None) -> tuple[UnitScore, ...]:
    items = {
        unit: [item(reached=None if value is None else Decimal(value))] for unit, value in figures.items()
    }
    return score_units(items, {}, Policy())


def test_equal_scores_share_a_rank_and_the_next_is_skipped() -> None:
    rows = scored(甲局=90, 乙局=95, 丙局=90, 丁局=80, 戊局=None)
    assert [(row.unit, row.rank) for row in rows] == [
        ("乙局", 1),
        ("丙局", 2),
        ("甲局", 2),
        ("丁局", 4),
        ("戊局", None),
    ]


def test_a_change_of_rank_is_told_over_the_same_units_only() -> None:
    before = scored(甲局=90, 乙局=95)
    items = {"甲局": [item(reached=Decimal(99))], "乙局": [item(reached=Decimal(95))]}
    now = score_units(items, {}, Policy(), before)
    assert {row.unit: row.rank_change for row in now} == {"甲局": 1, "乙局": -1}
    more = score_units(items | {"丙局": [item(reached=Decimal(1))]}, {}, Policy(), before)
    assert {row.rank_change for row in more} == {None}


def test_an_evaluation_can_be_kept_and_read_again() -> None:
    items = {"甲局": [item(reached=Decimal(40), report="late", due=2, met=1)]}
    rows = score_units(items, {"甲局": [RED]}, Policy())
    content = EvaluationContent("计划", "2024-06", day("07-03"), WEIGHTS, rows)
    assert from_plain(EvaluationContent, to_plain(content)) == content


PERCENTS = st.none() | st.integers(0, 3000).map(lambda tenths: Decimal(tenths) / 10)
ITEMS = st.builds(
    item,
    st.integers(1, 9),
    reached=PERCENTS,
    report=st.sampled_from(["", "in_time", "late", "missing"]),
    due=st.shared(st.integers(0, 4), key="due"),
    met=st.shared(st.integers(0, 4), key="due").flatmap(lambda due: st.integers(0, due)),
    out=st.sampled_from(["", "", "", "suspended"]),
)
CASES = st.lists(st.sampled_from([RED, YELLOW, BLUE]), max_size=4)
POLICIES = st.builds(
    Policy,
    score_progress=st.integers(0, 9),
    score_reports=st.integers(0, 9),
    score_milestones=st.integers(0, 9),
    score_cases=st.integers(1, 9),
)


@given(st.lists(ITEMS, max_size=6), CASES, POLICIES)
def test_a_score_lies_between_nothing_and_a_hundred(
    items: list[Item], cases: list[CaseFact], policy: Policy
) -> None:
    unit = score_unit("甲局", items, cases, weights_of(policy))
    assert unit.score is None or 0 <= unit.score <= 100
    assert all(part.value is None or 0 <= part.value <= 100 for part in unit.parts)
    if unit.score is not None:
        assert abs(sum((part.weight for part in unit.parts), Decimal(-100))) <= Decimal("0.2")
        assert abs(sum((cost.points for cost in unit.costs), unit.score) - 100) <= Decimal("1.5")


@given(st.lists(ITEMS, min_size=1, max_size=6), CASES, st.randoms())
def test_the_order_of_things_does_not_matter(
    items: list[Item], cases: list[CaseFact], random: object
) -> None:
    mixed, mixed_cases = list(items), list(cases)
    random.shuffle(mixed)  # type: ignore[attr-defined]
    random.shuffle(mixed_cases)  # type: ignore[attr-defined]
    one, other = score_unit("甲局", items, cases, WEIGHTS), score_unit("甲局", mixed, mixed_cases, WEIGHTS)
    assert (one.score, one.parts, one.cases) == (other.score, other.parts, other.cases)
    assert sorted(map(str, one.costs)) == sorted(map(str, other.costs))


@given(st.lists(ITEMS, min_size=1, max_size=6), CASES, st.data())
def test_doing_better_never_costs_points(
    items: list[Item], cases: list[CaseFact], data: st.DataObject
) -> None:
    place = data.draw(st.integers(0, len(items) - 1))
    old = items[place]
    better = replace(
        old,
        reached=None if old.reached is None else old.reached + data.draw(st.integers(0, 50)),
        report={"missing": "late", "late": "in_time"}.get(old.report, old.report),
        met=data.draw(st.integers(old.met, old.due)),
    )
    before = score_unit("甲局", items, cases, WEIGHTS).score
    fewer = cases[:-1]
    after = score_unit("甲局", [*items[:place], better, *items[place + 1 :]], fewer, WEIGHTS).score
    assert (before is None) == (after is None)
    assert before is None or after is None or after >= before


@given(st.lists(ITEMS, max_size=5), CASES)
def test_what_is_suspended_changes_nothing(items: list[Item], cases: list[CaseFact]) -> None:
    paused = item(99, reached=Decimal(3), report="missing", due=4, out="suspended")
    assert (
        score_unit("甲局", [*items, paused], cases, WEIGHTS).score
        == score_unit("甲局", items, cases, WEIGHTS).score
    )
