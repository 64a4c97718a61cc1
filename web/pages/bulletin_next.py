"""下一期通报: what would be sent if the week ended now, and the month's table for the public."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
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
from notifications.paper import Paper
from web.admission import acting
from web.downloads import as_download
from web.guard import POLICY_WITH_PREVIEW
from web.multipart import Sent, read_form
from web.pages.bulletins import SHOWN, period_words
from web.pages.overview import foot
from web.previewed import preview_of, waiting_page
from web.shown_message import ShownMessage, on_channels
from web.site import Site
from web.typed import Number
from web.view import View, render, view_of, zone_of
from web.words import LOCALES
from web.worked_out import Waits
from workflows import publish
from workflows.preview_digest import Preview, preview_digest, rendered_preview, upcoming_digest

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
            upcoming = upcoming_digest(session, chosen, now)
            key = ("digest", view.today, upcoming.slot if upcoming else None)
            looked = preview_of(site, session, chosen, key, lambda own: _looked(own, chosen, now))
            if isinstance(looked, Waits):
                return _waits(site, view, looked, "next.title")
            data = _contents(session, site, view, looked, post)
            page = render(site, view, "bulletin_next.html.j2", plan=chosen, foot=foot(session), **data)
        page.headers["Content-Security-Policy"] = POLICY_WITH_PREVIEW
        return page

    _publishing(router, site)
    return router


def _waits(site: Site, view: View, waits: Waits, title: str) -> HTMLResponse:
    """Until it has been worked out; what then takes its place shows messages in frames."""
    page = waiting_page(site, view, waits, nav="bulletins", title=view.t(title))
    page.headers["Content-Security-Policy"] = POLICY_WITH_PREVIEW
    return page


@dataclass(frozen=True, slots=True)
class _Looked:
    """The next digest and, by language, its paper."""

    preview: Preview
    papers: Mapping[str, Paper]


def _looked(session: Session, plan: Plan, now: datetime) -> _Looked | None:
    preview = preview_digest(session, plan, now)
    if preview is None:
        return None
    office = preview.edition.office
    return _Looked(preview, {locale: bulletin_paper(office, locale) for locale in LOCALES})


def _contents(session: Session, site: Site, view: View, looked: _Looked | None, post: int) -> dict[str, Any]:
    if looked is None:
        return {"preview": None}
    preview = looked.preview
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
        "paper": looked.papers[view.locale],
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
                found = _found(session, site, plan, month, accepted)
                if isinstance(found, Waits):
                    return _waits(site, view, found, "publish.title")
                table = _by(site, found, source)
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
            "shown": SHOWN,
            "foot": foot(session),
        }
        return render(site, view, "publish.html.j2", 422 if error else 200, **data)


def _table(
    session: Session, site: Site, plan: str, month: str, accepted: bool, source: str
) -> publish.PublicTable:
    return _by(site, publish.public_table(session, plan, month, accepted_only=accepted), source)


def _found(
    session: Session, site: Site, plan: str, month: str, accepted: bool
) -> publish.PublicTable | Waits:
    """The table as it would be published; a month without any is refused each time anew."""

    def make(own: Session) -> publish.PublicTable | DubanError:
        try:
            return publish.public_table(own, plan, month, accepted_only=accepted)
        except DubanError as refused:
            return refused

    chosen = next((one for one in plans.load_plans(session) if str(one.id) == plan), None)
    if chosen is None:
        return publish.public_table(session, plan, month, accepted_only=accepted)
    found = preview_of(site, session, chosen, ("public", month, accepted), make)
    if isinstance(found, DubanError):
        raise found
    return found


def _by(site: Site, table: publish.PublicTable, source: str) -> publish.PublicTable:
    """With the source that was typed, else the plan's issuer, else the office itself."""
    return replace(table, source=source or table.source or site.coordinator.post)


def _months(followed: list[Plan], view: View) -> list[str]:
    """The months of the plans until now, the newest first."""
    if not followed:
        return []
    first = min(month_of(plan.starts_on) for plan in followed)
    last = min(month_of(view.today), max(month_of(plan.ends_on) for plan in followed))
    return [period_name(month) for month in range(last, first - 1, -1)]
