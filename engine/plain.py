"""Frozen dataclasses as plain JSON and back, so that what was published can be kept and read again."""

from __future__ import annotations

from dataclasses import fields, is_dataclass
from datetime import date
from decimal import Decimal
from enum import Enum
from functools import cache
from types import UnionType
from typing import Any, TypeVar, get_args, get_origin, get_type_hints

T = TypeVar("T")


def to_plain(value: Any) -> Any:
    """The value in dictionaries, lists, texts, whole numbers, booleans and ``None``."""
    if is_dataclass(value):
        return {field.name: to_plain(getattr(value, field.name)) for field in fields(value)}
    if isinstance(value, tuple):
        return [to_plain(part) for part in value]
    if isinstance(value, Enum):
        return value.value
    return str(value) if isinstance(value, date | Decimal) else value


def from_plain(kind: type[T], data: Any) -> T:
    """The dataclass of that kind; fields that the data lack get their defaults, unknown ones are left out."""
    known: Any = kind
    hints = _hints(known)
    return kind(**{name: _value(hints[name], data[name]) for name in hints if name in data})


@cache  # a picture holds tens of thousands of lines of few kinds
def _hints(kind: Any) -> dict[str, Any]:
    return get_type_hints(kind)


def _value(hint: Any, data: Any) -> Any:
    if data is None:
        return None
    if isinstance(hint, UnionType):
        return _value(next(part for part in get_args(hint) if part is not type(None)), data)
    if get_origin(hint) is tuple:
        return _tuple(get_args(hint), data)
    if hint is date:
        return date.fromisoformat(data)
    if is_dataclass(hint) and isinstance(hint, type):
        return from_plain(hint, data)
    return hint(data)


def _tuple(parts: tuple[Any, ...], data: list[Any]) -> tuple[Any, ...]:
    if len(parts) == 2 and parts[1] is ...:
        return tuple(_value(parts[0], one) for one in data)
    return tuple(_value(part, one) for part, one in zip(parts, data, strict=True))
