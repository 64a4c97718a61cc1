"""Quantities as people type them."""

from __future__ import annotations

from decimal import Decimal

import pytest

from engine.quantities import is_kept, number_in


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("26", "26"),
        (" 1,200 ", "1200"),
        ("１２．５", "12.5"),
        ("1，200", "1200"),
        ("+3", "3"),
        ("-3", "-3"),
        (".5", "0.5"),
        ("999999999999999", "999999999999999"),
        ("0.123456789012", "0.123456789012"),
    ],
)
def test_a_number_is_read_with_wide_digits_and_commas(text: str, number: str) -> None:
    assert number_in(text) == Decimal(number)


@pytest.mark.parametrize(
    "text",
    [
        *("", ".", "²", "1e3", "1E300", "1e-300", "NaN", "Infinity", "0x1", "1_000", "١٢", "1.2.3", "2\0"),
        *("9" * 16, "9" * 5000, "0." + "3" * 13),
    ],
)
def test_what_is_no_plain_number_or_too_long_for_one_is_none(text: str) -> None:
    assert number_in(text) is None


@pytest.mark.parametrize(
    ("value", "kept"),
    [
        ("0", True),
        ("-5", True),
        ("999999999999999.999999999999", True),
        ("1e14", True),
        ("1e15", False),
        ("1e300", False),
        ("1e-12", True),
        ("1e-13", False),
        ("1e-300", False),
        ("NaN", False),
        ("Infinity", False),
    ],
)
def test_a_quantity_is_kept_if_it_is_not_too_large_and_not_too_fine(value: str, kept: bool) -> None:
    assert is_kept(Decimal(value)) is kept
