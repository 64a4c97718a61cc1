from __future__ import annotations

import stat

from tests.cli.console import Console
from tests.cli.test_audit_commands import office


def test_a_backup_is_restored_held_and_released(console: Console) -> None:
    office(console)
    made = console.duban("backup", "b.zip")
    assert (made.code, "已备份到 b.zip" in made.out) == (0, True), made.err
    assert stat.S_IMODE((console.folder / "b.zip").stat().st_mode) == 0o600
    over = console.duban("restore", "b.zip")
    assert (over.code, "RESTORE_NOT_EMPTY" in over.err) == (1, True)
    done = console.duban("restore", "b.zip", "--into", "new/duban.sqlite3")
    assert done.code == 0, done.err
    assert "发送已暂停" in done.out

    console.environment["DUBAN_DATABASE_URL"] = "sqlite:///new/duban.sqlite3"
    assert "SENDING_HELD" in console.duban("status").out
    (check,) = [one for one in console.duban("doctor", "--json").json if one["id"] == "sending"]
    assert check["level"] == "error"
    assert console.duban("audit", "verify").code == 0
    listed = console.duban("release", "--list", "--at", "2024-03-29T10:00")
    assert (listed.code, "没有决定的共" in listed.out) == (0, True)
    assert console.duban("release", "--send", "--supersede").code == 2
    assert console.duban("release", "--send", "--until", "2024-03-29T10:00").code == 2
    unasked = console.duban("release", "--supersede", "--at", "2024-03-29T10:00")
    assert (unasked.code, "NEEDS_YES" in unasked.err) == (2, True)
    ended = console.duban("release", "--supersede", "--yes", "--at", "2024-03-29T10:00")
    assert (ended.code, "已恢复发送" in ended.out) == (0, True)
    assert "SENDING_HELD" not in console.duban("status").out
    again = console.duban("release", "--send", "--yes")
    assert (again.code, "NOT_HELD" in again.err) == (1, True)


def test_the_key_goes_along_only_when_there_is_one(console: Console) -> None:
    office(console)
    asked = console.duban("backup", "b.zip", "--with-key")
    assert (asked.code, "KEY_FILE" in asked.err) == (1, True)
    assert not (console.folder / "b.zip").exists()
