"""Users and tokens on the command line: the way in when no page can be opened."""

from __future__ import annotations

import re
from pathlib import Path

from tests.cli.console import Console

PLAN = Path(__file__).resolve().parents[2] / "examples" / "matrix-plan-2024.xlsx"


def test_users_are_invited_changed_and_retired_on_the_machine(console: Console) -> None:
    assert "还没有用户" in console.duban("users", "list").out
    invited = console.duban("users", "invite", "Ducha", "--role", "admin", "--title", "督查室")
    assert re.search(r"http://127\.0\.0\.1:8300/set-up/[\w-]{43}\n", invited.out)
    taken = console.duban("users", "invite", "ducha", "--role", "admin")
    assert (taken.code, "[USER_TAKEN]" in taken.err) == (1, True)
    assert console.duban("users", "change", "ducha", "--role", "leader", "--locale", "en").code == 0
    (listed,) = console.duban("users", "list", "--json").json
    assert listed == {
        "name": "ducha",
        "title": "督查室",
        "role": "leader",
        "unit": "",
        "locale": "en",
        "state": "invited",
        "last_sign_in": None,
    }
    assert console.duban("users", "end-sessions", "ducha").code == 0
    assert console.duban("users", "retire", "ducha").code == 0
    assert "已停用" in console.duban("users", "list").out
    assert "/set-up/" in console.duban("users", "link", "ducha", "--json").json["link"]
    assert "等待设置密码" in console.duban("users", "list").out
    unknown = console.duban("users", "retire", "nobody")
    assert (unknown.code, "[NO_SUCH_USER]" in unknown.err) == (1, True)


def test_tokens_are_made_listed_and_revoked_on_the_machine(console: Console) -> None:
    assert console.duban("import", str(PLAN), "--yes").code == 0
    made = console.duban("tokens", "create", "大屏", "--until", "2030-12-31")
    token = re.search(r"duban_[\w-]{43}", made.out)
    assert token
    listed = console.duban("tokens", "list", "--json")
    assert token[0] not in listed.out
    assert [(one["name"], one["role"], one["state"]) for one in listed.json] == [("大屏", "leader", "open")]
    over = console.duban("tokens", "create", "x", "--until", "2020-01-01")
    assert (over.code, "[TOKEN_DAY]" in over.err) == (1, True)
    unknown = console.duban("tokens", "create", "x", "--unit", "没有的局")
    assert (unknown.code, "[NO_SUCH_UNIT]" in unknown.err) == (1, True)
    assert "已停用“大屏”的令牌" in console.duban("tokens", "revoke", "1").out
    assert console.duban("tokens", "revoke", "2").code == 1
