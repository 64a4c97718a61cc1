"""From a request to a page: the locale, links that keep it, and the frame around every template."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime
from decimal import ROUND_FLOOR, Decimal
from functools import cache
from typing import Any
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from fastapi import Request
from fastapi.responses import HTMLResponse, RedirectResponse
from jinja2 import Environment, PackageLoader, StrictUndefined
from sqlmodel import Session

from db import plans
from engine.errors import DubanError
from engine.model import Light, Reason
from engine.roles import READERS
from notifications import words as said
from web.access import access_to, leads_to, may_open, page_at
from web.admission import held_since, person_of
from web.menu import Entry, entries_for, settings_for
from web.site import Site
from web.typed import whole_or
from web.words import DEFAULT_LOCALE, LOCALES, knows, say
from web.words.en.errors import SENTENCES
from web.words.zh_cn.errors import COMMAND
from web.words.zh_cn.errors import SENTENCES as WITHOUT_COMMANDS
from workflows.sign_in import Person

TONES = {
    Light.RED: "red",
    Light.YELLOW: "yellow",
    Light.GREEN: "green",
    Light.DONE: "done",
    Light.GREY: "grey",
}


@dataclass(frozen=True, slots=True)
class Chip:
    """A light as colour, symbol and word."""

    tone: str
    symbol: str
    word: str


@dataclass(frozen=True)
class View:
    """What a template may ask: words, links, dates and figures in the reader's language."""

    locale: str
    path: str
    query: dict[str, str]
    zone: ZoneInfo
    today: date
    person: Person | None = None
    held_since: datetime | None = None  # nothing leaves since then, after a restore

    def t(self, key: str, **data: object) -> str:
        """The wording of that key."""
        return say(self.locale, key, **data)

    def link(self, path: str, **parameters: object) -> str:
        """A link within the site that keeps the language; parameters without a value are left out.

        A parameter of several values stands there once for each.
        """
        given = {name: value for name, value in parameters.items() if value not in (None, "", (), [])}
        if self.locale != self.own_locale:
            given["lang"] = self.locale
        return f"{path}{'&' if '?' in path else '?'}{urlencode(given, doseq=True)}" if given else path

    @property
    def own_locale(self) -> str:
        """The language of pages whose address names none: the reader's own choice, else Chinese."""
        return self.person.locale if self.person and self.person.locale in LOCALES else DEFAULT_LOCALE

    def menu(self) -> list[Entry]:
        """The main menu of whoever is signed in."""
        return entries_for(self.person)

    def settings(self) -> list[Entry]:
        """The pages below 设置 for whoever is signed in."""
        return settings_for(self.person)

    def knows(self, key: str) -> bool:
        """Whether there is a wording of that key."""
        return knows(self.locale, key)

    def opens(self, path: str) -> bool:
        """Whether there is a page at that path (as the routes write it) for whoever is signed in."""
        return self.person is not None and leads_to(self.person.role, path)

    def may(self, line: str) -> bool:
        """Whether whoever is signed in may do that: a line of the matrix, ``POST /reviews/accept``."""
        method, path = line.split()
        return self.person is not None and may_open(self.person.role, access_to(method, path))

    def told(self) -> str:
        """What has just been done, as the redirect to this page says; nothing for what no page says."""
        key, number = f"told.{self.query.get('told', '')}", whole_or(self.query.get("n"), 0)
        return self.t(key, n=number) if knows(self.locale, key) else ""

    def channel(self, name: str) -> str:
        """The channel as people call it: ours have words, the office's own the name it was set up with."""
        key = f"channel.{name}"
        return self.t(key) if knows(self.locale, key) else name

    def refusal(self, error: DubanError) -> str:
        """What the error says, in the reader's language: sentences of ours are Chinese, known by their code.

        A page tells nobody to use a command.
        """
        if self.locale != DEFAULT_LOCALE:
            return SENTENCES.get(error.code, error.message)
        return (
            WITHOUT_COMMANDS.get(error.code, error.message)
            if COMMAND.search(error.message)
            else error.message
        )

    def other_language(self) -> str:
        """This page in the other language."""
        kept = {name: value for name, value in self.query.items() if name != "lang"}
        other = "en" if self.locale == DEFAULT_LOCALE else DEFAULT_LOCALE
        if other != self.own_locale:
            kept["lang"] = other
        return f"{self.path}?{urlencode(kept)}" if kept else self.path

    def day(self, on: date, weekday: bool = False) -> str:
        """A date for somebody who reads it today."""
        return said.day(on, self.today, self.locale, weekday=weekday)

    def full_day(self, on: date) -> str:
        """A date with year and weekday."""
        return said.full_day(on, self.locale)

    def moment(self, at: datetime) -> str:
        """A moment in the plan's zone."""
        local = at.astimezone(self.zone)
        return f"{self.day(local.date())} {local:%H:%M}"

    def clock(self, at: datetime) -> str:
        """The time of day in the plan's zone."""
        return f"{at.astimezone(self.zone):%H:%M}"

    def month(self, number: int) -> str:
        """The name of a month, 1 to 12."""
        return said.say(self.locale, "months").split(",")[number - 1]

    def period(self, text: str) -> str:
        """A reporting period in words."""
        return said.period(text, self.today, self.locale)

    def quantity(self, value: Decimal, unit: str = "") -> str:
        """A figure with its unit."""
        return said.quantity(value, unit)

    def days(self, count: int) -> str:
        """A number of working days."""
        return said.working_days(count, self.locale)

    def chip(self, light: Light, reason: Reason | None = None) -> Chip:
        """A light as colour, symbol and word."""
        return _chip(light, reason.code if reason else None, self.locale)


def zone_of(session: Session) -> ZoneInfo:
    """The time zone of pages that concern no single plan."""
    return plans.office_zone(session)


@cache
def _chip(light: Light, code: str | None, locale: str) -> Chip:
    """Of a reason its code alone decides."""
    reason = Reason.of(code) if code else None
    return Chip(TONES[light], said.light_symbol(light, reason), said.light_word(light, reason, locale))


def view_of(request: Request, zone: ZoneInfo, now: datetime) -> View:
    """The view for this request: the language that the address names, else the reader's own, else Chinese.

    The answer to a form that was refused stands in the place of the page that the form belongs to.
    """
    query = dict(request.query_params)
    today = now.astimezone(zone).date()
    route = request.scope.get("route")
    path = page_at(route.path, request.url.path) if route else request.url.path
    view = View(DEFAULT_LOCALE, path, query, zone, today, person_of(request), held_since(request))
    asked = query.get("lang")
    return replace(view, locale=asked if asked in LOCALES else view.own_locale)


def render(site: Site, view: View, template: str, status: int = 200, **data: Any) -> HTMLResponse:
    """The page as an answer."""
    html = (
        environment()
        .get_template(template)
        .render(v=view, demo=demo_bar(site), silent=_silent_since(site, view), **data)
    )
    return HTMLResponse(html, status)


def _silent_since(site: Site, view: View) -> datetime | None:
    """Since when the service does not sweep, for those of the office; ``None`` if all is well."""
    is_told = site.pulse is not None and view.person is not None and view.person.role in READERS
    return site.pulse.silent_since(site.clock()) if is_told and site.pulse else None


def done(view: View, path: str, what: str, n: int = 1, **parameters: object) -> RedirectResponse:
    """The way to a page that says ``told.WHAT``, after something was done."""
    return RedirectResponse(view.link(path, told=what, n=n, **parameters), 303)


@dataclass(frozen=True, slots=True)
class DemoBar:
    """The state of the demo as the bar shows it."""

    today: date
    target: date | None
    is_over: bool
    has_failed: bool


def demo_bar(site: Site) -> DemoBar | None:
    """The bar of the demo, or ``None`` on the real service."""
    demo = site.demo
    return DemoBar(demo.today(), demo.target(), demo.is_over(), demo.has_failed()) if demo else None


def percent(value: Decimal | None) -> int:
    """A share as whole percent, rounded down; nothing is 0."""
    return int(value.to_integral_value(ROUND_FLOOR)) if value is not None else 0


@cache
def environment() -> Environment:
    """The templates; everything is escaped, an unknown name is an error."""
    return Environment(
        loader=PackageLoader("web"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
