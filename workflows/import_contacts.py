"""联系人: units with their other names, and who holds which post; successors inherit what the post is owed."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from sqlmodel import Session, col, select

from db import runs, tables
from db.session import Database
from db.units import (
    Made,
    PostLine,
    UnitBook,
    add_alias,
    ensure_posts,
    ensure_units,
    load_book,
    post_lines,
    stored_id,
    unit_lines,
)
from db.ways import robots_by_unit, ways_of_contact
from engine.errors import DubanError
from intake.contact_ways import WayRow
from intake.contacts import UNIT_KINDS as KINDS_IN_SHEET
from intake.contacts import ContactRow, ContactsDraft, UnitRow, person_of, read_contacts
from intake.draft import Finding
from workflows.contact_ways import check_channels, end_contact, store_robots, store_ways
from workflows.office import BY_MAIL


@dataclass(frozen=True, slots=True)
class ContactsStored:
    """How many units are new, how many posts got a holder, changed holder or stayed; rows left blank."""

    new_units: int
    appointed: int
    replaced: int
    unchanged: int
    blank: tuple[Finding, ...]


def import_contacts(database: Database, path: Path, now: datetime, who: str) -> ContactsStored:
    """Units and holders are as the workbook says; posts that it does not name stay as they are.

    Channels are as it says too, if it has the columns for them; a way that refused before is tried again only
    under another address. A row without any address is left blank. Any other row that cannot be read refuses the whole file
    with its own code, naming the cell; NO_CONTACTS if there is nothing in it. Nothing is stored then.
    """
    return store_contacts(database, read_contacts(path), path.name, now, who)


def store_contacts(
    database: Database,
    draft: ContactsDraft,
    file_name: str,
    now: datetime,
    who: str,
    also: Callable[[Session], None] | None = None,
) -> ContactsStored:
    """What ``import_contacts`` does, with a workbook that is read already; ``also`` is stored or refused with it."""
    blank = blank_rows(draft)
    _refuse_unreadable(draft, blank, file_name)
    with database.write() as session:
        check_channels(session, draft)
        book, made = load_book(session), Made()
        ids = {unit.name: _unit(session, book, unit, made) for unit in draft.units}
        _members(session, book, draft.units, ids)
        for unit in draft.units:
            store_robots(session, ids[unit.name], unit.robots)
        verdicts = [
            _appoint(session, post_id, contacts, now)
            for post_id, contacts in _by_post(session, ids, draft.contacts, made)
        ]
        stored = ContactsStored(
            new_units=len(made.units),
            appointed=verdicts.count("appointed"),
            replaced=verdicts.count("replaced"),
            unchanged=verdicts.count("unchanged"),
            blank=blank,
        )
        details = {"units": len(ids), "appointed": stored.appointed, "replaced": stored.replaced}
        runs.record(session, "import_contacts", who, now, details=details)
        if also:
            also(session)
    return stored


def blank_rows(draft: ContactsDraft) -> tuple[Finding, ...]:
    """Rows without any address: they are left out and refuse nothing."""
    return tuple(one for one in draft.findings if one.code == "BAD_EMAIL" and not one.quote)


def holder(session: Session, contact: tables.Contact) -> str:
    """Who holds a post, by what tells people apart in a workbook."""
    return _person(session, contact)


def present_contacts(session: Session) -> ContactsDraft:
    """What is known, to be filled in and imported again: a post that nobody holds has a row without an address."""
    robots = robots_by_unit(session)
    units = [
        UnitRow(
            name=unit.name,
            aliases=unit.aliases,
            kind=unit.kind if unit.kind in KINDS_IN_SHEET else "department",
            members=tuple(_member_names(session, unit.id)),
            robots=tuple(robots.get(unit.id, ())),
        )
        for unit in unit_lines(session)
        if unit.kind != "level"
    ]
    posts = [
        ContactRow(
            one.unit, one.kind, one.title, one.email, one.locale, tuple(WayRow(*way) for way in _ways_of(one))
        )
        for one in post_lines(session)
    ]
    return ContactsDraft(tuple(units), tuple(posts))


def alias_unit(database: Database, name: str, alias: str, now: datetime, who: str) -> str:
    """The alias means the unit from now on; returns the unit's own name.

    Raises DubanError NO_SUCH_UNIT, or NAME_TAKEN when the alias is a name already.
    """
    with database.write() as session:
        book = load_book(session)
        unit_id = book.find(name)
        if unit_id is None:
            near = "、".join(book.similar(name))
            hint = f"是否指 {near}？" if near else "已有单位见 duban units list。"
            raise DubanError("NO_SUCH_UNIT", f"没有单位“{name}”：{hint}")
        if not add_alias(session, book, unit_id, alias.strip(), Made()):
            owner = book.names[book.find(alias) or unit_id]
            raise DubanError("NAME_TAKEN", f"“{alias}”已经是“{owner}”的名称或别名：请换一个写法。")
        runs.record(session, "alias_unit", who, now, details={"unit": unit_id, "alias": alias.strip()})
        return book.names[unit_id]


def _refuse_unreadable(draft: ContactsDraft, blank: Sequence[Finding], file_name: str) -> None:
    wrong = [one for one in draft.findings if one.severity == "error" and one not in blank]
    if wrong:
        shown = "；".join(f"{one.where} {one.quote}：{one.message}" for one in wrong[:5])
        more = f"；共 {len(wrong)} 处" if len(wrong) > 5 else ""
        raise DubanError(wrong[0].code, f"“{file_name}”有读不了的行，没有保存任何内容。{shown}{more}")
    if not draft.units and not draft.contacts:
        raise DubanError(
            "NO_CONTACTS", f"“{file_name}”里没有单位和联系人：请用 duban contacts template 生成表格填写。"
        )


def _unit(session: Session, book: UnitBook, row: UnitRow, made: Made) -> int:
    names = [name for name in (row.name, row.short_name, *row.aliases) if name]
    known = {unit_id for name in names if (unit_id := book.find(name)) is not None}
    if len(known) > 1:
        shown = "、".join(book.names[unit_id] for unit_id in sorted(known))
        raise DubanError(
            "NAME_TAKEN", f"{row.where}：“{row.name}”的名称和别名属于几个单位（{shown}）：请核对这一行。"
        )
    unit_id = known.pop() if known else ensure_units(session, book, {row.name: row.kind}, made)[row.name]
    for name in names:
        add_alias(session, book, unit_id, name, made)
    unit = session.get_one(tables.Unit, unit_id)
    if row.kind not in ("department", unit.kind):
        unit.kind = row.kind
        session.add(unit)
    return unit_id


def _members(session: Session, book: UnitBook, rows: Iterable[UnitRow], ids: dict[str, int]) -> None:
    table = tables.UnitMember
    for row in rows:
        if row.kind != "collective":
            continue
        for old in session.exec(select(table).where(col(table.collective_id) == ids[row.name])).all():
            session.delete(old)
        session.flush()
        members = dict.fromkeys(book.find(name) for name in row.members)
        session.add_all(
            table(collective_id=ids[row.name], member_id=member) for member in members if member is not None
        )
    session.flush()


def _member_names(session: Session, unit_id: int) -> list[str]:
    member, unit = tables.UnitMember, tables.Unit
    query = select(col(unit.name)).join(member, col(member.member_id) == col(unit.id))
    return list(session.exec(query.where(col(member.collective_id) == unit_id).order_by(col(unit.id))))


def _by_post(
    session: Session, ids: dict[str, int], rows: Sequence[ContactRow], made: Made
) -> list[tuple[int, list[ContactRow]]]:
    grouped: dict[tuple[int, str], list[ContactRow]] = {}
    for row in rows:
        grouped.setdefault((ids[row.unit], row.post), []).append(row)
    return [
        (ensure_posts(session, [unit_id], kind, made)[unit_id], contacts)
        for (unit_id, kind), contacts in grouped.items()
    ]


def _appoint(session: Session, post_id: int, rows: Sequence[ContactRow], now: datetime) -> str:
    """The post is held by these; who held it before has ended. The same address is the same person."""
    table = tables.Contact
    present = session.exec(
        select(table).where(col(table.post_id) == post_id, col(table.ended_at).is_(None))
    ).all()
    by_person = {_person(session, one): one for one in present}
    wanted = {row.person: row for row in rows}
    for person, contact in by_person.items():
        if person not in wanted:
            end_contact(session, contact, now)
    for person, row in wanted.items():
        contact = by_person.get(person) or table(post_id=post_id, email=row.email or None)
        contact.title, contact.locale = row.title, row.locale
        session.add(contact)
        session.flush()
        store_ways(session, contact, row.ways, now)
    session.flush()
    if set(by_person) == set(wanted):
        return "unchanged"
    return "replaced" if present else "appointed"


def _person(session: Session, contact: tables.Contact) -> str:
    ways = ways_of_contact(session, stored_id(contact.id))
    return person_of(contact.email or "", [WayRow(way.channel, way.address) for way in ways], contact.title)


def _ways_of(line: PostLine) -> list[tuple[str, str]]:
    """The channels as the sheet says them: the mail address has its own column."""
    return [(way.channel, "" if way.channel in BY_MAIL else way.address) for way in line.ways]
