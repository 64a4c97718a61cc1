"""Traditional characters and years of the Republic: read as simplified and common ones, given back as issued."""

from __future__ import annotations

import pytest

from engine.measures import is_divisible
from intake.as_issued import as_read, script_of
from intake.decomposition import interpret
from intake.draft import PlanDraft
from intake.minguo import years_in
from intake.script import Script, is_traditional
from intake.table import Cell, Document, Paragraph, Place, Table


def piece(number: int, text: str) -> tuple[Place, str]:
    return Place(line=number), text


def table(*rows: tuple[str, ...]) -> Table:
    return Table(
        tuple(
            tuple(
                Cell(text, Place(sheet="表", cell=f"{chr(65 + column)}{line}"))
                for column, text in enumerate(row)
            )
            for line, row in enumerate(rows, start=1)
        )
    )


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("各機關應於年底前完成辦理", True),
        ("各机关应于年底前完成办理", False),
        ("甲局长陳某、張某赴现场，各机关应于年底前完成办理，各单位抓好落实", False),  # names only
        ("", False),
        ("Action plan 2024", False),
    ],
)
def test_a_text_is_traditional_by_its_characters(text: str, expected: bool) -> None:
    assert is_traditional(text) is expected


@pytest.mark.parametrize(
    ("text", "read"),
    [
        ("113年12月31日", ["2024"]),
        ("113.12.31", ["2024"]),
        ("113/06/30", ["2024"]),
        ("113年度", ["2024"]),
        ("98年度", ["2009"]),
        ("113年第3季", ["2024"]),
        ("113-116年", ["2024", "2027"]),
        ("113年度、114年完成", ["2024", "2025"]),
        ("113年度：逾110年历史", ["2024"]),
        ("114年完成", []),  # nothing else says that 114 is a year
        ("补助113户", []),
        ("第113年度", []),
        ("2113年度", []),
        ("113.5公里", []),
        ("50年以上", []),
    ],
)
def test_years_of_the_republic_are_told_from_other_numbers(text: str, read: list[str]) -> None:
    assert [year for _, _, year in years_in(text, taiwan=True)] == read


@pytest.mark.parametrize(("text", "read"), [("民国113年12月", ["2024"]), ("113年度", []), ("民国26年", [])])
def test_without_taiwan_only_a_named_year_is_one(text: str, read: list[str]) -> None:
    assert [year for _, _, year in years_in(text, taiwan=False)] == read


def test_a_character_with_two_originals_is_given_back_by_its_neighbours() -> None:
    script = Script([piece(1, "後山步道與皇后里，臺北台東，發展與理髮")], traditional=True)
    assert script.folded() == ["后山步道与皇后里，台北台东，发展与理发"]
    for issued, read in [
        ("後山", "后山"),
        ("皇后", "皇后"),
        ("臺北", "台北"),
        ("台東", "台东"),
        ("理髮", "理发"),
    ]:
        assert script.restored(read) == issued


def test_the_same_words_are_given_back_as_at_their_own_place() -> None:
    script = Script([piece(1, "臺中處辦理"), piece(2, "台中處辦理")], traditional=True)
    assert script.restored("台中处", Place(line=2)) == "台中處"
    assert script.restored("台中处", Place(line=1)) == "臺中處"


def test_years_and_quarters_are_given_back_as_issued() -> None:
    script = Script([piece(1, "113年度施政計畫"), piece(2, "第3季 完成")], traditional=True)
    assert script.folded() == ["2024年度施政计划", "第3季度 完成"]
    assert script.restored("2024年度施政计划") == "113年度施政計畫"
    assert script.restored("第3季度完成") == "第3季完成"
    assert script.restored("没有的字") == "没有的字"


def test_readings_behind_characters_are_passed_over_and_given_back() -> None:
    script = Script([piece(1, "實事內(nèi)容（詳見附件）"), piece(2, "村(鎮)建設(shè)")], traditional=True)
    assert script.folded() == ["实事内容（详见附件）", "村(镇)建设"]
    assert script.restored("内容") == "內(nèi)容"
    assert script.restored("村(镇)建设", Place(line=2)) == "村(鎮)建設(shè)"


@pytest.mark.parametrize(
    ("issued", "read"),
    [
        ("提供3 200個名額", "提供3200个名额"),
        ("提供 12 500個名額", "提供 12500个名额"),
        ("提供1 200 000個名額", "提供1200000个名额"),
        ("3 200個名額", "3 200个名额"),  # at the beginning it may be a running number
        ("第3 20個", "第3 20个"),
        ("甲區 3 200 100", "甲区 3 200 100"),  # figures side by side
        ("2024 300個", "2024 300个"),
    ],
)
def test_a_blank_between_thousands_is_passed_over_and_given_back(issued: str, read: str) -> None:
    script = Script([piece(1, issued)], traditional=True)
    assert script.folded() == [read]
    assert script.restored(read) == issued


def test_a_simplified_document_is_left_alone() -> None:
    document = Document(
        "a.txt", (Paragraph("2024年民生实事，台州市后街道", Place(line=1)), table(("序号", "项目")))
    )
    assert script_of(document) is None


def test_a_document_is_as_long_in_both_scripts_but_for_its_years() -> None:
    document = Document("a.xlsx", (table(("編號", "計畫", "主辦機關"), ("1", "改善縣道12公里", "工務處")),))
    script = script_of(document)
    assert script is not None
    part = as_read(document, script).parts[0]
    assert isinstance(part, Table)
    assert [[cell.text for cell in row] for row in part.rows] == [
        ["编号", "计划", "主办机关"],
        ["1", "改善县道12公里", "工务处"],
    ]


def draft() -> PlanDraft:
    rows = (
        ("編號", "工作項目", "主辦機關", "協辦機關", "預定完成日期"),
        ("1", "於後埔設置據點6處", "社會處", "各鄉鎮公所", "113年12月31日"),
    )
    return interpret(Document("a.xlsx", (table(*rows),)))


def test_findings_quote_what_was_issued() -> None:
    (finding,) = draft().findings
    assert (finding.code, finding.quote) == ("COLLECTIVE_UNIT", "各鄉鎮公所")
    assert finding.message.startswith("“各鄉鎮公所”是集合称谓")


def test_sources_and_wordings_are_those_of_the_document() -> None:
    plan = draft()
    subtask = plan.projects[0].subtasks[0]
    assert (subtask.title, subtask.deadline.text) == ("於後埔設置據點6處", "113年12月31日")
    assert {source.quote for source in subtask.sources} == {"社會處", "各鄉鎮公所", "113年12月31日"}
    assert plan.document.year == 2024


@pytest.mark.parametrize(("unit", "expected"), [("公頃", True), ("萬元", True), ("處", False), ("輛", False)])
def test_measures_are_whole_or_not_in_both_scripts(unit: str, expected: bool) -> None:
    assert is_divisible(unit) is expected
