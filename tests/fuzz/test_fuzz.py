"""A short campaign in every run, and proof that the campaign sees what it is there to see."""

from __future__ import annotations

import os
import signal
import time

import pytest

from intake.decomposition import interpret
from intake.table import Document, Table
from intake.text import read_text
from tests.fuzz.__main__ import report
from tests.fuzz.campaign import DIED, HANG, SWOLLEN, Campaign
from tests.fuzz.mutants import mutant
from tests.fuzz.originals import Original, originals
from tests.fuzz.trial import CAUGHT, EMPTY, READ, REFUSED, UNCAUGHT, Outcome, trial

PLAIN = Original("text", "plain.txt", "通知".encode())


def plain(number: int) -> Original:
    return PLAIN


def test_mutants_of_every_format_are_read_or_refused_in_time_and_within_memory() -> None:
    campaign = Campaign(first=0, count=150)
    outcomes = list(campaign.run())
    assert {one.verdict for one in outcomes} <= {READ, EMPTY, REFUSED, CAUGHT}, outcomes
    assert sorted(one.number for one in outcomes) == list(range(150))
    assert {one.kind for one in outcomes} == {"text", "csv", "xlsx", "docx", "html", "xls", "pdf"}
    assert campaign.peak > 0


def test_originals_without_change_are_read() -> None:
    read = [trial(0, one).verdict for one in originals() if one.kind == "xlsx"]
    assert set(read) <= {READ, EMPTY}
    assert READ in read


def test_a_mutant_can_be_made_again_from_its_number_and_differs_from_others() -> None:
    known = originals()
    assert mutant(7, known) == mutant(7, known)
    assert len({mutant(number, known).data for number in range(50)}) > 45


def hangs(number: int, given: Original) -> Outcome:
    while number == 3:
        time.sleep(0.01)
    return Outcome(number, given.kind, READ)


def dies(number: int, given: Original) -> Outcome:
    if number == 3:
        os.kill(os.getpid(), signal.SIGKILL)
    return Outcome(number, given.kind, READ)


def swells(number: int, given: Original) -> Outcome:
    ballast = b"x" * (600 * 1024 * 1024 if number == 3 else 1)
    return Outcome(number, given.kind, READ, detail=str(len(ballast)))


@pytest.mark.parametrize(
    ("judge", "verdict", "seconds"),
    [(hangs, HANG, 1.0), (dies, DIED, 60.0), (swells, SWOLLEN, 60.0)],
    ids=["hang", "death", "memory"],
)
def test_a_worker_that_fails_is_seen_with_its_mutant_and_the_campaign_goes_on(
    judge: object, verdict: str, seconds: float
) -> None:
    assert callable(judge)
    outcomes = list(Campaign(first=1, count=8, seconds=seconds).run(plain, judge))
    assert [(one.number, one.verdict) for one in outcomes if one.verdict != READ] == [(3, verdict)]
    assert sorted(one.number for one in outcomes) == list(range(1, 9))


@pytest.mark.parametrize(
    ("verdict", "code"),
    [(READ, 0), (EMPTY, 0), (REFUSED, 0), (CAUGHT, 0), (UNCAUGHT, 1), (HANG, 1), (SWOLLEN, 1), (DIED, 1)],
)
def test_the_command_fails_for_every_fault_and_names_its_mutant(
    verdict: str, code: int, capsys: pytest.CaptureFixture[str]
) -> None:
    outcomes = [Outcome(1, "text", READ), Outcome(2, "text", verdict, "ValueError")]
    assert report(Campaign(first=1, count=2), outcomes, seconds=1.0) == code
    assert ("mutant 2: " in capsys.readouterr().out) == bool(code)


@pytest.mark.parametrize(
    "table",
    [Table(()), Table(((), ())), Table(((),), lost=())],
    ids=["no rows", "empty rows", "one empty row"],
)
def test_a_table_of_nothing_gives_no_items(table: Table) -> None:
    assert interpret(Document("empty.docx", (table,)), year=2024).projects == []


@pytest.mark.parametrize(("digits", "indicators"), [(12, ["9" * 12]), (13, []), (40, [])])
def test_a_number_longer_than_any_amount_is_no_promise(digits: int, indicators: list[str]) -> None:
    text = "序号\t工作任务\t牵头单位\n" + f"1\t新建泊位{'9' * digits}个\t区住建局\n"
    plan = interpret(read_text(text.encode(), "a.txt"), year=2024)
    found = [str(one.quantity) for sub in plan.projects[0].subtasks for one in sub.indicators]
    assert found == indicators
