"""For machines that watch: code words and figures, and no secret of the service."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path

import httpx
import pytest
from sqlalchemy import text

from db import runs
from db.references import find_unit
from db.session import Database
from db.units import stored_id
from engine.roles import Role
from tests.web.running import pages
from tests.workflows.office_2024 import INBOX, Task, at, build
from workflows.compose import compose
from workflows.deliver import deliver
from workflows.health import Pulse
from workflows.status import LAST_SWEEP
from workflows.sweep import sweep

NOW = at("2024-04-02T18:00")
HALF_AN_HOUR = timedelta(minutes=30)


def swept(database: Database, moment: datetime) -> None:
    """The service has looked at that moment."""
    with database.write() as session:
        runs.mark(session, LAST_SWEEP, moment.isoformat(), moment)


@pytest.mark.parametrize("path", ["/healthz", "/readyz"])
@pytest.mark.parametrize("host", ["127.0.0.1", "10.1.2.3:8300"])
def test_a_probe_needs_no_sign_in_and_no_registered_name(
    sqlite_database: Database, path: str, host: str
) -> None:
    with pages(sqlite_database, NOW, role=None) as client:
        answer = client.get(path, headers={"Host": host})
    assert (answer.status_code, answer.json()["status"]) == (200, "ok")


@pytest.mark.parametrize(
    ("started", "last", "missing"),
    [
        (timedelta(hours=9), HALF_AN_HOUR, []),
        (timedelta(hours=9), HALF_AN_HOUR + timedelta(seconds=1), ["sweep"]),
        (HALF_AN_HOUR, None, []),
        (HALF_AN_HOUR + timedelta(seconds=1), None, ["sweep"]),
        (timedelta(minutes=1), timedelta(hours=9), []),  # has just come back
        (timedelta(hours=9), -timedelta(hours=1), []),  # the clock was set back
    ],
)
def test_a_service_without_sweeps_is_not_ready(
    sqlite_database: Database, started: timedelta, last: timedelta | None, missing: list[str]
) -> None:
    if last is not None:
        swept(sqlite_database, NOW - last)
    with pages(sqlite_database, NOW, role=None, pulse=Pulse(sqlite_database, NOW - started)) as client:
        answer = client.get("/readyz")
    assert answer.json() == {"status": "unready" if missing else "ok", "missing": missing}
    assert answer.status_code == (503 if missing else 200)


def test_another_schema_is_not_ready(sqlite_database: Database) -> None:
    with sqlite_database.write() as session:
        session.execute(text("UPDATE alembic_version SET version_num = 'other'"))
    with pages(sqlite_database, NOW, role=None) as client:
        assert client.get("/readyz").json()["missing"] == ["schema"]


def test_a_database_that_does_not_answer_is_a_code_word_and_the_process_is_still_up(tmp_path: Path) -> None:
    database = Database(f"sqlite:///{tmp_path / 'gone' / 'x.sqlite3'}")
    (tmp_path / "gone").touch()
    with pages(database, NOW, role=None) as client:
        ready, alive = client.get("/readyz"), client.get("/healthz")
    assert (ready.status_code, ready.json()["missing"]) == (503, ["database"])
    assert str(tmp_path) not in ready.text
    assert alive.status_code == 200


def lived(database: Database) -> None:
    """Two sub-tasks; what their reports owed on 2 April has left or waits for nobody."""
    build(database, Task("1.1"), Task("2.1", lead="区教育局"))
    for moment in (at("2024-03-29T09:30"), at("2024-04-02T09:30")):
        sweep(database, moment)
        compose(database, INBOX, moment)
        deliver(database, INBOX, moment)
    swept(database, NOW - timedelta(seconds=90))


def value_of(client: httpx.Client, line: str) -> float:
    """The value that the exposition gives for that name and labels."""
    found = [one for one in client.get("/metrics").text.splitlines() if one.startswith(f"{line} ")]
    assert len(found) == 1
    return float(found[0].rsplit(" ", 1)[1])


def test_the_figures_are_those_of_the_database(sqlite_database: Database) -> None:
    lived(sqlite_database)
    with pages(sqlite_database, NOW, role=Role.LEADER) as client:
        assert client.get("/metrics").headers["content-type"].startswith("text/plain; version=")
        assert value_of(client, 'duban_subtasks{light="yellow",plan="1"}') == 2
        assert value_of(client, 'duban_messages{channel="inbox",state="accepted"}') > 0
        assert value_of(client, 'duban_deliveries{verdict="accepted"}') > 0
        assert value_of(client, "duban_last_sweep_age_seconds") == 90
        assert value_of(client, "duban_obligations_overdue") == 0
        assert value_of(client, "duban_sign_in_failures") == 0
        assert "duban_last_heartbeat_age_seconds{" not in client.get("/metrics").text


def test_figures_are_for_those_who_may_see_everything(sqlite_database: Database) -> None:
    lived(sqlite_database)
    with sqlite_database.read() as session:
        unit_id = stored_id(find_unit(session, "区民政局").id)
    with pages(sqlite_database, NOW, role=None) as nobody:
        assert nobody.get("/metrics").status_code == 401
    with pages(sqlite_database, NOW, role=Role.UNIT, unit_id=unit_id) as unit:
        assert unit.get("/metrics").status_code == 403
