"""Which values the templates of each kind of message may use, and the values themselves as plain data."""

from __future__ import annotations

import re
import types
import typing
from collections.abc import Mapping
from dataclasses import dataclass, fields, is_dataclass
from functools import cache
from typing import Any

from notifications.confirmation import ConfirmationView
from notifications.digest_view import DigestPage
from notifications.evaluation import EvaluationPage
from notifications.views import MailView

View = MailView | DigestPage | EvaluationPage | ConfirmationView
VIEWS: Mapping[str, type[Any]] = {
    "reminder": MailView,
    "coordinator": MailView,
    "digest": DigestPage,
    "evaluation": EvaluationPage,
    "confirmation": ConfirmationView,
}
KINDS = tuple(VIEWS)
WITH_BUTTON = ("reminder", "digest", "evaluation")  # their readers have a page of their own


@dataclass(frozen=True, slots=True)
class Text:
    """Something that can be put in: text or a whole number."""


@dataclass(frozen=True, slots=True)
class Record:
    """Something with named parts."""

    parts: Mapping[str, Shape]


@dataclass(frozen=True, slots=True)
class ListOf:
    """Any number of the same."""

    of: Shape


@dataclass(frozen=True, slots=True)
class Row:
    """A few different things in their order."""

    of: tuple[Shape, ...]


Shape = Text | Record | ListOf | Row


@cache
def shape_of_kind(kind: str) -> Shape:
    """What ``mail`` is in the templates of that kind."""
    return _shape(VIEWS[kind])


def _shape(hint: Any) -> Shape:
    if is_dataclass(hint):
        hints = typing.get_type_hints(hint)
        return Record({one.name: _shape(hints[one.name]) for one in fields(hint)})
    origin, arguments = typing.get_origin(hint), typing.get_args(hint)
    if origin is types.UnionType:  # X | None
        return _shape(next(one for one in arguments if one is not types.NoneType))
    if origin is tuple:
        if arguments[-1] is ...:
            return ListOf(_shape(arguments[0]))
        return Row(tuple(_shape(one) for one in arguments))
    return Text()


def plain_values(view: View, source: str) -> dict[str, Any]:
    """The parts of the view whose names stand in the template, as plain dictionaries, lists and text.

    What a template does not name is not carried over: the table of all units is long.
    """
    named = frozenset(re.findall(r"\w+", source))
    values: dict[str, Any] = _plain(view, named)
    return values


def _plain(value: Any, named: frozenset[str]) -> Any:
    if isinstance(value, tuple):
        return [_plain(one, named) for one in value]
    if not is_dataclass(value):
        return value
    names: tuple[str, ...] = type(value).__slots__  # type: ignore[union-attr]
    return {name: _plain(getattr(value, name), named) for name in names if name in named}


def value_lines(kind: str) -> list[str]:
    """Every value of a kind as templates write it, lists with ``[…]``; for people to look up."""
    return _lines("mail", shape_of_kind(kind))


def _lines(name: str, shape: Shape) -> list[str]:
    if isinstance(shape, Record):
        return [line for part, of in shape.parts.items() for line in _lines(f"{name}.{part}", of)]
    if isinstance(shape, ListOf):
        return _lines(f"{name}[…]", shape.of)
    if isinstance(shape, Row):
        return [line for place, of in enumerate(shape.of) for line in _lines(f"{name}[{place}]", of)]
    return [name]
