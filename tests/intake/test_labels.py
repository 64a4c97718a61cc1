"""Labels in running text, with both sides of each edge."""

from __future__ import annotations

import pytest

from intake.labels import label_role, line_labels, lone_label, passages
from intake.table import Place

HERE = Place(line=1)


def told(text: str) -> list[tuple[str, list[tuple[str, str]]]]:
    return [
        (one.text, [(label.column.role, label.cell.text) for label in one.labels])
        for one in passages(text, HERE)
    ]


@pytest.mark.parametrize(
    ("word", "role"),
    [
        ("牵头单位", "lead"),
        ("牵头", "lead"),
        ("主责部门", "lead"),
        ("责任单位", "responsible"),
        ("配合部门", "cooperating"),
        ("责任领导", "leader"),
        ("牵头领导", "leader"),
        ("责任人", "person"),
        ("完成时限", "deadline"),
        ("实际完成情况", "progress"),
        ("完成情况", "progress"),
        ("工作目标", "goal"),
        ("项目名称", "project"),
        ("饮水安全工程", None),  # the name of a project, though the table knows 工程
        ("会议指出", None),
    ],
)
def test_a_label_means_what_the_table_of_headings_says(word: str, role: str | None) -> None:
    known = label_role(word)
    assert (known.role if known else None) == role


@pytest.mark.parametrize(
    ("text", "read"),
    [
        (
            "主责部门：甲局，配合部门：乙局、各镇",
            [("", [("lead", "甲局"), ("cooperating", "乙局、各镇")])],
        ),
        (
            "修路。（牵头单位：县交通局；责任单位：各镇；完成时限：6月底前）",
            [("修路。", [("lead", "县交通局"), ("responsible", "各镇"), ("deadline", "6月底前")])],
        ),
        ("修路。(牵头:县交通局;配合:各镇)", [("修路。", [("lead", "县交通局"), ("cooperating", "各镇")])]),
        ("修路〔责任单位：县交通局〕", [("修路", [("responsible", "县交通局")])]),
        ("修路。（县交通局、县水利局）", [("修路。", [("responsible", "县交通局、县水利局")])]),
        (
            "修路。（县交通局牵头，县水利局配合）",
            [("修路。", [("lead", "县交通局"), ("cooperating", "县水利局")])],
        ),
        (
            "修路。（县交通局，县水利局牵头）",
            [("修路。", [("lead", "县交通局"), ("lead", "县水利局")])],
        ),
        ("修路。（县交通局、县水利局按职责分工负责）", [("修路。", [("lead", "县交通局、县水利局")])]),
        (
            "修路。（县交通局牵头，县水利局按职责分工负责）",
            [("修路。", [("lead", "县交通局"), ("cooperating", "县水利局")])],
        ),
        (
            "修路（县交通局负责，10月底前完成）",
            [("修路", [("lead", "县交通局"), ("deadline", "10月底前完成")])],
        ),
        (
            "修路。（县交通局）架桥。（县水利局）",
            [("修路。", [("responsible", "县交通局")]), ("架桥。", [("responsible", "县水利局")])],
        ),
        (
            "修路（牵头单位：县交通局；责任单位：县水利局，各镇，6月底完成）",
            [
                (
                    "修路",
                    [("lead", "县交通局"), ("responsible", "县水利局，各镇"), ("deadline", "6月底完成")],
                )
            ],
        ),
        (
            "修路。（县交通局，长期坚持）",
            [("修路。", [("responsible", "县交通局"), ("deadline", "长期坚持")])],
        ),
        (
            "修路。（县交通局、县水利局，排名第一的为牵头单位，下同）",
            [("修路。", [("ranked", "县交通局、县水利局")])],
        ),
        (
            "修路。（责任单位：县交通局、各镇（列第一位为牵头单位））",
            [("修路。", [("ranked", "县交通局、各镇")])],
        ),
        ("修路，牵头单位：县交通局。全年改造20公里。", [("修路。全年改造20公里。", [("lead", "县交通局")])]),
        ("修路。（县交通局、县水", [("修路。", [])]),  # the page was cut off
        ("修路。（责任单位：县交通局、县水", [("修路。", [("responsible", "县交通局")])]),
        ("修路。（责任单位：县交通局、县水利局", [("修路。", [("responsible", "县交通局、县水利局")])]),
        (
            "修路。（牵头单位：县交通局、县水利局；责任单位：各镇、县财",
            [("修路。", [("lead", "县交通局、县水利局"), ("responsible", "各镇")])],
        ),
        ("修路。（责任单位：县交通局、各乡（镇、街", [("修路。", [("responsible", "县交通局")])]),
        ("修路（由县交通局牵头实施）", [("修路", [("lead", "县交通局")])]),
        (
            "修路。（责任单位：省商务厅、省交通厅按职责分工负责）",
            [("修路。", [("lead", "省商务厅、省交通厅")])],
        ),
        # brackets that name no units
        ("建设服务大厅（含餐厅）", [("建设服务大厅（含餐厅）", [])]),
        ("修路（含桥梁、涵", [("修路（含桥梁、涵", [])]),
        ("修建步道（西段）", [("修建步道（西段）", [])]),
        ("建设驿站（中心）", [("建设驿站（中心）", [])]),
        ("各镇（街道）修路。", [("各镇（街道）修路。", [])]),
        ("修路（12公里）。", [("修路（12公里）。", [])]),
        ("饮水安全工程：新建水厂3座", [("饮水安全工程：新建水厂3座", [])]),
    ],
)
def test_labels_and_units_are_told_from_the_wording(
    text: str, read: list[tuple[str, list[tuple[str, str]]]]
) -> None:
    assert told(text) == read


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("主责部门：各镇 1、修建公路20公里。", "各镇"),  # copied by mistake
        ("主责部门：各镇。其他事项另行通知", "各镇"),
        ("主责部门：县交通局、各镇；", "县交通局、各镇"),
        ("主责部门：县", ""),  # the page was cut off
    ],
)
def test_what_a_slip_of_the_copy_left_behind_units_is_no_unit(text: str, value: str) -> None:
    assert [one.cell.text for one in line_labels(text, HERE)] == [value]


@pytest.mark.parametrize(
    ("text", "role"),
    [("责任单位", "responsible"), ("项目内容：", "task"), ("新建公路", None), ("责任单位：甲局", None)],
)
def test_a_label_may_stand_alone_above_its_value(text: str, role: str | None) -> None:
    known = lone_label(text)
    assert (known.role if known else None) == role
