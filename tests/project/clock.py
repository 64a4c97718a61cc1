"""Finds where a module reads the real clock, under whatever name it imported it.

Measuring a span (``time.monotonic``, ``time.perf_counter``) is allowed: it decides nothing.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator

CLOCKS = {
    "datetime.datetime.now",
    "datetime.datetime.utcnow",
    "datetime.datetime.today",
    "datetime.date.today",
    "time.time",
    "time.time_ns",
    "time.localtime",
    "time.gmtime",
    "time.ctime",
    "time.asctime",
    "email.utils.localtime",
    "sqlalchemy.func.now",
    "sqlalchemy.func.current_timestamp",
    "sqlalchemy.func.current_date",
    "sqlmodel.func.now",
    "sqlmodel.func.current_timestamp",
    "sqlmodel.func.current_date",
}


def clock_reads(source: str) -> list[str]:
    """``line: name`` for each mention of a clock, called or handed on."""
    tree = ast.parse(source)
    names = dict(_imports(tree))
    found = []
    for node in ast.walk(tree):
        name = _dotted(node, names)
        if name in CLOCKS:
            found.append(f"{getattr(node, 'lineno', 0)}: {name}")
    return sorted(set(found))


def _imports(tree: ast.Module) -> Iterator[tuple[str, str]]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            for alias in node.names:
                yield (alias.asname, alias.name) if alias.asname else (alias.name.split(".")[0],) * 2
        elif isinstance(node, ast.ImportFrom) and node.module:
            for alias in node.names:
                yield alias.asname or alias.name, f"{node.module}.{alias.name}"


def _dotted(node: ast.AST, names: dict[str, str]) -> str | None:
    """The full name that an expression stands for, if it is one that was imported."""
    if isinstance(node, ast.Name):
        return names.get(node.id)
    if isinstance(node, ast.Attribute):
        owner = _dotted(node.value, names)
        return f"{owner}.{node.attr}" if owner else None
    return None
