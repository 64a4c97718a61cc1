"""``duban doctor``: every check by its stable id, well and ill."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlmodel import select

from db import runs, tables
from db.session import Database
from duban.checkup import Check
from duban.doctor import examine
from duban.keys import read_key
from duban.wiring import now
from tests.cli.console import Console
from tests.servers import MailServer
from tests.web.provider import a_provider
from tests.workflows.office_2024 import Task, build

FILE = Path("var/duban.sqlite3")


@pytest.fixture
def database(bare: Path, sqlite_template: Path) -> Database:
    """The database of the default settings, with one sub-task of a lead unit that can be reached."""
    FILE.parent.mkdir()
    shutil.copyfile(sqlite_template, FILE)
    database = Database(f"sqlite:///{FILE}")
    build(database, Task("1", lead="区民政局"), emails={"区民政局": "a@example.org"})
    with database.write() as session:
        session.add(tables.User(name="a", role="admin", password="x", created_at=now(), changed_at=now()))
        for year in (2024, now().year, now().year + 1):
            session.add(tables.CalendarYear(year=year, entered_at=now()))
    return database


def levels() -> dict[str, str]:
    """The level of each check by id."""
    return {check.id: check.level for check in examine(None)}


def check(name: str) -> Check:
    """The check of that id."""
    return next(one for one in examine(None) if one.id == name)


def mailing(monkeypatch: pytest.MonkeyPatch, server: MailServer, security: str = "none") -> None:
    """Mail is configured."""
    for name, value in {
        "SMTP__HOST": server.host,
        "SMTP__PORT": str(server.port),
        "SMTP__SECURITY": security,
        "MAIL__FROM_ADDRESS": "duban@example.org",
        "COORDINATOR__EMAIL": "duty@example.org",
    }.items():
        monkeypatch.setenv(f"DUBAN_{name}", value)


def test_a_fresh_folder_is_no_error(bare: Path) -> None:
    assert set(levels().values()) == {"ok"}
    assert not FILE.exists()


def test_a_broken_configuration_is_the_only_finding(bare: Path) -> None:
    Path("duban.toml").write_text("prot = 1", encoding="utf-8")
    assert levels() == {"config": "error"}


def test_a_sound_installation_with_mail_has_nothing_but_an_idle_service(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    with MailServer() as server:
        mailing(monkeypatch, server)
        found = levels()
        assert server.messages == []
    assert {name for name, level in found.items() if level != "ok"} == {"service", "links"}
    assert set(found) >= {
        "config", "database", "sqlite", "integrity", "disk", "lock", "clock", "calendar", "contacts",
        "coordinators", "leases", "given_up", "service", "mail",
    }  # fmt: skip


def unnamed_years(database: Database) -> None:
    """The calendar knows no year of its own, and the plan runs in one that nobody can know yet."""
    with database.write() as session:
        session.execute(text("DELETE FROM calendar_years"))
        session.execute(text("UPDATE plans SET year = 2091"))


def no_address(database: Database) -> None:
    """The lead unit's contact has left."""
    with database.write() as session:
        session.execute(text("UPDATE contacts SET ended_at = '2024-01-01' WHERE email = 'a@example.org'"))


def no_coordinator(database: Database) -> None:
    """Nobody coordinates."""
    with database.write() as session:
        session.execute(text("UPDATE contacts SET email = NULL WHERE email = 'duty@example.org'"))


def no_admin(database: Database) -> None:
    """Whoever was an administrator has been retired."""
    with database.write() as session:
        session.execute(text("UPDATE users SET is_active = :no"), {"no": False})


def stuck(database: Database) -> None:
    """A lease ran out an hour ago."""
    message(database, "sending")


def abandoned(database: Database) -> None:
    """A message was given up."""
    message(database, "given_up")


def tomorrow(database: Database) -> None:
    """Something was written down tomorrow."""
    with database.write() as session:
        runs.mark(session, "last_sweep", "", now() + timedelta(days=1))


def older_schema(database: Database) -> None:
    """The tables are of another revision."""
    with database.write() as session:
        session.execute(text("UPDATE alembic_version SET version_num = '0000'"))


def foreign(database: Database) -> None:
    """The file belongs to another program."""
    with database.write() as session:
        session.execute(text("DROP TABLE alembic_version"))


def damaged(database: Database) -> None:
    """The file is no database any more."""
    database.close()
    FILE.write_bytes(b"not a database" * 1000)


def message(database: Database, state: str) -> None:
    """A message in that state, its lease an hour old."""
    with database.write() as session:
        post = session.exec(select(tables.Post)).first()
        assert post is not None
        moment = now() - timedelta(hours=1)
        session.add(
            tables.Message(
                key="k", kind="reminder", plan_id=1, post_id=post.id or 0, channel="email", recipient="x",
                slot_on=date(2024, 3, 1), slot_at=moment, subject="s", text="t", rfc_message_id="<k@x>",
                state=state, next_attempt_at=moment, lease_until=moment, created_at=moment,
            )
        )  # fmt: skip


@pytest.mark.parametrize(
    ("ill", "name", "level"),
    [
        (unnamed_years, "calendar", "warning"),
        (no_address, "contacts", "error"),
        (no_coordinator, "coordinators", "error"),
        (stuck, "leases", "warning"),
        (abandoned, "given_up", "warning"),
        (tomorrow, "clock", "error"),
        (older_schema, "database", "error"),
        (foreign, "database", "error"),
        (damaged, "database", "error"),
    ],
)
def test_what_is_ill_is_found_by_its_check(
    ill: Callable[[Database], None],
    name: str,
    level: str,
    database: Database,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    with MailServer() as server:
        mailing(monkeypatch, server)
        assert check(name).level == "ok"
        ill(database)
        found = check(name)
    assert found.level == level
    assert "：" in found.message  # it says what to do


def test_another_writer_who_never_ends_is_found(database: Database) -> None:
    with database.write():
        assert check("lock").level == "error"
    assert check("lock").level == "ok"


@pytest.mark.parametrize(
    ("swept", "level"), [(timedelta(minutes=1), "ok"), (timedelta(minutes=30), "error"), (None, "warning")]
)
def test_a_running_service_that_no_longer_sweeps_is_found(
    swept: timedelta | None, level: str, database: Database
) -> None:
    if swept is not None:
        with database.write() as session:
            runs.mark(session, "last_sweep", "", now() - swept)
    with database.serving():
        assert check("service").level == level
    assert check("service").level == "warning"


def test_a_mail_server_is_asked_but_gets_no_mail(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    with MailServer(login=("duban", "right")) as server:
        mailing(monkeypatch, server)
        monkeypatch.setenv("DUBAN_SMTP__USERNAME", "duban")
        monkeypatch.setenv("DUBAN_SMTP__PASSWORD", "right")
        assert check("mail").level == "ok"
        monkeypatch.setenv("DUBAN_SMTP__PASSWORD", "wrong")
        assert check("mail").level == "error"
        monkeypatch.setenv("DUBAN_SMTP__SECURITY", "starttls")
        assert "STARTTLS" in check("mail").message
        assert server.messages == []
    assert check("mail").level == "error"


def test_a_readable_file_with_a_password_is_found(bare: Path) -> None:
    path = Path("duban.toml")
    path.write_text('[smtp]\npassword = "a-secret"', encoding="utf-8")
    path.chmod(0o644)
    assert check("secrecy").level == "warning"
    path.chmod(0o600)
    assert "secrecy" not in levels()


def test_a_readable_key_of_the_links_is_found(bare: Path) -> None:
    key = Path("var/duban.sqlite3.key")
    assert read_key(key) == read_key(key)
    assert "links" not in levels()
    key.chmod(0o640)
    assert check("links").level == "warning"


def test_errors_end_the_command_with_one(console: Console) -> None:
    assert console.duban("doctor").code == 0
    console.environment |= {
        "DUBAN_SMTP__HOST": "127.0.0.1",
        "DUBAN_SMTP__PORT": "9",
        "DUBAN_MAIL__FROM_ADDRESS": "duban@example.org",
    }
    ended = console.duban("doctor", "--json")
    assert ended.code == 1
    assert {one["id"]: one["level"] for one in ended.json}["mail"] == "error"


def test_an_installation_without_an_administrator_is_found(database: Database) -> None:
    assert "admin" not in levels()
    no_admin(database)
    assert check("admin").level == "warning"


@pytest.mark.parametrize(
    ("address", "is_found"), [("http://duban.example.org", True), ("https://duban.example.org", False)]
)
def test_pages_on_plain_http_are_found(
    database: Database, monkeypatch: pytest.MonkeyPatch, address: str, is_found: bool
) -> None:
    monkeypatch.setenv("DUBAN_BASE_URL", address)
    assert ("plain_http" in levels()) is is_found


def test_the_identity_provider_is_asked_whether_it_is_the_one_that_is_set_up(
    bare: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert "oidc" not in levels()
    with a_provider(now()) as provider:
        monkeypatch.setenv("DUBAN_OIDC__ISSUER", provider.issuer)
        monkeypatch.setenv("DUBAN_OIDC__CLIENT_ID", "duban")
        assert check("oidc").level == "ok"
        assert "http://127.0.0.1:8300/sign-in/oidc/callback" in check("oidc").message
        provider.metadata = {"issuer": "https://id.example.com"}
        assert check("oidc").level == "error"
        assert "[OIDC_ISSUER]" in check("oidc").message
    assert "[OIDC_UNREACHABLE]" in check("oidc").message
