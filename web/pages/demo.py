"""The buttons of the demo: plain forms that move the virtual date and lead back to where one was."""

from __future__ import annotations

from urllib.parse import urlsplit

from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse

from web.site import STEPS, Demo


def routes(demo: Demo) -> APIRouter:
    """A path for each step, so that a form needs no fields."""
    router = APIRouter()

    def button(step: str) -> None:
        @router.post(f"/demo/{step}")
        def move(request: Request) -> RedirectResponse:
            demo.move(step)
            return RedirectResponse(_where_from(request), status_code=303)

    for step in STEPS:
        button(step)
    return router


def _where_from(request: Request) -> str:
    """The page whose button was pressed, never one of another site."""
    page = urlsplit(request.headers.get("referer", ""))
    if page.netloc != request.headers.get("host") or not page.path.startswith("/"):
        return "/"
    path = "/" + page.path.lstrip("/")
    return f"{path}?{page.query}" if page.query else path
