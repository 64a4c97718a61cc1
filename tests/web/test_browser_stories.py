"""What people do with the pages in a real browser: a unit on a phone without scripts, a leader at the printer."""

from __future__ import annotations

import re
from decimal import Decimal
from pathlib import Path

from playwright.sync_api import Browser
from sqlmodel import select

from db import tables
from db.session import Database
from engine.roles import Role
from tests.web.browsing import PHONE, seated
from tests.web.running import pages, signed_in
from tests.workflows.office_2024 import LINKED, LINKS, Task, at, build
from web.words import say
from workflows.links import new_link

NOW = at("2024-04-26T10:00")
TASKS = (
    Task("1.1", "200", "台", quotas={"上塘街道": "120", "米市巷街道": "80"}),
    Task("1.2", "100", "场"),
    Task("2.1", "40", "个", lead="区教育局"),
)
A3 = (1190.55, 841.89)  # points of the sheet, wide by high
SIZE = re.compile(rb"/MediaBox\s*\[\s*0\s+0\s+([\d.]+)\s+([\d.]+)\s*\]")


def test_a_unit_reports_on_a_phone_without_scripts(sqlite_database: Database, browser: Browser) -> None:
    """Two tasks: the first number is mistyped and comes back with what was typed; then both are in."""
    build(sqlite_database, *TASKS)
    address, _ = new_link(sqlite_database, LINKED, "区民政局", None, NOW, "test")
    with (
        pages(sqlite_database, NOW, links=LINKS, role=None) as client,
        seated(browser, str(client.base_url), size=PHONE, scripts=False) as seat,
    ):
        page = seat.open("/r/" + address.rsplit("/", 1)[1])
        page.locator('a[href*="/tasks/"]').first.click()
        page.locator('input[inputmode="decimal"]').first.fill("二十六个")
        page.get_by_label(say("zh-CN", "form.text")).fill("第一批已进场")
        page.get_by_role("button", name=say("zh-CN", "form.send")).click()
        assert page.get_by_role("alert").is_visible()
        assert page.get_by_label(say("zh-CN", "form.text")).input_value() == "第一批已进场"
        for figure in ("26", "12"):
            page.locator('input[inputmode="decimal"]').first.fill(figure)
            page.get_by_role("button", name=say("zh-CN", "form.send")).click()
            sure = page.get_by_role("button", name=say("zh-CN", "form.sure"))
            if sure.count():
                sure.click()
            assert page.get_by_role("status").is_visible()
            assert page.evaluate("document.documentElement.scrollWidth") <= PHONE[0]
            following = page.locator("a.button")
            if following.count():
                following.first.click()
        assert seat.elsewhere == []
    with sqlite_database.read() as session:
        figures = [row.quantity for row in session.exec(select(tables.ReportQuantity))]
    assert sorted(figures) == [Decimal(12), Decimal(26)]


def test_a_leader_prints_the_wall_on_one_sheet_of_a3(
    sqlite_database: Database, browser: Browser, tmp_path: Path
) -> None:
    build(sqlite_database, *TASKS)
    token = signed_in(sqlite_database, Role.LEADER, NOW)
    with (
        pages(sqlite_database, NOW, links=LINKS, role=None) as client,
        seated(browser, str(client.base_url), token) as seat,
    ):
        page = seat.open("/wall")
        file = tmp_path / "wall.pdf"
        page.pdf(path=file, prefer_css_page_size=True, print_background=True)
    sheets = [(float(wide), float(high)) for wide, high in SIZE.findall(file.read_bytes())]
    assert len(sheets) == 1
    assert abs(sheets[0][0] - A3[0]) < 2
    assert abs(sheets[0][1] - A3[1]) < 2
