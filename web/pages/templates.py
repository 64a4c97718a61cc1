"""模板: what messages say, edited beside a preview with real rows; every version is kept."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from difflib import unified_diff
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Request
from fastapi.responses import HTMLResponse, Response
from sqlmodel import Session
from starlette.exceptions import HTTPException

from db import message_templates, plans
from db.references import find_unit
from db.units import unit_lines
from engine.errors import DubanError
from notifications.note_check import Problem
from notifications.note_sandbox import shipped_source
from notifications.note_values import KINDS
from notifications.note_worker import NoteWorker
from web.admission import acting
from web.guard import POLICY_WITH_PREVIEW
from web.multipart import Sent, read_form
from web.previewed import preview_of
from web.shown_message import ShownMessage, on_channels
from web.site import Site
from web.typed import Number, whole, whole_or
from web.view import View, done, render, view_of, zone_of
from web.words import LOCALES, knows
from web.worked_out import Waits
from workflows.edit_templates import (
    Current,
    Draft,
    TemplateConflictError,
    current,
    problems_of,
    reset_template,
    set_template,
)
from workflows.preview_template import present_values, preview

Form = Annotated[Sent, Depends(read_form)]
ONE = "/settings/templates/{kind}/{locale}"


@dataclass(frozen=True, slots=True)
class Desk:
    """Where templates are edited; its worker runs drafts apart from those that messages are made with."""

    site: Site
    worker: NoteWorker


@dataclass(frozen=True, slots=True)
class Fault:
    """Something wrong with a draft, beside the line it stands in."""

    line: int
    text: str
    sentence: str
    code: str


@dataclass(frozen=True, slots=True)
class Looked:
    """What came of a draft: what is wrong with it, or the message and whose it is."""

    faults: tuple[Fault, ...] = ()
    shown: ShownMessage | None = None
    whose: str = ""


def routes(site: Site) -> APIRouter:
    """``/settings/templates`` and an editor for each kind and language below it."""
    router, desk = APIRouter(), Desk(site, NoteWorker())

    @router.get("/settings/templates", response_class=HTMLResponse)
    def listed(request: Request) -> HTMLResponse:
        with site.database.read() as session:
            view = view_of(request, zone_of(session), site.clock())
            found = [current(session, kind, locale) for kind in KINDS for locale in LOCALES]
        return render(site, view, "templates.html.j2", nav="settings", tab="templates", lines=found)

    _looking(router, desk)
    _changing(router, desk)
    return router


def _looking(router: APIRouter, desk: Desk) -> None:
    @router.get(ONE, response_class=HTMLResponse)
    def editor(request: Request, kind: str, locale: str, version: Number = 0) -> HTMLResponse:
        return _editor(desk, request, kind, locale, version=version)

    @router.post(ONE + "/preview", response_class=HTMLResponse)
    def looked(request: Request, kind: str, locale: str, sent: Form) -> HTMLResponse:
        _known(kind, locale)
        unit, typed = sent.get("unit"), _draft(kind, locale, sent)
        try:
            found = _look(desk, typed, unit)
        except DubanError as error:
            return _editor(desk, request, kind, locale, 422, sent=sent, error=error)
        return _editor(desk, request, kind, locale, sent=sent, looked=found)

    @router.get(ONE + "/values", response_class=HTMLResponse)
    def values(request: Request, kind: str, locale: str, unit: str = "") -> HTMLResponse:
        _known(kind, locale)
        site = desk.site
        with site.database.read() as session:
            view = view_of(request, zone_of(session), site.clock())
            found = _values(site, session, kind, locale, unit)
        waits = found if isinstance(found, Waits) else None
        rows = [] if isinstance(found, Waits) else [(*one, _explained(one[0], view)) for one in found.items()]
        data: dict[str, Any] = {"kind": kind, "locale": locale, "unit": unit, "rows": rows, "waits": waits}
        return render(site, view, "template_values.html.j2", nav="settings", tab="templates", **data)


def _values(site: Site, session: Session, kind: str, locale: str, unit: str) -> dict[str, str] | Waits:
    """The values of a real message; of a large plan they are worked out beside the pages."""
    now, followed = site.clock(), plans.load_plans(session)

    def make(_session: Session) -> dict[str, str]:
        return present_values(site.database, site.office(), kind, locale, unit or None, now)

    try:
        if unit:
            find_unit(session, unit)
        if not followed:
            return make(session)
        key = ("values", kind, locale, unit, now.date())
        return preview_of(site, session, max(followed, key=lambda plan: plan.id), key, make)
    except DubanError:
        raise HTTPException(404) from None


def _changing(router: APIRouter, desk: Desk) -> None:
    site = desk.site

    @router.post(ONE)
    def save(request: Request, kind: str, locale: str, sent: Form) -> Response:
        _known(kind, locale)
        return _store(desk, request, _draft(kind, locale, sent), sent.get("note"), sent)

    @router.post(ONE + "/restore")
    def restore(request: Request, kind: str, locale: str, sent: Form) -> Response:
        _known(kind, locale)
        number = whole_or(sent.get("version"), 0)
        with site.database.read() as session:
            row = message_templates.version_at(session, kind, locale, number)
            view = view_of(request, zone_of(session), site.clock())
        if row is None or row.source is None:
            raise HTTPException(404)
        base = whole(sent.get("base"))
        note = view.t("template.restored", n=number)
        return _store(desk, request, Draft(kind, locale, row.source, base), note, None)

    @router.post(ONE + "/reset")
    def reset(request: Request, kind: str, locale: str, sent: Form) -> Response:
        _known(kind, locale)
        now, who = site.clock(), acting(request).who
        version = reset_template(site.database, kind, locale, sent.get("note"), now, who)
        return _done(desk, request, kind, locale, "template_reset", version or 0)


def _store(desk: Desk, request: Request, draft: Draft, note: str, sent: Sent | None) -> Response:
    """The draft is the newest version; a refused one is shown again with everything typed."""
    site, kind, locale = desk.site, draft.kind, draft.locale
    typed = sent or Sent({"source": draft.source})
    try:
        now, who = site.clock(), acting(request).who
        version = set_template(site.database, desk.worker, draft, note, now, who)
    except TemplateConflictError as error:
        return _editor(desk, request, kind, locale, 409, sent=typed, error=error, difference=error.difference)
    except DubanError as error:
        faults = Looked(_faults(draft, problems_of(desk.worker, draft)))
        return _editor(desk, request, kind, locale, 422, sent=typed, error=error, looked=faults)
    return _done(desk, request, kind, locale, "template_saved" if version else "template_same", version or 0)


def _done(desk: Desk, request: Request, kind: str, locale: str, what: str, n: int) -> Response:
    with desk.site.database.read() as session:
        view = view_of(request, zone_of(session), desk.site.clock())
    return done(view, f"/settings/templates/{kind}/{locale}", what, n=n)


def _editor(
    desk: Desk,
    request: Request,
    kind: str,
    locale: str,
    status: int = 200,
    *,
    version: int = 0,
    sent: Sent | None = None,
    error: DubanError | None = None,
    looked: Looked | None = None,
    difference: Sequence[str] = (),
) -> HTMLResponse:
    _known(kind, locale)
    site = desk.site
    with site.database.read() as session:
        view = view_of(request, zone_of(session), site.clock())
        found = current(session, kind, locale)
        data: dict[str, Any] = {
            "current": found,
            "source": sent.get("source") if sent else found.source,
            "note": sent.get("note") if sent else "",
            "chosen": sent.get("unit") if sent else "",
            "base": _base(sent, found, error),
            "history": message_templates.history(session, kind, locale),
            "units": [one.name for one in unit_lines(session) if one.kind not in ("level", "collective")],
            "compared": _compared(session, found, version),
        }
    problem = _refusal(view, error) if error else ""
    page = render(
        site,
        view,
        "template.html.j2",
        status,
        nav="settings",
        tab="templates",
        problem=problem,
        looked=looked,
        difference=difference,
        **data,
    )
    page.headers["Content-Security-Policy"] = POLICY_WITH_PREVIEW
    return page


def _base(sent: Sent | None, found: Current, error: DubanError | None) -> int:
    """From which version the form is: after a conflict from the one that was just shown."""
    if sent is None or isinstance(error, TemplateConflictError):
        return found.version
    return whole_or(sent.get("base"), found.version)


def _refusal(view: View, error: DubanError) -> str:
    """The workflow's sentences speak of options and of all lines at once; the page shows those beside the text."""
    known = {"REVISION_CONFLICT": "template.conflict", "TEMPLATE_REFUSED": "template.refused"}
    return view.t(known[error.code]) if error.code in known else view.refusal(error)


def _compared(session: Session, found: Current, version: int) -> dict[str, Any] | None:
    """What stands between an earlier version and the one in force; ``None`` where none is asked for."""
    row = message_templates.version_at(session, found.kind, found.locale, version) if version else None
    if row is None:
        return None
    before = row.source if row.source is not None else shipped_source(found.kind)
    lines = unified_diff(before.splitlines(), found.source.splitlines(), lineterm="", n=2)
    return {
        "row": row,
        "lines": list(lines)[2:],
        "may_restore": row.source is not None and before != found.source,
    }


def _look(desk: Desk, draft: Draft, unit: str) -> Looked:
    """The message as the draft says it, with what is real of the unit. Raises DubanError NO_SUCH_UNIT."""
    problems = problems_of(desk.worker, draft)
    if problems:
        return Looked(_faults(draft, problems))
    site = desk.site
    with site.database.read() as session:
        found = current(session, draft.kind, draft.locale)
    office = replace(site.office(), note_worker=desk.worker)
    as_it_is = not found.is_own and draft.source == found.source  # as shipped, mails have a page of their own
    made = preview(
        site.database,
        office,
        draft.kind,
        draft.locale,
        unit or None,
        site.clock(),
        None if as_it_is else draft,
    )
    one = made.rendered
    if one.fault:
        return Looked(
            (Fault(one.fault.line, _line(draft, one.fault.line), one.fault.sentence, one.fault.code),)
        )
    pages = on_channels(office.channels, one.card)
    return Looked((), ShownMessage(one.subject, one.html, one.text, one.card, pages), made.shown)


def _faults(draft: Draft, problems: Sequence[Problem]) -> tuple[Fault, ...]:
    return tuple(Fault(one.line, _line(draft, one.line), one.sentence, one.code) for one in problems)


def _line(draft: Draft, number: int) -> str:
    lines = draft.source.splitlines()
    return lines[number - 1] if 0 < number <= len(lines) else ""


def _draft(kind: str, locale: str, sent: Sent) -> Draft:
    return Draft(kind, locale, sent.get("source"), whole(sent.get("base")))


def _explained(name: str, view: View) -> str:
    """What a value is, by the last of its name."""
    leaf = name.replace("[…]", "").rsplit(".", 1)[-1]
    key = f"value.{leaf.split('[')[0]}"
    return view.t(key) if knows(view.locale, key) else ""


def _known(kind: str, locale: str) -> None:
    if kind not in KINDS or locale not in LOCALES:
        raise HTTPException(404)
