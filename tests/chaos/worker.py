"""The process that gets killed. It is warm: each turn runs in a fork, with everything loaded and compiled.

Started by the campaign with database, marks, host and port; says ``warm``. Then each line on its input is a
moment, each answer the number of the process that lives through it, then ``done`` once that process is gone.
"""

from __future__ import annotations

import os
import signal
import sys
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import event

from db.session import Database
from notifications.email import EmailChannel, EmailSettings, Security
from tests.channels import RememberingChannel
from tests.chaos.marks import Marks
from tests.chaos.office import FIRST
from tests.story.deeds import moment
from tests.workflows.office_2024 import mail_office
from workflows.compose import compose
from workflows.deliver import deliver
from workflows.office import Office
from workflows.send_digest import send_digest
from workflows.sweep import sweep

WRITES = ("INSERT", "UPDATE", "DELETE")


def main(database_path: str, marks_path: str, host: str, port: str) -> None:
    """Reads moments until the input ends."""
    database = Database(f"sqlite:///{database_path}")
    marks = Marks(Path(marks_path))
    _warm_up(database, Path(database_path), marks)
    _watch(database, marks)
    print("warm", flush=True)
    office = mail_office(EmailChannel(EmailSettings(host, int(port), Security.NONE)))
    for line in sys.stdin:
        database.close()  # no connection is shared with the fork
        child = os.fork()
        if child == 0:
            turn(database, office, marks, datetime.fromisoformat(line.strip()))
            os._exit(0)
        print(child, flush=True)
        os.waitpid(child, 0)
        print("done", flush=True)


def _warm_up(database: Database, path: Path, marks: Marks) -> None:
    """Some days were lived through, and the file is as it was: statements and templates are compiled now."""
    kept = path.read_bytes()
    for day in range(7):
        for clock in ("09:20", "15:20"):
            turn(
                database, mail_office(RememberingChannel()), marks, moment(FIRST + timedelta(days=day), clock)
            )
    database.close()  # the last one out folds the write-ahead log into the file and removes it
    path.write_bytes(kept)


def turn(database: Database, office: Office, marks: Marks, now: datetime) -> None:
    """The four duties in their order, each announced in the marks."""
    marks.begin("sweep")
    sweep(database, now)
    marks.begin("compose")
    compose(database, office, now)
    marks.begin("digest")
    send_digest(database, office, now)
    marks.begin("deliver")
    deliver(database, office, now, pause=lambda step: _pause(marks, step))
    marks.begin("idle")


def _pause(marks: Marks, step: str) -> None:
    if step == "send":
        marks.fly(True)
    _take(marks)
    if step == "done":
        marks.fly(False)


def _watch(database: Database, marks: Marks) -> None:
    """Every write and every commit is a step before which the worker can be made to stand still."""

    def on_execute(_connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
        if statement.lstrip().upper().startswith(WRITES):
            _take(marks)

    event.listen(database.engine, "before_cursor_execute", on_execute)
    event.listen(database.engine, "commit", lambda _connection: _take(marks))


def _take(marks: Marks) -> None:
    if marks.step():
        signal.pause()


if __name__ == "__main__":
    main(*sys.argv[1:])
