"""Whatever coordinators are shown is there in both languages, made of what is stored with it."""

from __future__ import annotations

import ast
import re
from functools import cache
from pathlib import Path
from string import Formatter

import pytest

from engine.milestone_templates import STAGES
from notifications import words_changes
from notifications.words_found import EN, ZH_CN
from tests.project.tree import ROOT
from web.words import LOCALES
from web.words.en.findings import MEANINGS
from web.words.en.findings_told import TOLD

ROOMS = ("duban", "web", "workflows", "intake", "notifications", "db", "engine")
COMMAND = re.compile(r"duban |--\w")
HAN = re.compile(r"[\u3400-\u9fff]")
ALWAYS = {"unit", "why", "parts"}  # words that every sentence may have
HANDED_ON = {
    "MESSAGE_GIVEN_UP": ("come_back", "conclude", "leave_channel", "collect_receipts"),
    "UNKNOWN_REPLY": ("come_back",),
}  # who makes inputs for another


@cache
def modules() -> dict[str, ast.Module]:
    paths = [path for room in ROOMS for path in sorted(Path(ROOT / room).rglob("*.py"))]
    return {str(path): ast.parse(path.read_text(encoding="utf-8")) for path in paths}


def trees() -> list[ast.Module]:
    return list(modules().values())


def calls_of(tree: ast.Module, name: str) -> list[ast.Call]:
    calls = (node for node in ast.walk(tree) if isinstance(node, ast.Call))
    return [call for call in calls if ast.unparse(call.func) == name]


def constants_of(tree: ast.Module) -> dict[str, str]:
    """What the module's names in capitals stand for."""
    return {
        target.id: node.value.value
        for node in tree.body
        if isinstance(node, ast.Assign) and isinstance(node.value, ast.Constant)
        for target in node.targets
        if isinstance(target, ast.Name) and isinstance(node.value.value, str)
    }


@cache
def known_names() -> dict[str, str]:
    found: dict[str, str] = {}
    for tree in trees():
        found |= {
            name: text for name, text in constants_of(tree).items() if re.fullmatch(r"[A-Z][A-Z_]+", text)
        }
    return found


def opened() -> list[tuple[str, ast.Call]]:
    """Every finding that the code opens, with its code."""
    found = [(tree, call) for tree in trees() for call in calls_of(tree, "runs.open_finding")]
    return [
        ({**known_names(), **constants_of(tree)}[ast.unparse(call.args[1])], call) for tree, call in found
    ]


OPENED = opened()
CODES = sorted({code for code, _ in OPENED})


def inputs_of(code: str) -> set[str]:
    """The names that are written in the modules which open that finding or make the inputs for it."""
    handing = [tree for path, tree in modules().items() if Path(path).stem in HANDED_ON.get(code, ())]
    calls = {id(call) for known, call in OPENED if known == code}
    opening = [
        tree for tree in trees() if any(id(one) in calls for one in calls_of(tree, "runs.open_finding"))
    ]
    written = [node for tree in (*opening, *handing) for node in ast.walk(tree) if isinstance(node, ast.Dict)]
    keys = [key for node in written for key in node.keys if isinstance(key, ast.Constant)]
    return {key.value for key in keys if isinstance(key.value, str)}


def sentences_of(code: str, words: dict[str, str]) -> list[str]:
    return [text for key, text in words.items() if key == f"found.{code}" or key.startswith(f"found.{code}.")]


def fields_of(text: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(text) if name}


def test_findings_are_opened_and_each_brings_what_it_is_made_of() -> None:
    assert len(OPENED) >= 19
    bare = [
        ast.unparse(call)
        for _, call in OPENED
        if len(call.args) < 7 and "inputs" not in {one.arg for one in call.keywords}
    ]
    assert bare == []


@pytest.mark.parametrize("code", CODES)
def test_a_finding_has_its_sentences_in_both_languages(code: str) -> None:
    assert sentences_of(code, ZH_CN)
    assert len(sentences_of(code, ZH_CN)) == len(sentences_of(code, EN))


@pytest.mark.parametrize("code", CODES)
def test_the_sentences_of_a_finding_name_nothing_that_is_not_stored_with_it(code: str) -> None:
    named = {name for text in sentences_of(code, ZH_CN) for name in fields_of(text)}
    assert named - ALWAYS - inputs_of(code) == set()


@pytest.mark.parametrize(("chinese", "english"), [(ZH_CN, EN), (words_changes.ZH_CN, words_changes.EN)])
def test_both_languages_say_the_same_things(chinese: dict[str, str], english: dict[str, str]) -> None:
    assert chinese.keys() == english.keys()
    assert [key for key in english if fields_of(english[key]) != fields_of(chinese[key])] == []


def test_a_stage_of_a_template_has_words_in_both_languages() -> None:
    stages = {f"stage.{one.words}" for told in STAGES.values() for one in told}
    assert stages == {key for key in words_changes.EN if key.startswith("stage.")}


def test_no_sentence_for_pages_names_a_command_and_no_english_one_is_chinese() -> None:
    for words in (ZH_CN, EN, words_changes.ZH_CN, words_changes.EN):
        assert [text for text in words.values() if COMMAND.search(text)] == []
    assert [
        text for text in (*EN.values(), *words_changes.EN.values(), *MEANINGS.values()) if HAN.search(text)
    ] == []


def sentences_in(tree: ast.Module) -> list[str]:
    """Every text that the module writes, with a sign in place of what is filled in."""
    return [
        "".join(str(part.value) if isinstance(part, ast.Constant) else "▢" for part in node.values)
        if isinstance(node, ast.JoinedStr)
        else str(node.value)
        for node in ast.walk(tree)
        if isinstance(node, ast.JoinedStr | ast.Constant)
    ]


def test_what_is_told_in_english_with_its_figures_is_a_sentence_that_is_said() -> None:
    own = [tree for path, tree in modules().items() if not path.startswith(str(ROOT / "web"))]
    said = "\n".join(re.sub(r"\{\w+\}", "▢", text) for tree in own for text in sentences_in(tree))
    for chinese, english in TOLD:
        assert fields_of(chinese) >= fields_of(english), chinese
        assert not HAN.search(english), english
        parts = [part for part in re.split(r"\{\w+\}", chinese) if len(part) > 3]
        assert [part for part in parts if part not in said] == [], chinese


def test_every_finding_of_a_document_has_an_english_sentence_and_a_name_in_both_languages() -> None:
    codes = set()
    for tree in trees():
        own = {**known_names(), **constants_of(tree)}
        for call in calls_of(tree, "Finding"):
            if len(call.args) > 1:
                code = call.args[1]
                text = code.value if isinstance(code, ast.Constant) else own.get(ast.unparse(code), "")
                codes |= {text} if isinstance(text, str) and text else set()
    assert len(codes) > 30
    assert sorted(codes - MEANINGS.keys()) == []
    for locale in LOCALES:
        assert [code for code in codes if f"imports.code.{code}" not in LOCALES[locale]] == []
