"""What is built for an installation holds everything that the program reads at run time."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path
from zipfile import ZipFile

import pytest

from tests.project.tree import PACKAGES, ROOT

TOP = ("pyproject.toml", "requirements.in", "LICENSE", "NOTICE", "README.md")
BUILD = "import sys; from setuptools import build_meta; build_meta.build_wheel(sys.argv[1])"


@pytest.fixture(scope="session")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> set[str]:
    """The names within the wheel, built from a copy of the project."""
    copy = tmp_path_factory.mktemp("source")
    for package in PACKAGES:
        shutil.copytree(ROOT / package, copy / package, ignore=shutil.ignore_patterns("__pycache__"))
    for name in TOP:
        if (ROOT / name).exists():
            shutil.copy(ROOT / name, copy)
    built = subprocess.run(
        [sys.executable, "-c", BUILD, "dist"],
        cwd=copy,
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert built.returncode == 0, built.stderr
    (path,) = (copy / "dist").glob("*.whl")
    return set(ZipFile(path).namelist())


@pytest.mark.parametrize("package", PACKAGES)
def test_the_wheel_holds_every_file_of_a_package(wheel: set[str], package: str) -> None:
    files = [
        path for path in (ROOT / package).rglob("*") if path.is_file() and "__pycache__" not in path.parts
    ]
    names = {path.relative_to(ROOT).as_posix() for path in files}
    assert names
    assert names - wheel == set()


def test_the_wheel_holds_the_license_and_nothing_of_the_tests(wheel: set[str]) -> None:
    assert any(name.endswith("licenses/LICENSE") for name in wheel)
    assert any(name.endswith("licenses/NOTICE") for name in wheel)
    assert {Path(name).parts[0] for name in wheel if not name.startswith("duban-")} == set(PACKAGES)
