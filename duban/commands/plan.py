"""Commands (being written)."""

import typer


def register(app: typer.Typer) -> None:
    """Adds the commands of this file to the application."""
