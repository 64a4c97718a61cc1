"""What was worked out for pages is as new as they think."""

from __future__ import annotations

import threading

from db import runs
from db.session import Database
from tests.workflows.office_2024 import INBOX, Task, at, build
from web.rehearsals import Answer, Question, Rehearsals, state_of
from web.site import Site
from workflows.office import Office

NOW = at("2024-04-02T18:00")


class Held:
    """An office that is handed over only when somebody lets go; ``asked`` once somebody waits for it."""

    def __init__(self) -> None:
        self.asked, self.free = threading.Event(), threading.Event()

    def __call__(self) -> Office:
        self.asked.set()
        assert self.free.wait(60)
        return INBOX


def test_what_was_on_its_way_when_everything_was_forgotten_is_not_kept(sqlite_database: Database) -> None:
    build(sqlite_database, Task("1.1"))
    held = Held()
    known = Rehearsals(Site(sqlite_database, lambda: NOW, office=held))
    question = Question(NOW.date(), NOW.date())
    first = threading.Thread(target=known.ask, args=(question,))
    first.start()
    assert held.asked.wait(60)  # it has read the state of the data
    with sqlite_database.write() as session:
        runs.record(session, "changed", "test", NOW)
    known.forget()
    held.free.set()
    first.join()
    answer = known.ask(question)
    while not isinstance(answer, Answer):
        answer = known.ask(question)
    with sqlite_database.read() as session:
        assert answer.state == state_of(session)
