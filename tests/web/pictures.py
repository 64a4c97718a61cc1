"""The pictures of the README, taken of the pages themselves: ``python -m tests.web.pictures docs/pictures``."""

from __future__ import annotations

import re
import sys
import tempfile
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import datetime
from pathlib import Path

from playwright.sync_api import Browser
from sqlmodel import col, select

from db import tables
from db.session import Database
from engine.roles import Role
from tests.web.browsing import Seat, a_browser, seated
from tests.web.demo_year import LINKS, demo_until
from tests.web.running import pages, signed_in
from workflows.links import new_link
from workflows.office import Office

WIDE, SCREEN, PHONE = (1366, 1000), (1920, 1080), (390, 1250)


def draw(browser: Browser, database: Database, now: datetime, folder: Path) -> list[Path]:
    """The overview, the wall, the form on a phone and a weekly digest as PNG files in the folder."""
    token = signed_in(database, Role.COORDINATOR, now, title="督查室综合岗")
    drawn = []
    with pages(database, now, links=LINKS, role=None) as client:

        @contextmanager
        def sitting(name: str, size: tuple[int, int], scripts: bool = True) -> Iterator[Seat]:
            cookie = token if scripts else None  # a unit comes by its link, also with scripts turned off
            with seated(browser, str(client.base_url), cookie, size, scripts=scripts) as seat:
                yield seat
                drawn.append(folder / f"{name}.png")
                seat.page.screenshot(path=drawn[-1])

        with sitting("overview", WIDE) as seat:
            seat.open("/")
        with sitting("wall", SCREEN) as seat:
            seat.open("/wall?full=1")
        with sitting("form", PHONE, scripts=False) as seat:
            seat.open(_form(database, now))
        with sitting("bulletin", WIDE) as seat:
            seat.open(f"/bulletins/{_last_digest(database)}")
    return drawn


def _form(database: Database, now: datetime) -> str:
    """The path of the form of a sub-task that is late, behind a link of its unit."""
    work, task = tables.Assignment, tables.SubTask
    with database.read() as session:
        late = (
            select(tables.Unit.name, task.id)
            .join(work, col(work.unit_id) == col(tables.Unit.id))
            .join(task, col(task.id) == col(work.subtask_id))
            .where(col(work.role) == "lead", col(task.light) == "red")
            .order_by(col(task.id))
        )
        unit, number = session.execute(late).first() or ("", 0)
    address, _link = new_link(database, Office(links=LINKS), unit, None, now, "test")
    return re.sub(r"^https?://[^/]+", "", address) + f"/tasks/{number}"


def _last_digest(database: Database) -> int:
    table = tables.Bulletin
    with database.read() as session:
        query = select(table.id).where(col(table.kind) == "digest").order_by(col(table.id).desc())
        return session.exec(query).first() or 0


def main(folder: str) -> None:
    """The pictures lie in the folder."""
    with tempfile.TemporaryDirectory() as made, a_browser() as browser:
        database, now = demo_until(Path(made) / "demo.sqlite3")
        with closing(database):
            print(*draw(browser, database, now, Path(folder)), sep="\n")


if __name__ == "__main__":
    main(*sys.argv[1:])
