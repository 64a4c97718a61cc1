"""办理记录: who decided what, when and why; whether the chain that seals it is whole."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, Response
from sqlmodel import Session

from db import audit, tables
from db.audit_check import Verification, verify
from db.cards import load_cards
from engine.errors import DubanError
from web.previewed import waiting_page
from web.problems import problem_of
from web.sheet import as_xlsx
from web.site import Site
from web.typed import Number, day
from web.view import View, render, view_of, zone_of
from web.words import knows
from web.worked_out import Waits
from workflows.audit_record import Wanted, count_events, find_events, kinds_of, people_of

PATH = "/settings/audit"
PAGE, MOST_ROWS, MOST_BREAKS = 100, 50_000, 50
AT_ONCE = 1_000  # entries that are checked while the reader waits


def routes(site: Site) -> APIRouter:
    """The record with its filters, as a workbook, and its check."""
    router = APIRouter()

    @router.get(PATH, response_class=HTMLResponse)
    def listed(
        request: Request,
        who: str = "",
        what: str = "",
        subtask: str = "",
        since: str = "",
        until: str = "",
        page: Number = 1,
    ) -> HTMLResponse:
        return _page(site, request, Asked(who, what, subtask.strip(), since, until), max(1, page))

    @router.get(PATH + ".xlsx")
    def workbook(
        request: Request, who: str = "", what: str = "", subtask: str = "", since: str = "", until: str = ""
    ) -> Response:
        asked = Asked(who, what, subtask.strip(), since, until)
        return _workbook(site, request, asked)

    @router.get(PATH + "/verify", response_class=HTMLResponse)
    def verified(request: Request, head: str = "") -> HTMLResponse:
        found = _verified(site)
        if isinstance(found, Waits):
            with site.database.read() as session:
                view = view_of(request, zone_of(session), site.clock())
            title = view.t("settings.audit")
            return waiting_page(site, view, found, "audit.waits", nav="settings", title=title)
        return _page(site, request, Asked(), 1, found, head.strip())

    return router


@dataclass(frozen=True, slots=True)
class Asked:
    """The filters as they stand in the address."""

    who: str = ""
    what: str = ""
    subtask: str = ""
    since: str = ""
    until: str = ""

    def wanted(self, zone: ZoneInfo) -> Wanted:
        """The same as moments of the zone; a day that cannot be read counts as none."""
        first, last = day(self.since), day(self.until)
        begins = datetime.combine(first, time(), zone) if first else None
        ends = datetime.combine(last + timedelta(days=1), time(), zone) if last else None
        return Wanted(self.who, self.what, self.subtask, begins, ends)


def _verified(site: Site) -> Verification | Waits:
    """What the check of the whole record found; of a long one within the last minute, worked out beside the pages."""
    with site.database.read() as session:
        if count_events(session, Wanted()) <= AT_ONCE:
            return verify(session)
        end = audit.head(session).shown

    def work() -> Verification:
        with site.database.read() as session:
            return verify(session)

    return site.previews.ask(("record", end, site.clock().replace(second=0, microsecond=0)), work)


def _workbook(site: Site, request: Request, asked: Asked) -> Response:
    with site.database.read() as session:
        view = view_of(request, zone_of(session), site.clock())
        try:
            events = find_events(session, asked.wanted(view.zone), 0, MOST_ROWS)
        except DubanError:
            return _page(site, request, asked, 1)  # says what there is none of
        about = _about(session, events)
    heads = [view.t(f"audit.{head}") for head in ("number", "at", "who", "what", "about", "reason", "hash")]
    rows = [
        (
            _number(one),
            one.at.astimezone(view.zone),
            _who(view, one.who),
            _what(view, one.what),
            about.get(one.subtask_id or 0, ""),
            one.reason,
            one.hash,
        )
        for one in events
    ]
    return as_xlsx(view.t("settings.audit"), heads, rows)


def _page(
    site: Site,
    request: Request,
    asked: Asked,
    page: int,
    found: Verification | None = None,
    witness: str = "",
) -> HTMLResponse:
    problem, events, number = "", [], 0
    with site.database.read() as session:
        view = view_of(request, zone_of(session), site.clock())
        try:
            wanted = asked.wanted(view.zone)
            number = count_events(session, wanted)
            events = find_events(session, wanted, (page - 1) * PAGE, PAGE)
        except DubanError as error:
            problem = problem_of(view, error)
        kinds = [(code, _what(view, code)) for code in kinds_of(session)]
        data: dict[str, Any] = {"people": people_of(session), "about": _about(session, events)}
        head = audit.head(session).shown
    data |= {
        "asked": asked,
        "kinds": sorted(kinds, key=lambda one: one[1]),
        "events": events,
        "number": number,
        "page": page,
        "pages": max(1, -(-number // PAGE)),
        "said": lambda code: _what(view, code),
        "named": lambda who: _who(view, who),
        "place": _number,
        "head": head,
        "found": found,
        "witness": witness,
        "has_witness": not witness or bool(found and _is_on(found, witness)),
        "most": MOST_BREAKS,
        "problem": problem,
    }
    status = 422 if problem else 200
    nav = "settings" if view.opens("/settings") else "audit"
    return render(site, view, "audit.html.j2", status, nav=nav, tab="audit", **data)


def _is_on(found: Verification, witness: str) -> bool:
    """Whether a head that somebody has on paper is on the chain; the first 32 digits do."""
    short = witness.split()[-1].lower()
    return len(short) >= 16 and any(one.startswith(short) for one in found.hashes)


def _about(session: Session, events: list[tables.Event]) -> dict[int, str]:
    """Number and title of the sub-tasks that the events are about."""
    ids = sorted({one.subtask_id for one in events if one.subtask_id})
    return {key: f"{card.no} {card.title}" for key, card in load_cards(session, ids).items()}


def _what(view: View, code: str) -> str:
    """The code in words; one that has none is shown as it is."""
    key = f"audit.what.{code}"
    return view.t(key) if knows(view.locale, key) else code


def _who(view: View, who: str) -> str:
    """Whoever decided; what a number of the rules brought about is said to be by that rule."""
    key = f"policy.{who.removeprefix('policy:')}"
    is_rule = who.startswith("policy:") and knows(view.locale, key)
    return view.t("audit.by_rule", rule=view.t(key)) if is_rule else who


def _number(event: tables.Event) -> str:
    return f"{event.segment or 0}-{event.sequence or 0}"
