"""Frozen dataclasses as plain JSON and back, so that what was published can be kept and read again."""

from __future__ import annotations

from collections.abc import Callable
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
    found: T = _reader(known)(data)
    return found


@cache  # a picture holds tens of thousands of lines of few kinds
def _reader(hint: Any) -> Callable[[Any], Any]:
    """What makes a value of that type of what JSON holds, ``None`` apart."""
    if isinstance(hint, UnionType):
        return _reader(next(part for part in get_args(hint) if part is not type(None)))
    if get_origin(hint) is tuple:
        return _tuple_reader(get_args(hint))
    if hint is date:
        return date.fromisoformat
    if is_dataclass(hint) and isinstance(hint, type):
        return _dataclass_reader(hint)
    read: Callable[[Any], Any] = hint
    return read


def _dataclass_reader(kind: Any) -> Callable[[Any], Any]:
    readers = {name: _reader(hint) for name, hint in get_type_hints(kind).items()}

    def read(data: Any) -> Any:
        return kind(
            **{
                name: None if data[name] is None else part(data[name])
                for name, part in readers.items()
                if name in data
            }
        )

    return read


def _tuple_reader(hints: tuple[Any, ...]) -> Callable[[Any], Any]:
    if len(hints) == 2 and hints[1] is ...:
        part = _reader(hints[0])
        return lambda data: tuple(None if one is None else part(one) for one in data)
    parts = [_reader(hint) for hint in hints]
    return lambda data: tuple(
        None if one is None else part(one) for part, one in zip(parts, data, strict=True)
    )
