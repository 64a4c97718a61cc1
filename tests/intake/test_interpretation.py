"""Properties of the whole reading, and tables as the readers of workbooks and documents hand them on."""

from __future__ import annotations

import contextlib
import json
from collections.abc import Sequence
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.errors import IntakeError
from intake.decomposition import interpret
from intake.draft import PlanDraft
from intake.draft_json import to_json
from intake.table import Cell, Document, Paragraph, Place, Table
from intake.text import read_text

HEADINGS = ("序号", "项目名称", "任务分解", "牵头单位", "配合单位")
TASKS = (
    ("便民服务", "新建便民服务站18个", "区政数局", "各街道"),
    ("适老化改造", "完成220户居家适老化改造", "区民政局", "区残联"),
    ("雨污分流", "完成35个小区雨污分流改造", "区住建局", "/"),
    ("绿色出行", "新建公交候车亭40座", "区交通局", "区城投集团"),
)


def table(rows: Sequence[Sequence[str | None]], sheet: str = "任务表") -> Document:
    """A sheet; ``None`` is a cell that a vertical merge covers."""
    cells = tuple(
        tuple(
            Cell(text or "", Place(sheet=sheet, cell=f"{chr(65 + j)}{i}"), merged=text is None)
            for j, text in enumerate(row)
        )
        for i, row in enumerate(rows, start=1)
    )
    return Document("plan.xlsx", (Table(cells, sheet),))


def read(text: str, **options: object) -> PlanDraft:
    return interpret(read_text(text.encode(), "plan.txt"), **options)  # type: ignore[arg-type]


def subtasks(plan: PlanDraft) -> list[tuple[str, str, list[str], list[str]]]:
    return [
        (sub.no, sub.title, sub.lead_units, sub.cooperating_units)
        for one in plan.projects
        for sub in one.subtasks
    ]


def codes(plan: PlanDraft) -> set[str]:
    return {one.code for one in plan.findings}


def test_cells_covered_by_a_merge_take_what_stands_above() -> None:
    plan = interpret(
        table(
            [
                ("2024年任务表", "", "", "", ""),
                HEADINGS,
                ("1", "便民", "新建站点18个", "区政数局", "各街道"),
                (None, None, "改造站点5个", None, None),
                ("2", "助老", "改造220户", None, "区残联"),
            ]
        )
    )
    assert subtasks(plan) == [
        ("1.1", "新建站点18个", ["区政数局"], ["各街道"]),
        ("1.2", "改造站点5个", ["区政数局"], ["各街道"]),
        ("2.1", "改造220户", ["区政数局"], ["区残联"]),
    ]
    assert plan.document.year == 2024


def test_a_blank_cell_of_another_project_is_not_filled_in() -> None:
    plan = interpret(
        table([HEADINGS, ("1", "便民", "新建站点18个", "区政数局", ""), ("2", "助老", "改造220户", "", "")])
    )
    assert [names for _, _, names, _ in subtasks(plan)] == [["区政数局"], []]
    assert "NO_LEAD_UNIT" in codes(plan)


def test_the_finding_names_the_cell() -> None:
    plan = interpret(table([HEADINGS, ("1", "助老", "改造220户", "", "")], sheet="附件1"))
    (found,) = [one for one in plan.findings if one.code == "NO_LEAD_UNIT"]
    assert str(found.where) == "附件1!C2"
    assert found.quote == "改造220户"


def test_a_table_of_something_else_gives_no_items() -> None:
    plan = interpret(table([("姓名", "电话", "科室"), ("甲", "0000", "办公室"), ("乙", "0001", "督查科")]))
    assert plan.projects == []
    assert plan.document.kind == "none"
    assert "NO_ITEMS" in codes(plan)


def test_a_table_with_units_as_rows_is_not_taken_for_tasks() -> None:
    plan = interpret(
        table(
            [
                ("序号", "街道", "加装电梯", "新建公厕"),
                ("1", "甲街道", "12台", "1座"),
                ("2", "乙街道", "8台", ""),
            ]
        )
    )
    assert plan.projects == []


def test_both_readings_of_the_phases_can_be_chosen() -> None:
    letter = "2024年任务\n确保9月前全面完成、10月查漏补缺。\n" + "\n".join(
        "\t".join(row) for row in (HEADINGS, ("1", *TASKS[0]))
    )
    first, second = read(letter), read(letter, choices={"AMBIGUOUS_DEADLINE": "2024-08-31"})
    assert [one.ends_on.isoformat() for one in first.phases] == ["2024-09-30", "2024-10-31"]
    assert [one.ends_on.isoformat() for one in second.phases] == ["2024-08-31", "2024-10-31"]
    (found,) = [one for one in first.findings if one.code == "AMBIGUOUS_DEADLINE"]
    assert found.alternatives == ("2024-09-30", "2024-08-31")


def test_the_year_given_goes_before_the_year_read() -> None:
    text = "2024年任务\n序号\t任务\t牵头单位\t完成时限\n1\t改造220户\t区民政局\t6月底前"
    assert read(text, year=2025).projects[0].subtasks[0].deadline.date.isoformat() == "2025-06-30"  # type: ignore[union-attr]


def test_a_quota_that_cannot_be_read_is_a_finding_and_no_number() -> None:
    rows = ["序号\t任务\t牵头单位\t甲镇\t乙镇\t丙镇", "1\t新建站点6个\t区民政局\t2个\t若干\t3个"]
    plan = read("2024年任务分解表\n" + "\n".join(rows))
    (indicator,) = plan.projects[0].subtasks[0].indicators
    assert indicator.quotas == {"甲镇": Decimal(2), "丙镇": Decimal(3)}
    assert {"UNREADABLE_CELL", "SUM_MISMATCH"} <= codes(plan)


def test_a_row_longer_than_the_headings_is_lost_and_not_guessed() -> None:
    rows = ["序号\t任务\t牵头单位", "1\t新建站点6个\t区民政局", "2\t改造\t公厕8座\t区城管局"]
    plan = read("2024年任务分解表\n" + "\n".join(rows))
    assert [title for _, title, _, _ in subtasks(plan)] == ["新建站点6个"]
    assert "STRUCTURE_LOST" in codes(plan)


def test_data_that_is_no_text_is_refused_with_what_to_do() -> None:
    with pytest.raises(IntakeError) as refusal:
        read_text(b"\x00\x01\x02\xff\xfe", "plan.txt")
    assert refusal.value.code == "NOT_TEXT"
    assert "plan.txt" in refusal.value.message


def test_the_json_counts_what_it_holds() -> None:
    plan = read("2024年任务\n序号\t任务\t牵头单位\t甲镇\t乙镇\t丙镇\n1\t新建站点6个\t区民政局\t2\t1\t3")
    answer = to_json(plan, stored=True)
    assert answer["counts"] == {"projects": 1, "subtasks": 1, "indicators": 1, "lead_units": 1, "quotas": 3}
    assert answer["stored"] is True
    assert answer["projects"][0]["subtasks"][0]["indicators"][0]["quotas"] == {
        "甲镇": "2",
        "乙镇": "1",
        "丙镇": "3",
    }
    assert json.loads(json.dumps(answer)) == answer


SEPARATORS = {
    "tabs": lambda rows: "\n".join("\t".join(row) for row in rows),
    "lines": lambda rows: "\n".join(cell for row in rows for cell in row),
    "paragraphs": lambda rows: "\n\n".join(cell for row in rows for cell in row),
    "led by tabs": lambda rows: "\n\n".join("\n".join(f"\t{cell}" for cell in row) for row in rows),
    "bars": lambda rows: "\n".join("| " + " | ".join(row) + " |" for row in rows),
    "blanks": lambda rows: "\n".join("   ".join(row) for row in rows),
}


@pytest.mark.parametrize("layout", SEPARATORS)
@given(order=st.permutations(TASKS))
@settings(max_examples=20, deadline=None)
def test_the_order_of_rows_and_the_layout_change_nothing_but_the_order(
    layout: str, order: list[tuple[str, str, str, str]]
) -> None:
    rows = [HEADINGS, *((str(number), *row) for number, row in enumerate(order, start=1))]
    plan = read(f"2024年任务分解表\n\n{SEPARATORS[layout](rows)}\n")
    told = [(one.title, sub.title, sub.lead_units) for one in plan.projects for sub in one.subtasks]
    assert told == [(title, task, [lead]) for title, task, lead, _ in order]
    quantities = [
        one.quantity for project in plan.projects for sub in project.subtasks for one in sub.indicators
    ]
    assert sum(quantities) == 18 + 220 + 35 + 40


@pytest.mark.parametrize("first", ["注：说明", "备注：", "附件："])
def test_a_line_that_looks_like_headings_and_like_a_note_is_passed_over(first: str) -> None:
    plan = read(f"2024年任务\n{first} | 任务 | 甲镇 | 任务 | 区民政局 | 合计\n结束")
    assert plan.projects == []


CELLS = st.sampled_from(
    ["序号", "项目名称", "任务", "牵头单位", "责任人", "3月目标", "进展情况", "1", "2", "一", "（二）", "新建18个", "区民政局",
     "各街道", "--", "/", "", "合计", "12", "3所", "已完成", "6月底前", "各街道任务", "甲镇", "乙镇", "丙镇", "附件1", "注：说明"]
)  # fmt: skip


@given(st.lists(st.lists(CELLS, max_size=7), max_size=12), st.sampled_from(["\t", "\n", "\n\n", "  ", " | "]))
@settings(max_examples=150, deadline=None)
def test_no_arrangement_of_cells_makes_the_reader_fail(rows: list[list[str]], separator: str) -> None:
    plan = read("2024年任务\n" + "\n".join(separator.join(row) for row in rows))
    for project in plan.projects:
        assert project.subtasks
        assert all(sub.title and sub.no for sub in project.subtasks)
    if not plan.projects:
        assert plan.document.kind == "none"
        assert "NO_ITEMS" in codes(plan)


@given(st.text(alphabet=st.characters(codec="utf-8"), max_size=200))
@settings(deadline=None)
def test_no_text_makes_the_reader_fail(text: str) -> None:
    assert "\x00" in text or to_json(read(text), stored=False)["stored"] is False


@given(st.binary(max_size=200))
def test_no_bytes_make_the_reader_fail_but_with_a_code(data: bytes) -> None:
    with contextlib.suppress(IntakeError):
        assert isinstance(read_text(data, "plan.txt"), Document)


def test_paragraphs_alone_stay_paragraphs() -> None:
    document = read_text("一、总体要求\n\n抓好落实。".encode(), "plan.txt")
    assert document.parts == (
        Paragraph("一、总体要求", Place(line=1)),
        Paragraph("抓好落实。", Place(line=3)),
    )


@pytest.mark.parametrize(("rows", "heard"), [(99, []), (100, [(100, 100)]), (250, [(100, 250), (200, 250)])])
def test_whoever_waits_hears_of_every_hundredth_row(rows: int, heard: list[tuple[int, int]]) -> None:
    lines = ["2024年任务分解表", "", "序号\t任务\t牵头单位"]
    lines += [f"{number}\t新建站点{number}个\t区民政局" for number in range(1, rows + 1)]
    told: list[tuple[int, int]] = []
    document = read_text("\n".join(lines).encode(), "rows.txt")
    plan = interpret(document, told=lambda done, total: told.append((done, total)))
    assert len(plan.projects) == rows
    assert told == heard
