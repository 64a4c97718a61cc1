"""For machines that watch: is the process up, is the service ready, and its figures."""

from __future__ import annotations

from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse, Response

from engine.roles import READERS
from web.admission import Forbidden, acting
from web.metrics import exposition
from web.site import Site
from web.view import zone_of
from workflows.health import figures_of, unready

UNAVAILABLE = 503
TEXT = "text/plain; version=0.0.4; charset=utf-8"


def routes(site: Site) -> APIRouter:
    """``/healthz`` and ``/readyz`` for everybody, ``/metrics`` with a token (or signed in).

    No address is trusted, not even this machine's: behind a proxy everybody comes from there.
    """
    router = APIRouter()

    @router.api_route("/healthz", methods=["GET", "HEAD"])
    def alive() -> Response:
        return JSONResponse({"status": "ok"})

    @router.api_route("/readyz", methods=["GET", "HEAD"])
    def ready() -> Response:
        missing = unready(site.database, site.clock(), site.pulse)
        status = "unready" if missing else "ok"
        return JSONResponse({"status": status, "missing": missing}, UNAVAILABLE if missing else 200)

    @router.get("/metrics")
    def metrics(request: Request) -> Response:
        if acting(request).role not in READERS:
            raise Forbidden
        now = site.clock()
        with site.database.read() as session:
            figures = figures_of(session, now, zone_of(session))
        return Response(exposition(figures, now), media_type=TEXT)

    return router
