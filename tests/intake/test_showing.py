"""Quantities as people read them."""

from __future__ import annotations

from decimal import Decimal

import pytest

from intake.draft import QuantityDraft
from intake.showing import amount, figure_text


@pytest.mark.parametrize(
    ("quantity", "unit", "told"),
    [
        ("9999", "户", "9999户"),
        ("10000", "户", "1万户"),
        ("16000", "名", "1.6万名"),
        ("12345", "人", "12345人"),
        ("1000000", "平方米", "100万平方米"),
        ("99990000", "元", "9999万元"),
        ("5000000000", "元", "50亿元"),
        ("123450000", "元", "12345万元"),
        ("5.5", "‰", "5.5‰"),
        ("12000", "homes", "12,000 homes"),
    ],
)
def test_large_quantities_are_told_in_wan_and_yi_where_two_decimals_are_enough(
    quantity: str, unit: str, told: str
) -> None:
    assert amount(Decimal(quantity), unit) == told


@pytest.mark.parametrize(
    ("subject", "unit", "told"),
    [("新增泊位", "个", "新增泊位339个"), ("homes", "homes", "homes 339 homes"), ("", "台", "339台")],
)
def test_a_figure_names_what_it_counts(subject: str, unit: str, told: str) -> None:
    assert figure_text(QuantityDraft(subject, Decimal(339), unit)) == told
