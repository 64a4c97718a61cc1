"""The pictures of the README can be taken anew at any time, from the pages themselves."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path

from playwright.sync_api import Browser

from tests.project.tree import ROOT
from tests.web.demo_year import demo_until
from tests.web.pictures import draw

PNG = b"\x89PNG\r\n"


def test_the_pictures_of_the_readme_are_taken_of_the_pages(browser: Browser, tmp_path: Path) -> None:
    database, now = demo_until(tmp_path / "demo.sqlite3")
    with closing(database):
        drawn = draw(browser, database, now, tmp_path)
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    assert [path.name for path in drawn] == ["overview.png", "wall.png", "form.png", "bulletin.png"]
    for path in drawn:
        content = path.read_bytes()
        assert content.startswith(PNG)
        assert int.from_bytes(content[16:20], "big") in (1366, 1920, 390)
        assert f"docs/pictures/{path.name}" in readme
