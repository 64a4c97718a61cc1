"""挂图作战 as a file: HTML that stands alone, PDF and PNG by a browser, refused with what to do where there is none."""

from __future__ import annotations

import os
import re
from pathlib import Path

import pytest

from duban.browser import printed
from engine.errors import DubanError
from tests.cli.console import Console
from tests.web.browsing import MISSING, find_browser
from tests.workflows.test_publish import DOCUMENT

AT = "2023-05-10T10:00"


@pytest.fixture
def imported(console: Console, tmp_path: Path) -> Console:
    (tmp_path / "progress.txt").write_text(DOCUMENT, encoding="utf-8")
    assert console.duban("import", "progress.txt", "--yes", "--at", "2023-04-03").code == 0
    return console


@pytest.fixture
def with_browser() -> None:
    """Left out, and said so, without a browser; CI fails."""
    if find_browser() is None:
        pytest.fail(MISSING) if os.environ.get("CI") else pytest.skip(MISSING)


def test_the_page_needs_nothing_beside_it(imported: Console, tmp_path: Path) -> None:
    done = imported.duban("wall", "-o", "wall.html", "--at", AT)
    assert (done.code, done.err, done.out) == (0, "", "已导出 wall.html。\n")
    page = (tmp_path / "wall.html").read_text(encoding="utf-8")
    assert "项目 × 月份" in page
    assert "截至 2023年5月10日" in page
    assert re.findall(r'(?:src|href|url)\s*[=(]\s*"?[^"\s)]+', page) == []
    assert "<script" not in page


@pytest.mark.parametrize(("kind", "begins"), [("pdf", b"%PDF-"), ("png", b"\x89PNG")])
def test_a_browser_makes_paper_and_pictures(
    imported: Console, tmp_path: Path, with_browser: None, kind: str, begins: bytes
) -> None:
    done = imported.duban("wall", "-o", f"wall.{kind}", "--at", AT)
    assert (done.code, done.err) == (0, "")
    made = (tmp_path / f"wall.{kind}").read_bytes()
    assert made.startswith(begins)
    if kind == "pdf":
        (box,) = set(re.findall(rb"/MediaBox \[([^\]]+)\]", made))
        wide, high = (round(float(number)) for number in box.split()[2:])
        assert (wide // 10, high // 10) == (119, 84)  # A3 landscape: 1191 × 842 points


@pytest.mark.parametrize("kind", ["pdf", "png"])
def test_without_a_browser_it_says_what_to_install(imported: Console, tmp_path: Path, kind: str) -> None:
    done = imported.duban("wall", "-o", f"wall.{kind}", "--browser", "no-such-browser")
    assert done.code == 1
    assert "apt install chromium" in done.err
    assert "[BROWSER_MISSING]" in done.err
    assert not (tmp_path / f"wall.{kind}").exists()


@pytest.mark.parametrize("name", ["wall.docx", "wall"])
def test_other_kinds_of_files_are_refused(imported: Console, name: str) -> None:
    done = imported.duban("wall", "-o", name)
    assert (done.code, "[EXPORT_FORMAT]" in done.err) == (1, True)


@pytest.mark.skipif(os.name == "nt", reason="the browser of this test is a shell script")
@pytest.mark.parametrize(
    ("script", "said"), [("echo broken >&2; exit 3", "broken"), ("sleep 600 & sleep 600", "没有完成")]
)
def test_a_browser_that_makes_nothing_is_told_and_ended(tmp_path: Path, script: str, said: str) -> None:
    browser = tmp_path / "browser"
    browser.write_text(f"#!/bin/sh\n{script}\n", encoding="utf-8")
    browser.chmod(0o755)
    with pytest.raises(DubanError) as told:
        printed(str(browser), "<p>挂图</p>", "pdf", (100, 100), seconds=1)
    assert (told.value.code, said in told.value.message) == ("BROWSER_FAILED", True)
