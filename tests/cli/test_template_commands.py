"""The commands of templates: what they print, and that a refusal stores nothing."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from duban.cli import main
from tests.cli.console import Ended
from tests.databases import sqlite_copy
from tests.workflows.office_2024 import LOOP_OFF, Task, build

Run = Callable[..., Ended]
AT = ("--at", "2024-03-26T10:00")


@pytest.fixture
def run(
    bare: Path, sqlite_template: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Run:
    """Runs a command on a plan with two tasks, within this process."""
    database = sqlite_copy(sqlite_template, bare)
    build(database, Task("1.1"), Task("1.2"), policy=LOOP_OFF)
    database.close()
    monkeypatch.setenv("DUBAN_DATABASE_URL", database.url)

    def duban(*words: str) -> Ended:
        monkeypatch.setattr(sys, "argv", ["duban", *words])
        capsys.readouterr()
        try:
            main()
        except SystemExit as ended:
            code = ended.code if isinstance(ended.code, int) else 0
        else:
            code = 0
        told = capsys.readouterr()
        return Ended(code, told.out, told.err)

    return duban


def edited(run: Run, bare: Path, old: str, new: str) -> Path:
    """The template in force in a file, with something else in it."""
    text = run("templates", "show", "reminder").out
    assert old in text
    file = bare / "reminder.note.j2"
    file.write_text(text.replace(old, new), encoding="utf-8")
    return file


def test_a_template_goes_from_command_to_command(run: Run, bare: Path) -> None:
    file = edited(run, bare, "subject: {{ mail.subject }}", "subject: 督查室提醒：{{ mail.headline }}")
    assert run("template-check", str(file)).out == "reminder.note.j2：没有问题。\n"
    looked_at = run("templates", "preview", "reminder", "--file", str(file), "--html", "a.html", *AT)
    assert "主题：督查室提醒：1项逾期、1项滞后、1项待报\n" in looked_at.out
    assert "没有可用的真实内容，用示例" in looked_at.out
    assert "督查室提醒" in (bare / "a.html").read_text(encoding="utf-8")
    assert "自定" not in run("templates", "list").out
    assert "已保存为第1版" in run("templates", "set", "reminder", str(file), "--note", "统一口径", *AT).out
    assert "没有改动" in run("templates", "set", "reminder", str(file), *AT).out
    assert "reminder      提醒        zh-CN  自定，第1版" in run("templates", "list").out
    assert "第1版  2024-03-26 10:00  督查室  自定  统一口径" in run("templates", "history", "reminder").out
    assert "督查室提醒" in run("templates", "preview", "reminder", *AT).out
    sent = run("templates", "test", "reminder", "--to", "me@example.org", *AT)
    assert sent.out == "已经由 inbox 发给 me@example.org：督查室提醒：1项逾期、1项滞后、1项待报\n"
    assert "已恢复自带模板（第2版）" in run("templates", "reset", "reminder", *AT).out
    assert "没有改动" in run("templates", "reset", "reminder", *AT).out
    assert "督查室提醒" in run("templates", "show", "reminder", "--version", "1").out
    assert "恢复自带" in run("templates", "show", "reminder", "--version", "2").out


def test_a_check_says_line_by_line_what_is_wrong(run: Run, bare: Path) -> None:
    file = edited(run, bare, "mail.asks", "mail.ask")
    file.write_text(file.read_text(encoding="utf-8") + "{{ mail.how() }}\n", encoding="utf-8")
    checked = run("template-check", str(file))
    last = len(file.read_text(encoding="utf-8").splitlines())
    assert checked.code == 1
    assert checked.out.splitlines() == [
        "reminder.note.j2 第3行：没有名为“ask”的值：是否指 asks？[UNKNOWN_VALUE]",
        f"reminder.note.j2 第{last}行：模板里不能用调用（名称后面带括号）：只能取值、for、if 和比较。[FORBIDDEN]",
    ]
    for words in (("set", "reminder", str(file)), ("preview", "reminder", "--file", str(file))):
        refused = run("templates", *words)
        assert refused.code == 1
        assert "TEMPLATE_REFUSED" in refused.err
    assert "自定" not in run("templates", "list").out


def test_who_saves_over_another_version_sees_the_difference(run: Run, bare: Path) -> None:
    file = edited(run, bare, "subject: {{ mail.subject }}", "subject: 甲")
    run("templates", "set", "reminder", str(file))
    file.write_text(file.read_text(encoding="utf-8").replace("subject: 甲", "subject: 乙"), encoding="utf-8")
    refused = run("templates", "set", "reminder", str(file))
    assert refused.code == 1
    assert "-subject: 甲\n+subject: 乙\n" in refused.out
    assert "REVISION_CONFLICT" in refused.err
    assert "已保存为第2版" in run("templates", "set", "reminder", str(file), "--base", "1").out


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (("show", "letter"), "NO_SUCH_TEMPLATE"),
        (("show", "reminder", "--version", "9"), "NO_SUCH_TEMPLATE"),
        (("history", "letter"), "NO_SUCH_TEMPLATE"),
        (("reset", "letter"), "NO_SUCH_TEMPLATE"),
        (("preview", "letter"), "NO_SUCH_TEMPLATE"),
        (("preview", "reminder", "--unit", "没有的局"), "NO_SUCH_UNIT"),
        (("preview", "reminder", "--file", "nowhere.j2"), "FILE_NOT_READ"),
        (("test", "reminder", "--to", "a@example.org", "--channel", "无"), "NO_SUCH_CHANNEL"),
    ],
)
def test_what_is_not_there_is_refused_with_a_sentence(run: Run, words: tuple[str, ...], code: str) -> None:
    refused = run("templates", *words)
    assert refused.code == 1
    assert f"[{code}]" in refused.err


def test_the_values_of_a_kind_are_listed(run: Run) -> None:
    assert "mail.groups[…].items[…].title\n" in run("templates", "show", "reminder", "--values").out
    assert "一直用自带模板" in run("templates", "history", "digest").out
