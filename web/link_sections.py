"""The parts of a unit's page below the tasks of the period; whoever adds a page by link adds its entries here."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from sqlmodel import Session

from db import cases
from notifications.words import say as said
from web.view import View
from workflows.change_by_link import can_ask, own_requests
from workflows.links import Holder
from workflows.unit_workbook import has_tasks


@dataclass(frozen=True, slots=True)
class Entry:
    """One line that leads somewhere: ``state`` and ``tone`` are shown as a chip (red yellow green blue grey)."""

    path: str
    title: str
    note: str = ""
    state: str = ""
    tone: str = "grey"


@dataclass(frozen=True, slots=True)
class Section:
    """A heading with its entries; a section without entries is not shown."""

    heading: str
    entries: tuple[Entry, ...]


SectionOf = Callable[[Session, Holder, View], Section]
"""What a part of the unit's page is made by: from the open link and the reader's view."""


def cases_to_answer(session: Session, holder: Holder, view: View) -> Section:
    """The unit's standing cases: those that wait for its reply, and those whose reply is being judged."""
    rows = cases.listed(session, unit_id=holder.unit_id, state="standing")
    return Section(
        view.t("case.section"),
        tuple(
            Entry(
                holder.path("cases", row.id),
                f"{cases.number_of(row)} {row.cause['title']}",
                view.t("case.due_note", date=view.day(row.reply_due_on)) if row.state == "open" else "",
                said(view.locale, f"case.state.{row.state}"),
                "red" if row.state == "open" and row.reply_due_on < view.today else row.colour,
            )
            for row in rows
        ),
    )


def change_requests(session: Session, holder: Holder, view: View) -> Section:
    """The way to ask for a change, with how many requests wait; for units that lead something."""
    rows = own_requests(session, holder.unit_id)
    if not rows and not can_ask(session, holder.unit_id):
        return Section("", ())
    waiting = sum(row.state == "requested" for row in rows)
    state = view.t("changes.entry.open", n=waiting) if waiting else ""
    entry = Entry(holder.path("changes"), view.t("changes.entry"), state=state, tone="yellow")
    return Section(view.t("changes.title"), (entry,))


def workbook(session: Session, holder: Holder, view: View) -> Section:
    """The way to report everything at once in a workbook; for units that have something to report."""
    if not has_tasks(session, holder.unit_id):
        return Section("", ())
    entry = Entry(holder.path("workbook"), view.t("workbook.entry"), view.t("workbook.entry.note"))
    return Section(view.t("workbook.title"), (entry,))


def wrong_person(_session: Session, holder: Holder, view: View) -> Section:
    """The way to say that messages reach the wrong person."""
    entry = Entry(holder.path("wrong-person"), view.t("wrong.entry"), view.t("wrong.entry.note"))
    return Section(view.t("wrong.title"), (entry,))


SECTIONS: tuple[SectionOf, ...] = (cases_to_answer, change_requests, workbook, wrong_person)
"""In the order of the page: cases to answer, change requests, workbook, and the wrong person at the end."""
