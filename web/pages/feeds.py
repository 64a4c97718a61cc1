"""日历订阅: a unit's calendar, for calendar programs that come back again and again."""

from __future__ import annotations

from fastapi import APIRouter, Request
from fastapi.responses import PlainTextResponse, Response

from web.site import Site
from workflows.calendar_feed import FeedRefused, calendar_of, open_feed

UNKNOWN, GONE, SAME = 404, 410, 304
MEDIA_TYPE = "text/calendar; charset=utf-8"
REFUSED = {
    UNKNOWN: "没有这个日历：请核对地址。\nThere is no such calendar.\n",
    GONE: "这个日历地址已停用：请向督查室要新的地址。\nThis address was revoked. Ask for the new one.\n",
}


def routes(site: Site) -> APIRouter:
    """``/feeds/TOKEN.ics``; the token says whose it is."""
    router = APIRouter()

    @router.api_route("/feeds/{token}.ics", methods=["GET", "HEAD"])
    def feed(request: Request, token: str) -> Response:
        with site.database.read() as session:
            try:
                unit_id = open_feed(session, token)
            except FeedRefused as error:
                status = GONE if error.is_revoked else UNKNOWN
                return PlainTextResponse(REFUSED[status], status)
            found = calendar_of(session, unit_id, site.office().domain, site.clock())
        headers = {"ETag": found.tag, "Cache-Control": "private, no-cache"}
        if _knows(request.headers.get("if-none-match", ""), found.tag):
            return Response(status_code=SAME, headers=headers)
        headers["Content-Disposition"] = 'inline; filename="duban.ics"'
        return Response(found.content, media_type=MEDIA_TYPE, headers=headers)

    return router


def _knows(sent: str, tag: str) -> bool:
    """Whether the program has it already, as its If-None-Match says."""
    known = {one.strip().removeprefix("W/") for one in sent.split(",")}
    return tag in known or "*" in known
