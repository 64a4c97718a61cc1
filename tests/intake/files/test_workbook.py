"""The import workbook as people fill it in: what is understood, what becomes a finding, what stays unharmed."""

from __future__ import annotations

import io
from datetime import date
from decimal import Decimal
from typing import Any

import openpyxl
import pytest

from intake.draft import IndicatorDraft, PlanDraft, ProjectDraft, SubTaskDraft
from intake.reading import parse
from intake.workbook import read_workbook, write_template, write_workbook
from tests.intake.files.drafts import example_plan
from tests.intake.files.sheets import Edit, column, edited, fill


def from_template(edit: Edit) -> PlanDraft:
    return edited(write_template(), edit)


def only_task(draft: PlanDraft) -> SubTaskDraft:
    ((subtask,),) = [project.subtasks for project in draft.projects]
    return subtask


def codes(draft: PlanDraft) -> list[tuple[str, str]]:
    return [(finding.code, str(finding.where)) for finding in draft.findings]


def test_a_filled_template_becomes_a_plan() -> None:
    def edit(book: openpyxl.Workbook) -> None:
        plan, tasks, quotas = book["计划"], book["任务"], book["分解量"]
        plan["B1"], plan["B4"], plan["B5"] = "2024年民生实事", date(2024, 2, 28), 2024
        fill(
            tasks,
            2,
            序号=1,
            项目名称="充电",
            子任务序号="1.1",
            任务分解="新建充电桩",
            牵头单位="区住建局、区科技局",
        )
        fill(
            tasks,
            2,
            配合单位="/",
            指标名称="新建",
            比较="不少于",
            数量=200,
            计量单位="台",
            完成日期=date(2024, 11, 30),
        )
        fill(tasks, 3, 指标名称="改造", 数量="1.6万", 计量单位="个")
        fill(tasks, 4, 子任务序号="1.2", 任务分解="宣传", 牵头单位="区文旅局")
        fill(tasks, 5, 序号=2, 项目名称="健身", 子任务序号="2.1", 任务分解="举办运动会", 牵头单位="区文旅局")
        fill(quotas, 2, 子任务序号="1.1", 指标名称="新建")
        quotas["G1"], quotas["H1"], quotas["G2"], quotas["H2"] = "区本级", "上河街道", 150, "50台"

    draft = from_template(edit)
    assert draft.findings == []
    assert (draft.document.title, draft.document.issued_on, draft.document.year) == (
        "2024年民生实事",
        date(2024, 2, 28),
        2024,
    )
    assert [(project.no, [task.no for task in project.subtasks]) for project in draft.projects] == [
        ("1", ["1.1", "1.2"]),
        ("2", ["2.1"]),
    ]
    first = draft.projects[0].subtasks[0]
    assert (first.lead_units, first.cooperating_units) == (["区住建局", "区科技局"], [])
    assert first.deadline.date == date(2024, 11, 30)
    assert [(i.subject, i.comparator, i.quantity, i.unit) for i in first.indicators] == [
        ("新建", ">=", Decimal(200), "台"),
        ("改造", "=", Decimal(16000), "个"),
    ]
    assert first.indicators[0].quotas == {"区本级": Decimal(150), "上河街道": Decimal(50)}


@pytest.mark.parametrize(
    ("values", "quantity", "unit"),
    [
        ({"数量": 35, "计量单位": "%"}, "35", "%"),
        ({"数量": "35%"}, "35", "%"),
        ({"数量": "5.5‰"}, "5.5", "‰"),
        ({"数量": "1.6万名"}, "16000", "名"),
        ({"数量": "9.1亿", "计量单位": "美元"}, "910000000", "美元"),
        ({"数量": "1,200", "计量单位": "人"}, "1200", "人"),
        ({"数量": "１２", "计量单位": "人"}, "12", "人"),
        ({"数量": "12 人", "计量单位": "人"}, "12", "人"),
    ],
)
def test_a_quantity_is_read_as_people_write_it(values: dict[str, Any], quantity: str, unit: str) -> None:
    draft = from_template(
        lambda book: fill(book["任务"], 2, 项目名称="甲", 任务分解="乙", 牵头单位="丙", **values)
    )
    (indicator,) = only_task(draft).indicators
    assert (indicator.quantity, indicator.unit) == (Decimal(quantity), unit)


@pytest.mark.parametrize(
    ("values", "code", "cell", "quote"),
    [
        ({"数量": "若干"}, "UNREADABLE_CELL", "S3", "若干"),
        ({"数量": "12人", "计量单位": "台"}, "UNREADABLE_CELL", "S3", "12人"),
        ({"指标名称": "新建"}, "MISSING_QUANTITY", "S3", "新建"),
        ({"完成日期": "年底"}, "UNREADABLE_CELL", "P3", "年底"),
        ({"完成日期": "2024-02-30"}, "UNREADABLE_CELL", "P3", "2024-02-30"),
        ({"开始日期": "2024-13-01"}, "UNREADABLE_CELL", "N3", "2024-13-01"),
        ({"数量": 1, "比较": "差不多"}, "UNREADABLE_CELL", "R3", "差不多"),
        ({"数量": 1, "类型": "其他"}, "UNREADABLE_CELL", "U3", "其他"),
    ],
)
def test_a_bad_cell_is_found_and_the_other_rows_are_unharmed(
    values: dict[str, Any], code: str, cell: str, quote: str
) -> None:
    def edit(book: openpyxl.Workbook) -> None:
        for row in (2, 3, 4):
            fill(
                book["任务"], row, 项目名称="甲", 子任务序号=f"1.{row}", 任务分解=f"任务{row}", 牵头单位="丙"
            )
        fill(book["任务"], 3, **values)

    draft = from_template(edit)
    (finding,) = draft.findings
    assert (finding.severity, finding.code, str(finding.where), finding.quote) == (
        "error",
        code,
        f"任务!{cell}",
        quote,
    )
    assert finding.message.endswith("。")
    assert [task.title for task in draft.projects[0].subtasks] == ["任务2", "任务3", "任务4"]


def test_a_task_that_nobody_leads_is_found() -> None:
    def edit(book: openpyxl.Workbook) -> None:
        fill(book["任务"], 2, 项目名称="甲", 任务分解="乙")
        fill(book["任务"], 3, 项目名称="丙", 任务分解="丁", 牵头单位="区住建局")
        fill(book["任务"], 4, 项目名称="戊", 任务分解="己", 项目牵头单位="区住建局")

    assert codes(from_template(edit)) == [("NO_LEAD_UNIT", "任务!G2")]


@pytest.mark.parametrize(
    ("own", "given", "period"),
    [(2024, None, "2024-03"), (2024, 2025, "2025-03"), (None, 2025, "2025-03"), (None, None, "3月")],
)
def test_a_month_without_year_is_of_the_plans_year(own: int | None, given: int | None, period: str) -> None:
    draft = example_plan()
    draft.document.year = own
    draft.projects[0].subtasks[0].milestones[0].period = "3月"
    back = read_workbook(parse(write_workbook(draft), "plan.xlsx").document, given)
    assert back.projects[0].subtasks[0].milestones[0].period == period
    assert back.document.year == (given or own)


@pytest.mark.parametrize(("rows", "findings"), [(1000, 1000), (1001, 1001), (3000, 1001)])
def test_findings_without_end_are_cut_and_said(rows: int, findings: int) -> None:
    draft = PlanDraft(
        projects=[ProjectDraft("1", "甲", subtasks=[SubTaskDraft("", f"{n}") for n in range(rows)])]
    )
    found = read_workbook(parse(write_workbook(draft), "plan.xlsx").document).findings
    assert len(found) == findings
    assert (found[-1].code == "TOO_MANY_FINDINGS") == (rows > 1000)


def test_a_row_without_project_or_task_is_found() -> None:
    def edit(book: openpyxl.Workbook) -> None:
        fill(book["任务"], 2, 任务分解="无主", 牵头单位="丙")
        fill(book["任务"], 3, 项目名称="甲", 数量=3, 计量单位="台")
        fill(book["任务"], 4, 项目名称="甲", 任务分解="乙", 牵头单位="丙")

    draft = from_template(edit)
    assert codes(draft) == [("MISSING_PROJECT", "任务!G2"), ("MISSING_TASK", "任务!B3")]
    assert only_task(draft).title == "乙"


def test_a_missing_sheet_header_or_column_is_named() -> None:
    def rename(book: openpyxl.Workbook) -> None:
        book["任务"].cell(1, column(book["任务"], "牵头单位")).value = "牵头"

    assert [finding.code for finding in from_template(lambda book: book.remove(book["任务"])).findings] == [
        "MISSING_COLUMN"
    ]
    findings = from_template(rename).findings
    assert [(f.code, f.severity, f.quote) for f in findings] == [
        ("UNKNOWN_COLUMN", "note", "牵头"),
        ("MISSING_COLUMN", "error", "牵头单位"),
    ]


def test_columns_may_stand_in_another_order_below_a_title_line() -> None:
    book = openpyxl.Workbook()
    sheet = book.worksheets[0]
    sheet.title = "任务"
    sheet.append(["某区任务分解表"])
    sheet.append(["牵头单位", "任务分解", "数量", "指标名称", "项目名称", "备注"])
    sheet.append(["区住建局", "新建充电桩", 5, "新建", "充电", "x"])
    file = io.BytesIO()
    book.save(file)
    draft = read_workbook(parse(file.getvalue(), "plan.xlsx").document)
    assert only_task(draft).lead_units == ["区住建局"]
    assert only_task(draft).indicators[0].quantity == 5
    assert codes(draft) == [("UNKNOWN_COLUMN", "任务!F2")]


@pytest.mark.parametrize("text", ["=1+1", "+86", "-x", "@SUM(A1)", "=cmd|' /C calc'!A0", "'x", "\t=1"])
def test_text_never_becomes_a_formula(text: str) -> None:
    draft = PlanDraft(projects=[ProjectDraft("", text, [text], subtasks=[SubTaskDraft(text, text, [text])])])
    draft.projects[0].subtasks[0].indicators = [
        IndicatorDraft(text, Decimal(1), text, quotas={text: Decimal(1)})
    ]
    book = openpyxl.load_workbook(io.BytesIO(write_workbook(draft)))
    cells = [cell for sheet in book for row in sheet.iter_rows() for cell in row if cell.value is not None]
    assert {cell.data_type for cell in cells if "1" in str(cell.value)} <= {"s", "n"}
    assert all(cell.data_type != "f" for cell in cells)
    risky = [
        cell for cell in cells if isinstance(cell.value, str) and cell.value.startswith(("=", "+", "-", "@"))
    ]
    assert all(cell.quotePrefix for cell in risky)


def test_control_characters_do_not_break_the_file() -> None:
    draft = PlanDraft(projects=[ProjectDraft("1", "甲\x00\x0b乙\ufffe")])
    assert read_workbook(parse(write_workbook(draft), "plan.xlsx").document).projects[0].title == "甲乙"


def test_other_sheets_refer_to_sub_tasks_by_number_or_title() -> None:
    def edit(book: openpyxl.Workbook) -> None:
        book["计划"]["B5"] = 2024
        fill(
            book["任务"],
            2,
            项目名称="甲",
            子任务序号="1.1",
            任务分解="乙",
            牵头单位="丙",
            指标名称="新建",
            数量=9,
            计量单位="台",
        )
        fill(book["任务"], 3, 子任务序号="1.2", 任务分解="丁", 牵头单位="丙")
        fill(
            book["节点"],
            2,
            子任务序号="1.1",
            月份="3月",
            节点目标="选址",
            指标名称="新建",
            累计目标量=4,
            计量单位="台",
        )
        fill(book["节点"], 3, 指标名称="开工", 累计目标量=2, 计量单位="台")
        fill(book["节点"], 4, 任务分解="丁", 月份=date(2024, 5, 1), 节点目标="完成")
        fill(book["节点"], 5, 子任务序号="9.9", 月份="2024-06", 节点目标="没有")
        fill(
            book["进展"],
            2,
            子任务序号="1.1",
            月份="2024年3月",
            状态="进行中",
            进展情况="已建",
            指标名称="新建",
            完成量=5,
        )

    draft = from_template(edit)
    first, second = draft.projects[0].subtasks
    (milestone,) = first.milestones
    assert (milestone.period, milestone.text) == ("2024-03", "选址")
    assert [(q.subject, q.quantity) for q in milestone.quantities] == [("新建", 4), ("开工", 2)]
    assert [(m.period, m.text) for m in second.milestones] == [("2024-05", "完成")]
    assert [(p.period, p.status, p.quantities[0].quantity) for p in first.progress] == [
        ("2024-03", "in_progress", 5)
    ]
    assert codes(draft) == [("UNKNOWN_SUBTASK", "节点!A5")]


def test_shares_that_do_not_add_up_or_have_no_indicator_are_found() -> None:
    def edit(book: openpyxl.Workbook) -> None:
        sheet = book["分解量"]
        sheet["G2"] = 149
        sheet.append([None, "7.7", "没有", "没有", "", None, 3])
        sheet["G3"] = "--"

    draft = edited(write_workbook(example_plan()), edit)
    assert codes(draft) == [("SUM_MISMATCH", "分解量!A2"), ("UNKNOWN_INDICATOR", "分解量!B4")]
    assert "199" in draft.findings[0].message
    assert "200" in draft.findings[0].message


@pytest.mark.parametrize(
    ("comparator", "kind", "share", "found"),
    [
        ("=", "delivery", 150, False),
        ("=", "delivery", 151, True),
        (">=", "delivery", 151, False),
        (">=", "delivery", 149, True),
        ("=", "level", 151, False),
    ],
)
def test_shares_must_reach_the_total_that_is_promised(
    comparator: str, kind: str, share: int, found: bool
) -> None:
    draft = example_plan()
    indicator = draft.projects[0].subtasks[0].indicators[0]
    indicator.comparator, indicator.kind, indicator.quotas["区本级"] = comparator, kind, Decimal(share)
    back = read_workbook(parse(write_workbook(draft), "plan.xlsx").document)
    assert [finding.code for finding in back.findings] == ["SUM_MISMATCH"] * found
