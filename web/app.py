"""The pages as one application: server-rendered, nothing from other hosts, readable without JavaScript."""

from __future__ import annotations

from collections.abc import Callable
from importlib.resources import files
from pathlib import Path

from fastapi import Depends, FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import HTMLResponse, Response
from fastapi.staticfiles import StaticFiles
from sqlalchemy.exc import DataError
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp

from db import plans
from engine.errors import DubanError
from web.access import Access, is_by_link
from web.admission import Forbidden, SignInNeeded, admission, refusal_in_json, sign_in_page
from web.api.answers import is_api, refusal
from web.guard import Guard
from web.multipart import FormBrokenError
from web.pages import (
    account,
    api,
    audit,
    backup,
    bulletin_next,
    bulletins,
    calendar,
    case_deeds,
    cases,
    change_new,
    changes,
    channels,
    coordination,
    demo,
    evaluations,
    feeds,
    health,
    import_contacts,
    import_draft,
    imports,
    incoming,
    link,
    link_changes,
    link_enclosures,
    link_form,
    link_workbook,
    link_wrong_person,
    message,
    messages,
    milestone,
    milestones,
    mine,
    overview,
    plan_settings,
    policy,
    public,
    release,
    reviews,
    service,
    settings,
    sign_in,
    sign_in_oidc,
    subtask,
    subtask_deeds,
    templates,
    tokens,
    unit_changes,
    unit_new,
    units,
    user_account,
    users,
    wall,
    whoami,
    years,
)
from web.site import Site
from web.view import render, view_of
from workflows.links import LinkRefused

__all__ = ["Site", "create_app"]

STATIC = Path(str(files("web").joinpath("static")))
PAGES = (
    sign_in,
    sign_in_oidc,
    public,
    # 总览, 子任务, 本单位, calendar feeds
    overview,
    subtask,
    subtask_deeds,
    mine,
    feeds,
    # 挂图作战
    wall,
    # 节点设置, 消息日历
    calendar,
    milestones,
    milestone,
    # 导入
    imports,
    import_draft,
    import_contacts,
    # 审核, 变更, 督办单, 消息
    reviews,
    coordination,
    change_new,
    changes,
    case_deeds,
    cases,
    incoming,
    messages,
    message,
    # 通报, 评估
    evaluations,
    bulletin_next,
    bulletins,
    # 单位与联系人, 模板
    unit_new,
    units,
    unit_changes,
    templates,
    # 设置
    settings,
    plan_settings,
    channels,
    policy,
    years,
    backup,
    audit,
    service,
    release,
    # users, tokens, one's own account
    users,
    user_account,
    tokens,
    account,
    # health, API
    whoami,
    health,
    api,
    # by link
    link,
    link_form,
    link_changes,
    link_workbook,
    link_enclosures,
    link_wrong_person,
)


def create_app(site: Site) -> ASGIApp:
    """The application behind its guard."""
    app = FastAPI(openapi_url=None, docs_url=None, redoc_url=None, dependencies=[Depends(admission(site))])
    app.mount("/static", StaticFiles(directory=STATIC), name="static")
    for pages in PAGES:
        app.include_router(pages.routes(site))
    if site.demo:
        app.include_router(demo.routes(site.demo))
    _explain_errors(app, site)
    public_host = site.links.host if site.links else ""
    return Guard(app, site.allowed_hosts, public_host)


def _explain_errors(app: FastAPI, site: Site) -> None:
    """Every error is a page that says what to do, in the reader's language."""

    shown = _error_pages(site)

    @app.exception_handler(LinkRefused)
    def no_way_in(request: Request, error: LinkRefused) -> HTMLResponse:
        return link.refused(site, request, error)

    @app.exception_handler(SignInNeeded)
    def nobody(request: Request, error: SignInNeeded) -> Response:
        return sign_in_page(request, error)

    @app.exception_handler(Forbidden)
    def not_allowed(request: Request, error: Forbidden) -> Response:
        if error.access is Access.API:
            return refusal_in_json("FORBIDDEN", "这个身份不能看这些内容。", 403)
        return shown(request, 403, "403")

    @app.exception_handler(HTTPException)
    def refused(request: Request, error: HTTPException) -> Response:
        return shown(request, error.status_code, "404")

    @app.exception_handler(RequestValidationError)
    def unreadable(request: Request, _error: RequestValidationError) -> Response:
        return shown(request, 422 if is_api(request.url.path) else 404, "404")

    @app.exception_handler(OverflowError)
    @app.exception_handler(DataError)
    def beyond(request: Request, _error: Exception) -> Response:
        """A number or a day that no row has, and that no database takes."""
        return shown(request, 404, "404")

    @app.exception_handler(FormBrokenError)
    def broken(request: Request, error: FormBrokenError) -> Response:
        return shown(request, 422, "422", error)

    @app.exception_handler(DubanError)
    def unavailable(request: Request, error: DubanError) -> Response:
        return shown(request, 503, "503", error)

    @app.exception_handler(Exception)
    def failed(request: Request, _error: Exception) -> Response:
        return shown(request, 500, "500")


def _error_pages(site: Site) -> Callable[..., Response]:
    """What shows an error to whoever asked: other systems, holders of links, people at the desk."""

    def shown(request: Request, status: int, what: str, error: DubanError | None = None) -> Response:
        if is_api(request.url.path):
            return refusal(status, error.message if error else "")
        view = view_of(request, plans.zone_of(overview.no_plan(site.clock())), site.clock())
        sentence = view.refusal(error) if error else ""
        if is_by_link(request.url.path):
            return render(site, view, "link_error.html.j2", status, what=what, sentence=sentence)
        return render(site, view, "error.html.j2", status, what=what, sentence=sentence)

    return shown
