"""One mutant through intake: what came of it."""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from db.session import Database
from engine.errors import DubanError, IntakeError
from intake.decomposition import interpret
from intake.draft_json import to_json
from intake.reading import parse, read_document
from intake.table import Document
from tests import databases
from tests.fuzz.originals import Original
from workflows.import_plan import prepare, store
from workflows.undo_import import undo

NOW = datetime(2024, 3, 1, 1, tzinfo=UTC)
# What a trial can end with. ``caught``: a parser broke off, which the reading process turns into DAMAGED_FILE.
READ, EMPTY, REFUSED, CAUGHT, UNCAUGHT = "read", "without items", "refused", "caught", "uncaught"


@dataclass(frozen=True, slots=True)
class Outcome:
    """How one mutant ended; ``detail`` is the code of the refusal or the exception."""

    number: int
    kind: str
    verdict: str
    detail: str = ""


Trial = Callable[[int, Original], Outcome]


def trial(number: int, mutant: Original) -> Outcome:
    """Read and interpret the mutant in this process; a refusal is an answer, any other exception is not.

    Old workbooks are read by native code, which may abort: they are read where the service reads them, in a process
    of their own.
    """
    try:
        document = _in_a_process(mutant) if mutant.kind == "xls" else parse(mutant.data, mutant.name).document
    except IntakeError as refusal:
        return Outcome(number, mutant.kind, REFUSED, refusal.code)
    except Exception as error:  # as the reading process does
        return Outcome(number, mutant.kind, CAUGHT, _named(error))
    try:
        plan = to_json(interpret(document, year=2024), stored=False)
    except Exception as error:
        return Outcome(number, mutant.kind, UNCAUGHT, _named(error))
    return Outcome(number, mutant.kind, READ if plan["counts"]["subtasks"] else EMPTY)


def _in_a_process(mutant: Original) -> Document:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / mutant.name
        path.write_bytes(mutant.data)
        return read_document(path).document


class WholeWay:
    """The same through the reading process into a database, stored and taken back again."""

    def __init__(self, folder: Path) -> None:
        self._database: Database = databases.sqlite_copy(databases.sqlite_template(folder), folder)

    def __call__(self, number: int, mutant: Original) -> Outcome:
        """As ``trial``; what is stored is undone, so that the next mutant finds the database as this one did."""
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / mutant.name
            path.write_bytes(mutant.data)
            try:
                return Outcome(number, mutant.kind, self._imported(path))
            except DubanError as refusal:
                return Outcome(number, mutant.kind, REFUSED, refusal.code)
            except Exception as error:
                return Outcome(number, mutant.kind, UNCAUGHT, _named(error))

    def _imported(self, path: Path) -> str:
        prepared = prepare(self._database, path, 2024)
        if not prepared.is_readable:
            return EMPTY
        stored = store(self._database, prepared, NOW, "督查室", again=True)
        undo(self._database, stored.batch_id, NOW, "督查室")
        return READ


def _named(error: Exception) -> str:
    trace = error.__traceback__
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    place = f"{Path(trace.tb_frame.f_code.co_filename).name}:{trace.tb_lineno}" if trace else ""
    return f"{type(error).__name__} at {place}: {error}"[:200]
