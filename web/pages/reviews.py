"""审核: what units reported and waits for a coordinator, figures beside the plan; accept one or many, send one back."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Request
from fastapi.responses import HTMLResponse, Response
from sqlalchemy import func, select
from sqlmodel import Session, col

from db import tables
from engine.errors import DubanError
from engine.model import Reason
from web.admission import acting
from web.downloads import kept_file
from web.multipart import Sent, read_form
from web.pages.overview import foot
from web.sheet import as_xlsx
from web.site import Site
from web.typed import whole
from web.view import View, done, render, view_of, zone_of
from workflows.attachments import attachments_of
from workflows.list_reviews import FigureLine, ReviewLine
from workflows.review_queue import Queue, Wanted, all_lines, review_queue
from workflows.review_report import Outcome, accept_reports, return_report, take_back_acceptance
from workflows.settle_coordination import NEEDS_COORDINATION

Form = Annotated[Sent, Depends(read_form)]
WRONG, CONFLICT = 422, 409
FILTERS = ("unit", "period", "project", "doubts", "page")
PHRASES = ("proof", "cumulative", "detail", "unit", "contradicts")  # the usual reasons for a return
HEADS = (
    "plan",
    "no",
    "task",
    "unit",
    "period",
    "role",
    "subject",
    "value",
    "due",
    "target",
    "last",
    "measure",
    "text",
    "difficulties",
    "coordination",
    "doubts",
    "received",
)


def routes(site: Site) -> APIRouter:
    """``/reviews``, its decisions, its files and the table as a workbook."""
    router = APIRouter()
    _looking(router, site)
    _deciding(router, site)
    return router


def _looking(router: APIRouter, site: Site) -> None:
    @router.get("/reviews", response_class=HTMLResponse)
    def listed(request: Request) -> HTMLResponse:
        return _page(site, request)

    @router.get("/reviews/export")
    def export(request: Request) -> Response:
        now = site.clock()
        with site.database.read() as session:
            view = view_of(request, zone_of(session), now)
            lines = all_lines(session, _wanted(view.query), now)
        rows = [row for line in lines for row in _rows(line, view)]
        heads = [view.t(f"reviews.head.{name}") for name in HEADS]
        return as_xlsx(f"{view.t('reviews.title')} {view.today}", heads, rows)

    @router.get("/reviews/{number}/files/{file}")
    def file_of(number: int, file: int) -> Response:
        with site.database.read() as session:
            return kept_file(site, session, "report", number, file)


def _deciding(router: APIRouter, site: Site) -> None:
    @router.post("/reviews/accept")
    def accept(request: Request, sent: Form) -> Response:
        chosen = _chosen(sent)
        if not chosen:
            return _page(site, request, WRONG, problems=["reviews.none_chosen"])
        outcome = accept_reports(site.database, chosen, site.clock(), acting(request).who)
        return _decided(site, request, "accepted", outcome, [one.report_id for one in outcome.decided])

    @router.post("/reviews/take-back")
    def take_back(request: Request, sent: Form) -> Response:
        outcome = take_back_acceptance(site.database, _chosen(sent), site.clock(), acting(request).who)
        return _decided(site, request, "taken_back", outcome)

    @router.post("/reviews/{number}/return")
    def send_back(request: Request, number: int, sent: Form) -> Response:
        try:
            return_report(site.database, number, site.clock(), acting(request).who, sent.get("reason"))
        except DubanError as error:
            status = WRONG if error.code == "NO_REASON" else CONFLICT
            typed = {number: sent.get("reason")}
            return _page(site, request, status, refused=[error], typed=typed, opened=number)
        return _back(site, request, "returned", 1)


def _decided(site: Site, request: Request, what: str, outcome: Outcome, undo: Sequence[int] = ()) -> Response:
    """The list, saying of how many it was decided and of which it could not be; ``undo`` may be taken back there."""
    number = len(outcome.decided)
    if outcome.refused:
        done_so = (what, number) if number else None
        return _page(site, request, CONFLICT, refused=outcome.refused, done_so=done_so, undo=undo)
    return _back(site, request, what, number, undo=",".join(str(key) for key in undo))


def _page(
    site: Site,
    request: Request,
    status: int = 200,
    *,
    problems: Sequence[str] = (),
    refused: Sequence[DubanError] = (),
    done_so: tuple[str, int] | None = None,
    undo: Sequence[int] = (),
    typed: Mapping[int, str] | None = None,
    opened: int = 0,
) -> HTMLResponse:
    now = site.clock()
    with site.database.read() as session:
        view = view_of(request, zone_of(session), now)
        queue = review_queue(session, _wanted(view.query), whole(view.query.get("page")) or 1, now)
        told = [view.t(key) for key in problems] + [view.refusal(one) for one in refused]
        data: dict[str, Any] = _contents(session, queue, view)
        data |= {"problems": told, "done_so": done_so, "typed": typed or {}, "opened": opened}
        data["undo"] = undo or _undo(view)
        return render(site, view, "reviews.html.j2", status, **data)


def _contents(session: Session, queue: Queue, view: View) -> dict[str, Any]:
    lines = [_shown(line, view) for line in queue.lines]
    doubtful = [one for one in lines if one.needs_eyes]
    only = view.query.get("doubts") == "1"
    ids = [line.report_id for line in queue.lines]
    files: dict[int, list[tables.Attachment]] = {}
    for file in attachments_of(session, "report", ids):
        files.setdefault(file.owner_id, []).append(file)
    return {
        "queue": queue,
        "groups": [
            ("eyes", doubtful),
            ("plain", [] if only else [one for one in lines if not one.needs_eyes]),
        ],
        "doubtful": len(doubtful),
        "longest": max((line.waited for line in queue.lines), default=0),
        "coordination": open_matters(session),
        "wanted": view.query,
        "is_filtered": any(view.query.get(name) for name in ("unit", "period", "project", "doubts")),
        "kept": {name: view.query[name] for name in FILTERS if view.query.get(name)},
        "files": files,
        "phrases": PHRASES,
        "foot": foot(session),
    }


def _undo(view: View) -> list[int]:
    """The reports that the address says were just accepted."""
    return [key for text in view.query.get("undo", "").split(",") if (key := whole(text))]


def open_matters(session: Session) -> int:
    """How many matters units wait to have settled."""
    finding = tables.Finding
    query = select(func.count()).select_from(finding)
    found = query.where(col(finding.code) == NEEDS_COORDINATION, col(finding.closed_at).is_(None))
    return int(session.execute(found).scalar_one())


@dataclass(frozen=True, slots=True)
class Figure:
    """One figure as the table shows it, shares in percent of the target."""

    line: FigureLine
    percent: int
    expected_percent: int | None
    short: Decimal | None  # by how much it is below what is asked
    grown: Decimal | None


@dataclass(frozen=True, slots=True)
class Shown:
    """A report as the table shows it; ``doubts`` are sentences."""

    line: ReviewLine
    figures: tuple[Figure, ...]
    doubts: tuple[str, ...]

    @property
    def needs_eyes(self) -> bool:
        """Whether it is looked at one by one: it is in doubt, or asks for something."""
        return bool(self.doubts) or self.line.needs_coordination


def _shown(line: ReviewLine, view: View) -> Shown:
    return Shown(
        line,
        tuple(_figure(one) for one in line.figures),
        tuple(doubt_words(one, line, view) for one in line.doubts),
    )


def _figure(one: FigureLine) -> Figure:
    return Figure(
        one,
        _share(one.value, one.target),
        None if one.expected is None else _share(one.expected, one.target),
        None if one.expected is None else max(one.expected - one.value, Decimal(0)),
        None if one.last is None else one.value - one.last,
    )


def _share(value: Decimal, target: Decimal) -> int:
    return max(0, min(100, int(value * 100 / target))) if target else 0


def doubt_words(doubt: Reason, line: ReviewLine, view: View) -> str:
    """The doubt as a sentence with its figures."""
    names = {str(one.indicator_id): one.subject or line.title for one in line.figures}
    figures = {
        name: view.quantity(Decimal(doubt.get(name)), doubt.get("unit"))
        for name in ("value", "before", "target", "said")
        if doubt.get(name)
    }
    name = names.get(doubt.get("indicator"), "")
    return view.t(f"doubt.{doubt.code}", name=name, text=doubt.get("text"), **figures)


def _rows(line: ReviewLine, view: View) -> list[list[object]]:
    """A row for each figure; a report without figures has one all the same."""
    before = [line.plan, line.no, line.title, line.unit, line.period, view.t(f"reviews.role.{line.role}")]
    yes = view.t("reviews.yes") if line.needs_coordination else ""
    doubts = view.t("list").join(doubt_words(one, line, view) for one in line.doubts)
    after = [line.text, line.difficulties, yes, doubts, line.received_on]
    figures: list[list[object]] = [
        [one.subject, one.value, one.expected, one.target, one.last, one.unit] for one in line.figures
    ]
    return [[*before, *figure, *after] for figure in figures or [[None] * 6]]


def _wanted(query: Mapping[str, str]) -> Wanted:
    return Wanted(whole(query.get("unit")), query.get("period", ""), whole(query.get("project")))


def _chosen(sent: Sent) -> list[int]:
    """The report of the pressed button, else those that are ticked: ``r12``."""
    only = whole(sent.get("only"))
    ticked = [whole(name[1:]) for name in sent.fields if name.startswith("r")]
    return [only] if only is not None else [key for key in ticked if key is not None]


def _back(site: Site, request: Request, what: str, n: int, **more: str) -> Response:
    """The list as it was filtered, saying what was done."""
    with site.database.read() as session:
        view = view_of(request, zone_of(session), site.clock())
    kept = {name: view.query[name] for name in FILTERS if view.query.get(name)}
    return done(view, "/reviews", what, n, **kept, **more)
