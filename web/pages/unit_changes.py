"""单位与联系人: what coordinators change there, one thing a form; a form that was overtaken stores nothing."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Annotated

from fastapi import APIRouter, Depends, Request
from fastapi.responses import Response
from starlette.exceptions import HTTPException

from db import tables
from db.session import Database
from db.units import stored_id
from db.ways import ways_of_contact
from engine.errors import DubanError
from intake.contact_ways import WayRow
from web.admission import acting
from web.multipart import Sent, read_form
from web.pages.units import WAYS, Editing, unit_page
from web.site import Site
from web.typed import names, whole
from web.view import done, view_of, zone_of
from workflows import change_contact, change_unit, wrong_person
from workflows.calendar_feed import new_feed, revoke_feed
from workflows.change_contact import ContactConflictError, Details
from workflows.import_contacts import alias_unit
from workflows.links import new_link, revoke_links
from workflows.remove_unit import remove_unit
from workflows.send_test import send_test_on
from workflows.set_group import set_group

Form = Annotated[Sent, Depends(read_form)]
CONTACT = "/units/{number}/contacts/{contact}"


@dataclass(frozen=True, slots=True)
class Doing:
    """One form about one unit: who sends it, and what is in it."""

    site: Site
    request: Request
    number: int
    sent: Sent

    @property
    def who(self) -> str:
        """Who is on record."""
        return acting(self.request).who

    @property
    def database(self) -> Database:
        """Where it is stored."""
        return self.site.database

    @property
    def unit(self) -> str:
        """The unit's name. Raises a 404 for one that is not there."""
        with self.database.read() as session:
            row = session.get(tables.Unit, self.number)
            if row is None:
                raise HTTPException(404)
            return row.name

    def done(self, what: str, n: int = 1, path: str = "") -> Response:
        """Back to the unit's page, or to that one, which says what was done."""
        with self.database.read() as session:
            view = view_of(self.request, zone_of(session), self.site.clock())
        return done(view, path or f"/units/{self.number}", what, n=n)

    def refused(self, error: DubanError, form: Editing | None = None) -> Response:
        """The page again with everything typed; 409 where somebody else was faster."""
        status = 409 if error.code == "REVISION_CONFLICT" else 422
        theirs = error.theirs if isinstance(error, ContactConflictError) else None
        typed = {name: self.sent.get(name) for name in ("alias", "members")}
        return unit_page(
            self.site, self.request, self.number, status, form=form, error=error, theirs=theirs, typed=typed
        )


def routes(site: Site) -> APIRouter:
    """The forms below ``/units/ID``."""
    router = APIRouter()
    _contacts(router, site)
    _reaching(router, site)
    _naming(router, site)
    _unit(router, site)
    _removing(router, site)
    _links(router, site)
    _calendar(router, site)
    return router


def _contacts(router: APIRouter, site: Site) -> None:
    @router.post("/units/{number}/contacts")
    def appoint(request: Request, number: int, sent: Form) -> Response:
        doing, kind, wanted = Doing(site, request, number, sent), sent.get("post"), _typed(sent)
        holders = [found for one in sent.get("holders").split(",") if (found := whole(one)) is not None]
        try:
            change_contact.appoint(
                site.database, site.office(), number, kind, holders, wanted, site.clock(), doing.who
            )
        except DubanError as error:
            return doing.refused(error, Editing(0, kind, wanted))
        return doing.done("contact_appointed")

    @router.post(CONTACT)
    def change(request: Request, number: int, contact: int, sent: Form) -> Response:
        doing = _about(site, request, number, contact, sent)
        return _edited(doing, contact, "change", change_contact.change_contact, "contact_changed")

    @router.post(CONTACT + "/succeed")
    def succeed(request: Request, number: int, contact: int, sent: Form) -> Response:
        doing = _about(site, request, number, contact, sent)
        return _edited(doing, contact, "succeed", change_contact.succeed, "contact_succeeded")

    @router.post(CONTACT + "/end")
    def end(request: Request, number: int, contact: int, sent: Form) -> Response:
        doing = _about(site, request, number, contact, sent)
        try:
            change_contact.end_holding(site.database, contact, sent.get("seen"), site.clock(), doing.who)
        except DubanError as error:
            return doing.refused(error)
        return doing.done("contact_ended")


def _edited(doing: Doing, contact: int, what: str, work: Callable[..., object], said: str) -> Response:
    wanted, seen = _typed(doing.sent), doing.sent.get("seen")
    site = doing.site
    try:
        work(site.database, site.office(), contact, seen, wanted, site.clock(), doing.who)
    except ContactConflictError as error:
        mark = error.theirs.mark if error.theirs else ""  # what the next attempt has seen
        return doing.refused(error, Editing(contact, what, wanted, mark) if error.theirs else None)
    except DubanError as error:
        return doing.refused(error, Editing(contact, what, wanted, seen))
    return doing.done(said)


def _reaching(router: APIRouter, site: Site) -> None:
    @router.post("/units/{number}/retry")
    def retry(request: Request, number: int, sent: Form) -> Response:
        doing = Doing(site, request, number, sent)
        tried = wrong_person.retry_unit(site.database, doing.unit, site.clock(), doing.who)
        return doing.done("ways_retried", tried)

    @router.post("/units/{number}/confirm")
    def confirm(request: Request, number: int, sent: Form) -> Response:
        doing = Doing(site, request, number, sent)
        try:
            number_of = wrong_person.confirm_contact(
                site.database, doing.unit, sent.get("post"), site.clock(), doing.who
            )
        except DubanError as error:
            return doing.refused(error)
        return doing.done("contact_confirmed", number_of)

    @router.post(CONTACT + "/test")
    def test(request: Request, number: int, contact: int, sent: Form) -> Response:
        doing = _about(site, request, number, contact, sent)
        office = site.office()
        channel, address = _way(site, contact, sent.get("channel") or office.default_channel)
        with site.database.read() as session:
            now = site.clock().astimezone(zone_of(session))
        try:
            tested = send_test_on(site.database, office, channel, address, now)
        except DubanError as error:
            return doing.refused(error)
        return unit_page(site, request, number, tested=tested)


def _naming(router: APIRouter, site: Site) -> None:
    @router.post("/units/{number}/names")
    def name(request: Request, number: int, sent: Form) -> Response:
        doing = Doing(site, request, number, sent)
        try:
            if not sent.get("alias").strip():
                raise DubanError("NO_NAME", "还没有写别名：请写上这个单位的另一种写法。")
            alias_unit(site.database, doing.unit, sent.get("alias"), site.clock(), doing.who)
        except DubanError as error:
            return doing.refused(error)
        return doing.done("unit_named")

    @router.post("/units/{number}/names/remove")
    def unname(request: Request, number: int, sent: Form) -> Response:
        doing = Doing(site, request, number, sent)
        try:
            gone = change_unit.remove_alias(site.database, number, sent.get("alias"), site.clock(), doing.who)
        except DubanError as error:
            return doing.refused(error)
        return doing.done("alias_removed" if gone else "alias_gone")


def _unit(router: APIRouter, site: Site) -> None:
    @router.post("/units/{number}/members")
    def members(request: Request, number: int, sent: Form) -> Response:
        doing = Doing(site, request, number, sent)
        try:
            group = set_group(
                site.database,
                doing.unit,
                names(sent.get("members")),
                site.clock(),
                doing.who,
                new=bool(sent.get("new")),
                seen=names(sent.get("seen")),
            )
        except DubanError as error:
            return doing.refused(error)
        return doing.done("members_set" if not group.waiting else "members_set_later", len(group.members))

    @router.post("/units/{number}/robots")
    def robots(request: Request, number: int, sent: Form) -> Response:
        doing = Doing(site, request, number, sent)
        chosen = [name.removeprefix("robot:") for name in sent.fields if name.startswith("robot:")]
        try:
            seen, now = names(sent.get("seen")), site.clock()
            change_unit.set_robots(site.database, site.office(), number, chosen, seen, now, doing.who)
        except DubanError as error:
            return doing.refused(error)
        return doing.done("robots_set")

    @router.post("/units/{number}/kind")
    def kind(request: Request, number: int, sent: Form) -> Response:
        doing = Doing(site, request, number, sent)
        try:
            change_unit.set_kind(
                site.database, number, sent.get("kind"), sent.get("seen"), site.clock(), doing.who
            )
        except DubanError as error:
            return doing.refused(error)
        return doing.done("kind_set")


def _removing(router: APIRouter, site: Site) -> None:
    @router.post("/units/{number}/remove")
    def remove(request: Request, number: int, sent: Form) -> Response:
        doing = Doing(site, request, number, sent)
        try:
            remove_unit(site.database, number, site.clock(), doing.who)
        except DubanError as error:
            return doing.refused(error)
        return doing.done("unit_removed", path="/units")


def _links(router: APIRouter, site: Site) -> None:
    @router.post("/units/{number}/links")
    def link(request: Request, number: int, sent: Form) -> Response:
        doing = Doing(site, request, number, sent)
        try:
            address, made = new_link(site.database, site.office(), doing.unit, None, site.clock(), doing.who)
        except DubanError as error:
            return doing.refused(error)
        return unit_page(site, request, number, made=made, address=address)

    @router.post("/units/{number}/links/revoke")
    def revoke(request: Request, number: int, sent: Form) -> Response:
        doing = Doing(site, request, number, sent)
        revoked = revoke_links(site.database, [], doing.unit, site.clock(), doing.who)
        return doing.done("links_revoked", revoked)


def _calendar(router: APIRouter, site: Site) -> None:
    @router.post("/units/{number}/calendar")
    def calendar(request: Request, number: int, sent: Form) -> Response:
        doing = Doing(site, request, number, sent)
        try:
            address = new_feed(site.database, site.office().links, number, site.clock(), doing.who)
        except DubanError as error:
            return doing.refused(error)
        return unit_page(site, request, number, feed=address)

    @router.post("/units/{number}/calendar/revoke")
    def stop(request: Request, number: int, sent: Form) -> Response:
        doing = Doing(site, request, number, sent)
        revoke_feed(site.database, stored_id(number), site.clock(), doing.who)
        return doing.done("calendar_revoked")


def _about(site: Site, request: Request, number: int, contact: int, sent: Sent) -> Doing:
    """The form about a contact of that unit. Raises a 404 for anybody else's."""
    with site.database.read() as session:
        row = session.get(tables.Contact, contact)
        post = session.get(tables.Post, row.post_id) if row else None
        if post is None or post.unit_id != number:
            raise HTTPException(404)
    return Doing(site, request, number, sent)


def _way(site: Site, contact: int, channel: str) -> tuple[str, str]:
    """The channel and the contact's stored address there: nobody types where a test goes."""
    with site.database.read() as session:
        row = session.get_one(tables.Contact, contact)
        ways = {one.channel: one.address for one in ways_of_contact(session, stored_id(row.id))}
        return channel, ways.get(channel) or row.email or ""


def _typed(sent: Sent) -> Details:
    ways = (WayRow(sent.get(f"channel{n}"), sent.get(f"address{n}")) for n in range(1, WAYS + 1))
    chosen = tuple(way for way in ways if way.channel)
    return Details(sent.get("title"), sent.get("email"), sent.get("locale"), chosen)
