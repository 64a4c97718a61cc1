from __future__ import annotations

import json
import sqlite3

from tests.cli.console import Console

TABLE = "序号,项目名称,任务分解,牵头单位\n一,道路,1.新建道路3.5公里,区交通局\n"


def office(console: Console) -> None:
    """A plan with one sub-task and two decisions on it."""
    (console.folder / "plan.csv").write_text(TABLE, encoding="utf-8")
    imported = console.duban("import", "plan.csv", "--year", "2024", "--yes")
    assert imported.code == 0, imported.err
    reported = console.duban(
        "report",
        "#1",
        "--period",
        "2024-03",
        "--text",
        "进场",
        "--at",
        "2024-03-29T16:00",
        "--who",
        "区交通局",
    )
    assert reported.code == 0, reported.err


def behind_the_service(console: Console, *statements: str) -> None:
    """Somebody changes the file with other tools."""
    with sqlite3.connect(console.folder / "var" / "duban.sqlite3") as file:
        for (trigger,) in file.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall():
            file.execute(f"DROP TRIGGER {trigger}")
        for statement in statements:
            file.execute(statement)


def test_a_whole_record_is_verified_and_its_head_is_on_it(console: Console) -> None:
    office(console)
    found = console.duban("audit", "verify", "--json")
    assert (found.code, found.json["holds"], found.json["events"], found.json["rows"]) == (0, True, 2, 1)
    head = found.json["head"]["hash"]
    assert console.duban("audit", "verify", "--head", f"1-2 {head[:32]}").code == 0
    other = console.duban("audit", "verify", "--head", "0123456789abcdef")
    assert (other.code, "链上没有这个值" in other.out) == (1, True)


def test_the_broken_row_is_named(console: Console) -> None:
    office(console)
    behind_the_service(
        console,
        "UPDATE events SET who = '别人' WHERE what = 'report'",
        "UPDATE progress_reports SET text = '完工'",
    )
    found = console.duban("audit", "verify")
    assert found.code == 1
    assert found.out.splitlines() == [
        "办理记录有 2 处问题（共 2 条）：",
        "  第1段第2条 记录 2：内容被改动过",
        "  第1段第2条 记录 2 progress_reports:1：所决定的内容后来被改动或删除",
    ]


def test_the_record_is_listed_and_exported(console: Console) -> None:
    office(console)
    listed = console.duban("audit", "list", "--subtask", "#1")
    assert "区交通局" in listed.out
    assert "import" not in listed.out
    assert console.duban("audit", "export", "-o", "record.jsonl").code == 0
    lines = [json.loads(line) for line in (console.folder / "record.jsonl").read_text().splitlines()]
    assert [(line["sequence"], line["what"]) for line in lines] == [(1, "import"), (2, "report")]
    assert lines[1]["previous"] == lines[0]["hash"]
