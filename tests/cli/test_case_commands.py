"""The commands of supervision cases: what they print, and that a refusal stores nothing."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from pathlib import Path

import docx
import pytest

from db.session import Database
from duban.cli import main
from tests.cli.console import Ended
from tests.databases import sqlite_copy
from tests.workflows.office_2024 import Task, build

Run = Callable[..., Ended]


@pytest.fixture
def run(
    bare: Path, sqlite_template: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Run:
    """Runs a command on a plan with two tasks, within this process."""
    database: Database = sqlite_copy(sqlite_template, bare)
    build(
        database, Task("1.1", lead="区住建局"), Task("1.2"), policy={"acknowledge": False, "escalate": False}
    )
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


def test_a_case_goes_from_command_to_command(run: Run) -> None:
    opened = run("case", "open", "1.1", "--at", "2024-04-01T10:00")
    assert opened.out.splitlines() == [
        "已开具 督办〔2024〕1号（黄色）区住建局：1.1 任务1.1",
        "请于 2024-04-09 前回复",
    ]
    assert (
        "黄色  待回复  2024-04-09前回复  区住建局  1.1 任务1.1"
        in run("case", "list", "--at", "2024-04-09").out
    )
    assert "逾期未回复" in run("case", "list", "--at", "2024-04-10").out
    assert "已登记回复" in run("case", "reply", "1", "--text", "已加派人手", "--at", "2024-04-03").out
    returned = run(
        "case", "return", "2024-1", "--reason", "没有时间", "--due", "2024-04-12", "--at", "2024-04-07"
    )
    assert "请于 2024-04-12 前回复" in returned.out
    run("case", "reply", "1", "--text", "五月底前", "--at", "2024-04-08", "--who", "区住建局")
    assert "已办结" in run("case", "close", "1", "--reason", "到位", "--at", "2024-04-09").out
    shown = run("case", "show", "督办〔2024〕1号").out
    assert shown.splitlines()[0] == "督办〔2024〕1号（黄色）已办结"
    assert "2024-04-08 12:00  区住建局  回复：五月底前" in shown
    assert "没有这样的督办单" in run("case", "list", "--state", "standing").out


def test_json_holds_every_value(run: Run) -> None:
    told = run("case", "open", "1.2", "--colour", "red", "--at", "2024-03-04T10:00", "--json").json
    assert (told["number"], told["colour"], told["state"]) == ("督办〔2024〕1号", "red", "open")
    assert told["reply_due_on"] == "2024-03-11"
    assert told["cause"]["light"] == "green"
    assert [one["kind"] for one in told["happened"]] == ["opened"]
    assert run("case", "list", "--json").json[0]["number"] == told["number"]
    run("case", "close", "1", "--reason", "误开", "--withdraw")
    assert run("case", "show", "1", "--json").json["state"] == "withdrawn"


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (["show", "7"], "NO_SUCH_CASE"),
        (["open", "1.1", "--at", "2024-03-04"], "CASE_COLOUR"),
        (["open", "1.1", "--colour", "red", "--due", "明天"], "CASE_DUE"),
        (["open", "9.9"], "NO_SUCH_SUBTASK"),
        (["list", "--state", "new"], "BAD_STATE"),
        (["reply", "1", "--text", "x"], "NO_SUCH_CASE"),
    ],
)
def test_what_cannot_be_done_is_told_with_a_code(run: Run, words: list[str], code: str) -> None:
    ended = run("case", *words, "--json")
    assert ended.code == 1
    assert json.loads(ended.out)["error"]["code"] == code
    assert run("case", "list", "--json").json == []


def test_the_notice_is_written_on_the_form_of_the_office(run: Run, tmp_path: Path) -> None:
    run("case", "open", "1.1", "--at", "2024-04-01T10:00")
    assert run("case", "notice", "1").out == "已生成 督办通知单（督办〔2024〕1号）.docx\n"
    assert "督查室督办通知单" in words_of(Path("督办通知单（督办〔2024〕1号）.docx"))
    assert run("case", "template", "--export", "form.docx").code == 0
    form = docx.Document("form.docx")
    form.paragraphs[0].text = "本区专用 {{ 编号 }}"
    form.save("own.docx")
    assert run("case", "template", "--import", "own.docx").code == 0
    run("case", "notice", "1", "-o", "n.docx")
    assert "本区专用 督办〔2024〕1号" in words_of(Path("n.docx"))
    assert run("case", "template", "--reset").code == 0
    run("case", "notice", "1", "-o", "n.docx")
    assert "本区专用" not in words_of(Path("n.docx"))
    assert run("case", "template", "--reset").code == 0


def words_of(path: Path) -> str:
    return "\n".join(paragraph.text for paragraph in docx.Document(str(path)).paragraphs)


@pytest.mark.parametrize(
    ("words", "code"),
    [
        ([], "NOTICE_CHOICE"),
        (["--reset", "--export", "a.docx"], "NOTICE_CHOICE"),
        (["--import", "missing.docx"], "NOTICE_TEMPLATE"),
        (["--import", "bad.docx"], "NOTICE_TEMPLATE"),
        (["--export", "no/folder/a.docx"], "FILE_NOT_WRITTEN"),
    ],
)
def test_a_form_that_cannot_be_is_refused_and_the_old_one_stays(
    run: Run, words: list[str], code: str
) -> None:
    run("case", "open", "1.1", "--at", "2024-04-01T10:00")
    form = docx.Document()
    form.add_paragraph("{{ 没有 }}")
    form.save("bad.docx")
    ended = run("case", "template", *words)
    assert ended.code == 1
    assert f"[{code}]" in ended.err
    run("case", "notice", "1", "-o", "n.docx")
    assert "督查室督办通知单" in words_of(Path("n.docx"))
