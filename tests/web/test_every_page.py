"""Every page in a real browser, wide and narrow: no obstacle, no foreign host, no complaint, nothing sticking out;
and in English nothing that nobody has translated.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

import httpx
import pytest
from playwright.sync_api import Browser
from sqlmodel import col, select

from db import tables
from db.session import Database
from db.units import stored_id
from engine.roles import Role
from notifications.channels import KINDS
from tests.channel_kinds import KEY, factory
from tests.databases import sqlite_copy
from tests.notifications.contents import visible
from tests.web.browsing import DESKTOP, PHONE, seated
from tests.web.english_deeds import DEEDS, DOCUMENTS, Deed, documents
from tests.web.lived_office import EVENING, OFFICES, handed_in, lived
from tests.web.running import pages, signed_in
from tests.workflows.office_2024 import LINKS
from web.access import MATRIX, Access
from web.admission import COOKIE

CHINESE = re.compile(r"[\u3400-\u9fff][^<\n]{0,30}")
# The way to the other language; a number as it stands on the document; a cell of a workbook.
NAMES = re.compile(r"中文|督办〔\d+〕\d+号|(单位|联系人)![A-Z]\d+")
ORIGINAL = re.compile(r'<div class="original">.*?</div>', re.DOTALL)  # as it stands in a document
NO_PAGE = ("GET /static", "GET /public/{name}", "GET /healthz", "GET /readyz", "GET /metrics")
NAMED = {"settings/channels": "inbox", "settings/channel-kinds": "webhook"}  # what has no number
# shown without signing in, tested beside signing in
UNKNOWN = {"GET /set-up/{token}", "GET /sign-in", "GET /sign-in/oidc", "GET /sign-in/oidc/callback"}
MOVED = {"GET /inbox", "GET /inbox/{rest:path}"}
HANDED_IN = "/files/{file}"  # tested where files are handed in
PAGES = sorted(
    line.removeprefix("GET ")
    for line, access in MATRIX.items()
    if line.startswith("GET ")
    and access not in (Access.LINK, Access.API, Access.DEMO)
    and line not in NO_PAGE
    and line not in UNKNOWN | MOVED
    and not line.endswith(HANDED_IN)
)


@dataclass
class Office:
    """The pages of an office that has been at work for a while; a session for each role, a number for each path."""

    client: httpx.Client
    tokens: dict[Role, str]
    numbers: Mapping[str, int | str]
    documents: Mapping[str, str] = field(default_factory=dict)  # pages of those that wait, by name

    def path(self, pattern: str) -> str:
        """The pattern with the number of something that is there."""
        pattern = pattern.replace("/templates/{kind}/{locale}", "/templates/digest/en")
        first, second = (*pattern.split("/")[1:3], "")[:2]
        number = self.numbers.get(f"{first}/{second}", self.numbers.get(first, 1))
        return re.sub(r"\{\w+\}", str(number), pattern)

    def role(self, pattern: str) -> Role:
        """Who looks at it: whoever may see most."""
        return Role.UNIT if pattern.startswith("/mine") else Role.ADMIN

    def look(self, pattern: str, **parameters: str) -> httpx.Response:
        """The answer to whoever looks at it, which is always there."""
        headers = {"Cookie": f"{COOKIE}={self.tokens[self.role(pattern)]}"}
        answer = self.client.get(self.path(pattern), params=parameters, headers=headers)
        assert answer.status_code == 200, (pattern, answer.status_code)
        return answer

    def send(self, path: str, typed: dict[str, str], **parameters: str) -> httpx.Response:
        """What an administrator's form is answered with."""
        headers = {
            "Cookie": f"{COOKIE}={self.tokens[Role.ADMIN]}",
            "Origin": str(self.client.base_url).rstrip("/"),
        }
        url = httpx.URL(path).copy_merge_params(parameters)
        return self.client.post(url, data=typed, headers=headers)


def is_download(answer: httpx.Response) -> bool:
    """Whether it is a file to keep and no page."""
    return "attachment" in answer.headers.get("content-disposition", "")


@contextmanager
def working_office(
    database: Database, folder: Path, locale: str, days: Iterable[date] | None = None
) -> Iterator[Office]:
    """The pages of an office that has been at work for six weeks, or on these days."""
    known = lived(database, locale, days)
    tokens = {
        role: signed_in(database, role, EVENING, known.lead if role is Role.UNIT else None) for role in Role
    }
    office, documents = OFFICES[locale], handed_in(database, folder / "files", locale)
    kinds = factory(KEY, *KINDS.values())
    with pages(
        database, EVENING, links=LINKS, role=None, files=folder / "files", office=office, factory=kinds
    ) as client:
        yield Office(client, tokens, {**_numbers(database), **documents, **NAMED})


def _numbers(database: Database) -> dict[str, int]:
    """By the first part of a path what it is to show; everything else has a number 1."""
    table, case = tables.Bulletin, tables.SupervisionCase
    with database.read() as session:
        opened = session.exec(select(case.id).order_by(col(case.id).desc())).first()
        rows = {
            kind: stored_id(session.exec(select(table.id).where(col(table.kind) == kind)).first())
            for kind in ("digest", "evaluation")
        }
    return {"bulletins": rows["digest"], "evaluations": rows["evaluation"], "cases": stored_id(opened)}


@pytest.fixture(scope="module")
def office(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Office]:
    folder = tmp_path_factory.mktemp("office")
    database = sqlite_copy(sqlite_template, folder)
    with working_office(database, folder, "zh-CN") as found:
        yield found
    database.close()


@pytest.fixture(scope="module")
def english(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Office]:
    folder = tmp_path_factory.mktemp("english")
    database = sqlite_copy(sqlite_template, folder)
    with working_office(database, folder, "en") as found:
        found.documents = documents(database, folder / "files")
        yield found
    database.close()


@pytest.mark.parametrize("pattern", PAGES)
def test_nobody_meets_an_obstacle_on_a_wide_or_a_narrow_screen(
    office: Office, browser: Browser, pattern: str
) -> None:
    if is_download(office.look(pattern)):
        return
    token = office.tokens[office.role(pattern)]
    for size in (DESKTOP, PHONE):
        with seated(browser, str(office.client.base_url), token, size) as seat:
            page = seat.open(office.path(pattern))
            page.wait_for_load_state("networkidle")
            assert page.title().endswith("督办")
            assert (seat.violations(), seat.elsewhere, seat.complaints, seat.overhang()) == ([], [], [], 0)


@pytest.mark.parametrize("pattern", PAGES)
def test_a_page_in_english_says_nothing_in_chinese(english: Office, pattern: str) -> None:
    answer = english.look(pattern, lang="en")
    if is_download(answer):
        return
    text = visible(answer.text)
    assert CHINESE.findall(NAMES.sub("", text)) == []


@pytest.mark.parametrize("deed", DEEDS, ids=lambda deed: deed.name)
def test_an_answer_in_english_says_nothing_in_chinese(english: Office, deed: Deed) -> None:
    answer = english.send(deed.path, deed.typed, lang="en")
    assert answer.status_code == (422 if deed.is_refused else 200)
    text = visible(answer.text)
    assert deed.says in text
    assert CHINESE.findall(NAMES.sub("", text)) == []


@pytest.mark.parametrize("name", DOCUMENTS)
def test_what_a_document_would_change_is_told_in_english(english: Office, name: str) -> None:
    text = visible(ORIGINAL.sub("", english.look(english.documents[name], lang="en").text))
    assert [part for part in DOCUMENTS[name] if part not in text] == []
    assert CHINESE.findall(NAMES.sub("", text)) == []
