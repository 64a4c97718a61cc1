"""Files speak of the project alone: no machine, no folder of one, no registry."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.project.tree import ROOT, name_of, text_files

MACHINE = re.compile(r"(?<![\w.~-])/(?:work|root|home|Users|tmp)/\w|[A-Z]:\\Users\\")
REGISTRY = re.compile(r"pythonhosted\.org|pypi\.org|--(?:extra-)?index-url|--find-links")
ASKED = re.compile(r"^[a-z0-9][a-z0-9._-]*", re.MULTILINE)
PINNED = re.compile(r"^([a-z0-9._-]+(?:\[\w+\])?==\S+(?: ; .+)?) \\$")


def _hits(pattern: re.Pattern[str]) -> list[str]:
    return [
        f"{name_of(path)}:{number}: {line.strip()}"
        for path in text_files()
        if path != Path(__file__)
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1)
        if pattern.search(line)
    ]


def test_no_file_names_a_folder_of_some_machine() -> None:
    assert _hits(MACHINE) == []


def test_no_file_names_a_registry() -> None:
    assert _hits(REGISTRY) == []


@pytest.mark.parametrize("line", ["see /tmp/notes.md", "'/home/somebody/x'", "(/tmp/x)", r"C:\Users\x"])
def test_a_folder_of_a_machine_is_found(line: str) -> None:
    assert MACHINE.search(line)


@pytest.mark.parametrize(
    "line", ["../shared/seeds", "web/root/x", "https://example.org/home/x", "/var/lib/duban"]
)
def test_a_path_of_the_project_is_let_pass(line: str) -> None:
    assert not MACHINE.search(line)


def _pins(name: str) -> set[str]:
    lines = (ROOT / name).read_text(encoding="utf-8").splitlines()
    return {found[1] for line in lines if (found := PINNED.match(line))}


def test_what_the_service_runs_with_is_what_the_tests_run_with() -> None:
    runtime, tests = _pins("requirements.txt"), _pins("requirements-dev.txt")
    assert len(runtime) > 20
    assert runtime <= tests


@pytest.mark.parametrize("name", ["requirements.txt", "requirements-dev.txt"])
def test_every_locked_release_has_its_hashes(name: str) -> None:
    text = (ROOT / name).read_text(encoding="utf-8")
    releases = re.split(r"\n(?=[a-z0-9])", text)
    assert [release.split()[0] for release in releases if "--hash=sha256:" not in release] == []


@pytest.mark.parametrize(
    ("wanted", "lock"),
    [("requirements.in", "requirements.txt"), ("requirements-dev.in", "requirements-dev.txt")],
)
def test_everything_that_was_asked_for_is_locked(wanted: str, lock: str) -> None:
    asked = ASKED.findall((ROOT / wanted).read_text(encoding="utf-8"))
    locked = {re.split(r"[\[=]", pin)[0] for pin in _pins(lock)}
    assert set(asked) <= locked


@pytest.mark.parametrize("name", ["requirements.in", "requirements-dev.in"])
def test_every_dependency_has_its_line_of_reason(name: str) -> None:
    asked = ASKED.findall((ROOT / name).read_text(encoding="utf-8"))
    reasons = (ROOT / "docs" / "decisions" / "dependencies.md").read_text(encoding="utf-8")
    assert [dependency for dependency in asked if f"| {dependency} |" not in reasons] == []


@pytest.mark.parametrize("page", sorted(path.name for path in (ROOT / "docs").glob("*.md")))
def test_a_page_of_the_docs_names_only_files_that_exist(page: str) -> None:
    words = re.findall(r"`([\w./-]+/[\w./-]*)`", (ROOT / "docs" / page).read_text(encoding="utf-8"))
    assert [word for word in words if not (ROOT / word).exists()] == []


def test_links_between_pages_lead_somewhere() -> None:
    pages = [path for path in text_files() if path.suffix == ".md"]
    links = [
        (page, link) for page in pages for link in re.findall(r"\]\(([^)#:{]+)\)", page.read_text("utf-8"))
    ]
    assert [f"{name_of(page)}: {link}" for page, link in links if not (page.parent / link).exists()] == []
