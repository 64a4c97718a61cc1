from __future__ import annotations

from decimal import Decimal

import pytest

from intake.draft import IndicatorDraft, QuantityDraft
from workflows.match_figures import match_figures


def figure(text: str) -> QuantityDraft:
    subject, unit = text.split("/")
    return QuantityDraft(subject, Decimal(1), unit)


def promise(text: str) -> IndicatorDraft:
    subject, unit = text.split("/")
    return IndicatorDraft(subject, Decimal(1), unit)


@pytest.mark.parametrize(
    ("figures", "promises", "matched"),
    [
        (["电梯/台"], ["加装电梯/台"], {0: 0}),
        (["新增/台", "完工/台"], ["新增电梯/台", "完工电梯/台"], {0: 0, 1: 1}),
        (["完工/台", "新增/台"], ["新增电梯/台", "完工电梯/台"], {0: 1, 1: 0}),
        (["参加/人次"], ["培训群众/人"], {0: 0}),
        (["参加/人"], ["课程/场"], {}),
        (["甲/个", "乙/个"], ["站点/个"], {}),
        (["站点/个", "乙/个"], ["站点/个"], {0: 0}),
        (["其他/个"], ["站点/个", "车位/个"], {}),
        (["站点/"], ["站点/个"], {0: 0}),
        (["报警器/户", "报警器/户"], ["报警器/户", "报警器/户"], {0: 0, 1: 1}),
        (["报警器/户"], ["报警器/户", "报警器/户"], {}),
        ([], ["站点/个"], {}),
    ],
)
def test_a_figure_goes_to_the_indicator_that_alone_fits_best(
    figures: list[str], promises: list[str], matched: dict[int, int]
) -> None:
    assert match_figures([figure(one) for one in figures], [promise(one) for one in promises]) == matched


def test_what_a_month_brought_by_itself_goes_to_no_indicator() -> None:
    own = QuantityDraft("本月完工", Decimal(6), "台", counts=False)
    assert match_figures([own, figure("累计完工/台")], [promise("加装电梯/台")]) == {1: 0}
    assert match_figures([own], [promise("加装电梯/台")]) == {}


def test_a_share_of_rooms_or_flats_fits_its_measure_in_brackets() -> None:
    assert match_figures([figure("住房/套")], [promise("保障房/套(间)")]) == {0: 0}
