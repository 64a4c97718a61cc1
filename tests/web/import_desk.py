"""A coordinator at the pages of imports, for the tests of these."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx
import lxml.html
from sqlmodel import Session, col, select

from db import tables
from db.session import Database
from engine.roles import Role
from tests.web.running import pages

NOW = datetime(2024, 3, 14, 2, 30, tzinfo=UTC)
EXAMPLES = Path(__file__).resolve().parents[2] / "examples"
DOCUMENT = """云溪区2024年民生实事任务分解表
各单位于11月前全面完成，12月查漏补缺。
序号\t任务\t牵头单位\t配合单位\t完成时限
1\t新建口袋公园6个\t区园林局\t区财政局\t10月底前
2\t整治背街小巷20条\t区城管局\t--\t9月底前
3\t改造泵站4座\t区水利局\t--\t8月底前
"""
STRANGE = """某县2024年清单
甲栏\t乙栏\t丙栏\t丁栏
1\t新建驿站6个\t县民政局\t6月底前
2\t改造泵站4座\t县水利局\t9月底前
"""


@dataclass
class Desk:
    """A coordinator at the pages, and what lies behind them."""

    client: httpx.Client
    database: Database
    files: Path

    def upload(self, name: str, content: bytes, way: str = "/imports/new") -> httpx.Response:
        return self.client.post(way, files={"file": (name, content)}, headers=self.origin)

    def post(self, path: str, **fields: str) -> httpx.Response:
        return self.client.post(path, data=fields, headers=self.origin)

    @property
    def origin(self) -> dict[str, str]:
        return {"Origin": str(self.client.base_url).rstrip("/")}

    def draft(self, content: str = DOCUMENT, name: str = "任务.txt") -> str:
        """The path of a document that was just handed in."""
        answer = self.upload(name, content.encode())
        assert answer.status_code == 303, words(answer)
        return answer.headers["location"].partition("?")[0]

    def rows(self, table: type[tables.SubTask]) -> list[tables.SubTask]:
        with self.database.read() as session:
            return list(session.exec(select(table).order_by(col(table.id))))


@contextmanager
def desk_of(database: Database, files: Path) -> Iterator[Desk]:
    """A coordinator is signed in; what is handed in lies in the folder."""
    with pages(database, NOW, role=Role.COORDINATOR, files=files) as client:
        yield Desk(client, database, files)


def words(answer: httpx.Response) -> str:
    return " ".join(" ".join(map(str, lxml.html.fromstring(answer.text).itertext())).split())


def nodes(answer: httpx.Response, path: str) -> list[Any]:
    """What stands at that path of the page."""
    found: Any = lxml.html.fromstring(answer.text).xpath(path)
    return list(found)


def problem(answer: httpx.Response) -> str:
    """Why the page says that nothing was stored."""
    (found,) = nodes(answer, "//p[@class='problem']")
    return " ".join(str(found.text_content()).split())


def form(answer: httpx.Response) -> dict[str, str]:
    """What the preview's form would send if nobody touched it."""
    (found,) = nodes(answer, "//form[@class='preview-form']")
    return {name: value for name, value in found.fields.items() if value is not None}


def question(answer: httpx.Response, code: str) -> str:
    """The name of the answers to the question of that code."""
    found = nodes(answer, f"//li[.//code[text()='{code}']]//input[@type='radio']/@name")
    assert found, words(answer)
    return str(found[0])


def titles(session: Session) -> list[str]:
    return list(session.exec(select(tables.SubTask.title).order_by(col(tables.SubTask.id))))


def answered(desk: Desk, path: str) -> dict[str, str]:
    """The form with nothing left to be asked."""
    desk.post(path, **form(desk.client.get(path)), do="as-read")
    return form(desk.client.get(path))
