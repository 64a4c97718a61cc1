"""Commands for units, their other names, and who holds their posts."""

from __future__ import annotations

import typer


def register(app: typer.Typer) -> None:
    """Adds the commands of this file to the application."""
