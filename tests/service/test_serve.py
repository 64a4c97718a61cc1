"""``duban serve`` as a real process: mails leave, a second one is refused, a signal ends it in order."""

from __future__ import annotations

import os
import shutil
import signal
import threading
from datetime import date, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from sqlmodel import select

from db import tables
from db.session import Database
from duban.wiring import now
from engine.policy import Policy
from tests.cli.console import Console
from tests.servers import MailServer
from tests.service.running import PASSWORD, running
from tests.workflows.office_2024 import Task, build

ZONE = ZoneInfo("Asia/Shanghai")
# Nothing waits for an hour or a working day: the real clock of the test may say anything.
ALWAYS: dict[str, Any] = {
    "remind_at": "00:00",
    "window_opens": "00:00",
    "window_closes": "23:59:59",
    "jitter_minutes": 0,
}


def everyday(database: Database) -> None:
    """Every day of this year and the next is worked."""
    year = now().astimezone(ZONE).year
    with database.write() as session:
        for one in (year - 1, year, year + 1):
            days = (date(one, 1, 1) + timedelta(days=n) for n in range(366))
            weekend = [day.isoformat() for day in days if day.year == one and day.weekday() >= 5]
            session.add(tables.CalendarYear(year=one, days_off=[], makeup_days=weekend, entered_at=now()))


@pytest.fixture
def console(console: Console, sqlite_template: Path) -> Console:
    """A folder with a database in which one milestone for each of two units is due today."""
    path = console.folder / "var" / "duban.sqlite3"
    path.parent.mkdir()
    shutil.copyfile(sqlite_template, path)
    database = Database(f"sqlite:///{path}")
    everyday(database)
    today = now().astimezone(ZONE).date()
    tasks = [Task(no, lead=lead, milestones={today: "开工"}) for no, lead in (("1", "甲局"), ("2", "乙局"))]
    build(
        database,
        *tasks,
        emails={"甲局": "a@example.org", "乙局": "b@example.org"},
        policy=ALWAYS,
        issued_on=today - timedelta(days=3),
    )
    with database.write() as session:
        spans = {"execute": (-3, 60), "gap_fill": (61, 90)}  # the plan is one of today
        for phase in session.exec(select(tables.Phase)):
            first, last = spans[phase.name]
            phase.starts_on, phase.ends_on = today + timedelta(days=first), today + timedelta(days=last)
    database.close()
    return console


def mail_to(console: Console, server: MailServer) -> None:
    """The service sends through that server from now on."""
    console.environment |= {
        "DUBAN_SMTP__HOST": server.host,
        "DUBAN_SMTP__PORT": str(server.port),
        "DUBAN_SMTP__SECURITY": "none",
        "DUBAN_MAIL__FROM_ADDRESS": "duban@example.org",
        "DUBAN_LOG_FORMAT": "json",
    }


class Gate:
    """A script for the mail server that tells when a mail is being handed over, and can hold it there."""

    def __init__(self, wanted: int = 1) -> None:
        self.wanted = wanted
        self.reached = threading.Event()
        self.open = threading.Event()
        self.open.set()
        self.count = 0

    def __call__(self, stage: str, about: str) -> str | None:
        """Counts the mails."""
        if stage == "MESSAGE":
            self.count += 1
            if self.count >= self.wanted:
                self.reached.set()
            self.open.wait(60)
        return None


def test_the_default_policy_has_the_names_that_these_tests_change() -> None:
    assert Policy.of(ALWAYS).jitter_minutes == 0


def test_the_service_sends_what_is_due_and_shows_it(console: Console) -> None:
    gate = Gate(wanted=2)
    with MailServer(gate) as server:
        mail_to(console, server)
        with running(console, "serve") as service:
            assert gate.reached.wait(90), service.log
            assert service.set_up().status_code == 303
            page = service.get()
            assert page.status_code == 200
            assert "上次巡检" in page.text
            status = console.duban("status", "--json").json
            assert status["service_running"] is True
            assert status["last_sweep"] is not None
            assert service.end() == 0
        assert sorted(mail.recipients[0] for mail in server.messages) == ["a@example.org", "b@example.org"]
    log = service.log
    assert '"event": "deliver"' in log
    assert "example.org" not in log
    assert "Traceback" not in log


def test_started_again_the_service_sends_nothing_twice(console: Console) -> None:
    gate = Gate(wanted=2)
    with MailServer(gate) as server:
        mail_to(console, server)
        with running(console, "serve") as service:
            assert gate.reached.wait(90), service.log
            assert service.end() == 0
        for command in ("sweep", "compose", "digest", "deliver"):
            assert console.duban(command).code == 0
        assert len(server.messages) == 2


def test_a_signal_lets_the_send_in_flight_end_and_begins_no_other(console: Console) -> None:
    gate = Gate()
    gate.open.clear()
    with MailServer(gate) as server:
        mail_to(console, server)
        with running(console, "serve") as service:
            assert gate.reached.wait(90), service.log
            service.process.send_signal(signal.SIGTERM)
            threading.Timer(1.0, gate.open.set).start()
            assert service.process.wait(60) == 0
        assert gate.count == 1
    counts = console.duban("status", "--json").json["messages"]
    assert counts == {"accepted": 1, "waiting": 1}


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_service_asked_to_stop_ends_without_failure(console: Console, number: int) -> None:
    with running(console, "serve") as service:
        assert service.end(number) == 0
        assert "Traceback" not in service.log


def test_a_second_service_on_the_same_file_is_refused(console: Console) -> None:
    with running(console, "serve") as service:
        second = console.duban("serve")
        assert second.code == 1
        assert "[SERVICE_RUNNING]" in second.err
        assert service.get("sign-in").status_code == 200


def test_the_first_start_prints_a_link_that_makes_one_administrator(console: Console) -> None:
    with running(console, "serve") as service:
        assert service.get().headers["location"].startswith("/sign-in")
        assert service.set_up().headers["location"] == "/"
        assert service.get().status_code == 200
        for again in (service.client.get(service.link or ""), service.set_up()):
            assert again.status_code == 410
        secret = (service.link or "").rsplit("/", 1)[1]
        assert service.end() == 0
        assert secret not in service.log
        assert PASSWORD not in service.log
    with running(console, "serve") as second:
        assert second.link is None
        assert second.sign_in().status_code == 303
        assert second.get().status_code == 200


def test_while_there_is_no_user_each_start_prints_a_new_link_and_the_older_one_ends(console: Console) -> None:
    with running(console, "serve") as service:
        older = service.link
        assert service.end() == 0
    with running(console, "serve") as second:
        assert older is not None
        assert second.link not in (None, older)
        assert second.client.get(older).status_code == 410
        assert second.set_up().status_code == 303


def test_an_identity_provider_without_its_packages_is_told_at_the_start_and_passwords_work(
    console: Console,
) -> None:
    console.folder.joinpath("sitecustomize.py").write_text("import sys; sys.modules['authlib'] = None")
    console.environment |= {
        "PYTHONPATH": f"{console.folder}{os.pathsep}{console.variables()['PYTHONPATH']}",
        "DUBAN_OIDC__ISSUER": "https://id.example.org",
        "DUBAN_OIDC__CLIENT_ID": "duban",
        "DUBAN_OIDC__CLIENT_SECRET": "canary-secret",
        "DUBAN_BASE_URL": "http://127.0.0.1:8300",
    }
    with running(console, "serve") as service:
        assert "duban[oidc]" in service.log
        assert "[OIDC_EXTRA]" in service.log
        assert "canary" not in service.log + service.said
        assert "oidc" not in service.get("sign-in").text
        assert service.link is not None


def test_a_port_in_use_is_refused_in_words(console: Console, tmp_path: Path) -> None:
    with running(console, "serve") as service:
        other = Console(tmp_path / "other")
        other.folder.mkdir()
        other.environment["DUBAN_PORT"] = service.address.rstrip("/").rsplit(":", 1)[1]
        refused = other.duban("serve")
    assert refused.code == 1
    assert "[ADDRESS_TAKEN]" in refused.err


def test_a_mail_server_that_is_away_is_shown_and_tried_again(console: Console) -> None:
    with MailServer() as away:
        mail_to(console, away)
    console.environment["DUBAN_SMTP__PORT"] = str(away.port)
    assert console.duban("sweep").code == 0
    assert console.duban("compose").code == 0
    summary = console.duban("deliver", "--json").json
    assert summary["verdicts"] == {"transient": 1}  # the channel is ill: the other message is not tried
    status = console.duban("status", "--json").json
    assert [finding["code"] for finding in status["findings"]] == ["CHANNEL_ILL"]
    assert status["messages"] == {"waiting": 2}
