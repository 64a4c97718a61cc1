"""Whether the sealed record is whole: every broken place is named, and what differs there."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from sqlalchemy import select
from sqlmodel import Session, col

from db import audit, fingerprints, tables

E = tables.Event
BATCH = 1000


@dataclass(frozen=True, slots=True)
class Break:
    """A place where the chain does not hold.

    ``what``: content (the row was changed), previous (it does not follow the row before), missing (rows
    before it are gone), unsealed (it was put in past the service), row (what was decided was changed or
    is gone; ``row`` names it), head (the last rows are gone, or the head was moved).
    """

    what: str
    event_id: int | None = None
    segment: int | None = None
    sequence: int | None = None
    row: str = ""


@dataclass(slots=True)
class Verification:
    """What was looked at, and every break in the order of the chain."""

    events: int = 0
    rows: int = 0
    head: audit.Head = field(default_factory=lambda: audit.Head(1, 0, audit.BEGINNING))
    breaks: list[Break] = field(default_factory=list)
    hashes: set[str] = field(default_factory=set)

    @property
    def holds(self) -> bool:
        """Whether nothing is broken."""
        return not self.breaks


def verify(session: Session) -> Verification:
    """The whole chain is recomputed, event by event, and every decided row is compared with its last fingerprint."""
    found = Verification()
    prints: dict[str, tuple[str, E]] = {}
    end = found.head
    for event in _sealed(session):
        found.events += 1
        found.breaks += _breaks(event, end)
        end = audit.Head(event.segment or 0, event.sequence or 0, event.hash)
        found.hashes.add(event.hash)
        for row, hashed in event.details.get(audit.ROWS, {}).items():
            prints[row] = (hashed, event)
    found.rows = len(prints)
    found.breaks += _changed_rows(session, prints)
    unsealed = select(E).where(col(E.hash) == "").order_by(col(E.id))
    found.breaks += [Break("unsealed", event.id) for event in session.execute(unsealed).scalars()]
    stored = audit.head(session)
    if stored.hash != end.hash:
        found.breaks.append(Break("head", None, stored.segment, stored.sequence))
    found.head = end
    return found


def _sealed(session: Session) -> Iterator[E]:
    """Every sealed event in the order of the chain, some at a time."""
    segment = sequence = 0
    while True:
        later = (col(E.segment) > segment) | ((col(E.segment) == segment) & (col(E.sequence) > sequence))
        query = select(E).where(col(E.hash) != "", later)
        query = query.order_by(col(E.segment), col(E.sequence)).limit(BATCH)
        batch = list(session.execute(query).scalars())
        yield from batch
        if len(batch) < BATCH:
            return
        segment, sequence = batch[-1].segment or 0, batch[-1].sequence or 0


def _breaks(event: E, end: audit.Head) -> Iterator[Break]:
    place = (event.id, event.segment, event.sequence)
    follows = (end.segment, end.sequence + 1)
    if (event.segment, event.sequence) not in (follows, (end.segment + 1, 1)):
        yield Break("missing", *place)
    elif event.previous_hash != end.hash:
        yield Break("previous", *place)
    if event.hash != audit.hash_of(event):
        yield Break("content", *place)


def _changed_rows(session: Session, prints: dict[str, tuple[str, E]]) -> Iterator[Break]:
    for name, (hashed, event) in prints.items():
        row = fingerprints.find(session, name)
        if row is None or fingerprints.fingerprint(session, row) != hashed:
            yield Break("row", event.id, event.segment, event.sequence, name)
