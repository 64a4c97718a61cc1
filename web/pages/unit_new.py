"""登记新单位: a unit that no document has named yet; names that are near to a known one are asked about first."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Request
from fastapi.responses import HTMLResponse, Response

from db.units import unit_lines
from engine.errors import DubanError
from web.admission import acting
from web.multipart import Sent, read_form
from web.problems import problem_of
from web.site import Site
from web.typed import names, whole
from web.view import done, render, view_of, zone_of
from workflows.change_unit import KINDS, NearNamesError, NewUnit, add_unit

Form = Annotated[Sent, Depends(read_form)]


@dataclass(frozen=True, slots=True)
class Typed:
    """What was typed, why it was refused, and which units go by a similar name."""

    name: str = ""
    kind: str = "department"
    aliases: str = ""
    groups: tuple[int, ...] = ()
    error: DubanError | None = None
    near: dict[int, str] = field(default_factory=dict)


def routes(site: Site) -> APIRouter:
    """The form at ``/units/new``."""
    router = APIRouter()

    @router.get("/units/new", response_class=HTMLResponse)
    def shown(request: Request, name: str = "") -> HTMLResponse:
        return _page(site, request, Typed(name=name.strip()))

    @router.post("/units")
    def added(request: Request, sent: Form) -> Response:
        ticked = (whole(one[6:]) for one in sent.fields if one.startswith("group:"))
        groups = tuple(one for one in ticked if one is not None)
        name, kind, aliases = sent.get("name").strip(), sent.get("kind"), sent.get("aliases")
        new = NewUnit(name, kind, tuple(names(aliases)), groups)
        now, who = site.clock(), acting(request).who
        try:
            number = add_unit(site.database, new, now, who, is_sure=bool(sent.get("sure")))
        except DubanError as error:
            near = error.near if isinstance(error, NearNamesError) else {}
            return _page(site, request, Typed(name, kind, aliases, groups, error, near))
        with site.database.read() as session:
            view = view_of(request, zone_of(session), now)
        return done(view, f"/units/{number}", "unit_added")

    return router


def _page(site: Site, request: Request, typed: Typed) -> HTMLResponse:
    with site.database.read() as session:
        view = view_of(request, zone_of(session), site.clock())
        groups = [(one.id, one.name) for one in unit_lines(session) if one.kind == "collective"]
    kinds = [(one, view.t(f"unit.kind.{one}")) for one in (*KINDS, "collective")]
    problem = problem_of(view, typed.error) if typed.error else ""
    data: dict[str, Any] = {"typed": typed, "kinds": kinds, "groups": groups, "problem": problem}
    return render(site, view, "unit_new.html.j2", 422 if typed.error else 200, nav="units", **data)
