"""Every finding that the service can make leads to the page where it is settled, or it is said here why it does not."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path

import pytest

from engine.roles import Role
from web.access import MATRIX, leads_to
from web.to_do import SETTLED_AT, SHOWN_AS_WAITS
from web.words import LOCALES

ROOT = Path(__file__).parents[2]
PACKAGES = ("db", "workflows", "duban")
WITHOUT = {
    "CASE_TO_OPEN": "its subject is a sub-task",
    "SUBTASK_UNJUDGED": "its subject is a sub-task",
    "TOTALS_DIFFER": "its subject is a sub-task",
    "MESSAGE_UNSENDABLE": "its subject is a message",
    "NOTICE_TEMPLATE": "a file on the server, which no page changes",
}


def made() -> Iterator[str]:
    """The code of every finding that is opened anywhere: the constant in each call of ``open_finding``."""
    for package in PACKAGES:
        for path in sorted((ROOT / package).rglob("*.py")):
            calls = [one for one in ast.walk(ast.parse(path.read_text("utf-8"))) if isinstance(one, ast.Call)]
            module = ".".join(path.relative_to(ROOT).with_suffix("").parts)
            for call in calls:
                if "open_finding" in (getattr(call.func, "attr", ""), getattr(call.func, "id", "")):
                    yield _code(module, call.args[1])


def _code(module: str, said: ast.expr) -> str:
    if isinstance(said, ast.Constant):
        return str(said.value)
    assert isinstance(said, ast.Name), f"{module} opens a finding whose code cannot be told"
    return str(getattr(import_module(module), said.id))


def test_every_code_leads_somewhere_or_is_said_not_to() -> None:
    known = {*SETTLED_AT, *SHOWN_AS_WAITS, *WITHOUT}
    found = set(made())
    assert len(found) > 15
    assert found == known


def test_no_code_is_settled_in_two_ways() -> None:
    assert len(SETTLED_AT) + len(SHOWN_AS_WAITS) + len(WITHOUT) == len(
        {*SETTLED_AT, *SHOWN_AS_WAITS, *WITHOUT}
    )


@pytest.mark.parametrize("path", sorted({path.partition("?")[0] for path in SETTLED_AT.values()}))
def test_the_page_is_there_for_somebody_at_the_desk(path: str) -> None:
    assert f"GET {path}" in MATRIX
    assert leads_to(Role.ADMIN, path)


@pytest.mark.parametrize("locale", ["zh-CN", "en"])
def test_every_code_has_words(locale: str) -> None:
    said = {code for code in made() if f"finding.{code}" in LOCALES[locale]}
    assert set(made()) - said == set(SHOWN_AS_WAITS)
