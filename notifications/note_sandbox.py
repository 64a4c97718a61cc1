"""The environment in which notes are rendered: it reaches the fields of plain values and nothing else."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache
from importlib.resources import files
from typing import Any

from jinja2 import StrictUndefined, Template
from jinja2.runtime import LoopContext, Undefined
from jinja2.sandbox import ImmutableSandboxedEnvironment

from notifications.card import Card
from notifications.note import Layout, NoteError, as_data, card_of_note
from notifications.words import cut

LOOP = ("index", "index0", "first", "last", "length")
FILTERS = ("cut", "default", "first", "join", "last", "length")
TESTS = ("none", "even", "odd")


class NoteEnvironment(ImmutableSandboxedEnvironment):
    """Looks up keys of mappings, places of sequences and fields of frozen views; never any other attribute."""

    def getattr(self, obj: Any, attribute: str) -> Any:
        """The field of that name, else an undefined value."""
        if isinstance(obj, Mapping) and attribute in obj:
            return obj[attribute]
        if attribute in getattr(type(obj), "__dataclass_fields__", ()):
            return getattr(obj, attribute)
        if isinstance(obj, LoopContext) and attribute in LOOP:
            return getattr(obj, attribute)
        return self.undefined(obj=obj, name=attribute)

    def getitem(self, obj: Any, argument: Any) -> Any:
        """The place or part of a sequence, the field of anything else."""
        if isinstance(argument, str):
            return self.getattr(obj, argument)
        if isinstance(obj, list | tuple) and isinstance(argument, int | slice):
            try:
                return obj[argument]
            except IndexError:
                pass
        return self.undefined(obj=obj, name=str(argument))


@cache
def note_environment() -> NoteEnvironment:
    """The one environment of notes; a value that is not there is an error."""
    environment = NoteEnvironment(
        undefined=StrictUndefined, finalize=_put_in, trim_blocks=True, lstrip_blocks=True, autoescape=False
    )
    environment.globals.clear()
    environment.filters = {
        **{name: environment.filters[name] for name in FILTERS if name in environment.filters},
        "cut": _cut,
        "join": _join,
    }
    environment.tests = {name: environment.tests[name] for name in TESTS}
    return environment


def _put_in(value: object) -> str:
    """What a template puts in, as data; a value that is not there is an error."""
    return as_data(str(value) if isinstance(value, Undefined) else value)


def _cut(text: object, length: int) -> str:
    return cut(str(text), length)


def _join(parts: Sequence[object], separator: str = "") -> str:
    """The texts of a list that say something, with the separator between them."""
    if not isinstance(parts, list | tuple) or not all(isinstance(part, str | int) for part in parts):
        raise NoteError("VALUE_NOT_TEXT")
    return str(separator).join(str(part) for part in parts if part != "")


@cache
def shipped_source(kind: str) -> str:
    """The source of the shipped note of that kind; coordinators' messages are written like reminders."""
    name = "reminder" if kind == "coordinator" else kind
    return files("notifications").joinpath("templates", f"{name}.note.j2").read_text(encoding="utf-8")


@cache
def _shipped(kind: str) -> Template:
    return note_environment().from_string(shipped_source(kind))


def shipped_card(kind: str, view: Any) -> Card:
    """The card of a view as the shipped note says it."""
    layout = Layout(view.subject, view.tone, getattr(view, "link", None) or "")
    return card_of_note(_shipped(kind).render(mail=view), layout)
