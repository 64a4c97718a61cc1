"""渠道: the ways out, how each is set up, who counts on it; secrets go in and never come out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Annotated, Any
from urllib.parse import quote

from fastapi import APIRouter, Depends, Request
from fastapi.responses import HTMLResponse, Response
from sqlmodel import Session
from starlette.exceptions import HTTPException

from db import channels, tables
from engine.errors import DubanError
from notifications.channel import Budget, Channel
from notifications.kinds import ChannelKind
from web.admission import acting
from web.found import answer, trouble
from web.multipart import Sent, read_form
from web.problems import problem_of
from web.site import Site
from web.typed import whole_or
from web.view import View, done, render, view_of, zone_of
from web.words import knows
from workflows.channel_factory import ChannelFactory
from workflows.list_channels import ChannelLine, list_channels
from workflows.send_test import TestSent, send_test_on
from workflows.set_up_channel import Given, add_channel, change_channel, retire_channel

LIST, ONE, KIND = "/settings/channels", "/settings/channels/{name}", "/settings/channel-kinds/{kind}"
READY = ("inbox", "email")  # not set up here
Form = Annotated[Sent, Depends(read_form)]
CONFLICT = "REVISION_CONFLICT"


def routes(site: Site) -> APIRouter:
    """The list, one channel with its test, and the form that adds one of a kind."""
    router = APIRouter()
    _looking(router, site)
    _adding(router, site)
    _changing(router, site)
    return router


def _looking(router: APIRouter, site: Site) -> None:
    @router.get(LIST, response_class=HTMLResponse)
    def listed(request: Request) -> HTMLResponse:
        with site.database.read() as session:
            view = view_of(request, zone_of(session), site.clock())
            return render(site, view, "channels.html.j2", **_frame(view), **_all_of(site, session))

    @router.get(ONE, response_class=HTMLResponse)
    def one(request: Request, name: str) -> HTMLResponse:
        return _page(site, request, name)

    @router.post(ONE + "/test", response_class=HTMLResponse)
    def tested(request: Request, name: str, sent: Form) -> HTMLResponse:
        with site.database.read() as session:
            _line(site, session, name)
            now = site.clock().astimezone(zone_of(session))
        to = sent.get("to").strip()
        try:
            result = send_test_on(site.database, site.office(), name, to, now)
        except DubanError as error:
            return _page(site, request, name, Shown(error=error, to=to))
        return _page(site, request, name, Shown(result=result, to=to))


def _adding(router: APIRouter, site: Site) -> None:
    @router.get(KIND, response_class=HTMLResponse)
    def asked(request: Request, kind: str) -> HTMLResponse:
        return _new(site, request, _kind(site, kind))

    @router.post(KIND)
    def added(request: Request, kind: str, sent: Form) -> Response:
        factory, known, name = _factory(site), _kind(site, kind), sent.get("name").strip()
        given = _given(known, sent)
        try:
            add_channel(site.database, factory, kind, name, given, site.clock(), acting(request).who)
        except DubanError as error:
            return _new(site, request, known, Shown(given.values, error, name=name))
        return done(_view(site, request), f"{LIST}/{quote(name, safe='')}", "channel.added")


def _changing(router: APIRouter, site: Site) -> None:
    @router.post(ONE)
    def changed(request: Request, name: str, sent: Form) -> Response:
        factory = _factory(site)
        with site.database.read() as session:
            known = _kind(site, _set_up(session, name).kind)
        given, revision = _given(known, sent, keep=True), whole_or(sent.get("revision"), -1)
        now, who = site.clock(), acting(request).who
        try:
            change_channel(site.database, factory, name, given, now, who, revision=revision)
        except DubanError as error:
            return _page(site, request, name, Shown(given.values, error))
        return done(_view(site, request), f"{LIST}/{quote(name, safe='')}", "channel.changed")

    @router.post(ONE + "/retire")
    def retired(request: Request, name: str, sent: Form) -> Response:
        with site.database.read() as session:
            _set_up(session, name)
        try:
            retire_channel(site.database, name, site.clock(), acting(request).who, sent.get("reason").strip())
        except DubanError as error:
            return _page(site, request, name, Shown(error=error))
        return done(_view(site, request), LIST, "channel.retired")


@dataclass(frozen=True, slots=True)
class Shown:
    """What came of a form: typed values that were not taken and why, or what a test brought."""

    typed: Mapping[str, str] = field(default_factory=dict)
    error: DubanError | None = None
    result: TestSent | None = None
    name: str = ""
    to: str = ""

    def status(self) -> int:
        """Of the answer that shows it."""
        if self.error is None:
            return 200
        return 409 if self.error.code == CONFLICT else 422


def _page(site: Site, request: Request, name: str, shown: Shown | None = None) -> HTMLResponse:
    """One channel, with what came of a form."""
    shown = shown or Shown()
    with site.database.read() as session:
        view = view_of(request, zone_of(session), site.clock())
        line = _line(site, session, name)
        people = channels.named_by_contacts(session).get(name, [])
        groups = channels.named_by_units(session).get(name, [])
    kind = site.factory.kinds.get(line.kind) if site.factory else None
    channel = site.office().channels.get(name)
    data: dict[str, Any] = {
        "line": line,
        "settings": kind.settings if kind else (),
        "values": {**line.values, **shown.typed},
        "shown": shown,
        "people": people,
        "groups": groups,
        "budgets": _budgets(view, channel),
        "by_person": bool(channel and channel.traits.needs_address) or name == "email",
        "is_ready": name in READY,
        "can_test": channel is not None and name != "inbox",
        "facts": site.installation.mail if name == "email" else (),
        "file": site.installation.file,
        "is_conflict": shown.error is not None and shown.error.code == CONFLICT,
        "problem": problem_of(view, shown.error) if shown.error else "",
    }
    return render(site, view, "channel.html.j2", shown.status(), **_frame(view), **data)


def _new(site: Site, request: Request, kind: ChannelKind, shown: Shown | None = None) -> HTMLResponse:
    """The form for a channel of that kind, with what was typed but for secrets."""
    shown = shown or Shown()
    view = _view(site, request)
    problem = problem_of(view, shown.error) if shown.error else ""
    data = {"kind": kind, "settings": kind.settings, "values": shown.typed, "name": shown.name}
    return render(site, view, "channel_new.html.j2", shown.status(), problem=problem, **_frame(view), **data)


def _all_of(site: Site, session: Session) -> dict[str, Any]:
    return {
        "lines": _lines(site, session),
        "kinds": list(site.factory.kinds.values()) if site.factory else [],
        "people": channels.named_by_contacts(session),
        "groups": channels.named_by_units(session),
        "replies": site.installation.replies,
        "file": site.installation.file,
    }


def _lines(site: Site, session: Session) -> list[ChannelLine]:
    if site.factory is None:
        taken = channels.last_accepted(session).get("inbox")
        return [ChannelLine("inbox", "inbox", "站内收件箱", accepted_at=taken)]
    return list_channels(session, site.factory, site.clock(), has_mail=bool(site.installation.mail))


def _line(site: Site, session: Session, name: str) -> ChannelLine:
    found = next((one for one in _lines(site, session) if one.name == name), None)
    if found is None:
        raise HTTPException(404)
    return found


def _set_up(session: Session, name: str) -> tables.ChannelSetup:
    found = channels.find(session, name)
    if found is None:
        raise HTTPException(404)
    return found


def _factory(site: Site) -> ChannelFactory:
    if site.factory is None:  # the demo: nothing may leave this machine
        raise HTTPException(404)
    return site.factory


def _kind(site: Site, name: str) -> ChannelKind:
    found = _factory(site).kinds.get(name)
    if found is None:
        raise HTTPException(404)
    return found


def _given(kind: ChannelKind, sent: Sent, *, keep: bool = False) -> Given:
    """What the form says; with ``keep`` a secret that was left empty stays unless its box was ticked."""
    values = {one.name: sent.get(one.name) for one in kind.settings if not one.secret}
    secret = [one.name for one in kind.settings if one.secret]
    typed = {name: sent.get(name) for name in secret if sent.get(name).strip() or not keep}
    cleared = {name: "" for name in secret if sent.get(f"clear-{name}")}
    return Given(values, {**typed, **cleared})


def _budgets(view: View, channel: Channel | None) -> list[str]:
    return [_budget(view, one) for one in (channel.traits.budgets if channel else ())]


def _budget(view: View, one: Budget) -> str:
    spans = {60: "minute", 3600: "hour", 86400: "day"}
    key = f"channel.budget.{spans.get(one.seconds, 'seconds')}"
    whose = view.t("channel.budget.each") if one.per_address else ""
    return whose + view.t(key, n=one.count, seconds=one.seconds)


def _frame(view: View) -> dict[str, Any]:
    def word(key: str, other: str) -> str:
        """The words of that key; in their place those that the kind of channel brings."""
        return view.t(key) if knows(view.locale, key) else other

    def label(kind: str, name: str, other: str) -> str:
        """What a setting of a kind is called."""
        return word(f"channel.set.{kind}.{name}", word(f"channel.set.{name}", other))

    return {
        "nav": "settings",
        "tab": "channels",
        "word": word,
        "label": label,
        "trouble": trouble,
        "answer": answer,
    }


def _view(site: Site, request: Request) -> View:
    with site.database.read() as session:
        return view_of(request, zone_of(session), site.clock())
