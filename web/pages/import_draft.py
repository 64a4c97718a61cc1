"""导入预览: a document beside what was read of it; what is asked is answered here, and the rows chosen are stored."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, Response

from db import plans
from db.imports import plan_lines
from engine.errors import DubanError
from intake.draft_json import counts
from intake.given_columns import ROLES
from intake.originals import Originals
from intake.showing import COUNTED, beside
from web.admission import acting
from web.downloads import as_download
from web.import_form import Mapped, answers_of, differences, mapped_tables
from web.import_rows import Shown, shown_rows, with_originals
from web.multipart import Sent
from web.pages.imports import REFUSED, Form, elsewhere, missing, sentence, view_in
from web.site import Site
from web.typed import Number, whole_or
from web.view import View, done, render
from web.words import LOCALES
from workflows.import_drafts import PLAN, Draft, DraftChangedError, answer, drop, file_of, find_draft
from workflows.list_draft_units import units_of
from workflows.look_at_draft import ASKED_APART, COMPLETE, Looked, import_draft, look

CONFLICT = 409
PAGE = 60  # rows of a long document that are shown at once
MOST_ORIGINALS = 200


def routes(site: Site) -> APIRouter:
    """``/imports/drafts/ID``."""
    router = APIRouter()
    path = "/imports/drafts/{number}"

    @router.get(path, response_class=HTMLResponse)
    def shown(request: Request, number: int, page: Number = 1) -> HTMLResponse:
        return _page(site, request, number, page)

    @router.post(path)
    def answered(request: Request, number: int, sent: Form) -> Response:
        return _answered(site, request, number, sent)

    @router.post(path + "/drop")
    def dropped(request: Request, number: int) -> Response:
        try:
            drop(site.database, number, site.clock(), acting(request).who)
        except DubanError as error:
            return missing(site, request, error)
        return done(view_in(site, request), "/imports", "imports.dropped", number)

    @router.get(path + "/file")
    def original(request: Request, number: int) -> Response:
        try:
            draft = _draft(site, number)
            content = file_of(site.files, draft).read_bytes()
        except DubanError as error:
            return missing(site, request, error)
        return as_download(draft.file_name, "application/octet-stream", content)

    return router


def _draft(site: Site, number: int) -> Draft:
    with site.database.read() as session:
        return find_draft(session, number)


def _answered(site: Site, request: Request, number: int, sent: Sent) -> Response:
    """The answers are stored and the page shown again, or the rows are stored and the batch is shown."""
    try:
        draft = _draft(site, number)
        before = look(site.database, site.files, draft)
    except DubanError as error:
        return missing(site, request, error)
    typed = answers_of(sent, before)
    page = whole_or(sent.get("page"), 1)
    try:
        kept = answer(site.database, number, whole_or(sent.get("revision"), 0), typed, site.clock())
        if sent.get("do") != "import":
            return _again(site, request, number, page, sent)
        if _reads_otherwise(before, kept):
            return done(view_in(site, request), request.url.path, "imports.read_again")
        after = look(site.database, site.files, kept)
        zone = site_zone(site)
        stored = import_draft(
            site.database,
            after,
            site.clock(),
            acting(request).who,
            zone,
            keep_rest=not sent.get("drop_rest"),
        )
    except DraftChangedError as error:
        return _page(site, request, number, page, error, CONFLICT)
    except DubanError as error:
        return _page(site, request, number, page, error, REFUSED)
    return done(view_in(site, request), f"/imports/batches/{stored.batch_id}", "imports.stored", stored.rows)


def _again(site: Site, request: Request, number: int, page: int, sent: Sent) -> Response:
    """The page with the answers as stored; another page of rows where one was asked for."""
    wanted = whole_or(sent.get("do").removeprefix("page-"), page)
    return done(view_in(site, request), f"/imports/drafts/{number}", "imports.answered", page=wanted)


def _reads_otherwise(before: Looked, kept: Draft) -> bool:
    """Whether what would be stored has not been seen yet."""
    old, new = before.draft.answers, kept.answers
    return (old.year, old.into, old.columns) != (new.year, new.into, new.columns)


def site_zone(site: Site) -> str:
    """The time zone of new plans: that of the plan that is followed already, else Beijing's."""
    with site.database.read() as session:
        followed = plans.load_plans(session)
    return followed[0].time_zone if followed else "Asia/Shanghai"


def _page(
    site: Site,
    request: Request,
    number: int,
    page: int,
    error: DubanError | None = None,
    status: int = 200,
) -> HTMLResponse:
    view = view_in(site, request)
    try:
        draft = _draft(site, number)
        if draft.kind != PLAN or draft.ended_reason:
            return elsewhere(site, request, draft, PLAN, status)
        looked = look(site.database, site.files, draft, view.locale)
    except DubanError as gone:
        return missing(site, request, gone)
    data = _contents(site, looked, view, max(1, page))
    conflict = differences(error, looked) if isinstance(error, DraftChangedError) else []
    refused = error or looked.refusal
    return render(
        site,
        view,
        "import_draft.html.j2",
        status,
        nav="imports",
        problem=sentence(view, refused) if refused else "",
        problem_code=refused.code if refused else "",
        conflict=conflict,
        **data,
    )


def _contents(site: Site, looked: Looked, view: View, page: int) -> dict[str, Any]:
    originals = Originals(looked.reading.document)
    rows = shown_rows(looked, beside(looked.plan), originals, page, PAGE, view)
    on_rows = {id(one) for row in looked.rows for one in row.findings}
    questions = [one for one in looked.questions if one.must]
    asked = {(one.finding.code, one.finding.where, one.finding.quote) for one in looked.questions}
    rest = [
        one
        for one in [*looked.loose, *looked.plan.findings]
        if (one.code, one.where, one.quote) not in asked and one.code not in ASKED_APART
    ]
    unique = list({(one.code, one.where, one.quote, one.message): one for one in rest}.values())
    with site.database.read() as session:
        known = plan_lines(session)
    tables: list[Mapped] = mapped_tables(looked)
    return {
        "looked": looked,
        "draft": looked.draft,
        "facts": looked.plan.document,
        "counts": [(key, counts(looked.plan)[key]) for key in COUNTED],
        "questions": with_originals([(one.finding, one) for one in questions], originals),
        "optional": [
            one for one in looked.questions if not one.must and one.finding.code == "NOT_IN_DOCUMENT"
        ],
        "warnings": with_originals([(one, None) for one in unique if one.severity == "warning"], originals)[
            :MOST_ORIGINALS
        ],
        "notes": with_originals([(one, None) for one in unique if one.severity == "note"], originals)[
            :MOST_ORIGINALS
        ],
        "special": {one.code for one in looked.plan.findings},
        "units": units_of(site.database, looked),
        "tables": tables,
        "roles": ROLES,
        "rows": rows,
        "page": page,
        "pages": (len(looked.rows) + PAGE - 1) // PAGE,
        "plans": known,
        "on_rows": on_rows,
        "shown": Shown(view),
        "option_words": LOCALES[view.locale],
        "complete": COMPLETE,
    }
