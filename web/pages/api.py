"""/api/v1: the read API with its own description."""

from __future__ import annotations

from functools import cache
from typing import Any

from fastapi import APIRouter, FastAPI
from fastapi.responses import JSONResponse

from web.api import boards, papers, subtasks
from web.api.answers import PREFIX
from web.site import Site

VERSION = "1"
PARTS = (subtasks, boards, papers)
DESCRIPTION = (
    "What other systems show of duban's figures. Only GET. Quantities are strings, days ISO dates, moments UTC. "
    "Lists come in parts: ask again with after=next. A tag in If-None-Match saves an answer that has not changed."
)


def routes(site: Site) -> APIRouter:
    """Everything under ``/api/v1``."""
    router = APIRouter()
    for one in PARTS:
        router.include_router(one.routes(site))

    @cache
    def described() -> dict[str, Any]:
        return description(site)

    @router.get(PREFIX + "/openapi.json", include_in_schema=False)
    def show_description() -> JSONResponse:
        return JSONResponse(described())

    return router


def description(site: Site) -> dict[str, Any]:
    """The API as OpenAPI describes it."""
    app = FastAPI(title="duban", version=VERSION, description=DESCRIPTION)
    for one in PARTS:
        app.include_router(one.routes(site))
    found = app.openapi()
    found.setdefault("components", {})["securitySchemes"] = {
        "token": {"type": "http", "scheme": "bearer", "description": "令牌 of /settings"},
        "session": {"type": "apiKey", "in": "cookie", "name": "duban"},
    }
    found["security"] = [{"token": []}, {"session": []}]
    return found
