"""The demo as a visitor finds it on a Friday in June: a real plan that has been lived for fifteen weeks."""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path

from db.session import Database
from duban.demo import EVENING, ZONE, VirtualDays
from notifications.links import Links
from workflows.office import Office

LINKS = Links("http://127.0.0.1:8310", b"k" * 32)
UNTIL = date(2024, 6, 14)


def demo_until(path: Path, until: date = UNTIL) -> tuple[Database, datetime]:
    """The database of a demo that has reached that day, and the moment of its evening."""
    database = Database(f"sqlite:///{path}")
    database.migrate()
    demo = VirtualDays(database, Office(links=LINKS))
    demo.begin()
    while demo.today() < until:
        demo.move("week")
        demo.wait()
    return database, datetime.combine(demo.today(), EVENING, ZONE)
