"""Names of units and posts out of cells."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from intake.units import is_collective, looks_like_units, split_persons, split_roles, split_units, tidy

CELLS = [
    ("区民政局、区教育局，区卫健局", ["区民政局", "区教育局", "区卫健局"]),
    ("区人力资源社会 保障局", ["区人力资源社会保障局"]),
    ("区住房和城乡 建设局", ["区住房和城乡建设局"]),
    ("区卫生健康委\n员会", ["区卫生健康委员会"]),
    ("团区委 区教育局", ["团区委", "区教育局"]),
    ("县民政局\n县残联", ["县民政局", "县残联"]),
    ("市住建局\n\n生态环境城东分局", ["市住建局", "生态环境城东分局"]),
    ("市公安局 交警支队", ["市公安局交警支队"]),
    ("区科技局（区科协）、区纪委(监委)", ["区科技局（区科协）", "区纪委(监委)"]),
    ("各街镇（园区） 及企业", ["各街镇（园区）", "企业"]),
    ("各县（市、区）人民政府", ["各县（市、区）人民政府"]),
    ("市人力资源和社会保障局", ["市人力资源和社会保障局"]),
    ("区教育局和区民政局", ["区教育局", "区民政局"]),
    ("区教育局、 区农业农\n村局", ["区教育局", "区农业农村局"]),
    ("区教育局、区教育局", ["区教育局"]),
    ("市民政局;市残联；市妇联", ["市民政局", "市残联", "市妇联"]),
    ("区教育局。", ["区教育局"]),
    ("国网东城供电公司、市水务集团有限公司", ["国网东城供电公司", "市水务集团有限公司"]),
    ("区教育局、市", ["区教育局"]), ("区", []), ("市、县人民政府", ["市", "县人民政府"]), ("各县、市、区", ["各县", "市", "区"]),
    ("/", []), ("--", []), ("—", []), ("无", []), ("", []), ("  ", []),
]  # fmt: skip


@pytest.mark.parametrize(("cell", "names"), CELLS)
def test_a_cell_is_cut_into_the_names_it_holds(cell: str, names: list[str]) -> None:
    assert split_units(cell) == names


@pytest.mark.parametrize(
    ("cell", "roles"),
    [
        ("牵头单位：县水利局；配合单位：县财政局、各乡镇", (["县水利局"], ["县财政局", "各乡镇"], [])),
        ("县水利局（牵头）、县财政局", (["县水利局"], [], ["县财政局"])),
        ("县水利局牵头，县财政局配合", (["县水利局"], ["县财政局"], [])),
        ("县水利局、县财政局", ([], [], ["县水利局", "县财政局"])),
    ],
)
def test_labels_and_marks_in_a_cell_tell_lead_from_cooperating(
    cell: str, roles: tuple[list[str], list[str], list[str]]
) -> None:
    assert split_roles(cell) == roles


@pytest.mark.parametrize(
    ("cell", "names"),
    [
        ("某 甲", ["某甲"]),
        ("某  甲\n\n某乙\n\n某丙", ["某甲", "某乙", "某丙"]),
        ("某某甲 某 乙", ["某某甲", "某乙"]),
        ("欧阳 甲、某乙", ["欧阳甲", "某乙"]),
        ("分管副局长", ["分管副局长"]),
        ("--", []),
    ],
)
def test_names_padded_with_spaces_are_joined_and_lists_kept_apart(cell: str, names: list[str]) -> None:
    assert split_persons(cell) == names


@pytest.mark.parametrize("name", ["各街镇", "相关街道", "各县（市、区）", "企业", "区属国有企业", "有关单位"])
def test_a_name_for_several_units_is_collective(name: str) -> None:
    assert is_collective(name)


@pytest.mark.parametrize("name", ["区教育局", "城关镇", "市属医院", "县供电公司"])
def test_a_unit_of_its_own_is_not_collective(name: str) -> None:
    assert not is_collective(name)


@pytest.mark.parametrize(
    ("text", "units"),
    [("区教育局、各镇", True), ("新建幼儿园7所", False), ("--", False), ("已完成选址", False)],
)
def test_a_cell_of_units_is_told_from_other_text(text: str, units: bool) -> None:
    assert looks_like_units(text) is units


def test_tidy_takes_out_what_typesetting_put_in() -> None:
    assert tidy("为 1.6 万名退休和生活困 难妇女\n免费筛查") == "为1.6万名退休和生活困难妇女免费筛查"
    assert tidy("建设 Wi Fi 热点 30 处") == "建设Wi Fi热点30处"


NAMES = st.lists(
    st.sampled_from(["区教育局", "县水利局", "城关镇", "团市委", "市总工会", "各街道", "县供电公司"]),
    unique=True,
    max_size=6,
)


@given(NAMES, st.sampled_from(["、", "，", ",", "；", "\n", " ", "、 "]))
def test_names_come_back_whatever_stands_between_them(names: list[str], separator: str) -> None:
    assert split_units(separator.join(names)) == names


@given(st.text(max_size=50))
def test_no_cell_makes_the_reader_fail(text: str) -> None:
    assert all(name.strip() for name in [*split_units(text), *split_persons(text)])
    assert all(isinstance(names, list) for names in split_roles(text))
