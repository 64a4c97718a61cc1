"""Every code that a person may meet is explained."""

from __future__ import annotations

import ast
from pathlib import Path

from tests.project.tree import ROOT
from web.words.en.errors import SENTENCES
from web.words.zh_cn.errors import COMMAND, COMMANDS_ONLY
from web.words.zh_cn.errors import SENTENCES as WITHOUT_COMMANDS

ROOMS = ("duban", "web", "workflows", "intake", "notifications", "db", "engine")
SEEN = ("web", "workflows")  # whose errors pages show
PAGES = ("errors.md", "findings.md", "import-layout.md")


def codes_of(source: str) -> set[str]:
    """The codes that a file gives to an error."""
    calls = (node for node in ast.walk(ast.parse(source)) if isinstance(node, ast.Call) and node.args)
    raised = (call.args[0] for call in calls if ast.unparse(call.func) in ("DubanError", "IntakeError"))
    return {code.value for code in raised if isinstance(code, ast.Constant) and isinstance(code.value, str)}


def test_the_codes_of_a_file_are_found() -> None:
    assert codes_of('raise DubanError("ONE", "…")\nother("TWO")\nIntakeError("THREE", x)') == {"ONE", "THREE"}


def test_every_code_of_an_error_is_explained_in_the_docs() -> None:
    pages = "".join((ROOT / "docs" / page).read_text(encoding="utf-8") for page in PAGES)
    files = [path for room in ROOMS for path in Path(ROOT / room).rglob("*.py")]
    codes = {code for path in files for code in codes_of(path.read_text(encoding="utf-8"))}
    assert len(codes) > 50
    assert sorted(code for code in codes if f"`{code}`" not in pages) == []


def test_every_code_that_a_page_may_show_has_an_english_sentence() -> None:
    files = [path for room in SEEN for path in Path(ROOT / room).rglob("*.py")]
    codes = {code for path in files for code in codes_of(path.read_text(encoding="utf-8"))}
    assert len(codes) > 50
    assert sorted(codes - SENTENCES.keys()) == []


def naming_commands(source: str) -> set[str]:
    """The codes of errors whose sentence names a command or an option."""
    calls = (node for node in ast.walk(ast.parse(source)) if isinstance(node, ast.Call) and node.args)
    found = [call for call in calls if ast.unparse(call.func) == "DubanError"]
    return {
        call.args[0].value
        for call in found
        if COMMAND.search(ast.unparse(call))
        and isinstance(call.args[0], ast.Constant)
        and isinstance(call.args[0].value, str)
    }


def test_a_page_has_other_words_for_a_sentence_that_names_a_command() -> None:
    assert naming_commands('DubanError("A", "请用 duban undo")\nDubanError("B", "请刷新")') == {"A"}
    files = [path for room in ROOMS[1:] for path in Path(ROOT / room).rglob("*.py")]
    codes = {code for path in files for code in naming_commands(path.read_text(encoding="utf-8"))}
    assert len(codes) > 10
    assert codes - WITHOUT_COMMANDS.keys() - COMMANDS_ONLY == set()
    assert [text for text in WITHOUT_COMMANDS.values() if COMMAND.search(text)] == []
