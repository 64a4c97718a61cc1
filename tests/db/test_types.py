"""Quantities and moments come back as they went in, on SQLite and on PostgreSQL."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal
from typing import Any

import hypothesis.strategies as st
import pytest
from hypothesis import given
from sqlalchemy import Column, Integer, MetaData, Table, select
from sqlalchemy.dialects import sqlite
from sqlalchemy.exc import StatementError

from db.session import Database
from db.types import ExactDecimal, UtcDateTime

KEPT = Table(
    "kept",
    MetaData(),
    Column("id", Integer, primary_key=True),
    Column("quantity", ExactDecimal),
    Column("at", UtcDateTime),
)
SHANGHAI = timezone(timedelta(hours=8))


def _keep(database: Database, column: str, values: Sequence[object]) -> list[Any]:
    """The values as they come back."""
    with database.write() as session:
        KEPT.create(session.connection())
        session.execute(KEPT.insert(), [{"id": place, column: value} for place, value in enumerate(values)])
    with database.read() as session:
        return list(session.execute(select(KEPT.c[column]).order_by(KEPT.c.id)).scalars())


EXACT = [
    "0",
    "26",
    "100.50",  # the places that somebody wrote are kept
    "-3",
    "0.1",
    "0.30000000000000004",
    "16000",
    "1234567890123456789012345678901234567890",  # 40 digits
    "0.12345678901234567890123456789012345678",  # 38 places: 40 characters
    "-99999999999999999999.999999999999999999",
]


def test_quantities_come_back_digit_by_digit(database: Database) -> None:
    assert [str(value) for value in _keep(database, "quantity", [Decimal(text) for text in EXACT])] == EXACT


@pytest.mark.parametrize(
    "wrong",
    [
        "12345678901234567890123456789012345678901",  # 41 digits
        "-1234567890123456789012345678901234567890",  # 41 characters
        "0.123456789012345678901234567890123456789",
        "1E+40",
        "1E-40",
        "1E+999999",
        "NaN",
        "Infinity",
    ],
)
def test_a_quantity_that_cannot_be_kept_exactly_is_refused(database: Database, wrong: str) -> None:
    with pytest.raises(StatementError, match="at most 40"):
        _keep(database, "quantity", [Decimal(wrong)])


@pytest.mark.parametrize(
    ("given", "digits"), [("1E+2", "100"), ("1E+39", "1" + "0" * 39), ("1E-5", "0.00001")]
)
def test_a_quantity_is_stored_without_exponent(given: str, digits: str) -> None:
    assert ExactDecimal().process_bind_param(Decimal(given), sqlite.dialect()) == digits


@given(st.decimals(allow_nan=False, allow_infinity=False, min_value=-(10**18), max_value=10**18, places=6))
def test_any_quantity_comes_back_equal(value: Decimal) -> None:
    stored = ExactDecimal().process_bind_param(value, sqlite.dialect())
    assert ExactDecimal().process_result_value(stored, sqlite.dialect()) == value


def test_nothing_stays_nothing(database: Database) -> None:
    assert _keep(database, "quantity", [None]) == [None]
    assert _keep_another(database) == [None]


def _keep_another(database: Database) -> list[Any]:
    with database.read() as session:
        return list(session.execute(select(KEPT.c.at)).scalars())


MOMENTS = [
    datetime(2024, 3, 1, 9, 0, tzinfo=SHANGHAI),
    datetime(2024, 3, 1, 1, 0, tzinfo=UTC),
    datetime(2023, 12, 31, 23, 59, 59, 999999, tzinfo=UTC),
    datetime(2024, 1, 1, 0, 0, tzinfo=SHANGHAI),
]


def test_moments_come_back_as_the_same_moment_in_utc(database: Database) -> None:
    found = _keep(database, "at", MOMENTS)
    assert found == MOMENTS
    assert [moment.utcoffset() for moment in found] == [timedelta(0)] * len(MOMENTS)


@pytest.mark.parametrize(
    ("seconds", "found"),
    [(-1, []), (0, [0]), (1, [0]), (8 * 3600, [0, 1])],
    ids=["before", "at", "after", "later"],
)
def test_moments_are_compared_as_moments_whatever_their_zone(
    database: Database, seconds: int, found: list[int]
) -> None:
    morning = datetime(2024, 3, 1, 9, 0, tzinfo=SHANGHAI)
    _keep(database, "at", [morning, datetime(2024, 3, 1, 9, 0, tzinfo=UTC)])
    asked = (morning + timedelta(seconds=seconds)).astimezone(timezone(timedelta(hours=-5)))
    with database.read() as session:
        ids = session.execute(select(KEPT.c.id).where(KEPT.c.at <= asked).order_by(KEPT.c.id)).scalars()
        assert list(ids) == found


def test_a_moment_without_a_time_zone_is_refused(database: Database) -> None:
    with pytest.raises(StatementError, match="time zone"):
        _keep(database, "at", [datetime(2024, 3, 1, 9, 0)])
