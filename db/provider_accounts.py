"""By which accounts at an identity provider users come in, as rows."""

from __future__ import annotations

from sqlalchemy import delete, select
from sqlmodel import Session, col

from db import tables

A = tables.ProviderAccount


def of_user(session: Session, user_id: int, issuer: str) -> tables.ProviderAccount | None:
    """The user's account at that provider."""
    query = select(A).where(col(A.user_id) == user_id, col(A.issuer) == issuer)
    return session.execute(query).scalars().first()


def of_account(session: Session, issuer: str, account: str) -> tables.ProviderAccount | None:
    """The row of that account, whoever holds it, as it is now."""
    query = select(A).where(col(A.issuer) == issuer, col(A.account) == account)
    return session.execute(query.execution_options(populate_existing=True)).scalars().first()


def of_subject(session: Session, issuer: str, subject: str) -> tables.ProviderAccount | None:
    """The row of whom the provider calls so, as it is now."""
    query = select(A).where(col(A.issuer) == issuer, col(A.subject) == subject)
    return session.execute(query.execution_options(populate_existing=True)).scalars().first()


def remove(session: Session, user_id: int) -> None:
    """No account opens anything for that user."""
    session.execute(delete(A).where(col(A.user_id) == user_id))
