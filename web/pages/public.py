"""公开: the pages that ``duban publish`` wrote into the folder of the operator's choice; without one there are none."""

from __future__ import annotations

import re

from fastapi import APIRouter
from fastapi.responses import HTMLResponse
from starlette.exceptions import HTTPException

from web.guard import POLICY_WITH_MAIL
from web.site import Site

NAME = re.compile(r"[\w-]{1,100}\.html")


def routes(site: Site) -> APIRouter:
    """A page at ``/public/NAME.html``, for everybody; it brings its styles and nothing else."""
    router = APIRouter()

    @router.get("/public/{name}", response_class=HTMLResponse)
    def public(name: str) -> HTMLResponse:
        path = site.public / name if site.public and NAME.fullmatch(name) else None
        if path is None or path.is_symlink() or not path.is_file():
            raise HTTPException(404)
        page = HTMLResponse(path.read_bytes())
        page.headers["Content-Security-Policy"] = POLICY_WITH_MAIL
        return page

    return router
