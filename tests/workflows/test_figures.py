"""What people write as a figure, read or refused with a sentence."""

from __future__ import annotations

from decimal import Decimal

import pytest

from engine.errors import DubanError
from engine.model import Indicator
from workflows.figures import read_figure

LIFTS = Indicator(1, "加装电梯", Decimal(100), "台")
PEOPLE = Indicator(2, "培训", Decimal(20000), "人次")


@pytest.mark.parametrize(
    ("text", "indicator", "value"),
    [
        ("26", LIFTS, "26"),
        (" 26 台 ", LIFTS, "26"),
        ("２６台", LIFTS, "26"),
        ("１．５", LIFTS, "1.5"),
        ("1,200", LIFTS, "1200"),
        ("1，200台", LIFTS, "1200"),
        ("1.2万", PEOPLE, "12000"),
        ("１.２万名", PEOPLE, "12000"),
        ("0", LIFTS, "0"),
        ("999999999999999", LIFTS, "999999999999999"),
    ],
)
def test_a_figure_is_read_as_people_write_it(text: str, indicator: Indicator, value: str) -> None:
    assert read_figure(text, indicator) == Decimal(value)


@pytest.mark.parametrize("text", ["", "  ", "\u3000"])
def test_a_field_left_empty_is_no_figure(text: str) -> None:
    assert read_figure(text, LIFTS) is None


@pytest.mark.parametrize(
    "text",
    [
        *("-1", "－1台", "约26台", "26个", "二十六", "1,2", "12,34", "1.2.3", "26台左右", "+", ".", "nan"),
        *("1e5", "加装电梯=26台", "1000000000000000", "0." + "1" * 40, "<b>26</b>", "26\n27"),
    ],
)
def test_what_is_no_figure_of_it_is_refused(text: str) -> None:
    with pytest.raises(DubanError) as refusal:
        read_figure(text, LIFTS)
    assert refusal.value.code == "BAD_FIGURE"
