"""填报: the form of one sub-task behind a unit's link, and what becomes of what is handed in."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Annotated

from fastapi import APIRouter, Depends, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response
from sqlmodel import Session

from db import tables
from engine.errors import DubanError
from engine.model import Reason
from web.downloads import as_download
from web.link_jobs import PATHS, Job, asked_of, job_of, jobs_of
from web.multipart import Sent, read_upload, uploads
from web.pages.link import holder_of, last_day
from web.site import Site
from web.typed import day, whole_or
from web.view import View, render, view_of, zone_of
from web.words import DEFAULT_LOCALE, knows
from workflows.attachments import attachments_of, content_of
from workflows.figures import read_figure
from workflows.links import Holder, LinkRefused
from workflows.report_by_link import report_by_link
from workflows.report_progress import Filing, doubts_about

STATUSES = ("in_progress", "done", "lagging", "not_started")
WRONG, CONFLICT = 422, 409
Form = Annotated[Sent, Depends(read_upload)]


@dataclass
class Draft:
    """What was typed, and what is to be said about it: by field, about the whole, or asked."""

    typed: dict[str, str]
    seen: int
    errors: dict[str, str] = field(default_factory=dict)
    doubts: tuple[Reason, ...] = ()
    sure: str = ""
    is_conflict: bool = False


def routes(site: Site) -> APIRouter:
    """The forms at ``/r/TOKEN/tasks/ID`` and ``/r/TOKEN/shares/ID``, and the files of reports."""
    router = APIRouter()
    for role, name in PATHS.items():
        _add_form(router, site, role, f"/r/{{token}}/{name}/{{number}}")

    @router.get("/r/{token}/files/{number}")
    def file(token: str, number: int) -> Response:
        with site.database.read() as session:
            row = _file_of(session, holder_of(session, token, site.clock()), number)
        return as_download(row.file_name, "application/octet-stream", content_of(site.files, row))

    return router


def _add_form(router: APIRouter, site: Site, role: str, path: str) -> None:
    @router.api_route(path, methods=["GET", "HEAD"], response_class=HTMLResponse)
    def show(request: Request, token: str, number: int) -> HTMLResponse:
        with site.database.read() as session:
            holder, view, job = _at(session, site, request, token, role, number)
            draft = Draft(_typed_before(job), job.last.id if job.last else 0)
            return _page(site, session, view, holder, job, draft)

    def known(token: str) -> None:
        """A stranger is turned away before anything is read of what is sent."""
        with site.database.read() as session:
            holder_of(session, token, site.clock())

    @router.post(path, response_class=HTMLResponse, dependencies=[Depends(known)])
    def hand_in(request: Request, token: str, number: int, sent: Form) -> Response:
        try:
            with site.database.read() as session:
                holder, view, job = _at(session, site, request, token, role, number)
            draft = _draft(sent, view)
            filing = _read(job, holder, sent, draft, view)
            if filing is not None and not draft.errors:
                _ask(job, filing, sent, draft)
            if filing is not None and not draft.errors and not draft.doubts:
                _store(site, token, filing, sent, draft, view)
            if not (draft.errors or draft.doubts or draft.is_conflict):
                return RedirectResponse(view.link(job.path(holder), saved=1), status_code=303)
            with site.database.read() as session:
                job = job_of(session, holder, view.today, role, number)
                return _page(site, session, view, holder, job, draft)
        finally:
            sent.close()


def _at(
    session: Session, site: Site, request: Request, token: str, role: str, number: int
) -> tuple[Holder, View, Job]:
    now = site.clock()
    holder, view = holder_of(session, token, now), view_of(request, zone_of(session), now)
    return holder, view, job_of(session, holder, view.today, role, number)


def _draft(sent: Sent, view: View) -> Draft:
    seen = sent.get("seen")
    draft = Draft(sent.fields, whole_or(seen, 0))
    if not sent.is_whole:
        draft.errors["form"] = view.t("form.error.BROKEN")
    too_big = [upload.name[:60] for upload in sent.files if upload.too_big]
    if too_big:
        names = view.t("list").join(too_big)
        draft.errors["files"] = f"{names}{view.t('colon')}{view.t('form.error.FILE_TOO_BIG')}"
    return draft


def _read(job: Job, holder: Holder, sent: Sent, draft: Draft, view: View) -> Filing | None:
    """The report as it was written; each field that cannot be read has its sentence in the draft."""
    figures: dict[int, Decimal] = {}
    for one in job.fields:
        try:
            value = read_figure(sent.get(one.name), one.indicator)
            figures |= {} if value is None else {one.indicator.id: value}
        except DubanError as error:
            draft.errors[one.name] = _told(error, view)
    forecast = _day(sent.get("forecast"), draft, view)
    status = sent.get("status") or "in_progress"
    said = figures or sent.get("text").strip() or sent.get("difficulties").strip()
    if not said and status == "in_progress" and not draft.errors:
        draft.errors["form"] = view.t("form.error.NOTHING_REPORTED")
    if status not in STATUSES:
        draft.errors["form"] = view.t("form.error.BAD_STATUS")
        return None
    return Filing(
        f"#{job.subtask.id}",
        job.period,
        quantities=figures,
        text=sent.get("text"),
        status=status,
        plan=str(job.plan.id),
        role=job.role,
        unit_id=holder.unit_id,
        difficulties=sent.get("difficulties"),
        needs_coordination=bool(sent.get("coordination")),
        forecast_on=forecast,
        seen=draft.seen,
    )


def _day(text: str, draft: Draft, view: View) -> date | None:
    found = day(text)
    if found is None and text.strip():
        draft.errors["forecast"] = view.t("form.error.BAD_DAY")
    return found


def _ask(job: Job, filing: Filing, sent: Sent, draft: Draft) -> None:
    """What is odd is asked about once: the button that says 仍要提交 carries what it was asked about."""
    titles = (job.card.title, job.card.project_title)
    draft.doubts = doubts_about(job.subtask, filing, dict(filing.quantities or {}), titles)
    draft.sure = hashlib.sha256(repr((draft.doubts, filing.text)).encode()).hexdigest()[:16]
    if sent.get("sure") == draft.sure:
        draft.doubts = ()


def _store(site: Site, token: str, filing: Filing, sent: Sent, draft: Draft, view: View) -> None:
    try:
        report_by_link(site.database, token, filing, list(uploads(sent)), site.files, site.clock())
    except DubanError as error:
        draft.is_conflict = error.code == "REPORT_CONFLICT"
        where = "files" if error.code in FILE_CODES else "form"
        draft.errors[where] = _told(error, view)


def _told(error: DubanError, view: View) -> str:
    """The error's own sentence, which is Chinese; in English what its code means."""
    if view.locale == DEFAULT_LOCALE:
        return error.message
    key = f"form.error.{error.code}"
    return view.t(key if knows(view.locale, key) else "form.error.other")


FILE_CODES = ("BAD_ATTACHMENT", "FILE_TOO_BIG", "TOO_MANY_FILES", "FILE_NOT_WRITTEN")


def _page(site: Site, session: Session, view: View, holder: Holder, job: Job, draft: Draft) -> HTMLResponse:
    status = CONFLICT if draft.is_conflict else WRONG if draft.errors or draft.doubts else 200
    asked = asked_of(session, holder, view.today)
    left = [one for one in asked if not one.said and one.key != job.key]
    following = jobs_of(session, holder, left[:1])
    said = job.said
    return render(
        site,
        view,
        "link_form.html.j2",
        status,
        holder=holder,
        job=job,
        draft=draft,
        doubts=[(one.code, _asked(one, job, view)) for one in draft.doubts],
        statuses=STATUSES,
        next=following[0] if following else None,
        left=len(left),
        last_day=last_day(holder, view),
        now_seen=job.last.id if job.last else 0,
        files=attachments_of(session, "report", [said.id]) if said else [],
        saved="saved" in view.query,
    )


def _asked(reason: Reason, job: Job, view: View) -> str:
    names = {str(one.indicator.id): one.indicator.subject or job.card.title for one in job.fields}
    figures = {
        name: view.quantity(Decimal(reason.get(name)), reason.get("unit"))
        for name in ("value", "before", "target")
        if reason.get(name)
    }
    return view.t(f"form.doubt.{reason.code}", name=names.get(reason.get("indicator"), ""), **figures)


def _typed_before(job: Job) -> dict[str, str]:
    """What stands in the fields: the report of this period, sent back or not, else nothing but what is known."""
    last = job.last
    if last is None or last.period != job.period:
        return {"status": "in_progress"}
    typed = {f"q{key}": format(value.normalize() + 0, "f") for key, value in last.figures.items()}
    return typed | {
        "text": last.text,
        "difficulties": last.difficulties,
        "coordination": "1" if last.needs_coordination else "",
        "forecast": last.forecast_on.isoformat() if last.forecast_on else "",
        "status": last.status if last.status in STATUSES else "in_progress",
    }


def _file_of(session: Session, holder: Holder, number: int) -> tables.Attachment:
    """A file of a report of the holder's unit. Raises LinkRefused for any other."""
    row = session.get(tables.Attachment, number)
    report = session.get(tables.ProgressReport, row.owner_id) if row and row.owner == "report" else None
    if row is None or report is None or report.unit_id != holder.unit_id:
        raise LinkRefused("not_yours", holder.unit, holder.period)
    return row
