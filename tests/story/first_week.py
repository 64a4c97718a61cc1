"""From the first start to the first digest through the pages alone, as a coordinator who has never seen duban goes.

On any document: ``python -m tests.story.first_week DOCUMENT`` tells what was seen on the way.
"""

from __future__ import annotations

import re
import sys
import tempfile
from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from pathlib import Path

import openpyxl
from playwright.sync_api import Browser, Page

from db.session import Database
from notifications.links import Links
from tests.oracle_days import is_working
from tests.web.browsing import a_browser, seated
from tests.web.running import pages
from tests.workflows.office_2024 import ZONE
from web.words import say
from workflows.cycle import run_cycle
from workflows.office import Office
from workflows.setup_links import first_link

LINKS = Links("http://127.0.0.1", b"k" * 32)
NAME = "ducha"
PASSWORD = "件件有着落事事有回音月月有进展"  # a sentence is easy to remember
TICKS = (time(9, 12), time(15, 12))
MAIL = 4  # the column of addresses


@dataclass
class Week:
    """The service and its clock during the first week."""

    database: Database
    now: datetime
    seen: list[str] = field(default_factory=list)
    office: Office = field(default_factory=lambda: Office(links=LINKS))

    def live_until(self, last: date) -> None:
        """The service has done its duties at every tick of the working days, that day's included."""
        day = self.now.date()
        while day <= last:
            for tick in TICKS if is_working(day) else ():
                self.now = max(self.now, datetime.combine(day, tick, ZONE))
                run_cycle(self.database, self.office, self.now)
            day += timedelta(days=1)


def play(browser: Browser, week: Week, document: Path, folder: Path, friday: date) -> Week:
    """The coordinator has set everything up on pages, and has found the week's messages and the digest there."""
    token = first_link(week.database, week.now)
    with (
        pages(week.database, lambda: week.now, links=LINKS, role=None, files=folder / "files") as client,
        seated(browser, str(client.base_url)) as seat,
    ):
        page = seat.open(f"/set-up/{token}")
        _become_admin(page)
        _import(page, document)
        _name_contacts(page, folder)
        week.live_until(friday)
        _come_back(page)
        _find_messages(page, week)
        assert (seat.elsewhere, seat.complaints) == ([], [])
    return week


def words(key: str, **data: object) -> str:
    """What a page says."""
    return say("zh-CN", key, **data)


def _become_admin(page: Page) -> None:
    page.get_by_label(words("sign_in.name")).fill(NAME)
    page.get_by_label(words("set_up.post")).fill("督查室综合岗")
    page.get_by_label(words("sign_in.password"), exact=True).fill(PASSWORD)
    page.get_by_label(words("set_up.again")).fill(PASSWORD)
    page.get_by_role("button", name=words("set_up.button")).click()
    page.wait_for_url(re.compile(r"/$"))


def _import(page: Page, document: Path) -> None:
    """The first page leads to the import; what the document leaves open is taken as it was read."""
    page.locator('main a[href^="/imports/new"]').first.click()
    page.locator('input[type="file"]').set_input_files(document)
    page.get_by_role("button", name=words("imports.read")).click()
    page.wait_for_url(re.compile(r"/imports/drafts/\d+"), timeout=120_000)
    as_read = page.get_by_role("button", name=words("imports.as_read"))
    if as_read.count():
        as_read.first.click()
        page.wait_for_load_state()
    page.locator('button[name="do"][value="import"]').first.click()
    page.wait_for_url(re.compile(r"/imports/batches/\d+"), timeout=120_000)


def _name_contacts(page: Page, folder: Path) -> None:
    """The workbook of contacts is taken from the page, filled in as offices do, and handed in."""
    page.goto(page.url.split("/imports")[0] + "/imports/contacts")
    with page.expect_download() as waiting:
        page.get_by_role("link", name=words("imports.contacts.download.go")).click()
    file = folder / "contacts.xlsx"
    waiting.value.save_as(file)
    _fill(file)
    page.locator('input[type="file"]').set_input_files(file)
    page.get_by_role("button", name=words("imports.read")).click()
    page.wait_for_url(re.compile(r"/imports/contacts/\d+"))
    page.get_by_role("button", name=words("imports.contacts.store")).click()
    page.wait_for_load_state()


def _fill(file: Path) -> None:
    """Every post has an address."""
    book = openpyxl.load_workbook(file)
    sheet = book["联系人"]
    for row in range(2, sheet.max_row + 1):
        if sheet.cell(row, 1).value:
            sheet.cell(row, MAIL).value = f"post{row}@example.org"
    book.save(file)


def _come_back(page: Page) -> None:
    """Days later the session has ended: the coordinator signs in with the name and the password."""
    page.reload()
    page.get_by_label(words("sign_in.name")).fill(NAME)
    page.get_by_label(words("sign_in.password")).fill(PASSWORD)
    page.get_by_role("button", name=words("sign_in.button")).click()
    page.wait_for_load_state()


def _find_messages(page: Page, week: Week) -> None:
    """The week's digest stands among the bulletins, the messages among the messages."""
    page.get_by_role("link", name=words("nav.bulletins"), exact=True).click()
    page.locator('main a[href="/bulletins/1"]').first.click()
    page.wait_for_load_state()
    week.seen.append(page.locator("h1").inner_text())
    page.get_by_role("link", name=words("nav.messages"), exact=True).click()
    week.seen += page.locator("main").get_by_text(re.compile("周报")).all_inner_texts()


def main(arguments: Sequence[str]) -> None:
    """Tells what was seen with that document."""
    with tempfile.TemporaryDirectory() as made, a_browser() as browser:
        folder = Path(made)
        with closing(Database(f"sqlite:///{folder / 'first.sqlite3'}")) as database:
            database.migrate()
            week = Week(database, datetime(2024, 3, 4, 8, tzinfo=ZONE))
            play(browser, week, Path(arguments[0]), folder, date(2024, 3, 8))
            print(*week.seen, sep="\n")


if __name__ == "__main__":
    main(sys.argv[1:])
