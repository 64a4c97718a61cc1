"""导入: what was imported, what waits, the way in for a document, and taking back what was imported."""

from __future__ import annotations

from pathlib import PurePath
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Request
from fastapi.responses import HTMLResponse, Response

from db.imports import plan_lines
from db.references import find_plan
from db.units import stored_id
from engine.errors import DubanError
from intake.workbook import write_template, write_workbook
from web.admission import acting
from web.downloads import as_download
from web.menu import MENU
from web.multipart import MOST_FIELD, FormBrokenError, Sent, read_upload, uploads
from web.reasons import rule_word
from web.sheet import as_xlsx
from web.site import Site
from web.typed import Number
from web.view import View, done, render, view_of, zone_of
from web.words import knows
from workflows.export_plan import export
from workflows.import_drafts import CONTACTS, PASTED, PLAN, Draft, hand_in, waiting
from workflows.list_imports import BatchLine, batch_line, batch_lines, todo_of
from workflows.undo_import import undo

Form = Annotated[Sent, Depends(read_upload)]
PAGE = 50
MOST_LINES = 10_000  # of a workbook
REFUSED = 422
SHEET = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
NO_SUCH = {
    PLAN: "这份文件不是任务表：请从导入页面打开。",
    CONTACTS: "这份文件不是联系人表：请从导入页面打开。",
}
NEW, WAY_OF_CONTACTS = "/imports/new", "/imports/contacts"


def routes(site: Site) -> APIRouter:
    """``/imports`` with the batches, ``/imports/new`` with the way in, and files to fill in."""
    router = APIRouter()
    _lists(router, site)
    _way_in(router, site)
    _batches(router, site)
    _files(router, site)
    return router


def _lists(router: APIRouter, site: Site) -> None:
    @router.get("/imports", response_class=HTMLResponse)
    def listed(request: Request, page: Number = 1) -> HTMLResponse:
        with site.database.read() as session:
            view = view_of(request, zone_of(session), site.clock())
            page = max(1, page)
            lines, total = batch_lines(session, page, PAGE)
            data: dict[str, Any] = {
                "batches": lines,
                "drafts": waiting(session),
                "plans": plan_lines(session),
            }
            more = total > page * PAGE
            return render(site, view, "imports.html.j2", nav="imports", page=page, more=more, **data)


def _way_in(router: APIRouter, site: Site) -> None:
    @router.get(NEW, response_class=HTMLResponse)
    def asked(request: Request) -> HTMLResponse:
        return _new(site, request)

    @router.post(NEW)
    def given(request: Request, sent: Form) -> Response:
        who = acting(request).who
        try:
            name, content = handed_in(sent)
            number = hand_in(site.database, site.files, PLAN, name, content, site.clock(), who)
        except DubanError as error:
            return _new(site, request, error, sent.get("text"))
        return done(view_in(site, request), f"/imports/drafts/{number}", "imports.handed_in")


def _batches(router: APIRouter, site: Site) -> None:
    @router.get("/imports/batches/{number}", response_class=HTMLResponse)
    def batch(request: Request, number: int) -> HTMLResponse:
        return _batch(site, request, number)

    @router.post("/imports/batches/{number}/undo")
    def undone(request: Request, number: int) -> Response:
        try:
            undo(site.database, number, site.clock(), acting(request).who)
        except DubanError as error:
            if error.code == "NO_SUCH_BATCH":
                return missing(site, request, error)
            return _batch(site, request, number, error)
        return done(view_in(site, request), "/imports", "imports.undone", number)


def _files(router: APIRouter, site: Site) -> None:
    @router.get("/imports/batches.xlsx")
    def batches(request: Request) -> Response:
        with site.database.read() as session:
            view = view_of(request, zone_of(session), site.clock())
            lines, _ = batch_lines(session, 1, MOST_LINES)
        heads = ("number", "file", "when", "who", "plan", "brought", "state")
        return as_xlsx(
            view.t("imports.batches"),
            [view.t(f"imports.{head}") for head in heads],
            [_sheet_row(one, view) for one in lines],
        )

    @router.get("/imports/template")
    def template(request: Request) -> Response:
        name = view_in(site, request).t("imports.template.file")
        return as_download(name, SHEET, write_template())

    @router.get("/imports/plans/{number}/file")
    def plan(request: Request, number: int) -> Response:
        try:
            with site.database.read() as session:
                row = find_plan(session, str(number))
            content = write_workbook(export(site.database, stored_id(row.id)))
        except DubanError as error:
            return missing(site, request, error)
        return as_download(f"{row.title[:60]}.xlsx", SHEET, content)


def _sheet_row(line: BatchLine, view: View) -> list[object]:
    brought = " ".join(view.t(f"imports.n.{key}", n=n) for key, n in line.counts.items() if n)
    state = "imports.state.undone" if line.is_undone else "imports.stands"
    at = line.stored_at.astimezone(view.zone)
    return [line.id, line.file_name, at, line.who, line.plan, brought, view.t(state)]


def view_in(site: Site, request: Request) -> View:
    """The view of a page of imports."""
    with site.database.read() as session:
        return view_of(request, zone_of(session), site.clock())


def sentence(view: View, error: DubanError) -> str:
    """What the error says to somebody at a page: those that speak of commands are said otherwise here."""
    key = f"imports.refused.{error.code}"
    return view.t(key) if knows(view.locale, key) else view.refusal(error)


def missing(site: Site, request: Request, error: DubanError) -> HTMLResponse:
    """The page for what is not there."""
    view = view_in(site, request)
    return render(site, view, "error.html.j2", 404, what="404", sentence=sentence(view, error))


def elsewhere(site: Site, request: Request, draft: Draft, kind: str, status: int) -> HTMLResponse:
    """The page in place of a draft's own: it is none of that kind, or waits no longer."""
    if draft.kind != kind:
        return missing(site, request, DubanError("NO_SUCH_DRAFT", NO_SUCH[kind]))
    return render(site, view_in(site, request), "import_ended.html.j2", status, nav="imports", draft=draft)


def handed_in(sent: Sent, *, files_only: bool = False) -> tuple[str, bytes]:
    """Name and content of the file of a form, or of the text that was pasted.

    Raises DubanError FILE_TOO_LARGE, PASTE_TOO_LONG, NO_FILE where there is nothing.
    """
    if any(one.too_big for one in sent.files):
        raise DubanError("FILE_TOO_LARGE", "文件超过 10 MB：请删除图片和无关的工作表，另存后再选。")
    if not sent.is_whole:
        raise FormBrokenError
    found = next(((name, content) for name, content in uploads(sent) if content or name), None)
    if found is not None:
        return PurePath(found[0].replace("\\", "/")).name[-120:] or PASTED, found[1]
    text = "" if files_only else sent.get("text")
    if len(sent.fields.get("text", "").encode()) >= MOST_FIELD:  # the rest was not kept
        raise DubanError("PASTE_TOO_LONG", "粘贴的文字太长，后面的会丢失：请存成 .txt 文件再上传。")
    if not text.strip():
        raise DubanError("NO_FILE", "没有选择文件，也没有粘贴文字：请先选择一个文件。")
    return PASTED, text.encode()


def _new(site: Site, request: Request, error: DubanError | None = None, typed: str = "") -> HTMLResponse:
    view = view_in(site, request)
    data = {
        "problem": sentence(view, error) if error else "",
        "code": error.code if error else "",
        "typed": typed,
        "contacts": WAY_OF_CONTACTS if error and error.code == "CONTACTS_WORKBOOK" else "",
    }
    return render(site, view, "import_new.html.j2", REFUSED if error else 200, nav="imports", **data)


def _batch(site: Site, request: Request, number: int, error: DubanError | None = None) -> HTMLResponse:
    try:
        with site.database.read() as session:
            view = view_of(request, zone_of(session), site.clock())
            line = batch_line(session, number)
            stands = line.plan_id is not None and not line.is_undone
            todo = todo_of(session, line.plan_id or 0, view.today) if stands else None
            drafts = [one for one in waiting(session, PLAN) if one.batch_id == number]
    except DubanError as gone:
        return missing(site, request, gone)
    data: dict[str, Any] = {"batch": line, "todo": todo, "drafts": drafts}
    problem = sentence(view, error) if error else ""
    data |= {"rule_word": rule_word, "knows_milestones": any(one.key == "milestones" for one in MENU)}
    return render(
        site, view, "import_batch.html.j2", REFUSED if error else 200, nav="imports", problem=problem, **data
    )
