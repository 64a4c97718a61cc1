"""The preview on a terminal: what it says at any width, in colour and without."""

from __future__ import annotations

import io
from datetime import date
from decimal import Decimal

import pytest
from rich.cells import cell_len
from rich.console import Console

from duban.preview import MOST_ROWS, show_draft
from duban.wrapping import wrapped
from intake.draft import (
    DeadlineDraft,
    DocumentFacts,
    Finding,
    IndicatorDraft,
    PhaseDraft,
    PlanDraft,
    ProgressDraft,
    ProjectDraft,
    QuantityDraft,
    SubTaskDraft,
)
from intake.table import Place

WIDTHS = (60, 140)


def at(line: int) -> Place:
    return Place(line=line)


def plan() -> PlanDraft:
    parks = SubTaskDraft(
        "1.1",
        "新建口袋公园6个",
        ["区园林局"],
        deadline=DeadlineDraft("10月底前", date(2024, 10, 31)),
        indicators=[
            IndicatorDraft("口袋公园", Decimal(6), "个", ">=", quotas={"东河镇": Decimal(4)}, where=at(5))
        ],
        progress=[
            ProgressDraft("2024-03", "建成2个", "lagging", [QuantityDraft("建成", Decimal(2), "个")], at(7))
        ],
        where=at(5),
    )
    roads = SubTaskDraft("1.2", "整治背街小巷20条", where=at(9))
    findings = [
        Finding("note", "COLLECTIVE_UNIT", at(9), "各镇", "“各镇”是集合称谓。"),
        Finding("warning", "AMBIGUOUS_DEADLINE", at(2), "11月前", "“11月前”有两种读法。", ("2024-10-31",)),
        Finding("error", "UNREADABLE_CELL", at(7), "x", "这一格读不出分解量。"),
    ]
    facts = DocumentFacts("云溪区2024年民生实事", None, None, date(2024, 3, 1), 2024, "progress")
    phases = [PhaseDraft("execute", date(2024, 11, 30), "11月底前全面完成", at(2))]
    return PlanDraft(facts, phases, [ProjectDraft("1", "城市更新", subtasks=[parks, roads])], findings)


def shown(draft: PlanDraft, width: int, *, colour: bool = False, no_color: bool = False) -> str:
    paper = io.StringIO()
    show_draft(draft, Console(file=paper, width=width, force_terminal=colour, no_color=no_color or None))
    return paper.getvalue()


@pytest.mark.parametrize("width", WIDTHS)
def test_counts_come_first_then_findings_of_no_row_then_rows_with_theirs_below(width: int) -> None:
    text = shown(plan(), width)
    order = [
        "云溪区2024年民生实事",
        "项目 1",
        "子任务 2",
        "指标 1",
        "牵头单位 1",
        "分解量 1",
        "错误 1",
        "注意 1",
        "提示 1",
        "2024-11-30",
        "AMBIGUOUS_DEADLINE",
        "--choose AMBIGUOUS_DEADLINE=2024-10-31",
        "城市更新",
        "新建口袋公园6个",
        "UNREADABLE_CELL",
        "整治背街小巷20条",
        "COLLECTIVE_UNIT",
    ]
    places = [text.index(word) for word in order]
    assert places == sorted(places)


@pytest.mark.parametrize("width", WIDTHS)
def test_a_row_says_who_when_how_much_and_how_far(width: int) -> None:
    text = shown(plan(), width)
    for said in (
        "区园林局",
        "2024-10-31",
        "口袋公园 不少于6个",
        "合计 4个，不符",
        "滞后",
        "建成2个",
        "没有牵头单位",
        "第9行",
    ):
        assert said in text


@pytest.mark.parametrize("width", WIDTHS)
def test_no_line_is_wider_than_the_terminal(width: int) -> None:
    draft = plan()
    draft.projects[0].subtasks[0].title = "整治" * 90 + "a" * 300
    assert max(cell_len(line) for line in shown(draft, width).splitlines()) <= width


@pytest.mark.parametrize("width", WIDTHS)
def test_a_pipe_gets_neither_colour_nor_lines_drawn_nor_empty_facts(width: int) -> None:
    text = shown(plan(), width)
    assert "\x1b" not in text
    assert not any("\u2500" <= char <= "\u257f" for char in text)
    head = text.splitlines()[:4]
    assert all(line.strip() for line in head)
    assert not any(line.startswith((" ", "·")) for line in head)


def test_severities_have_their_colours_on_a_terminal_and_none_with_no_color() -> None:
    assert "\x1b[1;31m错误 UNREADABLE_CELL" in shown(plan(), 120, colour=True)
    assert "\x1b[33m注意 AMBIGUOUS_DEADLINE" in shown(plan(), 120, colour=True)
    assert "\x1b[33m" not in shown(plan(), 120, colour=True, no_color=True)


def test_control_characters_of_a_document_never_reach_the_terminal() -> None:
    draft = plan()
    draft.projects[0].subtasks[0].title = "新建\x1b[2J公园\u202e六个\x07"
    text = shown(draft, 120)
    assert not {"\x1b", "\x07", "\u202e"} & set(text)
    assert "新建\ufffd[2J公园\ufffd六个\ufffd" in text


@pytest.mark.parametrize("width", WIDTHS)
def test_what_holds_nothing_to_import_says_what_was_seen_and_what_to_do(width: int) -> None:
    lost = Finding("error", "STRUCTURE_LOST", at(4), "序号任务牵头", "表格的行列结构已丢失。")
    text = shown(PlanDraft(DocumentFacts("会议通知"), findings=[lost]), width).replace("\n", "")
    for said in ("会议通知", "子任务 0", "错误 1", "第4行", "序号任务牵头", "duban template"):
        assert said in text


@pytest.mark.parametrize(("rows", "is_cut"), [(MOST_ROWS, False), (MOST_ROWS + 1, True)])
def test_what_is_beyond_the_rows_shown_is_counted(rows: int, is_cut: bool) -> None:
    tasks = [SubTaskDraft(f"1.{i}", f"任务{i}", ["区园林局"], where=at(i)) for i in range(1, rows + 1)]
    last = Finding("warning", "DUPLICATE_PROMISE", at(rows), "", "与另一项重复。")
    text = shown(PlanDraft(projects=[ProjectDraft("1", "项目", subtasks=tasks)], findings=[last]), 120)
    assert ("还有 1 个子任务（其中 1 个有提示）没有列出" in text) == is_cut
    assert ("DUPLICATE_PROMISE" in text) != is_cut


@pytest.mark.parametrize(
    ("text", "width", "lines"),
    [
        ("", 10, [""]),
        ("新建公园", 8, ["新建公园"]),
        ("新建公园", 7, ["新建公", "园"]),
        ("新建公园，绿地", 8, ["新建公", "园，绿地"]),
        ("为（区级）公园", 6, ["为（区", "级）公", "园"]),
        ("共110个公园", 6, ["共", "110个", "公园"]),
        ("see duban template", 9, ["see duban", "template"]),
        ("abcdefghij", 4, ["abcd", "efgh", "ij"]),
    ],
)
def test_lines_break_between_chinese_characters_but_not_before_a_closing_mark(
    text: str, width: int, lines: list[str]
) -> None:
    assert wrapped(text, width) == lines
