"""The wall as one file that needs nothing beside it: for the weekly mail, the printer, the browser that makes a PDF."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from importlib.resources import files

from markupsafe import Markup
from sqlmodel import Session

from db import plans
from engine.model import Plan
from web.pages.wall import Asked, contents
from web.site import Site
from web.view import View, environment
from web.wall import Filter
from web.words import DEFAULT_LOCALE

SHEETS = ("duban.css", "wall.css")
A3 = (1587, 1123)  # landscape, in pixels of a browser
HEAD, ROW, SHARE, CURVE = 300, 48, 40, 420  # how high the parts are about, where they do not fit one page


@dataclass(frozen=True, slots=True)
class WallFile:
    """The page, and how large a picture of all of it is about."""

    html: str
    size: tuple[int, int]


def wall_file(
    site: Site, session: Session, plan: Plan, now: datetime, locale: str = DEFAULT_LOCALE
) -> WallFile:
    """The plan's wall at that moment as it is printed, with its styles inside."""
    zone = plans.zone_of(plan)
    view = View(locale, "/wall", {}, zone, now.astimezone(zone).date())
    data = contents(site, session, plan, Filter(), Asked(is_whole=True), view, now)
    template = environment().get_template("wall_file.html.j2")
    html = template.render(v=view, demo=None, linked=False, styles=_styles(), **data)
    rows, shares = len(data["rows"]), len(data["matrix"].rows)
    high = HEAD + ROW * rows + SHARE * shares + CURVE
    return WallFile(html, A3 if data["is_small"] else (A3[0], max(A3[1], high)))


def _styles() -> Markup:
    """What is for paper holds for the whole file, on the screen too."""
    texts = [files("web").joinpath("static", name).read_text(encoding="utf-8") for name in SHEETS]
    texts.append("@media screen { body { padding: 32px; } }")  # the margin of a sheet, for pictures
    return Markup("\n".join(texts).replace("@media print {", "@media all {"))
