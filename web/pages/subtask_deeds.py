"""What the desk does about a sub-task from its page: remind now, accept, strike off, finish what follows, archive."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Annotated

from fastapi import APIRouter, Depends, Request
from fastapi.responses import Response
from starlette.exceptions import HTTPException

from db import plans, tables
from engine.errors import DubanError
from web.admission import acting
from web.downloads import as_download
from web.multipart import Sent, check_arrived, read_form, read_upload, uploads
from web.pages.subtask import page_of
from web.site import Site
from web.view import done, view_of, zone_of
from workflows.accept_subtask import accept_subtask
from workflows.archive_package import archive_subtask, draft_package
from workflows.close_out import close_subtask, finish_follow_up
from workflows.remind_now import remind_now

Form = Annotated[Sent, Depends(read_form)]
Upload = Annotated[Sent, Depends(read_upload)]
REFUSED = 422
ZIP = "application/zip"
Deed = Callable[[str, str, datetime, str], str]


def routes(site: Site) -> APIRouter:
    """The forms below ``/subtasks/ID``, and the package as it would be now."""
    router = APIRouter()
    _about_the_unit(router, site)
    _about_the_end(router, site)
    _package(router, site)
    return router


def _about_the_unit(router: APIRouter, site: Site) -> None:
    @router.post("/subtasks/{number}/remind")
    def remind(request: Request, number: int, sent: Form) -> Response:
        def deed(reference: str, plan: str, now: datetime, who: str) -> str:
            office = site.office()
            prompted = remind_now(site.database, office, reference, now, who, sent.get("reason"), plan=plan)
            return "subtask.reminded" if any(one.is_new for one in prompted) else "subtask.reminded_before"

        return _do(site, request, number, sent, deed)

    @router.post("/subtasks/{number}/accept")
    def accept(request: Request, number: int, sent: Upload) -> Response:
        def deed(reference: str, plan: str, now: datetime, who: str) -> str:
            check_arrived(sent)
            accept_subtask(
                site.database,
                reference,
                now,
                who,
                plan=plan,
                reason=sent.get("reason").strip(),
                evidence=list(uploads(sent)),
                folder=site.files,
            )
            return "subtask.accepted"

        return _do(site, request, number, sent, deed)


def _about_the_end(router: APIRouter, site: Site) -> None:
    @router.post("/subtasks/{number}/close")
    def close(request: Request, number: int, sent: Form) -> Response:
        def deed(reference: str, plan: str, now: datetime, who: str) -> str:
            close_subtask(site.database, reference, sent.get("reason"), now, who, plan=plan)
            return "subtask.closed"

        return _do(site, request, number, sent, deed)

    @router.post("/subtasks/{number}/follow-up")
    def finish(request: Request, number: int, sent: Form) -> Response:
        def deed(reference: str, plan: str, now: datetime, who: str) -> str:
            note = sent.get("note").strip()
            finish_follow_up(site.database, reference, sent.get("kind"), now, who, note=note, plan=plan)
            return "subtask.followed_up"

        return _do(site, request, number, sent, deed)


def _package(router: APIRouter, site: Site) -> None:
    @router.get("/subtasks/{number}/package")
    def draft(number: int) -> Response:
        reference, plan, name = _named(site, number)

        def write(target: Path) -> None:
            draft_package(site.database, reference, target, site.coordinator, site.files, plan=plan)

        return _written(name, write)

    @router.post("/subtasks/{number}/archive")
    def archive(request: Request, number: int, sent: Form) -> Response:
        reference, plan, name = _named(site, number)
        now, who = site.clock(), acting(request).who

        def write(target: Path) -> None:
            archive_subtask(
                site.database, reference, target, now, who, site.coordinator, site.files, plan=plan
            )

        try:
            return _written(name, write)
        except DubanError as error:
            return page_of(site, request, number, REFUSED, error, sent)


def _do(site: Site, request: Request, number: int, sent: Sent, deed: Deed) -> Response:
    """Back to the page, which says what was done; or the page again with why not and what was typed."""
    reference, plan, _ = _named(site, number)
    now, who = site.clock(), acting(request).who
    try:
        what = deed(reference, plan, now, who)
    except DubanError as error:
        return page_of(site, request, number, REFUSED, error, sent)
    with site.database.read() as session:
        return done(view_of(request, zone_of(session), now), f"/subtasks/{number}", what)


def _named(site: Site, number: int) -> tuple[str, str, str]:
    """The references by which workflows know the sub-task and its plan, and the name of its package."""
    with site.database.read() as session:
        row = session.get(tables.SubTask, number)
        if row is None:
            raise HTTPException(404)
        plan = plans.load_plan(session, row.plan_id)
        return f"#{number}", str(plan.id), f"{row.no} {row.title}.zip"


def _written(name: str, write: Callable[[Path], None]) -> Response:
    """What was written, as a file to download; nothing of it stays here."""
    with TemporaryDirectory(prefix="duban-") as folder:
        target = Path(folder) / "package.zip"
        write(target)
        return as_download(name.replace("/", " "), ZIP, target.read_bytes())
