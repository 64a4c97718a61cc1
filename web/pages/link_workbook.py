"""填报表: the unit's workbook behind its link, to fetch, to hand in, and what could not be read of it."""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

from fastapi import APIRouter, Depends, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from engine.errors import DubanError
from web.downloads import as_download
from web.multipart import Sent, read_upload, uploads
from web.pages.link import holder_of, last_day
from web.site import Site
from web.view import View, render, view_of, zone_of
from web.words import DEFAULT_LOCALE
from web.words.en.errors import SENTENCES
from web.words.en.findings import in_english
from web.words.en.findings_told import told_in_english
from workflows.links import Holder
from workflows.unit_workbook import Sender, Why, WorkbookRefused, file_workbook, unit_workbook

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
WRONG = 422
TOLD = ("WORKBOOK_OF_OTHERS", "WORKBOOK_EMPTY")
Form = Annotated[Sent, Depends(read_upload)]


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a workbook that was handed in: a code, and why, by cells or tasks."""

    code: str = ""
    why: Sequence[Why] = ()

    def lines(self, view: View) -> list[str]:
        """Each in the reader's language."""
        return [f"{one.about}{view.t('colon')}{_said(one, view)}" for one in self.why]


def _said(one: Why, view: View) -> str:
    if view.locale == DEFAULT_LOCALE:
        return one.sentence
    return told_in_english(one.sentence) or SENTENCES.get(one.code) or in_english(one.code, one.sentence)


def routes(site: Site) -> APIRouter:
    """The page at ``/r/TOKEN/workbook`` and the workbook itself at ``/r/TOKEN/workbook/file``."""
    router = APIRouter()

    @router.api_route("/r/{token}/workbook", methods=["GET", "HEAD"], response_class=HTMLResponse)
    def show(request: Request, token: str) -> HTMLResponse:
        return _page(site, request, token, Outcome())

    @router.get("/r/{token}/workbook/file")
    def file(request: Request, token: str) -> Response:
        now = site.clock()
        with site.database.read() as session:
            holder = holder_of(session, token, now)
            view = view_of(request, zone_of(session), now)
            content = unit_workbook(session, holder.unit_id, holder.period)
        name = view.t("workbook.file", unit=holder.unit, period=holder.period)
        return as_download(f"{name}.xlsx", XLSX, content)

    @router.post("/r/{token}/workbook", response_class=HTMLResponse)
    def hand_in(request: Request, token: str, sent: Form) -> Response:
        try:
            with site.database.read() as session:
                holder = holder_of(session, token, site.clock())
            outcome = _file(site, holder, sent)
            if outcome is None:
                return RedirectResponse(f"{holder.path('workbook')}?saved=1", status_code=303)
            return _page(site, request, token, outcome)
        finally:
            sent.close()

    return router


def _file(site: Site, holder: Holder, sent: Sent) -> Outcome | None:
    """``None`` when all of the workbook was stored."""
    files = list(uploads(sent))
    if not files or not sent.is_whole:
        return Outcome("no_file")
    sender = Sender(holder.unit_id, holder.period, holder.who, holder.link_id)
    try:
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / f"workbook{Path(files[0][0]).suffix[:8].lower()}"
            path.write_bytes(files[0][1])
            file_workbook(site.database, sender, path, site.clock(), confirmed=bool(sent.get("confirmed")))
    except WorkbookRefused as error:
        return Outcome(error.code, error.why)
    except DubanError as error:
        return Outcome(error.code if error.code in TOLD else "other")
    return None


def _page(site: Site, request: Request, token: str, outcome: Outcome) -> HTMLResponse:
    now = site.clock()
    with site.database.read() as session:
        holder = holder_of(session, token, now)
        view = view_of(request, zone_of(session), now)
        return render(
            site,
            view,
            "link_workbook.html.j2",
            WRONG if outcome.code else 200,
            holder=holder,
            last_day=last_day(holder, view),
            outcome=outcome,
            saved="saved" in view.query,
        )
