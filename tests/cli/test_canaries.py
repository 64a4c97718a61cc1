"""Planted secrets of every kind of channel are found nowhere but with the vendor: not shown, logged, stored, backed up.

The vendor of this test refuses everything and repeats in its refusals whatever it was told, secrets included.
"""

from __future__ import annotations

import base64
import io
import json
import os
import sys
import zipfile
from collections.abc import Iterator, Mapping
from contextlib import closing, redirect_stderr, redirect_stdout
from datetime import UTC, datetime
from urllib.parse import quote, quote_plus

import pytest
from sqlmodel import select

from db import outbox, tables
from db.session import Database
from duban.cli import main
from duban.settings import load_settings
from duban.wiring import factory_of
from notifications.channels import KINDS
from notifications.kinds import ChannelKind
from tests.channels_contract.fake import Answer, Clock, FakeVendor, Request
from tests.cli.console import Console, Ended
from tests.service.running import running
from tests.workflows.office_2024 import Task, build

PLAIN = {"agent_id": "1000002", "app_key": "dingkey", "corp_id": "ww1234567890abcdef", "app_id": "cli_a1b2c3"}
HANDED_OUT = "canary-handed-out-token"  # by the vendor, for the calls that follow
REFUSING_PATH = "/refuse"
MORNING = "2024-03-26T09:32"  # no vendor wants that minute quiet


class Desk:
    """Commands of this process in a folder: what they print, and how they end."""

    def __init__(self, console: Console, monkeypatch: pytest.MonkeyPatch) -> None:
        self.folder, self._patch = console.folder, monkeypatch
        self._patch.chdir(console.folder)
        for name in [name for name in os.environ if name.startswith("DUBAN_")]:
            self._patch.delenv(name)

    def set(self, name: str, value: str) -> None:
        """A variable of the operator."""
        self._patch.setenv(name, value)

    def duban(self, *words: str, pasted: str = "") -> Ended:
        """One command, as ``main`` runs it."""
        self._patch.setattr(sys, "argv", ["duban", *words])
        self._patch.setattr(sys, "stdin", io.StringIO(pasted))
        out, err, code = io.StringIO(), io.StringIO(), 0
        with redirect_stdout(out), redirect_stderr(err):
            try:
                main()
            except SystemExit as ended:
                code = int(ended.code or 0)
        return Ended(code, out.getvalue(), err.getvalue())


class RepeatingVendor(FakeVendor):
    """Hands out tokens, refuses every message, and says back all that it was sent."""

    def judge(self, request: Request) -> Answer:
        if not self.is_send(request):
            token = {"access_token": HANDED_OUT, "tenant_access_token": HANDED_OUT, "expires_in": 7200}
            return Answer({"errcode": 0, "code": 0, "expire": 7200, **token})
        self.received.append(request)
        said = (
            f"refused: {request.path} {dict(request.query)} {dict(request.headers)} {request.body.decode()}"
        )
        by_status = 403 if request.path == REFUSING_PATH else 200  # most vendors refuse in the body
        return Answer({"errcode": 310000, "code": 19021, "errmsg": said, "msg": said}, by_status)

    def is_send(self, request: Request) -> bool:
        return not any(word in request.path for word in ("gettoken", "tenant_access_token"))


def canary(kind: str, name: str) -> str:
    """A secret that is not mistaken for anything else; one letter of it changes when it is encoded."""
    if kind == "apprise":
        return "SECcanary-apprise-url-0123456789"  # part of an address
    return f"SECcanary+{kind}/{name}-0123456789=="


def entered(kind: ChannelKind, name: str, vendor: RepeatingVendor) -> str:
    """The secret as it is entered: of Apprise a whole address in which the secret is a part."""
    if kind.name == "apprise":
        return f"json://user:{canary(kind.name, name)}@{vendor.host}{REFUSING_PATH}"
    return canary(kind.name, name)


def shapes(secret: str) -> set[str]:
    """The secret as it is, as addresses write it, and in base64 wherever in a longer text it begins."""
    coded = {
        base64.b64encode(bytes(offset) + secret.encode()).decode()[(offset * 8 + 5) // 6 : -4].rstrip("=")
        for offset in range(3)
    }
    escaped = json.dumps(secret)[1:-1].replace("/", "\\/")
    return {secret, quote(secret), quote(secret, safe=""), quote_plus(secret), escaped, *coded}


def found_in(text: bytes, secrets: Mapping[str, str]) -> list[str]:
    """The names of the secrets that can be read there."""
    return [name for name, secret in secrets.items() if any(one.encode() in text for one in shapes(secret))]


def planted() -> dict[str, str]:
    """Every secret of every kind, and what vendors hand out."""
    secrets = {
        f"{kind.name}.{one.name}": canary(kind.name, one.name)
        for kind in KINDS.values()
        for one in kind.settings
        if one.secret
    }
    return {**secrets, "handed out": HANDED_OUT}


@pytest.fixture
def vendor() -> Iterator[RepeatingVendor]:
    with RepeatingVendor(Clock(datetime(2024, 3, 26, 1, 30, tzinfo=UTC))) as vendor:
        yield vendor


@pytest.fixture
def office(console: Console, vendor: RepeatingVendor, monkeypatch: pytest.MonkeyPatch) -> Desk:
    """A folder with one unit for each kind of channel, none of which has another way to be reached."""
    office = Desk(console, monkeypatch)
    office.set("DUBAN_OUTBOUND__HOSTS", json.dumps([vendor.host]))
    assert office.duban("status").code == 0  # the database is there
    database = Database(f"sqlite:///{office.folder / 'var/duban.sqlite3'}")
    units = {f"{kind}单位": f"{number}@example.org" for number, kind in enumerate(KINDS)}
    build(
        database,
        *(Task(str(number), lead=unit) for number, unit in enumerate(units, 1)),
        emails=units,
    )
    with database.write() as session:
        for number, kind in enumerate(KINDS):
            contact = session.exec(
                select(tables.Contact).where(tables.Contact.email == f"{number}@example.org")
            ).one()
            session.add(
                tables.ContactChannel(
                    contact_id=contact.id or 0, rank=1, channel=f"{kind}-1", address="user-1"
                )
            )
    database.close()
    return office


def values_of(kind: ChannelKind, vendor: RepeatingVendor) -> list[str]:
    """``--set`` options with which the kind speaks to the vendor."""
    addresses = {"url": vendor.url + REFUSING_PATH, "base_url": vendor.url}
    given = {
        one.name: addresses.get(one.name) or PLAIN.get(one.name, one.example or "x")
        for one in kind.settings
        if not one.secret and (one.is_required or one.name == "base_url")
    }
    return [word for name, value in given.items() for word in ("--set", f"{name}={value}")]


def set_up(office: Desk, vendor: RepeatingVendor, kind: ChannelKind) -> bytes:
    """What people see when they add, test and change a channel of that kind."""
    secrets = "\n".join(
        f"{one.name}={entered(kind, one.name, vendor)}" for one in kind.settings if one.secret
    )
    name, secret = f"{kind.name}-1", next(one.name for one in kind.settings if one.secret)
    added = office.duban(
        *("channels", "add", kind.name, name, *values_of(kind, vendor), "--secret-file", "-"),
        pasted=secrets,
    )
    assert added.code == 0, added.err
    tested = office.duban("channels", "test", name, "--to", "user-1")
    assert tested.code == 1, tested.out  # the vendor refuses
    office.set("AGAIN", entered(kind, secret, vendor))
    changed = office.duban("channels", "change", name, "--secret-env", f"{secret}=AGAIN")
    os.environ.pop("AGAIN")
    in_the_open = office.duban(
        "channels", "change", name, "--set", f"{secret}={entered(kind, secret, vendor)}"
    )
    assert (changed.code, in_the_open.code) == (0, 1)
    return "".join(one.out + one.err for one in (added, tested, changed, in_the_open)).encode()


def ask_around(office: Desk) -> bytes:
    """What the commands say that tell about channels and messages."""
    said = b""
    for words in (
        ("sweep", "--at", MORNING),
        ("compose", "--at", MORNING),
        ("deliver", "--at", MORNING),
        ("channels", "list"),
        ("channels", "list", "--json"),
        ("channels", "kinds"),
        ("doctor",),
        ("doctor", "--json"),
        ("status", "--json"),
        ("messages", "--json"),
        ("message", "1"),
        ("message", "1", "--json"),
        ("config", "show"),
        ("audit", "list"),
        ("audit", "verify"),
    ):
        ended = office.duban(*words)
        said += (ended.out + ended.err).encode()
    assert b"SyntaxError" not in said
    return said


def stored(office: Desk) -> bytes:
    """The bytes of the database with its journal, the backup taken apart, and every other file but the key."""
    folder, made = office.folder, office.duban("backup", "backup.zip")
    assert made.code == 0, made.err
    content = b""
    for path in (one for one in folder.rglob("*") if one.is_file() and one.suffix != ".key"):
        content += path.read_bytes()
    with zipfile.ZipFile(folder / "backup.zip") as archive:
        assert not [name for name in archive.namelist() if name.startswith("key/")]
        content += b"".join(archive.read(name) for name in archive.namelist())
    return content


def test_the_search_finds_what_is_planted() -> None:
    secrets = planted()
    for name, secret in secrets.items():
        for shape in (secret, quote(secret, safe=""), base64.b64encode(b"x:" + secret.encode()).decode()):
            assert name in found_in(f"before {shape} after".encode(), secrets)
    assert found_in(b"nothing to be seen", secrets) == []


def test_no_secret_of_any_channel_is_shown_logged_stored_or_backed_up(
    office: Desk, console: Console, vendor: RepeatingVendor
) -> None:
    said = b"".join(set_up(office, vendor, kind) for kind in KINDS.values())
    tests = len(vendor.received)
    said += ask_around(office)
    console.environment.update(DUBAN_OUTBOUND__HOSTS=json.dumps([vendor.host]), DUBAN_PORT="0")
    with running(console, "serve") as service:
        assert service.set_up().status_code == 303
        pages = [service.get(path) for path in ("", "messages", "messages/1", "subtasks/1")]
        assert {page.status_code for page in pages} == {200}
        shown = b"".join(page.content for page in pages)
        assert service.end() == 0
        shown += service.log.encode()
    key = next(office.folder.rglob("*.key")).read_text(encoding="ascii").strip()
    assert found_in(said + shown + stored(office), {**planted(), "key": key}) == []
    assert len(vendor.received) - tests >= len(
        KINDS
    )  # messages left on every channel: this was worth a search
    check_that_the_rows_hold_them(vendor)


def check_that_the_rows_hold_them(vendor: RepeatingVendor) -> None:
    """With the key file every secret can be read, and every message was attempted and refused."""
    settings = load_settings()
    with closing(Database(settings.database_url)) as database, database.read() as session:
        factory = factory_of(settings)
        known = {
            f"{setup.kind}.{name}": secret
            for setup in session.exec(select(tables.ChannelSetup))
            for name, secret in factory.secrets(setup).items()
        }
        attempts = [one for key in range(1, len(KINDS) + 1) for one in outbox.attempts_of(session, key)]
    assert known == {
        f"{kind.name}.{one.name}": entered(kind, one.name, vendor)
        for kind in KINDS.values()
        for one in kind.settings
        if one.secret
    }
    assert len(attempts) >= len(KINDS)
    assert all(one.verdict not in (None, "accepted") for one in attempts)
