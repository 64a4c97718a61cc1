from __future__ import annotations

import pytest

from engine.unit_names import kin_pairs, may_be_one, name_forms, similar_names


@pytest.mark.parametrize(
    ("name", "forms"),
    [
        ("区科技局（区科协）", ("区科技局(区科协)", "区科技局", "区科协")),
        ("卫健局(老龄办、 计生协会)", ("卫健局(老龄办、计生协会)", "卫健局", "老龄办", "计生协会")),
        # What is no unit's name is no alias: another office may have 城区 in brackets too.
        ("区城管局（城区）", ("区城管局(城区)", "区城管局")),
        ("区住建局（第3组）", ("区住建局(第3组)", "区住建局")),
        # All but one is not all.
        ("各街镇（除东街）", ("各街镇(除东街)",)),
        ("区 教育局", ("区教育局",)),
    ],
)
def test_a_name_with_a_bracket_says_more_than_one_name(name: str, forms: tuple[str, ...]) -> None:
    assert name_forms(name) == forms


@pytest.mark.parametrize(
    ("one", "other", "kin"),
    [
        ("东街镇人民政府", "东街镇", True),
        ("东街街道办事处", "东街街道", True),
        ("东街", "东街街道", True),
        ("东街", "东街镇", True),
        ("东街镇", "西街镇", False),
        ("区卫健委", "卫生健康委员会", True),
        ("卫健委", "云溪区卫生健康委员会", True),
        ("区人社局", "人力资源和社会保障局", True),
        ("市住建局", "区住房和城乡建设局", False),  # another level is another unit
        ("区住建局", "区住房和城乡建设局", True),
        ("区教体局", "区教育和体育局", True),
        ("区教体局", "区教育局", False),  # offered as alike, but not an abbreviation
        ("区民政局", "区民宗局", False),
        ("区财政局", "区财政局", False),  # one name
    ],
)
def test_endings_prefixes_and_abbreviations_may_mean_one_unit(one: str, other: str, kin: bool) -> None:
    assert may_be_one(one, other) is kin
    assert may_be_one(other, one) is kin
    assert bool(kin_pairs([one, other])) is kin


@pytest.mark.parametrize(
    ("name", "known", "found"),
    [
        ("区教育局", ["区教体局", "区财政局", "区水利局"], ("区教体局",)),
        ("区卫健委", ["区卫生健康委员会", "区发改委"], ("区卫生健康委员会",)),
        ("东街", ["东街街道", "西街街道"], ("东街街道",)),
        ("区水务局", ["区水利局"], ("区水利局",)),  # three of four letters are alike
        ("区文旅局", ["区水利局"], ()),  # two of four
        ("审计办", ["区水利局"], ()),
        ("区发改局", ["县发改局"], ()),  # spelt alike, of two levels
    ],
)
def test_similar_names_are_offered_the_likeliest_first(
    name: str, known: list[str], found: tuple[str, ...]
) -> None:
    assert similar_names(name, known) == found
