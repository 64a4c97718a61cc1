"""Column types that say the same thing on SQLite and PostgreSQL."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import JSON, Column, DateTime, String, text
from sqlalchemy.engine import Dialect
from sqlalchemy.types import TypeDecorator
from sqlmodel import Field

DIGITS = 40
MAYBE_JSON: Any = JSON(none_as_null=True)  # null for rows that were stored before the column
NO_TEXT: Any = {"server_default": text("''")}  # rows that were stored before the column have none


class ExactDecimal(TypeDecorator[Decimal]):
    """A Decimal kept as its digits, at most 40 characters: SQLite would make it a float.

    It comes back equal and with the same number of places. SQL compares it as text: judge it in Python.
    """

    impl = String(DIGITS)
    cache_ok = True

    def process_bind_param(self, value: Decimal | None, dialect: Dialect) -> str | None:
        """The digits without exponent; a ValueError for what is no number or too long to be kept exactly."""
        if value is None:
            return None
        digits = format(value, "f") if value.is_finite() and abs(value.adjusted()) < DIGITS else ""
        if not 0 < len(digits) <= DIGITS:
            raise ValueError(f"a quantity needs to be a number of at most {DIGITS} characters")
        return digits

    def process_result_value(self, value: Any, dialect: Dialect) -> Decimal | None:
        """The Decimal of the digits."""
        return None if value is None else Decimal(value)


class UtcDateTime(TypeDecorator[datetime]):
    """An aware moment, stored in UTC; a naive one is refused."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """The moment in UTC; SQLite gets it without zone."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a moment needs a time zone")
        moment = value.astimezone(UTC)
        return moment.replace(tzinfo=None) if dialect.name == "sqlite" else moment

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """The moment in UTC, aware on both databases."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


def json_field(**options: Any) -> Any:
    """A column of plain JSON that is never null."""
    return Field(sa_column=Column(JSON, nullable=False), **options)
