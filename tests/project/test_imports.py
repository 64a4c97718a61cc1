"""The import rules of the design hold, and bite."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
import tomllib
from pathlib import Path

from tests.project.tree import PACKAGES, ROOT, name_of, python_files

SETTINGS = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
RULES = SETTINGS["tool"]["importlinter"]
MAY_ALSO_IMPORT = {
    "engine/calendar.py": {"chinese_calendar", "holidays"},
    "engine/scheduler.py": {"apscheduler"},
}
# one upward, sideways or foreign import for each kind of arrow that must not be
FORBIDDEN = [
    ("engine", "db"),
    ("engine", "notifications"),
    ("engine", "sqlalchemy"),
    ("engine", "apscheduler"),
    ("intake", "db"),
    ("intake", "notifications"),
    ("notifications", "intake"),
    ("notifications", "db"),
    ("db", "intake"),
    ("db", "workflows"),
    ("workflows", "web"),
    ("workflows", "duban"),
    ("web", "duban"),
]
ALLOWED = [("duban", "web"), ("web", "workflows"), ("web", "db"), ("workflows", "intake"), ("db", "engine")]
IN_THEIR_FILE = {
    "engine/calendar.py": "import chinese_calendar, holidays",
    "engine/scheduler.py": "from apscheduler.schedulers.background import BackgroundScheduler",
}


def _project(folder: Path, modules: dict[str, str]) -> subprocess.CompletedProcess[str]:
    """What the linter says, under our own contracts, of a small project with these modules."""
    contracts = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    (folder / "pyproject.toml").write_text(
        contracts[contracts.index("[tool.importlinter]") :], encoding="utf-8"
    )
    for package in PACKAGES:
        (folder / package).mkdir()
        (folder / package / "__init__.py").touch()
    for name, source in modules.items():
        (folder / name).write_text(source, encoding="utf-8")
    linter = "import sys; from importlinter.cli import lint_imports; sys.exit(lint_imports(cache_dir=None))"
    return subprocess.run(
        [sys.executable, "-c", f"import sys; sys.path.insert(0, '.'); {linter}"],
        cwd=folder,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


def _modules(arrows: list[tuple[str, str]]) -> dict[str, str]:
    return {f"{here}/uses_{there}.py": f"import {there}" for here, there in arrows}


def test_every_forbidden_arrow_is_found(tmp_path: Path) -> None:
    said = _project(tmp_path, _modules(FORBIDDEN))
    assert said.returncode == 1, said.stderr
    found = set(re.findall(r"(\w+)\.uses_(\w+) -> ", said.stdout))
    assert found == set(FORBIDDEN), said.stdout


def test_arrows_that_point_down_are_let_pass(tmp_path: Path) -> None:
    said = _project(tmp_path, _modules(ALLOWED) | IN_THEIR_FILE)
    assert said.returncode == 0, said.stdout + said.stderr


def test_every_package_has_its_place_in_the_layers() -> None:
    (layers,) = [rule["layers"] for rule in RULES["contracts"] if rule["type"] == "layers"]
    placed = [name.strip() for layer in layers for name in layer.split("|")]
    on_disk = {path.parent.name for path in ROOT.glob("*/__init__.py")} - {"tests", "benchmarks"}
    assert sorted(placed) == sorted(on_disk)
    assert set(RULES["root_packages"]) == on_disk == set(PACKAGES)


def _imported(path: Path) -> set[str]:
    """Top-level names that a module imports, wherever in it."""
    nodes = list(ast.walk(ast.parse(path.read_text(encoding="utf-8"))))
    whole = {alias.name for node in nodes if isinstance(node, ast.Import) for alias in node.names}
    parts = {node.module or "" for node in nodes if isinstance(node, ast.ImportFrom)}
    return {name.split(".")[0] for name in whole | parts}


def test_the_rules_need_nothing_but_the_standard_library() -> None:
    own = sys.stdlib_module_names | {"engine"}
    foreign = {name_of(path): _imported(path) - own for path in python_files("engine")}
    assert {
        name: found for name, found in foreign.items() if not found <= MAY_ALSO_IMPORT.get(name, set())
    } == {}


def test_the_service_needs_nothing_of_the_tests() -> None:
    of_tests = {"tests", "benchmarks", "pytest", "hypothesis", "aiosmtpd"}
    found = {name_of(path): _imported(path) & of_tests for path in python_files(*PACKAGES)}
    assert {name: imported for name, imported in found.items() if imported} == {}
