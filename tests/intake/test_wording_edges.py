"""Both sides of the edges in wording: what is promised and what only stands beside it."""

from __future__ import annotations

from decimal import Decimal

import pytest

from intake.decomposition import interpret
from intake.draft import IndicatorDraft, PlanDraft
from intake.headers import column
from intake.quantities import read_indicators
from intake.quantity_scan import clean_text, scan
from intake.quotas import check_sum
from intake.table import Cell, Document, Paragraph, Place, Table
from intake.units import split_persons, split_units


def figures(text: str) -> list[str]:
    return [f"{one.comparator}{one.quantity:f}{one.unit}" for one in read_indicators(text)]


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        # what has been so far, and what is to be
        ("补助标准从每月120元提高到150元", ["=150元"]),
        ("补助标准每月提高120元", ["=120元"]),
        # whom the work concerns; alone it is the promise
        ("改造小区12个，涉及楼栋80幢、居民3000户", ["=12个"]),
        ("改造涉及3000户居民的管网", ["=3000户"]),
        # how each is to be
        ("建设书房6个，每个面积不低于90平方米", ["=6个"]),
        ("建设书房6个，面积不低于90平方米", ["=6个", ">=90平方米"]),
        ("组织例会每月2次", []),
        ("组织义诊不少于2次", [">=2次"]),
        # how big and how dear the things are
        ("建设日处理5万吨污水厂1座", ["=1座"]),
        ("新增处理能力5万吨、污水厂1座", ["=50000吨", "=1座"]),
        ("总投资3亿元，新建泵站2座", ["=2座"]),
        ("完成投资3亿元，新建泵站2座", ["=300000000元", "=2座"]),
        ("拓宽村道9公里，路面宽4.5米", ["=9公里"]),
        # a small Chinese numeral counts where it ends a clause that begins with an act
        ("新建乡镇敬老院两所，改造三所", ["=2所", "=3所"]),
        ("完善三所联动机制", []),
        ("建设文化广场三处", ["=3处"]),
        ("建设三处联合机制", []),
        # days are counted where the clause speaks of days
        ("优良天数达到300天以上", [">=300天"]),
        ("集中整治不少于20天", []),
        # names with numbers
        ("优化12路等公交线路3条", ["=3条"]),
        ("建设第3批示范点8个", ["=8个"]),
    ],
)
def test_only_what_is_promised_is_an_indicator(text: str, wanted: list[str]) -> None:
    assert figures(text) == wanted


@pytest.mark.parametrize(
    ("text", "subjects"),
    [
        ("供养标准从每人每月1800元提高到2000元", ["供养标准"]),
        ("城镇和农村收入分别增长6%和7%", ["城镇和农村收入分别增长"] * 2),
        ("1.新建书屋3个；2.新增座席200个", ["书屋", "座席"]),
        ("新建公厕5座，提升12座", ["公厕", "公厕(提升)"]),
        ("新建220千伏变电站2座", ["220千伏变电站"]),
    ],
)
def test_an_indicator_is_named_by_its_thing(text: str, subjects: list[str]) -> None:
    assert [one.subject for one in read_indicators(text)] == subjects


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("和平社区居委会", ["和平社区居委会"]),
        ("区民政局和各街道", ["区民政局", "各街道"]),
        ("区民政局 和区残联", ["区民政局", "区残联"]),
    ],
)
def test_a_name_keeps_its_own_beginning(text: str, names: list[str]) -> None:
    assert split_units(text) == names


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("区委常委、副区长 甲乙丙", ["甲乙丙"]),
        ("副区长甲乙丙", ["甲乙丙"]),
        ("甲乙丙（办公室主任）", ["甲乙丙"]),
        ("分管副区长", ["分管副区长"]),
        ("局长助理", ["局长助理"]),
        ("局长、总工程师", ["局长", "总工程师"]),
    ],
)
def test_a_post_stands_for_a_person_only_where_no_person_is_named(text: str, names: list[str]) -> None:
    assert split_persons(text) == names


@pytest.mark.parametrize(
    ("heading", "role"),
    [
        ("责任单位（列第一位的为牵头单位）", "ranked"),
        ("责任单位", "responsible"),
        ("进展情况及存在问题", "progress"),
        ("存在问题及下一步打算", "problem"),
        ("下一步打算", "other"),
        ("全县任务数", "total"),
        ("省下达目标任务", "scale"),
        ("建设期限", "deadline"),
    ],
)
def test_headings_of_two_things_go_by_what_counts(heading: str, role: str) -> None:
    known = column(heading)
    assert known is not None
    assert known.role == role


@pytest.mark.parametrize("text", ["牵头单位：区民政局", "附件2 任务清单"])
def test_a_label_with_its_value_is_no_heading(text: str) -> None:
    assert column(text) is None


def plan_of(*rows: tuple[str, ...], note: str = "2024年任务表") -> PlanDraft:
    cells = tuple(
        tuple(Cell(text, Place(line=number)) for text in row) for number, row in enumerate(rows, start=2)
    )
    return interpret(Document("text.txt", (Paragraph(note, Place(line=1)), Table(cells))))


def test_findings_that_repeat_are_said_once_with_their_places() -> None:
    rows = [(str(n), f"新建站点{n}个", "区政数局", "长期坚持") for n in range(1, 5)]
    plan = plan_of(("序号", "工作任务", "牵头单位", "完成时限"), *rows)
    (found,) = plan.findings
    assert (found.code, str(found.where)) == ("UNREAD_DEADLINE", "line 3")
    assert found.message.endswith("同样的情况另有3处（第4行、第5行、第6行）。")


def test_a_table_that_nobody_leads_is_one_finding() -> None:
    plan = plan_of(("序号", "实事项目", "目标任务"), ("1", "助老", "改造20户"), ("2", "便民", "新建站点3个"))
    assert [one.code for one in plan.findings] == ["NO_LEAD_UNIT"]


@pytest.mark.parametrize(("goal", "wanted"), [("全部竣工", ["18栋"]), ("主体封顶", [])])
def test_the_size_of_a_work_is_promised_only_when_the_whole_is(goal: str, wanted: list[str]) -> None:
    plan = plan_of(
        ("序号", "项目名称", "建设规模", "年度目标", "责任单位"),
        ("1", "校舍", "维修校舍18栋", goal, "区教育局"),
    )
    found = plan.projects[0].subtasks[0].indicators
    assert [f"{one.quantity:f}{one.unit}" for one in found] == wanted


@pytest.mark.parametrize(
    ("unit", "comparator", "shares", "wrong"),
    [
        ("台", "=", (3, 2), False),
        ("台", "=", (3, 3), True),
        ("台", ">=", (3, 3), False),
        ("台", ">=", (2, 2), True),
        ("%", "=", (5, 5), False),
    ],
)
def test_shares_add_up_where_they_are_a_sum(
    unit: str, comparator: str, shares: tuple[int, int], wrong: bool
) -> None:
    quotas = dict(zip(("东片", "西片"), map(Decimal, shares), strict=True))
    promise = IndicatorDraft("", Decimal(5), unit, comparator, quotas=quotas)
    assert (check_sum(promise) is not None) is wrong


@pytest.mark.parametrize(
    ("text", "figures"),
    [
        ("新建站点5个，" * 200 + "新建站点5个", 201),
        ("站" * 1990 + "新建站点5个", 1),
        ("站" * 2000 + "新建站点5个", 0),  # no sentence is so long
        ("十" * 1900 + "。新建站点5个", 1),
        ("1" * 1900 + "，新建站点5个", 1),
    ],
    ids=["many figures", "longest sentence", "too long", "numerals", "digits"],
)
def test_figures_are_read_from_wording_only(text: str, figures: int) -> None:
    assert len(scan(clean_text(text))) == figures
