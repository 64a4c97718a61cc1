"""The loop closed, twice a whole year: what was worked out by hand must come, and the oracle agrees on all the rest."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import date
from types import ModuleType

import pytest
from sqlmodel import select

from db import tables
from db.session import Database
from db.units import stored_id
from tests.oracle import Expected, tell
from tests.story import expected_2023, expected_2024, full_2023, full_2024
from tests.story.diary import diary
from tests.story.diary_words import DONE
from tests.story.full_year import Script, Year, live_through, open_year
from tests.story.living import sent, told

YEARS = [(full_2024.SCRIPT, expected_2024), (full_2023.SCRIPT, expected_2023)]
Lived = tuple[Year, Script, ModuleType]


@pytest.fixture(scope="module", params=YEARS, ids=["matrix plan 2024", "45 items 2023"])
def lived(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lived]:
    script, hand = request.param
    year = live_through(script, tmp_path_factory.mktemp("year"))
    yield year, script, hand
    year.stage.close()


@pytest.mark.parametrize(("script", "hand"), YEARS)
def test_the_oracle_agrees_with_the_hand(sqlite_database: Database, script: Script, hand: ModuleType) -> None:
    year = open_year(script, sqlite_database)
    telling = tell(year.story, script.first, script.last)
    year.stage.close()
    _compare(telling.messages, hand)


def test_what_was_worked_out_by_hand_is_said_and_nothing_else(lived: Lived) -> None:
    year, _script, hand = lived
    _compare(_reminders(year), hand)


def test_the_oracle_tells_the_same_year(lived: Lived) -> None:
    year, script, _hand = lived
    found, wanted = Counter(_reminders(year)), Counter(tell(year.story, script.first, script.last).messages)
    assert wanted.total() > 200
    assert [*(wanted - found)] == []
    assert [*(found - wanted)] == []


def test_the_lights_of_the_evenings(lived: Lived) -> None:
    year, _script, hand = lived
    wanted: list[tuple[str, date, str]] = hand.LIGHTS
    assert [(no, day, year.stage.lights[no, day]) for no, day, _ in wanted] == wanted


def test_the_diary_has_words_for_everything(lived: Lived) -> None:
    year, script, _hand = lived
    lines = diary(year.stage.database)
    assert lines[0].startswith(f"{script.first.year}年{script.first.month}月{script.first.day}日")
    assert not [line for line in lines if "_" in line]
    assert len(DONE) > 10


def test_units_act_by_the_links_in_their_mails(lived: Lived) -> None:
    year, _script, _hand = lived
    with year.stage.database.read() as session:
        sources = set(session.exec(select(tables.ProgressReport.source)))
        signed = session.exec(select(tables.Acknowledgement.link_id)).all()
        asked = session.exec(
            select(tables.ChangeRequest.link_id).where(tables.ChangeRequest.kind == "extension")
        ).all()
        answers = session.exec(select(tables.CaseEntry.who).where(tables.CaseEntry.kind == "reply")).all()
    assert sources <= {"link", "import"}
    assert len(signed) > 20
    assert all(signed)
    assert len(asked) == len(answers) == 1
    assert all(asked)
    assert all("填报链接" in who for who in answers)


def test_over_fulfilment_is_kept_as_it_was_told(lived: Lived) -> None:
    year, _script, hand = lived
    no, percent = hand.PERCENT
    with year.stage.database.read() as session:
        (task,) = session.exec(select(tables.SubTask).where(tables.SubTask.no == no)).all()
        (target,) = session.exec(
            select(tables.Indicator).where(tables.Indicator.subtask_id == stored_id(task.id))
        ).all()
        figures = session.exec(
            select(tables.ReportQuantity).where(tables.ReportQuantity.indicator_id == stored_id(target.id))
        ).all()
    last = max(figures, key=lambda one: one.report_id)
    assert last.quantity == target.quantity * percent / 100


def test_a_case_that_climbed_is_closed_in_the_end(lived: Lived) -> None:
    year, _script, hand = lived
    (no,) = {line[0] for line in hand.SAID if line[1] == "case_notice"}
    with year.stage.database.read() as session:
        (case,) = session.exec(select(tables.SupervisionCase)).all()
        task = session.get_one(tables.SubTask, case.subtask_id)
        levels = [one.level for one in session.exec(select(tables.Escalation))]
    assert (task.no, case.serial, case.state) == (no, 1, "closed")
    assert max(levels) == 3


def test_each_month_and_the_year_are_evaluated(lived: Lived) -> None:
    year, script, _hand = lived
    with year.stage.database.read() as session:
        kinds = [(one.kind, one.period) for one in session.exec(select(tables.Bulletin))]
    months = {period for kind, period in kinds if kind == "evaluation"}
    assert {f"{script.first.year}-{month:02}" for month in range(4, 13)} <= months
    assert [period for kind, period in kinds if kind == "year"] == [f"{script.first.year}"]


def _reminders(year: Year) -> list[Expected]:
    return [told(one) for one in sent(year.stage.database) if one.kind == "reminder"]


def _compare(messages: Sequence[Expected], hand: ModuleType) -> None:
    found = [
        (item.subtask, item.rule, message.recipient.split()[1], message.on)
        for message in messages
        for item in message.items
    ]
    for key in dict.fromkeys(line[:3] for line in hand.SAID if line[1] not in hand.NOT_YET):
        wanted = sorted(line for line in hand.SAID if line[:3] == key)
        assert sorted(line for line in found if line[:3] == key) == wanted
    assert not {(no, rule) for no, rule, _, _ in found} & set(hand.NEVER)
    no, first, last = hand.QUIET
    assert [line for line in found if line[0] == no and first <= line[3] <= last] == []
