"""Which task is which: cases with both sides of each edge, and what holds for any lists."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from itertools import permutations
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from intake.assigning import LARGEST, assign
from intake.matching import Task, bare, match

CHARGING = Task("新建公共充电桩200台", "绿色出行", ("区交通局",), (("充电桩", "台", Decimal(200)),), no="1.1")
LIFTS = Task("老旧小区加装电梯30台", "安居", ("区住建局",), (("电梯", "台", Decimal(30)),), no="2.1")
MEALS = Task("建设社区老年食堂", "养老服务", ("区民政局",), (("食堂", "家", Decimal(8)),), no="3.1")
ROADS = Task("道路改造提升", "东片区", ("区城管局",), no="4.1")
ROADS_WEST = Task("道路改造提升", "西片区", ("区城管局",), no="4.2")
OLD = (CHARGING, LIFTS, MEALS)


def verdicts(old: tuple[Task, ...], new: tuple[Task, ...]) -> list[tuple[int | None, int | None, str]]:
    return [(one.old, one.new, one.verdict) for one in match(old, new)]


@pytest.mark.parametrize(
    ("told", "found"),
    [
        (replace(CHARGING, no="7.3"), (0, "certain")),
        (
            replace(CHARGING, title="新建公共充电桩260台", promises=(("充电桩", "台", Decimal(260)),)),
            (0, "certain"),
        ),
        (replace(CHARGING, title="2、新建公共充电桩（200台）", project="", leads=()), (0, "certain")),
        (replace(CHARGING, leads=("区发改局",), project="民生"), (0, "certain")),
        # Another wording of the same: with lead and figure certain, without them to be confirmed.
        (replace(CHARGING, title="建设公共充电桩200台"), (0, "certain")),
        (Task("公共充电设施建设"), (0, "unsure")),
        # The words differ, figure and lead agree: somebody has to say so.
        (replace(LIFTS, title="既有住宅增设垂直设备", project=""), (1, "unsure")),
        # The number and the lead alone make no pair.
        (Task("举办群众文化活动", leads=("区住建局",), no="2.1"), (None, "new")),
        (
            Task("建设社区老年大学", leads=("区教育局",), promises=(("大学", "所", Decimal(1)),)),
            (2, "unsure"),
        ),
        (Task("河道清淤", leads=("区水利局",)), (None, "new")),
    ],
)
def test_a_task_is_found_by_its_title_then_by_its_figures(told: Task, found: tuple[int | None, str]) -> None:
    (first, *_) = match(OLD, (told,))
    assert (first.old, first.verdict) == found


@pytest.mark.parametrize(
    ("changed", "verdict"),
    [
        ({}, "certain"),
        ({"no": "4.1"}, "certain"),  # the project decides, not the number
        ({"project": "", "no": "4.2"}, "certain"),  # only the number is left
        ({"project": "", "no": ""}, "unsure"),  # nothing is left
    ],
)
def test_equal_titles_are_told_apart_by_what_else_they_say(changed: dict[str, str], verdict: str) -> None:
    told = replace(ROADS_WEST, **changed)  # type: ignore[arg-type]
    (first, *_) = match((ROADS, ROADS_WEST), (told,))
    assert first.verdict == verdict
    assert verdict == "unsure" or first.old == 1


def test_an_unsure_pair_names_the_others() -> None:
    (first, *_) = match((ROADS, ROADS_WEST), (replace(ROADS, project="", no=""),))
    assert {first.old, *first.others} == {0, 1}


def test_the_last_of_equal_titles_is_certain_once_the_others_are() -> None:
    moved = replace(ROADS_WEST, project="", no="", leads=("区交通局",))
    assert verdicts((ROADS, ROADS_WEST), (ROADS, moved)) == [(0, 0, "certain"), (1, 1, "certain")]


def test_the_whole_is_paired_best_not_each_in_turn() -> None:
    """The first new task resembles both old ones; the second only the one that the first would take."""
    old = (Task("建设智慧停车场"), Task("建设智慧停车泊位"))
    new = (Task("建设智慧停车泊车场"), Task("建设智慧停车场地"))
    pairs = {(one.old, one.new) for one in match(old, new)}
    assert pairs == {(1, 0), (0, 1)}


def test_what_is_not_in_the_new_list_is_gone() -> None:
    assert verdicts(OLD, (replace(MEALS, no="1.1"),)) == [
        (2, 0, "certain"),
        (0, None, "gone"),
        (1, None, "gone"),
    ]


def test_numbers_that_moved_by_one_mislead_nobody() -> None:
    shifted = (replace(LIFTS, no="1.1"), replace(MEALS, no="2.1"), replace(CHARGING, no="3.1"))
    assert verdicts(OLD, shifted) == [(1, 0, "certain"), (2, 1, "certain"), (0, 2, "certain")]


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("1.新建学校3所", "新建学校5所", True),
        ("（一）新建学校", "新建学校", True),
        ("新建　学校", "新建学校", True),
        ("新建学校（含扩建）", "新建学校含扩建", True),
        ("新建学校", "改建学校", False),
        ("2024", "2025", False),  # nothing but figures: they are the title
    ],
)
def test_a_bare_title_has_no_number_figures_or_punctuation(one: str, other: str, same: bool) -> None:
    assert (bare(one) == bare(other)) is same


words = st.text("新建改造学校医院道路公园充电桩电梯食堂河道清淤", min_size=2, max_size=8)
tasks = st.builds(
    Task,
    title=words,
    project=st.sampled_from(["", "甲项", "乙项"]),
    leads=st.sampled_from([(), ("甲局",), ("乙局",), ("甲局", "乙局")]),
    promises=st.sampled_from([(), (("", "个", Decimal(3)),), (("", "公里", Decimal("2.5")),)]),
    no=st.sampled_from(["", "1", "2", "1.1"]),
)
lists = st.lists(tasks, max_size=8)


@given(lists)
def test_a_list_matched_with_itself_is_the_same(listed: list[Task]) -> None:
    assert verdicts((*listed,), (*listed,)) == [(i, i, "certain") for i in range(len(listed))]


@given(lists, lists, st.randoms(use_true_random=False))
def test_the_order_of_rows_changes_nothing(old: list[Task], new: list[Task], chance: Random) -> None:
    def content(one: list[Task], other: list[Task]) -> list[str]:
        return sorted(
            repr(
                (
                    None if m.old is None else one[m.old],
                    None if m.new is None else other[m.new],
                    m.verdict,
                    m.likeness,
                    m.why,
                    [one[i] for i in m.others],
                )
            )
            for m in match(one, other)
        )

    before = content(old, new)
    mixed_old, mixed_new = old.copy(), new.copy()
    chance.shuffle(mixed_old)
    chance.shuffle(mixed_new)
    assert content(mixed_old, mixed_new) == before


@given(
    st.lists(tasks, max_size=8, unique_by=lambda one: bare(one.title)), st.lists(st.text("123.", max_size=3))
)
def test_renumbering_changes_nothing_where_titles_differ(listed: list[Task], numbers: list[str]) -> None:
    renumbered = [
        replace(one, no=no) for one, no in zip(listed, [*numbers, *[""] * len(listed)], strict=False)
    ]
    assert verdicts((*listed,), (*renumbered,)) == [(i, i, "certain") for i in range(len(listed))]


@given(lists, lists)
def test_each_task_is_told_of_once(old: list[Task], new: list[Task]) -> None:
    found = match(old, new)
    assert [one.new for one in found if one.new is not None] == list(range(len(new)))
    assert sorted(one.old for one in found if one.old is not None) == list(range(len(old)))


def test_more_equal_titles_than_can_be_compared_are_told_apart() -> None:
    old = [Task("道路改造", leads=(f"第{i % 20}街道",), no=str(i)) for i in range(300)]
    new = [replace(one, promises=(("", "米", Decimal(100)),)) for one in reversed(old)]
    assert verdicts((*old,), (*new,)) == [(299 - i, i, "certain") for i in range(300)]


@given(
    st.dictionaries(
        st.tuples(st.integers(0, 3), st.integers(0, 3)), st.sampled_from([0.1, 0.25, 0.5, 0.9]), max_size=16
    )
)
def test_the_assignment_has_the_greatest_sum(edges: dict[tuple[int, int], float]) -> None:
    found = assign(edges)
    assert len(set(found.values())) == len(found)
    best = max(
        sum(edges.get((left, right), 0.0) for left, right in enumerate(order))
        for order in permutations(range(4))
    )
    assert sum(edges[pair] for pair in found.items()) == pytest.approx(best)


def test_a_group_too_large_for_the_exact_way_is_paired_by_its_strong_links() -> None:
    size = LARGEST * 3
    edges = {(i, (i + shift) % size): 0.9 if shift == 0 else 0.5 for i in range(size) for shift in range(4)}
    assert assign(edges) == {i: i for i in range(size)}
