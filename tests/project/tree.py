"""The project's own files, for tests that judge them."""

from __future__ import annotations

from pathlib import Path

ROOT = Path(__file__).parents[2]
PACKAGES = ("duban", "web", "workflows", "intake", "notifications", "db", "engine")
BESIDE = ("tests", "benchmarks")
OTHERS = ("docs", "examples", "deploy", ".ci")
MADE_BY_ALEMBIC = ROOT / "db" / "migrations" / "versions"


def python_files(*folders: str) -> list[Path]:
    """The modules below those folders, without what Alembic wrote."""
    found = (path for folder in folders for path in (ROOT / folder).rglob("*.py"))
    return sorted(path for path in found if MADE_BY_ALEMBIC not in path.parents)


def text_files() -> list[Path]:
    """Every file that people read: code, docs, settings, templates; no pictures, no workbooks."""
    folders = (path for folder in (*PACKAGES, *BESIDE, *OTHERS) for path in (ROOT / folder).rglob("*"))
    top = (path for path in ROOT.iterdir() if not path.name.startswith(".") or path.name == ".gitignore")
    return sorted(path for path in (*folders, *top) if path.is_file() and _is_text(path))


def name_of(path: Path) -> str:
    """The path within the project, as a message shows it."""
    return path.relative_to(ROOT).as_posix()


def _is_text(path: Path) -> bool:
    if "__pycache__" in path.parts or ".egg-info" in str(path):
        return False
    try:
        path.read_text(encoding="utf-8")
    except UnicodeDecodeError:
        return False
    return True
