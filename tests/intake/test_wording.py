"""How the wording of an item is cut, and which part of a report belongs to which piece."""

from __future__ import annotations

import pytest

from intake.attribution import attribute
from intake.wording import by_clauses, by_promises, by_sentences, conjoined, title_and_rest


@pytest.mark.parametrize(
    ("text", "cut"),
    [
        ("做强产业。新建茶园20亩。", ("做强产业", "新建茶园20亩。")),
        ("助餐服务：新建食堂3个", ("助餐服务", "新建食堂3个")),
        ("新建茶园20亩。推广良种。", ("新建茶园20亩。推广良种。", "")),  # a promise is no title
        ("新建茶园20亩。", ("新建茶园20亩。", "")),
    ],
)
def test_a_title_is_a_short_first_sentence_without_a_promise(text: str, cut: tuple[str, str]) -> None:
    assert title_and_rest(text) == cut


@pytest.mark.parametrize(
    ("text", "cut"),
    [
        ("推进茶旅融合。新建茶园20亩。", ["推进茶旅融合", "新建茶园20亩"]),
        ("新建道路3条；改造道路4条。", ["新建道路3条", "改造道路4条"]),
        ("完善机制；新建道路3条。", ["完善机制；新建道路3条"]),  # one part promises nothing
    ],
)
def test_a_plan_without_units_is_cut_into_sentences(text: str, cut: list[str]) -> None:
    assert by_sentences(text) == cut


@pytest.mark.parametrize(
    ("text", "cut"),
    [
        ("改造小区35个；加装电梯20台。", ["改造小区35个", "加装电梯20台"]),
        ("新建学校6所，新增学位900个。", ["新建学校6所，新增学位900个"]),
        ("实施教育工程。新建学校6所。完善机制。", ["实施教育工程。新建学校6所。完善机制"]),
        ("推进教育均衡。", ["推进教育均衡"]),
    ],
)
def test_an_item_with_units_is_cut_only_between_promises(text: str, cut: list[str]) -> None:
    assert by_promises(text) == cut


@pytest.mark.parametrize(
    ("text", "cut"),
    [
        ("新增床位20张，新增助餐点3个。", ["新增床位20张", "新增助餐点3个"]),
        ("新增托育点2个，实现10个街道全覆盖。", ["新增托育点2个，实现10个街道全覆盖"]),  # an outcome
        ("指导课程配送，为居民配送20课时课程。", ["指导课程配送，为居民配送20课时课程"]),
        ("开展文化惠民工程，举办演出30场；开展培训4场。", ["举办演出30场", "开展培训4场"]),
        ("开展楼道整治、绿化修剪等工程。", ["开展楼道整治、绿化修剪等工程"]),
    ],
)
def test_a_headline_is_cut_into_the_clauses_that_a_report_may_speak_of(text: str, cut: list[str]) -> None:
    assert by_clauses(text) == cut


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("改造7个小区和3个路口", ["改造7个小区", "3个路口"]),
        ("改造小区和路口7个", ["改造小区和路口7个"]),
    ],
)
def test_things_that_are_each_counted_are_conjoined(text: str, parts: list[str]) -> None:
    assert conjoined(text) == parts


def test_each_clause_of_a_report_goes_to_the_subtask_it_names_and_what_follows_with_it() -> None:
    titles = ["新增养老床位20张", "新增助餐点3个", "培训护理员50人"]
    report = ["助餐点已开业1个，2个正在装修。养老床位已投用12张；护理员培训尚未开始。"]
    assert attribute(titles, report) == [
        "养老床位已投用12张",
        "助餐点已开业1个，2个正在装修。",
        "护理员培训尚未开始。",
    ]


def test_a_paragraph_that_names_nothing_speaks_of_all() -> None:
    assert (
        attribute(["新建学校3所", "改造医院2家"], ["各项前期手续正在办理。"])
        == ["各项前期手续正在办理。"] * 2
    )


def test_a_report_silent_about_a_subtask_gives_it_nothing() -> None:
    assert attribute(["新建学校3所", "改造医院2家"], ["学校已封顶1所。"]) == ["学校已封顶1所。", ""]
