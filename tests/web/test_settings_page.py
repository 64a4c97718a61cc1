"""设置: what each role sees of it; pages are listed only for those who may open them."""

from __future__ import annotations

import pytest

from db.session import Database
from engine.roles import Role
from tests.web.running import pages
from tests.workflows.office_2024 import Task, at, build
from web.access import MATRIX, may_open
from web.menu import SETTINGS

NOW = at("2024-04-02T18:00")


@pytest.mark.parametrize("locale", ["zh-CN", "en"])
@pytest.mark.parametrize("role", [Role.ADMIN, Role.COORDINATOR])
def test_settings_lists_what_one_may_open_and_nothing_else(
    sqlite_database: Database, role: Role, locale: str
) -> None:
    build(sqlite_database, Task("1.1"))
    with pages(sqlite_database, NOW, role=role) as client:
        said = client.get("/settings", params={"lang": locale}).text
    for entry in SETTINGS:
        assert (f'href="{entry.path}' in said) is may_open(role, entry.access)


def test_every_page_below_settings_is_a_route() -> None:
    assert {f"GET {entry.path}" for entry in SETTINGS} <= set(MATRIX)
