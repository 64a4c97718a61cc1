"""Somebody with a password, for tests of signing in; the hash is made once."""

from __future__ import annotations

from functools import cache

from sqlmodel import Session

from db import tables
from engine.roles import Role
from tests.workflows.office_2024 import at
from workflows.passwords import hashed

NOW = at("2024-04-02T18:00")
PASSWORD = "correct horse battery"


@cache
def stored_password() -> str:
    return hashed(PASSWORD)


def add_ducha(session: Session) -> None:
    """User ducha, a coordinator with that password."""
    user = tables.User(
        name="ducha",
        title="督查室",
        role=Role.COORDINATOR.value,
        password=stored_password(),
        created_at=NOW,
        changed_at=NOW,
    )
    session.add(user)
    session.flush()
