"""The units that a document names, and which known unit each would be; nothing is joined unasked."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from db.session import Database
from db.units import UnitBook, load_book
from intake.units import is_collective
from workflows.look_at_draft import UNIT_QUESTIONS, Looked, Question
from workflows.store_draft import unit_kind, unit_kinds

KNOWN, NEW, ALIKE, JOINED = "known", "new", "alike", "joined"


@dataclass(frozen=True, slots=True)
class NamedUnit:
    """A name as the document writes it: ``state`` is known (as ``unit``), new, alike (somebody is to say), or joined
    (somebody has said that it is ``unit``). ``members`` are whom a collective unit stands for."""

    name: str
    state: str
    unit: str
    kind: str
    rows: int
    members: tuple[str, ...] = ()
    question: Question | None = None

    @property
    def is_collective(self) -> bool:
        """Whether the name stands for several units."""
        return self.kind == "collective"


def units_of(database: Database, looked: Looked) -> list[NamedUnit]:
    """Every unit of the document once, those first about which somebody is asked, then the new ones."""
    with database.read() as session:
        book = load_book(session)
    asked = {
        one.finding.quote: one
        for one in looked.questions
        if one.finding.code in UNIT_QUESTIONS and one.options
    }
    order = (ALIKE, JOINED, NEW, KNOWN)
    return sorted(_named(looked, book, asked), key=lambda one: order.index(one.state))


def _named(looked: Looked, book: UnitBook, asked: dict[str, Question]) -> Iterator[NamedUnit]:
    subtasks = [row.subtask for row in looked.rows]
    counted: dict[str, int] = {}
    for subtask in subtasks:
        for name in unit_kinds([subtask]):
            counted[name] = counted.get(name, 0) + 1
    for name, number in counted.items():
        question = asked.get(name)
        joined = looked.prepared.joined.get(name)
        found = book.find(joined or name)
        kind = "collective" if is_collective(name) else book.kinds.get(found or 0, unit_kind(name))
        members = tuple(book.names[one] for one in book.members_of(found)) if found else ()
        state = (
            JOINED if joined else ALIKE if question and question.chosen is None else KNOWN if found else NEW
        )
        unit = joined or (book.names[found] if found else "")
        yield NamedUnit(name, state, unit, kind, number, members, question)
