"""What every test can ask for; ``database`` runs a test on SQLite and on PostgreSQL."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import hypothesis
import pytest
from playwright.sync_api import Browser

from db.session import Database
from tests import databases
from tests.channels import RememberingChannel
from tests.web.browsing import MISSING, a_browser, find_browser
from tests.workflows.office_2024 import mail_office
from workflows.office import Office

hypothesis.settings.register_profile("local", deadline=None, max_examples=50)
hypothesis.settings.register_profile("ci", deadline=None, max_examples=50, derandomize=True)
hypothesis.settings.load_profile("ci" if os.environ.get("CI") else "local")


def pytest_configure(config: pytest.Config) -> None:
    """The process that leads the run names the folder of the PostgreSQL server."""
    if not hasattr(config, "workerinput"):
        databases.prepare_postgres_folder()


def pytest_unconfigure(config: pytest.Config) -> None:
    """No server is left behind."""
    if not hasattr(config, "workerinput"):
        databases.remove_postgres()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Every test has an id of its own: of those with the same one, workers that share the files run only the first."""
    twice = [name for name, count in Counter(item.nodeid for item in items).items() if count > 1]
    if twice:
        raise pytest.UsageError(f"several tests with one id: {', '.join(twice)}")


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """A run without browser says so in a line of its own."""
    if find_browser() is None:
        terminalreporter.write_line(MISSING)


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """The browser of this machine."""
    with a_browser() as found:
        yield found


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A migrated SQLite file to copy."""
    return databases.sqlite_template(tmp_path_factory.mktemp("template"))


@pytest.fixture(scope="session")
def postgres() -> databases.PostgresServer:
    """The PostgreSQL server of this run."""
    return databases.PostgresServer(databases.postgres_folder())


@pytest.fixture
def sqlite_database(sqlite_template: Path, tmp_path: Path) -> Iterator[Database]:
    """A SQLite file of its own with the newest schema."""
    database = databases.sqlite_copy(sqlite_template, tmp_path)
    yield database
    database.close()


@pytest.fixture
def postgres_database(postgres: databases.PostgresServer) -> Iterator[Database]:
    """A PostgreSQL database of its own with the newest schema."""
    with postgres.database() as database:
        yield database


@pytest.fixture
def nodes(postgres_database: Database) -> Iterator[tuple[Database, Database]]:
    """Two ways to the same database that share nothing in the process."""
    other = Database(postgres_database.url)
    yield postgres_database, other
    other.close()


@pytest.fixture(params=["sqlite", "postgresql"])
def database(request: pytest.FixtureRequest) -> Database:
    """A database of its own with the newest schema; the test runs once on each."""
    name = "sqlite_database" if request.param == "sqlite" else "postgres_database"
    found: Database = request.getfixturevalue(name)
    return found


@pytest.fixture(params=["sqlite", "postgresql"])
def empty_database(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Database]:
    """A database without any table; the test runs once on each."""
    if request.param == "sqlite":
        database = Database(f"sqlite:///{tmp_path / 'empty.sqlite3'}")
        yield database
        database.close()
        return
    server: databases.PostgresServer = request.getfixturevalue("postgres")
    with server.database(empty=True) as database:
        yield database


@pytest.fixture
def channel() -> RememberingChannel:
    """A channel that keeps what it is handed."""
    return RememberingChannel()


@pytest.fixture
def office(channel: RememberingChannel) -> Office:
    """An office whose mail goes by that channel."""
    return mail_office(channel)
