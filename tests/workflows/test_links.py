"""Report links: made with messages, filled in when they leave, superseded, expired, revoked; never stored."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import datetime

import pytest
from sqlmodel import Session, select

from db import links as rows
from db import tables
from db.session import Database
from engine.errors import DubanError
from notifications.channel import Envelope, Traits, Verdict
from notifications.links import SCHEME, token_hash
from tests.workflows.office_2024 import LINKED, LINKS, Built, Task, at, build, mail_office
from workflows.compose import compose
from workflows.deliver import deliver
from workflows.links import LinkRefused, new_link, open_link, period_of_unit, revoke_links
from workflows.office import Office
from workflows.report_progress import Filing, report_progress
from workflows.send_digest import send_digest
from workflows.sweep import sweep

TOKEN = re.compile(r"http://duban\.example\.org/r/([\w-]{43})")


class Postman:
    """A channel that remembers what left, and answers as told."""

    name = "email"
    traits = Traits()

    def __init__(self) -> None:
        self.taken: list[Envelope] = []
        self.answer = Verdict.accepted()

    def open(self) -> None: ...

    def close(self) -> None: ...

    def __enter__(self) -> Postman:
        return self

    def __exit__(self, *_: object) -> None: ...

    def send(self, envelope: Envelope) -> Verdict:
        """Remembered."""
        self.taken.append(envelope)
        return self.answer


def turn(database: Database, office: Office, moment: str) -> None:
    """One turn of the main flow."""
    now = at(moment)
    sweep(database, now)
    compose(database, office, now)
    send_digest(database, office, now)
    deliver(database, office, now)


def lived(database: Database, *days: str) -> tuple[Built, Postman]:
    """Two units with mail; the mornings of those days have passed."""
    built = build(
        database,
        Task("1.1"),
        Task("2.1", lead="区教育局"),
        emails={"区民政局": "a@example.org", "区教育局": "b@example.org"},
    )
    postman = Postman()
    office = replace(mail_office(postman), links=LINKS)
    for day in days:
        turn(database, office, f"{day}T00:00")
        turn(database, office, f"{day}T09:15")
    return built, postman


def tokens(postman: Postman, address: str = "a@example.org") -> list[str]:
    """The tokens that an address got, in order; text and page carry the same."""
    found = []
    for envelope in postman.taken:
        if envelope.to_address == address:
            text, html = TOKEN.findall(envelope.text), TOKEN.findall(envelope.html)
            assert set(text) == set(html)
            found += text
    return found


def opened(database: Database, token: str, moment: str) -> str:
    """The unit and period that a token opens, or why it opens nothing."""
    with database.read() as session:
        try:
            holder = open_link(session, token, at(moment))
        except LinkRefused as refusal:
            return refusal.why
        return f"{holder.unit} {holder.period}"


def test_a_message_leaves_with_a_link_for_its_unit_and_the_period_asked_for(database: Database) -> None:
    _, postman = lived(database, "2024-03-26")
    (token,) = tokens(postman)
    assert opened(database, token, "2024-03-26T10:00") == "区民政局 2024-03"
    (other,) = tokens(postman, "b@example.org")
    assert opened(database, other, "2024-03-26T10:00") == "区教育局 2024-03"


def test_no_token_is_in_the_database(sqlite_database: Database) -> None:
    _, postman = lived(sqlite_database, "2024-03-26", "2024-03-29")
    known = {*tokens(postman), *tokens(postman, "b@example.org")}
    assert len(known) >= 2
    assert sqlite_database.path
    files = sqlite_database.path.parent.glob(sqlite_database.path.name + "*")
    stored = b"".join(path.read_bytes() for path in files)
    assert SCHEME.encode() in stored
    assert not any(token.encode() in stored for token in known)
    assert all(token_hash(token).encode() in stored for token in known)


def test_a_newer_message_supersedes_the_link_once_it_has_arrived(database: Database) -> None:
    _, postman = lived(database, "2024-03-26", "2024-03-29")
    first, *_, last = tokens(postman)
    assert opened(database, first, "2024-03-29T10:00") == "superseded"
    assert opened(database, last, "2024-03-29T10:00") == "区民政局 2024-03"


def test_a_message_that_was_refused_supersedes_nothing(database: Database) -> None:
    _, postman = lived(database, "2024-03-26")
    (first,) = tokens(postman)
    postman.answer = Verdict.permanent("没有这个邮箱")
    office = replace(mail_office(postman), links=LINKS)
    turn(database, office, "2024-03-29T09:15")
    assert len(tokens(postman)) == 2
    assert opened(database, first, "2024-03-29T10:00") == "区民政局 2024-03"


@pytest.mark.parametrize(
    ("moment", "outcome"),
    [("2024-04-30T23:59", "区民政局 2024-03"), ("2024-05-01T00:00", "expired")],
)
def test_a_link_expires_when_the_day_is_over_on_which_the_next_report_falls_due(
    database: Database, moment: str, outcome: str
) -> None:
    _, postman = lived(database, "2024-03-26")
    assert opened(database, tokens(postman)[0], moment) == outcome


@pytest.mark.parametrize(
    ("on", "reported", "period"),
    [
        ("2024-03-01", None, "2024-03"),
        ("2024-03-29", None, "2024-03"),  # due today, not late yet
        ("2024-04-01", None, "2024-03"),  # late
        ("2024-04-01", "2024-03", "2024-04"),
        ("2024-04-25", None, "2024-03"),  # late still
        (
            "2024-04-26",
            None,
            "2024-04",
        ),  # three working days ahead (Sunday the 28th is worked) the next one is being asked for, and covers it
        ("2024-04-26", "2024-04", "2024-04"),
    ],
)
def test_a_unit_is_asked_for_the_late_period_until_the_next_is_asked_for(
    sqlite_database: Database, on: str, reported: str | None, period: str
) -> None:
    lived(sqlite_database)
    if reported:
        report_progress(sqlite_database, Filing("1.1", reported, ["9台"]), at(f"{on}T01:00"), "test")
    with sqlite_database.read() as session:
        unit = session.exec(select(tables.Unit).where(tables.Unit.name == "区民政局")).one()
        assert unit.id
        assert period_of_unit(session, unit.id, datetime.fromisoformat(on).date()) == period


def test_coordinators_and_an_office_without_address_get_no_links(sqlite_database: Database) -> None:
    _, postman = lived(sqlite_database)
    turn(sqlite_database, mail_office(postman), "2024-03-26T09:15")
    turn(sqlite_database, replace(mail_office(postman), links=LINKS), "2024-03-29T15:30")
    assert postman.taken
    assert not any("/r/" in one.text for one in postman.taken if one.to_address == "duty@example.org")
    assert any("/r/" in one.text for one in postman.taken if one.to_address == "a@example.org")
    with sqlite_database.read() as session:
        assert {row.unit_id for row in links_of(session)} == {1, 2}


def links_of(session: Session) -> list[tables.ReportLink]:
    """All rows."""
    return rows.all_links(session)


def test_a_coordinator_hands_over_a_link_and_withdraws_it(database: Database) -> None:
    lived(database)
    now = at("2024-04-02T10:00")
    address, link = new_link(database, LINKED, "区民政局", None, now, "督查室")
    token = TOKEN.findall(address)[0]
    assert opened(database, token, "2024-04-02T11:00") == "区民政局 2024-03"
    assert revoke_links(database, [], "区民政局", now, "督查室") == 1
    assert opened(database, token, "2024-04-02T11:00") == "revoked"
    assert revoke_links(database, [link.id], None, now, "督查室") == 0
    with database.read() as session:
        done = [row.what for row in session.exec(select(tables.Event)).all()]
    assert done[-2:] == ["link_new", "link_revoked"]


@pytest.mark.parametrize(
    ("unit", "period", "code"),
    [
        ("区民政局", "2024-13", "BAD_PERIOD"),
        ("区体育局", None, "NO_SUCH_UNIT"),
        ("督查室", None, "NO_CONTACT"),
    ],
)
def test_a_link_for_nobody_or_no_period_is_refused(
    sqlite_database: Database, unit: str, period: str | None, code: str
) -> None:
    lived(sqlite_database)
    with pytest.raises(DubanError) as refusal:
        new_link(sqlite_database, LINKED, unit, period, at("2024-04-02T10:00"), "督查室")
    assert refusal.value.code == code


def test_without_an_address_no_link_can_be_made(sqlite_database: Database) -> None:
    lived(sqlite_database)
    with pytest.raises(DubanError) as refusal:
        new_link(sqlite_database, Office(), "区民政局", None, at("2024-04-02T10:00"), "督查室")
    assert refusal.value.code == "NO_LINKS"


def test_neither_key_nor_token_is_printed_with_the_values() -> None:
    assert "kkkk" not in repr(LINKS)
    assert LINKS.token("n") not in str(LinkRefused("unknown"))
