"""Commands for what the rules go by: milestones, policy, calendar."""

from __future__ import annotations

import typer


def register(app: typer.Typer) -> None:
    """Adds the commands of this file to the application."""
