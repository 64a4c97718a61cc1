"""下一期通报: what would be sent if the week ended now, and the month's table for the public."""

from __future__ import annotations

from dataclasses import replace
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Request
from fastapi.responses import HTMLResponse, Response
from sqlmodel import Session
from starlette.exceptions import HTTPException

from db import plans
from engine.errors import DubanError
from engine.model import Plan
from engine.months import month_of, period_name
from notifications.bulletin_paper import bulletin_paper
from web.admission import acting
from web.downloads import as_download
from web.guard import POLICY_WITH_PREVIEW
from web.multipart import Sent, read_form
from web.pages.bulletins import period_words
from web.pages.overview import foot
from web.shown_message import ShownMessage, on_channels
from web.site import Site
from web.typed import Number
from web.view import View, render, view_of, zone_of
from workflows import publish
from workflows.preview_digest import Preview, preview_digest, rendered_preview

Form = Annotated[Sent, Depends(read_form)]
MEDIA_TYPES = {
    ".xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    ".docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    ".html": "text/html",
}


def routes(site: Site) -> APIRouter:
    """``/bulletins/next`` and ``/bulletins/publish``."""
    router = APIRouter()

    @router.get("/bulletins/next", response_class=HTMLResponse)
    def following(request: Request, plan: Number = 0, post: Number = 0) -> HTMLResponse:
        now = site.clock()
        with site.database.read() as session:
            followed = plans.load_plans(session)
            chosen = next((one for one in followed if one.id == plan), followed[0] if followed else None)
            if chosen is None:
                raise HTTPException(404)
            view = view_of(request, plans.zone_of(chosen), now)
            preview = preview_digest(session, chosen, now)
            data = _contents(session, site, view, preview, post)
            page = render(site, view, "bulletin_next.html.j2", plan=chosen, foot=foot(session), **data)
        page.headers["Content-Security-Policy"] = POLICY_WITH_PREVIEW
        return page

    _publishing(router, site)
    return router


def _contents(session: Session, site: Site, view: View, preview: Preview | None, post: int) -> dict[str, Any]:
    if preview is None:
        return {"preview": None}
    known = {one.reader.post_id for one in preview.lines}
    first = next(iter(preview.lines), None)
    chosen = post if post in known else first.reader.post_id if first else 0
    office = site.office()
    rendered = rendered_preview(session, office, preview, chosen)
    shown = None
    if rendered is not None:
        pages = on_channels(office.channels, rendered.card)
        shown = ShownMessage(rendered.subject, rendered.html, rendered.text, rendered.card, pages)
    return {
        "preview": preview,
        "period_words": period_words,
        "paper": bulletin_paper(preview.edition.office, view.locale),
        "chosen": chosen,
        "shown": shown,
    }


def _publishing(router: APIRouter, site: Site) -> None:
    @router.get("/bulletins/publish", response_class=HTMLResponse)
    def asked(request: Request, plan: str = "", month: str = "", accepted: str = "") -> HTMLResponse:
        return _form(site, request, plan, month, bool(accepted))

    @router.post("/bulletins/publish")
    def published(request: Request, sent: Form) -> Response:
        plan, month, accepted = sent.get("plan"), sent.get("month"), bool(sent.get("accepted"))
        suffix, source = sent.get("suffix"), sent.get("source").strip()
        now = site.clock()
        try:
            with site.database.read() as session:
                view = view_of(request, zone_of(session), now)
                table = _table(session, site, plan, month, accepted, source)
            content = publish.written(publish.public_paper(table, view.today, view.locale), suffix)
            name = f"{table.title} {month}{suffix}"
            publish.record_publication(site.database, table, content, name, now, acting(request).who)
        except DubanError as error:
            return _form(site, request, plan, month, accepted, source, error)
        return as_download(name, MEDIA_TYPES[suffix], content)


def _form(
    site: Site,
    request: Request,
    plan: str,
    month: str,
    accepted: bool,
    source: str = "",
    error: DubanError | None = None,
) -> HTMLResponse:
    now = site.clock()
    with site.database.read() as session:
        view = view_of(request, zone_of(session), now)
        followed = plans.load_plans(session)
        months = _months(followed, view)
        plan = plan or (str(followed[0].id) if followed else "")
        month = month or (months[1] if len(months) > 1 else months[0] if months else "")
        table, problem = None, view.refusal(error) if error else ""
        if plan:
            try:
                table = _table(session, site, plan, month, accepted, source)
            except DubanError as refused:
                problem = problem or view.refusal(refused)
        data: dict[str, Any] = {
            "plans": [(str(one.id), one.title) for one in followed],
            "months": [(one, view.period(one)) for one in months],
            "typed": {"plan": plan, "month": month, "accepted": accepted, "source": source},
            "table": table,
            "paper": publish.public_paper(table, view.today, view.locale) if table else None,
            "problem": problem,
            "suffixes": tuple(MEDIA_TYPES),
            "foot": foot(session),
        }
        return render(site, view, "publish.html.j2", 422 if error else 200, **data)


def _table(
    session: Session, site: Site, plan: str, month: str, accepted: bool, source: str
) -> publish.PublicTable:
    table = publish.public_table(session, plan, month, source=source, accepted_only=accepted)
    return table if table.source else replace(table, source=site.coordinator.post)


def _months(followed: list[Plan], view: View) -> list[str]:
    """The months of the plans until now, the newest first."""
    if not followed:
        return []
    first = min(month_of(plan.starts_on) for plan in followed)
    last = min(month_of(view.today), max(month_of(plan.ends_on) for plan in followed))
    return [period_name(month) for month in range(last, first - 1, -1)]
