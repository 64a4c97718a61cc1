"""``simulate`` tells what the service then does, and writes nothing."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import pytest
from sqlalchemy import func, select
from sqlmodel import SQLModel

from db.session import Database
from tests import databases
from tests.channels import RememberingChannel
from tests.story.deeds import Deed
from tests.story.living import live, sent
from tests.story.year_2024 import FIRST, Year, open_year
from tests.workflows.office_2024 import ZONE, mail_office
from workflows.report_progress import Filing
from workflows.simulate import Happening, Line, line_of, rehearse

LAST = date(2024, 4, 17)  # past 清明 and its make-up Sunday


@dataclass
class Rehearsed:
    """The lines of the rehearsal, and the service's own after it lived through the same days."""

    database: Database
    year: Year
    lines: list[Line]
    before: bytes
    after: bytes
    counts: tuple[dict[str, int], dict[str, int]]
    lived: list[Line]


@pytest.fixture(scope="module")
def rehearsed(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Rehearsed]:
    folder = tmp_path_factory.mktemp("rehearsal")
    database = databases.sqlite_copy(sqlite_template, folder)
    year = open_year(database, folder)
    office = mail_office(RememberingChannel())
    before, counts = _bytes(folder), _counts(database)
    happenings = [_happening(deed) for deed in year.deeds if deed.at.date() <= LAST]
    lines = rehearse(database, office, FIRST, LAST, zone=ZONE, happenings=happenings)
    after, counts_after = _bytes(folder), _counts(database)
    live(database, office, (FIRST, LAST), year.deeds)
    lived = [line_of(message, ZONE) for message in sent(database)]
    yield Rehearsed(database, year, lines, before, after, (counts, counts_after), lived)
    database.close()


def test_the_service_sends_exactly_what_the_rehearsal_told(rehearsed: Rehearsed) -> None:
    assert len(rehearsed.lines) > 60
    assert {line["kind"] for line in rehearsed.lines} == {"reminder", "digest", "evaluation"}
    assert sorted(rehearsed.lines, key=str) == sorted(rehearsed.lived, key=str)


def test_a_rehearsal_writes_nothing(rehearsed: Rehearsed) -> None:
    assert rehearsed.before == rehearsed.after
    assert rehearsed.counts[0] == rehearsed.counts[1]


def test_rehearsed_again_after_the_fact_it_replays_what_people_did(rehearsed: Rehearsed) -> None:
    office = mail_office(RememberingChannel())
    again = rehearse(rehearsed.database, office, FIRST, LAST, zone=ZONE)
    assert sorted(again, key=str) == sorted(rehearsed.lines, key=str)


def _happening(deed: Deed) -> Happening:
    reference = f"#{deed.subtask_id}"
    if deed.accepts:
        return Happening(deed.at, accept=reference)
    filing = Filing(
        reference, deed.period, text="按计划推进", status=deed.status, quantities=dict(deed.figures)
    )
    return Happening(deed.at, filing=filing)


def _bytes(folder: Path) -> bytes:
    """The database file with its write-ahead log."""
    files = [folder / name for name in ("duban.sqlite3", "duban.sqlite3-wal")]
    return b"|".join(file.read_bytes() for file in files if file.exists())


def _counts(database: Database) -> dict[str, int]:
    with database.read() as session:
        return {
            table.name: int(session.execute(select(func.count()).select_from(table)).scalar_one())
            for table in SQLModel.metadata.sorted_tables
        }
