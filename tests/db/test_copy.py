"""A copy in memory: the same rows, without what messages that have ended said."""

from __future__ import annotations

from datetime import date

import pytest
from sqlalchemy import select
from sqlmodel import SQLModel

from db import tables
from db.copy import BATCH, copy_to_memory
from db.session import Database
from tests.workflows.office_2024 import Built, Task, at, build

NOW = at("2024-03-28T10:00")
STATES = ("held", "waiting", "sending", "accepted", "superseded", "withdrawn", "given_up")


def message(built: Built, state: str) -> tables.Message:
    return tables.Message(
        key=state, kind="reminder", plan_id=built.plan_id, post_id=built.posts["区民政局"], channel="inbox",
        recipient="联络员", slot_on=date(2024, 3, 28), slot_at=NOW, subject=f"主题{state}", text="正文", html="<p>",
        items=[{"rule": "report_due"}], card={"title": "卡"}, rfc_message_id=state, state=state, next_attempt_at=NOW,
        created_at=NOW,
    )  # fmt: skip


@pytest.mark.parametrize(("state", "is_to_come"), [(state, state in STATES[:3]) for state in STATES])
def test_only_what_is_still_to_be_sent_keeps_its_words(
    database: Database, state: str, is_to_come: bool
) -> None:
    built = build(database, Task("1"))
    with database.write() as session:
        row = message(built, state)
        session.add(row)
        session.flush()
        assert row.id is not None
        session.add(
            tables.MessageFile(
                message_id=row.id, name="表.xlsx", media_type="x/y", sha256="0" * 64, content=b"rows"
            )
        )
    copy = copy_to_memory(database)
    with copy.read() as session:
        found = session.execute(select(tables.Message)).scalars().one()
        kept = session.execute(select(tables.MessageFile)).scalars().one()
        said = ("正文", "<p>", {"title": "卡"}) if is_to_come else ("", "", None)
        assert (found.text, found.html, found.card) == said
        assert kept.content == (b"rows" if is_to_come else b"")
        assert (found.subject, found.items, found.slot_at) == (f"主题{state}", [{"rule": "report_due"}], NOW)
    copy.close()


def test_every_other_row_is_the_same(database: Database) -> None:
    build(database, *(Task(str(number), quotas={"甲街道": "5"}) for number in range(BATCH + 1)))
    copy = copy_to_memory(database)
    with database.read() as source, copy.read() as same:
        numbers = {}
        for table in SQLModel.metadata.sorted_tables:
            rows, found = (sorted(map(repr, one.execute(select(table)).all())) for one in (source, same))
            assert rows == found, table.name
            numbers[table.name] = len(rows)
    assert numbers["subtasks"] == BATCH + 1
    copy.close()
