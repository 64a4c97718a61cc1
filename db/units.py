"""Units by every name they go by, the posts within them, and who holds a post."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from itertools import groupby

from sqlalchemy import exists, literal, select, union_all
from sqlmodel import Session, SQLModel, col

from db import tables
from db.session import insert_new
from db.ways import Way
from engine.unit_names import name_forms, normal, similar_names


@dataclass(slots=True)
class UnitBook:
    """All known names; ``ids`` by compared name, ``names`` and ``kinds`` by unit id, ``members`` by group."""

    ids: dict[str, int] = field(default_factory=dict)
    names: dict[int, str] = field(default_factory=dict)
    kinds: dict[int, str] = field(default_factory=dict)
    members: dict[int, list[int]] = field(default_factory=dict)

    def find(self, name: str) -> int | None:
        """The unit of that name or alias; a bracketed name is also found by its parts."""
        return next((self.ids[form] for form in name_forms(name) if form in self.ids), None)

    def similar(self, name: str) -> tuple[str, ...]:
        """Known names that resemble it, the closest first; at most three."""
        close = similar_names(name, self.ids)
        return tuple(dict.fromkeys(self.names[self.ids[key]] for key in close))

    def members_of(self, group: int) -> list[int]:
        """The units that a collective unit stands for now, those of groups within it too; empty for any other."""
        found: dict[int, None] = {}
        seen, waiting = {group}, list(self.members.get(group, ()))
        while waiting:
            unit_id = waiting.pop(0)
            if unit_id in seen:
                continue
            seen.add(unit_id)
            inner = self.members.get(unit_id)
            if inner:
                waiting = [*inner, *waiting]
            else:
                found[unit_id] = None
        return list(found)


def load_book(session: Session) -> UnitBook:
    """Every name that the database knows."""
    book = UnitBook()
    unit, alias = tables.Unit, tables.UnitAlias
    for key, name, kind in session.execute(select(col(unit.id), col(unit.name), col(unit.kind))):
        book.ids[normal(name)], book.names[key], book.kinds[key] = key, name, kind
    for key, name in session.execute(select(col(alias.unit_id), col(alias.name))):
        book.ids.setdefault(normal(name), key)
    member = tables.UnitMember
    pairs = select(col(member.collective_id), col(member.member_id)).order_by(col(member.member_id))
    for group, key in session.execute(pairs):
        book.members.setdefault(group, []).append(key)
    return book


@dataclass(slots=True)
class Made:
    """Ids of rows that a batch made, so that undoing it can take them away again."""

    units: list[int] = field(default_factory=list)
    aliases: list[int] = field(default_factory=list)
    posts: list[int] = field(default_factory=list)


def ensure_units(session: Session, book: UnitBook, kinds: dict[str, str], made: Made) -> dict[str, int]:
    """A unit for each name, known or new with the kind given; returns the ids by name as written.

    Plain names come first, so that 甲局（乙办） is found to be the 甲局 that stands elsewhere.
    """
    found: dict[str, int] = {}
    for name in sorted(kinds, key=lambda name: len(name_forms(name))):
        unit_id = book.find(name)
        if unit_id is None:
            unit_id = _new_unit(session, book, name, kinds[name], made)
        for form in name_forms(name):
            add_alias(session, book, unit_id, form, made)
        found[name] = unit_id
    return found


def _new_unit(session: Session, book: UnitBook, name: str, kind: str, made: Made) -> int:
    row = tables.Unit(name=name.strip(), kind=kind)
    session.add(row)
    session.flush()
    unit_id = stored_id(row.id)
    book.ids[normal(name)], book.names[unit_id], book.kinds[unit_id] = unit_id, row.name, kind
    made.units.append(unit_id)
    return unit_id


def add_alias(session: Session, book: UnitBook, unit_id: int, name: str, made: Made) -> bool:
    """Whether the name was free and now means the unit; a name that is taken keeps its meaning."""
    if normal(name) in book.ids:
        return False
    row = tables.UnitAlias(unit_id=unit_id, name=name)
    session.add(row)
    session.flush()
    book.ids[normal(name)] = unit_id
    made.aliases.append(stored_id(row.id))
    return True


def ensure_posts(session: Session, unit_ids: Iterable[int], kind: str, made: Made) -> dict[int, int]:
    """A post of that kind in each unit; returns post ids by unit id."""
    wanted = list(dict.fromkeys(unit_ids))
    found = posts_of_kind(session, wanted, kind)
    rows = [tables.Post(unit_id=unit_id, kind=kind) for unit_id in wanted if unit_id not in found]
    session.add_all(rows)
    session.flush()
    made.posts += [stored_id(row.id) for row in rows]
    return found | {row.unit_id: stored_id(row.id) for row in rows}


def open_posts(session: Session, unit_ids: Iterable[int], kind: str) -> dict[int, int]:
    """Like ``ensure_posts``, for those whom a rule speaks to; two at once make each post once."""
    wanted = list(unit_ids)
    rows = [{"unit_id": unit_id, "kind": kind} for unit_id in wanted]
    insert_new(session.connection(), tables.Post.__table__, rows)  # type: ignore[attr-defined]
    return posts_of_kind(session, wanted, kind)


def posts_of_kind(session: Session, unit_ids: Iterable[int], kind: str) -> dict[int, int]:
    """The posts of that kind by unit id, where there is one."""
    post = tables.Post
    query = select(col(post.unit_id), col(post.id)).where(
        col(post.unit_id).in_(list(unit_ids)), col(post.kind) == kind
    )
    return {row[0]: row[1] for row in session.execute(query)}


def leader_posts(session: Session) -> dict[int, int]:
    """For each leader's post the one that stands for it: the first of those whose holders share an address."""
    post, contact, way = tables.Post, tables.Contact, tables.ContactChannel
    held = (col(contact.post_id) == col(post.id)) & col(contact.ended_at).is_(None)
    addressed = (col(way.contact_id) == col(contact.id)) & (col(way.address) != "")
    query = (
        select(col(post.id), col(contact.email), col(way.channel), col(way.address))
        .outerjoin(contact, held)
        .outerjoin(way, addressed)
        .where(col(post.kind) == "leader")
        .order_by(col(post.id), col(contact.id), col(way.rank).desc())
    )
    addresses = {  # of several ways the first counts, as it comes last
        key: email.strip().casefold()
        if email and email.strip()
        else f"{channel}:{address}"
        if address
        else ""
        for key, email, channel, address in session.execute(query)
    }
    first: dict[str, int] = {}
    return {key: first.setdefault(one, key) if one else key for key, one in addresses.items()}


def lock_post(session: Session, post_id: int, *, wait: bool = True) -> bool:
    """Nobody else composes or claims for the post until this transaction ends (PostgreSQL; SQLite has one writer).

    False where somebody else does and it is not waited for.
    """
    post = tables.Post
    query = select(col(post.id)).where(col(post.id) == post_id)
    return session.execute(query.with_for_update(key_share=True, skip_locked=not wait)).first() is not None


def units_on_channel(session: Session, channel: str) -> int:
    """How many units are reached through that channel now: by their contacts, or as a group of their own."""
    contact, way, post, robot = tables.Contact, tables.ContactChannel, tables.Post, tables.UnitRobot
    by_contacts = (
        select(col(post.unit_id))
        .join(contact, col(contact.post_id) == col(post.id))
        .join(way, col(way.contact_id) == col(contact.id))
        .where(col(way.channel) == channel, col(contact.ended_at).is_(None))
    )
    as_group = select(col(robot.unit_id)).where(col(robot.channel) == channel)
    return len({*session.execute(by_contacts).scalars(), *session.execute(as_group).scalars()})


def has_coordinator(session: Session) -> bool:
    """Whether somebody's post is to coordinate."""
    post = tables.Post
    return session.execute(select(col(post.id)).where(col(post.kind) == "coordinator")).first() is not None


def attached_to(session: Session, unit: tables.Unit) -> frozenset[str]:
    """The tables with a row that names the unit, its own name and the parts of it aside; empty if nothing would miss it."""
    owner = tables.Unit.__table__.c.id  # type: ignore[attr-defined]
    columns = [
        column
        for table in SQLModel.metadata.sorted_tables
        for column in table.columns
        if column.references(owner)
    ]
    naming = (select(literal(one.table.name)).where(exists().where(one == unit.id)) for one in columns)
    found = set(session.execute(union_all(*naming)).scalars())
    alias = tables.UnitAlias
    names = session.execute(select(col(alias.name)).where(col(alias.unit_id) == unit.id)).scalars()
    if {normal(one) for one in names} <= set(name_forms(unit.name)):
        found.discard(str(alias.__tablename__))
    return frozenset(found)


@dataclass(frozen=True, slots=True)
class UnitLine:
    """A unit as lists show it; ``members`` are the names of those that a collective unit stands for."""

    id: int
    name: str
    kind: str
    aliases: tuple[str, ...]
    members: tuple[str, ...] = ()


def unit_lines(session: Session) -> list[UnitLine]:
    """All units with their aliases, in the order in which they came."""
    aliases: dict[int, list[str]] = {}
    table = tables.UnitAlias
    for owner, name in session.execute(select(col(table.unit_id), col(table.name)).order_by(col(table.id))):
        aliases.setdefault(owner, []).append(name)
    unit, book = tables.Unit, load_book(session)
    query = select(col(unit.id), col(unit.name), col(unit.kind)).order_by(col(unit.id))
    return [
        UnitLine(
            key,
            name,
            kind,
            tuple(aliases.get(key, ())),
            tuple(book.names[one] for one in book.members.get(key, ())),
        )
        for key, name, kind in session.execute(query)
    ]


@dataclass(frozen=True, slots=True)
class PostLine:
    """A post and one who holds it now; ``email`` and ``ways`` are empty where nobody can be reached.

    ``is_disputed``: somebody said that this is the wrong person.
    """

    post_id: int
    unit: str
    kind: str
    title: str
    email: str
    locale: str
    ways: tuple[Way, ...] = ()
    is_disputed: bool = False


def post_lines(session: Session) -> list[PostLine]:
    """All posts unit by unit, a line for each present holder or one for a post that nobody holds."""
    post, unit, contact, way = tables.Post, tables.Unit, tables.Contact, tables.ContactChannel
    query = (
        select(
            col(post.id),
            col(unit.name),
            col(post.kind),
            col(contact.id),
            col(contact.title),
            col(contact.email),
            col(contact.locale),
            col(contact.disputed_at),
            col(way.channel),
            col(way.address),
            col(way.failed_at),
        )
        .join(unit, col(unit.id) == col(post.unit_id))
        .outerjoin(contact, (col(contact.post_id) == col(post.id)) & col(contact.ended_at).is_(None))
        .outerjoin(way, col(way.contact_id) == col(contact.id))
        .order_by(col(unit.id), col(post.id), col(contact.id), col(way.rank))
    )
    lines = []
    for (post_id, _), group in groupby(session.execute(query), key=lambda row: (row[0], row[3])):
        rows = list(group)
        name, kind, _, title, email, locale, disputed_at = rows[0][1:8]
        ways = tuple(Way(*row[8:]) for row in rows if row[8] is not None)
        person = (title or "", email or "", locale or "zh-CN")
        lines.append(PostLine(post_id, name, kind, *person, ways, disputed_at is not None))
    return lines


def stored_id(value: int | None) -> int:
    """The key of a row that is stored."""
    if value is None:
        raise ValueError("the row is not stored yet")
    return value
