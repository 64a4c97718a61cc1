"""What is to be done: by the desk, each thing once with the way to it; by the units, who owes what since when."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from db import tables
from engine.waits import Wait
from web.found import found
from web.typed import whole
from web.view import View
from web.waits import what
from workflows.settle_coordination import NEEDS_COORDINATION, subtask_of
from workflows.waiting import Waiting

LISTS = {
    Wait.REVIEW: "/reviews",
    Wait.COORDINATION: "/reviews/coordination",
    Wait.CHANGE: "/changes",
    Wait.BULLETIN: "/bulletins",
}
SHOWN_AS_WAITS = frozenset({NEEDS_COORDINATION, "DIGEST_HELD"})
# where a finding is settled, by its code, unless its subject is a sub-task or a message, which has a page of its own
SETTLED_AT = {
    "NO_CONTACT": "/units",
    "WRONG_PERSON": "/units",
    "CHANNEL_FALLBACK": "/units",
    "CHANNEL_ILL": "/settings/channels",
    "CHANNEL_NOT_SET_UP": "/settings/channels",
    "MESSAGE_GIVEN_UP": "/messages?state=unsettled",
    "RECEIPT_REFUSED": "/messages",
    "UNKNOWN_REPLY": "/messages/incoming",
    "TEMPLATE_FAILED": "/settings/templates",
    "CALENDAR_YEAR": "/settings/years",
    "SENDING_HELD": "/service/release",
    "DUTY_FAILED": "/service",
}


@dataclass(frozen=True, slots=True)
class Item:
    """One thing for the desk: how many, in words, the longest wait in working days, and the way to it."""

    words: str
    path: str
    action: str
    count: int = 1
    days: int | None = None
    detail: str = ""
    is_stored: bool = False  # what is told is in the office's language, not in the reader's


@dataclass(frozen=True, slots=True)
class Debt:
    """What a unit owes: each thing in words with its sub-task, the longest wait first."""

    unit: str
    days: int
    lines: tuple[Waiting, ...]

    @property
    def count(self) -> int:
        """How many things."""
        return sum(line.count for line in self.lines)


def for_the_desk(waiting: Sequence[Waiting], findings: Iterable[tables.Finding], view: View) -> list[Item]:
    """Findings first, then what others wait for, the longest first."""
    kinds = list(dict.fromkeys(one.what for one in waiting if one.is_ours))
    found = [_finding(one, view) for one in findings if one.code not in SHOWN_AS_WAITS]
    return found + [_waits([one for one in waiting if one.what is kind], view) for kind in kinds]


def by_units(waiting: Sequence[Waiting]) -> list[Debt]:
    """Who owes something, the longest wait first."""
    owed: dict[str, list[Waiting]] = {}
    for one in waiting:
        if not one.is_ours:
            owed.setdefault(one.by, []).append(one)
    return [Debt(unit, max(one.days for one in lines), tuple(lines)) for unit, lines in owed.items()]


def _waits(waits: Sequence[Waiting], view: View) -> Item:
    """All that is waited for of one kind; of a kind without a list of its own the longest wait."""
    first, count = waits[0], sum(one.count for one in waits)
    path = LISTS.get(first.what, "")
    if not (path and view.opens(path)):
        path = f"/subtasks/{first.subtask_id}" if first.subtask_id else ""
    return Item(
        view.t(f"to_do.{first.what}", n=count),
        path,
        view.t(f"to_do.act.{first.what}"),
        count,
        first.days,
        "" if first.what in LISTS or not first.no else f"{first.no} {first.title} {what(first, view.locale)}",
    )


def _finding(one: tables.Finding, view: View) -> Item:
    told = found(one, view)
    path = _settled_at(one, view)
    action = view.t("to_do.open" if path.startswith(("/subtasks", "/messages")) else "to_do.settle")
    if told.title:
        return Item(told.title, path, action, detail=told.text, is_stored=True)
    return Item(told.text, path, action, is_stored=told.is_stored)


def _settled_at(one: tables.Finding, view: View) -> str:
    """The page of what the finding is about; without one the page of its kind, if this person may open it."""
    if key := subtask_of(one.subject):
        return f"/subtasks/{key}"
    kind, _, rest = one.subject.partition(":")
    if kind == "message" and whole(rest):
        return f"/messages/{rest}"
    path = SETTLED_AT.get(one.code, "")
    return path if path and view.opens(path.partition("?")[0]) else ""
