"""A contacts workbook before it is stored: which units are new, who comes, who goes, which rows cannot be read."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

from sqlmodel import Session, col, select

from db import tables
from db.session import Database
from db.units import UnitBook, load_book
from intake.contacts import ContactRow, ContactsDraft, UnitRow, read_contacts
from intake.draft import Finding
from workflows.import_contacts import ContactsStored, blank_rows, holder, store_contacts
from workflows.import_drafts import Draft, file_of, imported, read_kept

NEW, KNOWN, JOINED = "new", "known", "joined"
APPOINTED, REPLACED, UNCHANGED = "appointed", "replaced", "unchanged"


@dataclass(frozen=True, slots=True)
class UnitSeen:
    """A unit of the workbook: known, new, or said to be ``unit``; ``alike`` are known units that it may be."""

    name: str
    state: str
    unit: str
    alike: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class PostSeen:
    """Who holds a post now and will hold it; ``verdict`` is appointed, replaced or unchanged."""

    unit: str
    post: str
    before: tuple[str, ...]
    after: tuple[str, ...]
    verdict: str


@dataclass(frozen=True, slots=True)
class ContactsPreview:
    """What storing the workbook would do; with ``errors`` it is refused. ``blank`` rows are left out."""

    draft: ContactsDraft
    units: tuple[UnitSeen, ...]
    posts: tuple[PostSeen, ...]
    errors: tuple[Finding, ...]
    blank: tuple[Finding, ...]

    def count(self, verdict: str) -> int:
        """How many posts there are of that verdict."""
        return sum(one.verdict == verdict for one in self.posts)


def preview_contacts(database: Database, folder: Path, draft: Draft) -> ContactsPreview:
    """The workbook under the answers given so far: a unit's name to the known unit that it is.

    Raises IntakeError, FILE_MISSING.
    """
    reading = read_kept(file_of(folder, draft), draft.file_name)
    written = read_contacts(reading.document)
    with database.read() as session:
        book = load_book(session)
        said = {
            name: unit
            for name, unit in draft.answers.decided.items()
            if unit and book.find(unit) is not None and book.find(name) is None
        }
        told = joined(written, said)
        posts = tuple(_posts(session, book, told.contacts))
    blank = blank_rows(written)
    errors = tuple(one for one in written.findings if one.severity == "error" and one not in blank)
    return ContactsPreview(told, tuple(_units(written, book, said)), posts, errors, blank)


def store_draft_of_contacts(
    database: Database, folder: Path, draft: Draft, now: datetime, who: str
) -> ContactsStored:
    """The workbook is stored as the preview shows it, and waits no longer.

    Raises what ``store_contacts`` raises, and DraftChangedError.
    """
    seen = preview_contacts(database, folder, draft)
    return store_contacts(
        database,
        seen.draft,
        draft.file_name,
        now,
        who,
        also=lambda session: imported(session, draft, None, now),
    )


def joined(draft: ContactsDraft, said: Mapping[str, str]) -> ContactsDraft:
    """The workbook with each unit under the name of the known unit that it was said to be, its own name an alias."""
    units: dict[str, UnitRow] = {}
    for row in sorted(draft.units, key=lambda one: one.name in said):
        name = said.get(row.name, row.name)
        if name in units:
            first = units[name]
            units[name] = replace(first, aliases=(*first.aliases, row.name, *row.aliases))
        else:
            aliases = row.aliases if name == row.name else (*row.aliases, row.name)
            units[name] = replace(row, name=name, aliases=aliases)
    contacts = tuple(replace(one, unit=said.get(one.unit, one.unit)) for one in draft.contacts)
    return replace(draft, units=tuple(units.values()), contacts=contacts)


def _units(draft: ContactsDraft, book: UnitBook, said: Mapping[str, str]) -> Iterator[UnitSeen]:
    for row in draft.units:
        names = (row.name, row.short_name, *row.aliases)
        found = next((unit for name in names if name and (unit := book.find(name)) is not None), None)
        if found is not None:
            yield UnitSeen(row.name, KNOWN, book.names[found])
        elif row.name in said:
            yield UnitSeen(row.name, JOINED, said[row.name], book.similar(row.name))
        else:
            yield UnitSeen(row.name, NEW, "", book.similar(row.name))


def _posts(session: Session, book: UnitBook, rows: Sequence[ContactRow]) -> Iterator[PostSeen]:
    wanted: dict[tuple[str, str], list[ContactRow]] = {}
    for row in rows:
        wanted.setdefault((row.unit, row.post), []).append(row)
    present = _present(session)
    for (unit, post), told in wanted.items():
        held = present.get((book.find(unit) or 0, post), [])
        persons = {holder(session, one) for one in held}
        same = persons == {one.person for one in told}
        verdict = UNCHANGED if same else REPLACED if held else APPOINTED
        before = tuple(_said(one.title, one.email or "", ()) for one in held)
        after = tuple(_said(one.title, one.email, (way.channel for way in one.ways or ())) for one in told)
        yield PostSeen(unit, post, before, after, verdict)


def _present(session: Session) -> dict[tuple[int, str], list[tables.Contact]]:
    post, contact = tables.Post, tables.Contact
    query = select(post.unit_id, post.kind, contact).join(contact, col(contact.post_id) == col(post.id))
    found: dict[tuple[int, str], list[tables.Contact]] = {}
    for unit_id, kind, row in session.exec(query.where(col(contact.ended_at).is_(None))):
        found.setdefault((unit_id, kind), []).append(row)
    return found


def _said(title: str, email: str, channels: Iterable[str]) -> str:
    return " ".join(filter(None, (title, email, "、".join(one for one in channels if one != "email"))))
