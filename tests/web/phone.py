"""A unit's phone: its link, the client that opens it, and what is stored afterwards."""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

import httpx
from sqlalchemy import text as sql
from sqlmodel import SQLModel, select

from db import tables
from db.session import Database
from db.units import stored_id
from tests.web.running import pages
from tests.workflows.office_2024 import LINKED, LINKS, Built, Task, at, build
from workflows.links import new_link
from workflows.sweep import sweep

NOW = at("2024-03-28T18:00")
PDF = b"%PDF-1.4\n%\xe2\xe3"
QUOTA = "12"


@dataclass
class Unit:
    """A unit's phone: its link, and the client that opens it."""

    database: Database
    built: Built
    client: httpx.Client
    token: str
    files: Path

    def path(self, no: str = "1.1", kind: str = "tasks") -> str:
        """The form of a sub-task."""
        return f"/r/{self.token}/{kind}/{self.built.subtasks[no]}"

    @property
    def number(self) -> str:
        """The field of the first indicator of 1.1."""
        with self.database.read() as session:
            query = select(tables.Indicator).where(tables.Indicator.subtask_id == self.built.subtasks["1.1"])
            return f"q{session.exec(query).one().id}"

    def send(self, no: str = "1.1", kind: str = "tasks", files: Any = None, **fields: str) -> httpx.Response:
        """The form is opened, filled in and sent as a browser would send it."""
        page = self.client.get(self.path(no, kind))
        typed = {"seen": hidden(page.text, "seen"), "status": "in_progress"} | fields
        if "value" in typed:
            typed[self.number] = typed.pop("value")
        return self.post(self.path(no, kind), typed, files)

    def post(self, path: str, typed: dict[str, str], files: Any = None) -> httpx.Response:
        """One multipart request from our own page."""
        parts = files or [("files", ("", b""))]
        headers = {"Origin": str(self.client.base_url).rstrip("/")}
        return self.client.post(path, data=typed, files=parts, headers=headers)

    def reports(self) -> list[tables.ProgressReport]:
        """All that is stored."""
        with self.database.read() as session:
            return list(session.exec(select(tables.ProgressReport)))

    def figures(self) -> list[Decimal]:
        """The figures that are stored."""
        with self.database.read() as session:
            return [row.quantity for row in session.exec(select(tables.ReportQuantity))]


def hidden(html: str, name: str) -> str:
    """The value of a hidden field or of the button that is asked about."""
    found = re.search(rf'name="{name}" value="([^"]*)"', html)
    return found[1] if found else ""


class opened:  # noqa: N801 - reads as a function
    """A unit's phone on that database."""

    def __init__(self, database: Database, folder: Path, holder: str = "区民政局") -> None:
        self._database, self._folder, self._holder = database, folder / "handed-in", holder
        tasks = (Task("1.1"), Task("1.2", None), Task("2.1", lead="区教育局"))
        self._built = build(database, *tasks, emails={"区民政局": "a@example.org"})
        with database.write() as session:
            street = tables.Unit(name="甲街道", kind="street")
            session.add(street)
            session.flush()
            one = session.exec(select(tables.Indicator)).first()
            assert one
            key, unit_id = stored_id(one.id), stored_id(street.id)
            session.add(tables.Quota(indicator_id=key, unit_id=unit_id, quantity=Decimal(QUOTA)))
            session.add(tables.Post(unit_id=unit_id, kind="liaison"))
        sweep(database, at("2024-03-26T00:00"))
        self._pages = pages(database, NOW, links=LINKS, files=self._folder)

    def __enter__(self) -> Unit:
        client = self._pages.__enter__()
        address, _ = new_link(self._database, LINKED, self._holder, "2024-03", NOW, "test")
        return Unit(self._database, self._built, client, address.rsplit("/", 1)[1], self._folder)

    def __exit__(self, *error: Any) -> None:
        self._pages.__exit__(*error)


def everything(database: Database) -> dict[str, list[tuple[Any, ...]]]:
    """Every row of every table."""
    with database.read() as session:
        return {
            name: [tuple(row) for row in session.execute(sql(f"SELECT * FROM {name}"))]  # noqa: S608
            for name in SQLModel.metadata.tables
        }
