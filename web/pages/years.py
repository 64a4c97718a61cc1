"""年历: which days are worked, month by month; days off and make-up days are entered here, and what moved is told."""

from __future__ import annotations

import re
from calendar import Calendar
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Request
from fastapi.responses import HTMLResponse
from sqlmodel import Session

from db.calendar import load_calendar, load_years
from engine.calendar import FIRST_YEAR, LAST_YEAR, SATURDAY, WorkCalendar, YearFile, parse_year_file
from engine.errors import DubanError
from web.admission import acting
from web.multipart import Sent, read_form
from web.problems import problem_of
from web.site import Site
from web.typed import OptionalNumber, whole_or
from web.view import View, render, view_of, zone_of
from workflows.enter_year import Moved, enter_year
from workflows.look_round import ANNOUNCED_FROM

PATH = "/settings/years"
Form = Annotated[Sent, Depends(read_form)]
PARTED = re.compile(r"[\s,，、;；]+")
MOST_MOVED = 200


@dataclass(frozen=True, slots=True)
class Day:
    """A day of the picture: ``work``, ``weekend``, ``off`` (a weekday off) or ``makeup`` (a worked weekend day)."""

    on: date
    kind: str


def routes(site: Site) -> APIRouter:
    """The picture of a year with its form."""
    router = APIRouter()

    @router.get(PATH, response_class=HTMLResponse)
    def shown(request: Request, year: OptionalNumber = None) -> HTMLResponse:
        return _page(site, request, year)

    @router.post(PATH, response_class=HTMLResponse)
    def entered(request: Request, sent: Form) -> HTMLResponse:
        year = whole_or(sent.get("year"), 0)
        try:
            file = parse_year_file(_as_file(sent, year))
            with site.database.read() as session:
                if sent.get("seen") != _seen(session, year):
                    raise DubanError("REVISION_CONFLICT", f"{year} 年刚被别人改过：请核对后再保存一次。")
            moved = enter_year(site.database, file, site.clock(), acting(request).who)
        except DubanError as error:
            status = 409 if error.code == "REVISION_CONFLICT" else 422
            return _page(site, request, year, status, sent, error)
        return _page(site, request, year, moved=moved)

    return router


def _page(
    site: Site,
    request: Request,
    year: int | None,
    status: int = 200,
    sent: Sent | None = None,
    error: DubanError | None = None,
    moved: Sequence[Moved] | None = None,
) -> HTMLResponse:
    with site.database.read() as session:
        view = view_of(request, zone_of(session), site.clock())
        chosen = year if year is not None and FIRST_YEAR <= year <= LAST_YEAR else view.today.year
        known = load_calendar(session)
        entered = {file.year: file for file in load_years(session)}
        seen = _seen(session, chosen)
    months = _months(known, chosen)
    off, makeup = _exceptions(months, entered.get(chosen))
    data: dict[str, Any] = {
        "year": chosen,
        "years": sorted({*entered, *range(view.today.year - 1, view.today.year + 2), chosen}),
        "source": known.source(chosen),
        "months": months,
        "worked": sum(
            day.kind in ("work", "makeup") for month in months for week in month for day in week if day
        ),
        "off": sent.get("off") if sent else off,
        "makeup": sent.get("makeup") if sent else makeup,
        "now": (off, makeup) if status == 409 else None,
        "seen": seen,
        "missing": _missing(view, known),
        "moved": moved,
        "most": MOST_MOVED,
        "problem": problem_of(view, error) if error else "",
    }
    return render(site, view, "years.html.j2", status, nav="settings", tab="years", **data)


def _months(known: WorkCalendar, year: int) -> list[list[list[Day | None]]]:
    """Twelve months of weeks from Monday on; days of other months are empty."""
    weeks = Calendar(firstweekday=0)
    return [
        [
            [_day(known, on) if on.month == month and on.year == year else None for on in week]
            for week in found
        ]
        for month in range(1, 13)
        for found in [weeks.monthdatescalendar(year, month)]
    ]


def _day(known: WorkCalendar, on: date) -> Day:
    is_weekday = on.weekday() < SATURDAY
    if known.is_working_day(on):
        return Day(on, "work" if is_weekday else "makeup")
    return Day(on, "off" if is_weekday else "weekend")


def _exceptions(months: Sequence[Sequence[Sequence[Day | None]]], file: YearFile | None) -> tuple[str, str]:
    """Days off and make-up days as the form has them: as they were entered, else as they are known."""
    if file is not None:
        return _spans(file.days_off), _spans(file.makeup_days)
    days = [day for month in months for week in month for day in week if day]
    return tuple(_spans(day.on for day in days if day.kind == kind) for kind in ("off", "makeup"))  # type: ignore[return-value]


def _spans(days: Iterable[date]) -> str:
    """One line a day, or a span of days that follow one another."""
    lines: list[list[date]] = []
    for day in sorted(days):
        if lines and lines[-1][-1] + timedelta(days=1) == day:
            lines[-1].append(day)
        else:
            lines.append([day])
    return "\n".join(str(line[0]) if len(line) == 1 else f"{line[0]}..{line[-1]}" for line in lines)


def _as_file(sent: Sent, year: int) -> str:
    """What was typed as a year file."""

    def listed(name: str) -> str:
        parts = [part for part in PARTED.split(sent.get(name)) if part]
        return ", ".join(f'"{part}"' for part in parts if '"' not in part and "\\" not in part)

    return f"year = {year}\ndays_off = [{listed('off')}]\nmakeup_days = [{listed('makeup')}]\n"


def _seen(session: Session, year: int) -> str:
    """What was entered for the year, as the form carries it."""
    file = next((one for one in load_years(session) if one.year == year), None)
    return f"{_spans(file.days_off)}|{_spans(file.makeup_days)}".replace("\n", " ") if file else ""


def _missing(view: View, known: WorkCalendar) -> list[int]:
    """Years that are only estimated and soon needed."""
    today = view.today
    wanted = [today.year, *([today.year + 1] if (today.month, today.day) >= ANNOUNCED_FROM else [])]
    return [year for year in wanted if known.source(year) == "estimate"]
