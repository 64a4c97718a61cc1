"""A real browser for the pages: Debian's chromium, driven through Playwright; nothing else is downloaded."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, ConsoleMessage, Page, Route, sync_playwright

from web.admission import COOKIE

NAMES = ("chromium", "chromium-browser", "google-chrome-stable", "google-chrome")
MISSING = (
    "no chromium was found: the browser tests were left out (Debian: apt install chromium fonts-noto-cjk)"
)
DESKTOP, PHONE = (1366, 900), (390, 844)
SIZES = {"desktop": DESKTOP, "phone": PHONE}
RULES = {"runOnly": {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa"]}}


def find_browser() -> str | None:
    """Where a browser is, if there is one."""
    return next((path for name in NAMES if (path := shutil.which(name))), None)


@contextmanager
def a_browser() -> Iterator[Browser]:
    """The browser of this machine. Without one tests are skipped, and CI fails."""
    path = find_browser()
    if path is None and os.environ.get("CI"):
        pytest.fail(MISSING)
    if path is None:
        pytest.skip(MISSING)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=["--no-sandbox"])
        yield browser
        browser.close()


@dataclass
class Seat:
    """Somebody in front of a page: what the page asked of other hosts and complained about is kept."""

    page: Page
    base_url: str
    elsewhere: list[str] = field(default_factory=list)
    complaints: list[str] = field(default_factory=list)

    def open(self, path: str) -> Page:
        """The page at that path of the service."""
        self.page.goto(self.base_url + path)
        return self.page

    def violations(self) -> list[str]:
        """What people with a screen reader or a keyboard cannot use on the present page (WCAG A and AA)."""
        found = Axe().run(self.page, options=RULES).response["violations"]
        return [f"{one['id']}: {node['html'][:160]}" for one in found for node in one["nodes"]]

    def overhang(self) -> int:
        """How many pixels the page is wider than the window."""
        wide = self.page.evaluate(
            "document.documentElement.scrollWidth - document.documentElement.clientWidth"
        )
        return int(wide)


@contextmanager
def seated(
    browser: Browser,
    base_url: str,
    token: str | None = None,
    size: tuple[int, int] = DESKTOP,
    *,
    scripts: bool = True,
) -> Iterator[Seat]:
    """A window of its own of that size, signed in by the token; other hosts are out of reach."""
    base_url = base_url.rstrip("/")
    viewport = {"width": size[0], "height": size[1]}
    context = browser.new_context(viewport=viewport, java_script_enabled=scripts, locale="zh-CN")  # type: ignore[arg-type]
    if token is not None:
        context.add_cookies([{"name": COOKIE, "value": token, "url": base_url}])
    seat = Seat(context.new_page(), base_url)

    def watched(route: Route) -> None:
        if route.request.url.startswith((f"{base_url}/", "data:", "blob:")):
            route.continue_()
            return
        seat.elsewhere.append(route.request.url)
        route.abort()

    def heard(message: ConsoleMessage) -> None:
        if message.type == "error":
            seat.complaints.append(message.text)

    context.route("**/*", watched)
    seat.page.on("console", heard)
    seat.page.on("pageerror", lambda error: seat.complaints.append(str(error)))
    yield seat
    context.close()
