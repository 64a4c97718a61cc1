"""Figures that keep the code readable; what they are for stands in docs/where-things-go.md."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

from tests.project.tree import BESIDE, PACKAGES, name_of, python_files

LONGEST_FUNCTION = 50
LONGEST_FILE = 400
DOCUMENTED = 0.85

ALL = python_files(*PACKAGES, *BESIDE)
Documented = ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef


def test_a_file_can_be_read_in_one_go() -> None:
    lengths = {name_of(path): len(path.read_text(encoding="utf-8").splitlines()) for path in ALL}
    assert {name: lines for name, lines in lengths.items() if lines > LONGEST_FILE} == {}


def test_a_function_fits_on_a_screen() -> None:
    lengths = dict(length for path in ALL for length in _functions(path))
    assert {name: lines for name, lines in lengths.items() if lines > LONGEST_FUNCTION} == {}


def _functions(path: Path) -> Iterator[tuple[str, int]]:
    """Every function and how many lines it has."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield f"{name_of(path)}:{node.lineno} {node.name}", (node.end_lineno or 0) - node.lineno + 1


def test_what_others_may_call_says_what_is_true_afterwards() -> None:
    public = [thing for path in python_files(*PACKAGES) for thing in _public(path)]
    silent = [name for name, documented in public if not documented]
    assert len(silent) <= (1 - DOCUMENTED) * len(public), silent


def _public(path: Path) -> Iterator[tuple[str, bool]]:
    """Public classes, functions and methods, and whether each has a docstring."""
    bodies: list[list[ast.stmt]] = [ast.parse(path.read_text(encoding="utf-8")).body]
    while bodies:
        for node in bodies.pop():
            if isinstance(node, Documented) and not node.name.startswith("_"):
                yield f"{name_of(path)}:{node.name}", ast.get_docstring(node) is not None
            if isinstance(node, ast.ClassDef):
                bodies.append(node.body)


def test_no_module_is_called_after_nothing() -> None:
    nothing = {"utils", "util", "helpers", "common", "misc"}
    assert [name_of(path) for path in python_files(*PACKAGES) if path.stem in nothing] == []
