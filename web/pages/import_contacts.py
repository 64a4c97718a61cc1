"""联系人导入: the workbook of units and contacts out, filled in, and in again, with what it changes shown first."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, Response

from db.units import post_lines
from engine.errors import DubanError
from intake.contacts import POSTS, write_contacts
from web.admission import acting
from web.downloads import as_download
from web.multipart import Sent
from web.pages.imports import (
    REFUSED,
    SHEET,
    WAY_OF_CONTACTS,
    Form,
    elsewhere,
    handed_in,
    missing,
    sentence,
    view_in,
)
from web.site import Site
from web.typed import whole_or
from web.view import done, render
from web.words import DEFAULT_LOCALE
from web.words.en.findings import in_english
from workflows.import_contacts import present_contacts
from workflows.import_drafts import (
    CONTACTS,
    Answers,
    Draft,
    DraftChangedError,
    answer,
    find_draft,
    hand_in,
)
from workflows.office import POST_NAMES
from workflows.preview_contacts import ContactsPreview, preview_contacts, store_draft_of_contacts

CONFLICT = 409


def routes(site: Site) -> APIRouter:
    """``/imports/contacts`` and ``/imports/contacts/ID``."""
    router = APIRouter()
    _way_in(router, site)
    _previews(router, site)
    return router


def _way_in(router: APIRouter, site: Site) -> None:
    @router.get(WAY_OF_CONTACTS, response_class=HTMLResponse)
    def asked(request: Request) -> HTMLResponse:
        return _new(site, request)

    @router.post(WAY_OF_CONTACTS)
    def given(request: Request, sent: Form) -> Response:
        try:
            name, content = handed_in(sent, files_only=True)
            who = acting(request).who
            number = hand_in(site.database, site.files, CONTACTS, name, content, site.clock(), who)
        except DubanError as error:
            return _new(site, request, error)
        return done(view_in(site, request), f"{WAY_OF_CONTACTS}/{number}", "imports.handed_in")

    @router.get(WAY_OF_CONTACTS + "/file")
    def filled(request: Request) -> Response:
        with site.database.read() as session:
            content = write_contacts(present_contacts(session))
        return as_download(view_in(site, request).t("imports.contacts.file"), SHEET, content)


def _previews(router: APIRouter, site: Site) -> None:
    path = WAY_OF_CONTACTS + "/{number}"

    @router.get(path, response_class=HTMLResponse)
    def shown(request: Request, number: int) -> HTMLResponse:
        return _page(site, request, number)

    @router.post(path)
    def answered(request: Request, number: int, sent: Form) -> Response:
        return _answered(site, request, number, sent)


def _new(site: Site, request: Request, error: DubanError | None = None) -> HTMLResponse:
    with site.database.read() as session:
        lines = post_lines(session)
    view = view_in(site, request)
    data: dict[str, Any] = {
        "posts": len({one.post_id for one in lines}),
        "empty": [one for one in lines if not one.email and not one.ways],
        "names": POST_NAMES,
        "problem": sentence(view, error) if error else "",
        "code": error.code if error else "",
    }
    return render(site, view, "import_contacts_new.html.j2", REFUSED if error else 200, nav="imports", **data)


def _answered(site: Site, request: Request, number: int, sent: Sent) -> Response:
    try:
        draft = _draft(site, number)
        seen = preview_contacts(site.database, site.files, draft)
    except DubanError as error:
        return missing(site, request, error)
    now, revision = site.clock(), whole_or(sent.get("revision"), 0)
    try:
        kept = answer(site.database, number, revision, _typed(sent, draft, seen), now)
        if sent.get("do") != "import":
            return done(view_in(site, request), request.url.path, "imports.answered")
        stored = store_draft_of_contacts(site.database, site.files, kept, now, acting(request).who)
    except DraftChangedError as error:
        return _page(site, request, number, error, CONFLICT)
    except DubanError as error:
        return _page(site, request, number, error, REFUSED)
    changed = stored.appointed + stored.replaced
    return done(view_in(site, request), WAY_OF_CONTACTS, "imports.contacts", changed)


def _typed(sent: Sent, draft: Draft, seen: ContactsPreview) -> Answers:
    """What the form says of units: the known unit that each is, or that it is a new one."""
    decided = dict(draft.answers.decided)
    for place, unit in enumerate(seen.units):
        told = sent.get(f"u-{place}")
        if told == "new":
            decided[unit.name] = ""
        elif whole_or(told, len(unit.alike)) < len(unit.alike):
            decided[unit.name] = unit.alike[whole_or(told, 0)]
    return Answers(decided=decided)


def _draft(site: Site, number: int) -> Draft:
    with site.database.read() as session:
        return find_draft(session, number)


def _page(
    site: Site, request: Request, number: int, error: DubanError | None = None, status: int = 200
) -> HTMLResponse:
    view = view_in(site, request)
    try:
        draft = _draft(site, number)
        if draft.kind != CONTACTS or draft.ended_reason:
            return elsewhere(site, request, draft, CONTACTS, status)
        seen = preview_contacts(site.database, site.files, draft)
    except DubanError as gone:
        return missing(site, request, gone)
    conflict = _differences(error) if isinstance(error, DraftChangedError) else []
    data: dict[str, Any] = {
        "draft": draft,
        "seen": seen,
        "names": POSTS,
        "conflict": conflict,
        "said": lambda one: (
            one.message if view.locale == DEFAULT_LOCALE else in_english(one.code, one.message)
        ),
    }
    problem = sentence(view, error) if error else ""
    return render(site, view, "import_contacts.html.j2", status, nav="imports", problem=problem, **data)


def _differences(error: DraftChangedError) -> list[tuple[str, str, str]]:
    stored, typed = error.stored.answers.decided, error.typed.decided
    names = dict.fromkeys((*stored, *typed))
    return [
        (name, stored.get(name, ""), typed.get(name, ""))
        for name in names
        if stored.get(name) != typed.get(name)
    ]
