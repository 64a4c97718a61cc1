"""A whole year on a stage: the service by its cycle, units at its pages over HTTP, coordinators at their desk."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time

from sqlmodel import select

from db import tables
from db.session import Database
from db.units import stored_id
from notifications.links import Links
from tests.channels import RememberingChannel
from tests.oracle_days import days, is_working
from tests.story.browser import Browser, Page
from tests.story.deeds import Deed, do, moment
from tests.web.running import pages
from tests.workflows.office_2024 import mail_office
from workflows.cycle import run_cycle

BASE_URL = "http://duban.example.org"
TICKS = (time(9, 12), time(15, 12))
LINK = re.compile(rf"{BASE_URL}/r/[\w-]+")


@dataclass
class Stage:
    """The database, the ways out with their memory, and the clock that everybody goes by."""

    database: Database
    now: datetime
    channel: RememberingChannel = field(default_factory=RememberingChannel)
    units: Mapping[int, Sequence[str]] = field(default_factory=dict)  # lead units by sub-task
    pages: Mapping[str, Callable[[Stage, Deed], None]] = field(default_factory=dict)  # what is done by link
    lights: dict[tuple[str, date], str] = field(default_factory=dict)  # on the evening of each day
    _open: ExitStack = field(default_factory=ExitStack)

    def __post_init__(self) -> None:
        links = Links(BASE_URL, b"k" * 32)
        self.office = replace(mail_office(self.channel), links=links)
        client = self._open.enter_context(pages(self.database, lambda: self.now, links=links, role=None))
        self.browser = Browser(client, BASE_URL)

    def close(self) -> None:
        self._open.close()
        self.database.close()

    def play(self, first: date, last: date, deeds: Sequence[Deed]) -> None:
        """Every day has been lived: the service at its ticks, people's deeds at their moments."""
        by_moment: dict[datetime, list[Deed]] = {}
        for deed in deeds:
            by_moment.setdefault(deed.at, []).append(deed)
        began = self.now
        for day in days(first, last):
            ticks = {moment(day, tick.isoformat()) for tick in TICKS if is_working(day)}
            for now in sorted(ticks | {at for at in by_moment if at.date() == day} | {began}):
                if now < began or now.date() != day:
                    continue
                self.now = now
                self._act(by_moment.get(now, []))
                run_cycle(self.database, self.office, now)
            self._look(day)

    def _act(self, deeds: Sequence[Deed]) -> None:
        for deed in deeds:
            if deed.kind in self.pages:
                self.pages[deed.kind](self, deed)
            else:
                do(self.database, deed)

    def _look(self, day: date) -> None:
        with self.database.read() as session:
            for task in session.exec(select(tables.SubTask)):
                self.lights[task.no, day] = task.light

    def entrance(self, unit: str) -> Page:
        """The page behind the link of the last mail to the unit's liaison."""
        with self.database.read() as session:
            found = session.exec(select(tables.Unit).where(tables.Unit.name == unit)).one()
            post = session.exec(
                select(tables.Post).where(tables.Post.unit_id == found.id, tables.Post.kind == "liaison")
            ).one()
            address = session.exec(
                select(tables.Contact.email).where(tables.Contact.post_id == stored_id(post.id))
            ).first()
        mails = [one for one in self.channel.sent if one.to_address == address and LINK.search(one.text)]
        found_link = LINK.search(mails[-1].text)
        assert found_link
        return self.browser.open(found_link[0])
