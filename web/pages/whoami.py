"""``GET /api/v1/whoami``: what another system is to duban, to try a token with."""

from __future__ import annotations

from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse

from db import tables
from web.admission import acting
from web.site import Site


def routes(site: Site) -> APIRouter:
    """One route: the role, and the unit if it is of one."""
    router = APIRouter()

    @router.get("/api/v1/whoami")
    def whoami(request: Request) -> JSONResponse:
        person = acting(request)
        with site.database.read() as session:
            unit = session.get(tables.Unit, person.unit_id) if person.unit_id is not None else None
            name = unit.name if unit else None
        return JSONResponse({"name": person.who, "role": person.role.value, "unit": name})

    return router
