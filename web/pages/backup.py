"""备份: made now into the configured folder or downloaded, when the last one was made, and how to restore."""

from __future__ import annotations

import tempfile
from datetime import datetime
from pathlib import Path
from shutil import rmtree

from fastapi import APIRouter, Request
from fastapi.responses import FileResponse, HTMLResponse, Response
from starlette.background import BackgroundTask

from db import tables
from engine.errors import DubanError
from web.admission import acting
from web.problems import problem_of
from web.site import Site
from web.view import done, render, view_of, zone_of
from workflows.backup import MARK, back_up, note_backup

PATH = "/settings/backup"


def routes(site: Site) -> APIRouter:
    """``/settings/backup``: into the folder, or as a download. The key is in neither."""
    router = APIRouter()

    @router.get(PATH, response_class=HTMLResponse)
    def shown(request: Request) -> HTMLResponse:
        return _page(site, request)

    @router.post(PATH)
    def kept(request: Request) -> Response:
        folder = site.installation.backups
        if folder is None:
            return _page(site, request, 422)
        now = site.clock()
        try:
            made = back_up(site.database, folder / _name(site, now), now, files=site.files)
        except DubanError as error:
            return _page(site, request, 422, error)
        note_backup(site.database, made, now, acting(request).who)
        with site.database.read() as session:
            view = view_of(request, zone_of(session), now)
        return done(view, PATH, "backup.made", n=len(made.missing))

    @router.post(PATH + "/download")
    def downloaded(request: Request) -> Response:
        now = site.clock()
        folder = Path(tempfile.mkdtemp(prefix="duban-backup-"))
        name = _name(site, now)
        try:
            made = back_up(site.database, folder / name, now, files=site.files)
        except DubanError as error:
            rmtree(folder, ignore_errors=True)
            return _page(site, request, 422, error)
        note_backup(site.database, made, now, acting(request).who)
        gone = BackgroundTask(rmtree, folder, ignore_errors=True)
        return FileResponse(made.path, media_type="application/zip", filename=name, background=gone)

    return router


def _page(site: Site, request: Request, status: int = 200, error: DubanError | None = None) -> HTMLResponse:
    with site.database.read() as session:
        view = view_of(request, zone_of(session), site.clock())
        last = session.get(tables.Mark, MARK)
    problem = problem_of(view, error) if error else ""
    data = {
        "last": last,
        "folder": site.installation.backups,
        "file": site.installation.file,
        "problem": problem,
    }
    return render(site, view, "backup.html.j2", status, nav="settings", tab="backup", **data)


def _name(site: Site, now: datetime) -> str:
    with site.database.read() as session:
        local = now.astimezone(zone_of(session))
    return f"duban-{local:%Y%m%d-%H%M%S}.zip"
