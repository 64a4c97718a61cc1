"""单位与联系人: who holds which post, how they are reached, and what is wrong with that."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, Response
from sqlmodel import Session
from starlette.exceptions import HTTPException

from db import links, tables
from db.units import attached_to
from engine.errors import DubanError
from engine.roles import STAFF
from web.found import answer
from web.pages.overview import foot
from web.sheet import as_xlsx
from web.site import Site
from web.typed import Number
from web.view import View, render, view_of, zone_of
from workflows.calendar_feed import feed_since
from workflows.change_contact import Details, channel_names, details_of
from workflows.change_unit import KINDS, robots_to_choose
from workflows.office import BY_MAIL, Office
from workflows.show_units import MARKS, ShownUnit, past_holders, show_units

PAGE = 100
POSTS = ("liaison", "head", "leader")
WAYS = 4  # places for channels in the form
TAKEN_AWAY = frozenset(
    {"unit_aliases", "unit_members", "unit_robots"}
)  # what the desk can take from a unit again


def routes(site: Site) -> APIRouter:
    """The list at ``/units``, a unit at ``/units/ID``."""
    router = APIRouter()

    @router.get("/units", response_class=HTMLResponse)
    def listed(
        request: Request, q: str = "", mark: str = "", kind: str = "", page: Number = 1
    ) -> HTMLResponse:
        wanted = Wanted(q.strip(), mark if mark in MARKS else "", kind, max(1, page))
        with site.database.read() as session:
            view = view_of(request, zone_of(session), site.clock())
            units = show_units(session, site.office())
            data = _list(units, wanted, view)
            return render(site, view, "units.html.j2", foot=foot(session), nav="units", **data)

    @router.get("/units.xlsx")
    def kept(request: Request, q: str = "", mark: str = "", kind: str = "") -> Response:
        with site.database.read() as session:
            view = view_of(request, zone_of(session), site.clock())
            units = _found(show_units(session, site.office()), Wanted(q.strip(), mark, kind))
        rows = [row for unit in units for row in _rows(unit, view)]
        heads = ("unit", "kind", "aliases", "post", "person", "email", "ways", "last", "marks")
        return as_xlsx(view.t("units.title"), [view.t(f"units.{head}") for head in heads], rows)

    @router.get("/units/{number}", response_class=HTMLResponse)
    def unit(
        request: Request, number: int, edit: Number = 0, succeed: Number = 0, new: str = ""
    ) -> HTMLResponse:
        form = Editing(edit or succeed, "succeed" if succeed else "change" if edit else new)
        return unit_page(site, request, number, form=form)

    return router


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which units a visitor wants to see."""

    q: str = ""
    mark: str = ""
    kind: str = ""
    page: int = 1


@dataclass(frozen=True, slots=True)
class Editing:
    """Which form is open: for a contact (``change``, ``succeed``), or for one more at a post of that kind.

    ``typed`` is what was typed, ``None`` before; ``seen`` what the form was made from.
    """

    contact_id: int = 0
    what: str = ""
    typed: Details | None = None
    seen: str = ""


def unit_page(
    site: Site,
    request: Request,
    number: int,
    status: int = 200,
    *,
    form: Editing | None = None,
    error: DubanError | None = None,
    **more: Any,
) -> HTMLResponse:
    """The page of a unit, with a form open, or with what has just come of something."""
    office = site.office()
    with site.database.read() as session:
        view = view_of(request, zone_of(session), site.clock())
        found = show_units(session, office, number)
        if not found:
            raise HTTPException(404)
        data = _contents(session, office, found[0], view, form or Editing(), site)
        page = {
            "problem": view.refusal(error) if error else "",
            "theirs": None,
            "typed": {"alias": "", "members": ""},
            **data,
            **more,
        }
        return render(
            site, view, "unit.html.j2", status, nav="units", answer=answer, foot=foot(session), **page
        )


def _contents(
    session: Session, office: Office, unit: ShownUnit, view: View, form: Editing, site: Site
) -> dict[str, Any]:
    may = view.person is not None and view.person.role in STAFF
    contact = session.get(tables.Contact, form.contact_id) if may and form.contact_id else None
    present = details_of(session, contact) if contact else Details()
    start = present if form.what == "change" else Details()
    kinds = [one.held.kind for one in unit.posts]
    return {
        "unit": unit,
        "may": may,
        "marks": {one.held.post_id: _marks_of(session, one.held.holders) for one in unit.posts}
        if may
        else {},
        "missing": [kind for kind in POSTS if kind not in kinds],
        "form": form if may else Editing(),
        "details": form.typed or start,
        "seen": form.seen or present.mark,
        "channels": [(name, channel_words(name, view)) for name in channel_names(office)],
        "channel_word": lambda name: channel_words(name, view),
        "places": WAYS,
        "kinds": KINDS,
        "robots": sorted({*robots_to_choose(office), *unit.robots}),
        "past": past_holders(session, unit.id),
        "open_links": links.open_links(session, site.clock(), unit.id) if may else [],
        "has_links": office.links is not None,
        "feed_since": feed_since(session, unit.id) if may else None,
        "removal": _removal(session, unit.id) if may else "",
    }


def _removal(session: Session, unit_id: int) -> str:
    """Whether the unit can be removed: ``now``, ``later`` once its names and groups are taken away; nothing if never."""
    attached = attached_to(session, session.get_one(tables.Unit, unit_id))
    return ("later" if attached else "now") if attached <= TAKEN_AWAY else ""


def _marks_of(session: Session, holders: Sequence[Any]) -> dict[int, str]:
    """By contact what a form about them has seen."""
    return {
        one.contact_id: details_of(session, session.get_one(tables.Contact, one.contact_id)).mark
        for one in holders
    }


def channel_words(name: str, view: View) -> str:
    """The channel as people call it."""
    return view.t(f"channel.{name}") if name in BY_MAIL else name


def _list(units: list[ShownUnit], wanted: Wanted, view: View) -> dict[str, Any]:
    found = _found(units, wanted)
    first = (wanted.page - 1) * PAGE
    return {
        "units": found[first : first + PAGE],
        "found": len(found),
        "pages": max(1, -(-len(found) // PAGE)),
        "counts": {mark: sum(mark in one.marks for one in units) for mark in MARKS},
        "kinds": [*KINDS, "collective"],
        "wanted": wanted,
        "is_empty": not units,
        "marks": MARKS,
        "channel_word": lambda name: channel_words(name, view),
    }


def _found(units: list[ShownUnit], wanted: Wanted) -> list[ShownUnit]:
    """Those wanted, what is worst first."""
    found = [
        one
        for one in units
        if wanted.mark in ("", *one.marks)
        and wanted.kind in ("", one.kind)
        and (not wanted.q or one.says(wanted.q))
    ]
    return sorted(found, key=lambda one: min((MARKS.index(mark) for mark in one.marks), default=len(MARKS)))


def _rows(unit: ShownUnit, view: View) -> list[list[object]]:
    """A row for each holder of a post, one for a post that nobody holds and for a unit without posts."""
    marks = view.t("list").join(view.t(f"units.mark.{mark}") for mark in unit.marks)
    begin = [unit.name, view.t(f"unit.kind.{unit.kind}"), view.t("list").join(unit.aliases)]
    rows: list[list[object]] = []
    for post in unit.posts:
        last = post.last_at.astimezone(view.zone) if post.last_at else ""
        for one in post.held.holders or (None,):
            ways = view.t("list").join(channel_words(way.channel, view) for way in one.ways) if one else ""
            said = [one.title, one.email, ways] if one else ["", "", ""]
            rows.append([*begin, view.t(f"post.{post.held.kind}"), *said, last, marks])
    return rows or [[*begin, "", "", "", "", "", marks]]
