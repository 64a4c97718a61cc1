"""What is done at the pages of an office that is all in English, so that they say something about it:
changes that are looked at before anything is stored, and what is refused.
"""

from __future__ import annotations

import io
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal
from pathlib import Path

from openpyxl import load_workbook

from db.session import Database
from intake.contacts import CONTACTS as CONTACTS_SHEET
from intake.contacts import UNITS, ContactRow, ContactsDraft, UnitRow, write_contacts
from intake.workbook import write_workbook
from tests.web.lived_office import EVENING
from workflows.export_plan import export
from workflows.import_drafts import CONTACTS, PLAN, Answers, answer, find_draft, hand_in


@dataclass(frozen=True)
class Deed:
    """A form as it is sent: to which page, with what typed."""

    name: str
    path: str
    typed: dict[str, str] = field(default_factory=dict)
    says: str = ""
    is_refused: bool = False


def change(kind: str, subtask: int, says: str, **typed: str) -> Deed:
    """A change that a coordinator looks at before asking for it."""
    fields = {"do": "preview", "kind": kind, "reason": "Late supply", "document": "Doc 8 (2024)"}
    name = "-".join([kind, str(subtask), *typed.values()])
    return Deed(name, f"/changes/new?subtask={subtask}", fields | typed, says)


def refused(deed: Deed) -> Deed:
    """The same where it cannot be taken."""
    return replace(deed, is_refused=True)


def row(number: int, day: str, was: str = "", **typed: str) -> dict[str, str]:
    """A milestone of a sub-task's own page."""
    return {f"day-{number}": day, f"was-{number}": was} | {
        f"{name}-{number}" if "_" not in name else name.replace("_", f"-{number}-"): value
        for name, value in typed.items()
    }


MOVED = row(0, "2024-12-10", "2024-05-31", figure_2="90", weight="2") | row(1, "2024-12-20", figure_2="40")
GONE = row(0, "2024-05-31", "2024-05-31", gone="1") | row(1, "2024-10-31", "2024-09-30", text="Closing")
FRAME = {
    "plan": "1",
    "revision": "1",
    "title": "Commitments of 2024, amended",
    "number": "Doc 2 (2024)",
    "issuer": "Office",
    "issued_on": "2024-03-05",
    "year": "2024",
    "execute_until": "2024-10-31",
    "gap_fill_until": "",
}
SELECTED = {"row-2": "1", "row-3": "1"}
# Sub-tasks and indicators are numbered as in the office: 1.1 has 1, 1.2 has 2, 2.1 has 3, 2.2 has 4.
DEEDS = (
    change("extension", 1, "is after the plan's end, 2024-12-31", deadline="2025-02-28"),
    refused(change("extension", 2, "does not fit", deadline="2024-05-01")),
    refused(change("extension", 2, "no date", deadline="some day")),
    change("adjustment", 1, "200 units → 50 units", i1="50"),
    change("adjustment", 1, "add up to 200 units, the new target is 60 units", i1="60"),
    change("adjustment", 2, "of 2024-05-31 asks for 30 units", i2="20"),
    refused(change("adjustment", 2, "no figure", i2="many")),
    change("suspension", 3, "Suspended from 2024-05-06"),
    change("termination", 3, "Ended from 2024-05-06"),
    change("resumption", 5, "Resumed from 2024-05-06", deadline="2024-12-20"),
    refused(change("resumption", 1, "does not fit")),
    Deed("moved", "/milestones/2", MOVED, "30 units (weight 1) → pieces 90 units (weight 2)"),
    Deed("removed", "/milestones/2", GONE, "2024-05-31: pieces 30 units → (removed)"),
    refused(Deed("outside", "/milestones/2", row(0, "2030-01-01", text="Later"), "need correction")),
    Deed("pasted", "/milestones", {"do": "table", "table": "9.9\tX\n1.2\t\t\t\t\tmany\n"}, "left out: 9.9 X"),
    refused(Deed("grid", "/milestones", {"c-1-1-24299": "10", "c-2-2-24296": "many"}, "Not a number")),
    Deed(
        "shifted", "/milestones", SELECTED | {"do": "shift", "by": "400", "by_unit": "days"}, "left as it was"
    ),
    Deed("filled", "/milestones", SELECTED | {"do": "fill", "kind": "construction"}, "Structure complete"),
    Deed("plan", "/settings/plan/preview", FRAME, "30 Nov 2024 (Sat) → 31 Oct 2024 (Thu)"),
    refused(Deed("year", "/settings/plan/preview", FRAME | {"issued_on": "soon"}, "The dates do not fit")),
)


AMENDED = """Commitments of 2024, second edition
Ref\tAction\tTarget\tLead\tDue
1.1\tTask 1.1\t250 units\tBureau 2\t31 October 2024
1.2\tTask 1.2\tat least 80 units\tBureau 1; Bureau 3\tby the end of the year
9.1\tPlant 30,000 trees\t30,000 trees\t\t30 June 2024
9.1\tPlant 30,000 trees\t30,000 trees\t\t30 June 2024
"""
REPORTED = """Progress on the Commitments of 2024 as at the end of April 2024
Ref\tAction\tLead\tProgress\tStatus
1.1\tTask 1.1\tBureau 1\t10 units delivered\tOn track
7.7\tPaint the town\tBureau 3\tAll of it is finished, but work has stopped\tDelayed
"""


# What their pages say, among much else.
DOCUMENTS = {
    "own": (
        "Plan / everything done by 2024-11-30 2024-10-31",
        "1.1 Task 1.1 / indicator pieces / comparison equal to at least",
        "1.1 Task 1.1 / indicator pieces / share of Bureau 2 80 130",
        "1.2 Task 1.2 / progress 2024-03 pieces 2 units (removed)",
    ),
    "amended": (
        "1.1 Task 1.1 / deadline (as written) (nothing) by the end of the year",
        "Indicators at least 80 units",
        "Lead Bureau 1, Bureau 3",
    ),
    "reported": (
        "/ progress 2024-04 / done so far pieces 60 units pieces 10 units",
        "“pieces” of “1.1 Task 1.1” was 26 units in 2024-03",
    ),
    "contacts": (
        "“Bureau 1” is a name of 单位!A2 already",
        "The member “Bureau 77” is not in the sheet of units.",
        "There is no such choice; it was read as “department”.",
        "Bureau 1 has a liaison already, at 联系人!A2.",
        "There is no such post. Possible: liaison, head, leader, coordinator.",
        "“sms:” cannot be read.",
        "That is no mail address.",
    ),
}


def documents(database: Database, files: Path) -> dict[str, str]:
    """The pages of documents that change what is stored, by a name of each."""
    held = {
        "own": ("own.xlsx", _edited(database), None),
        "amended": ("amended.txt", AMENDED.encode(), 1),
        "reported": ("reported.txt", REPORTED.encode(), 1),
    }
    found = {}
    for name, (file_name, content, into) in held.items():
        number = hand_in(database, files, PLAN, file_name, content, EVENING, "test")
        if into is not None:
            with database.read() as session:
                revision = find_draft(session, number).revision
            answer(database, number, revision, Answers(into=into), EVENING)
        found[name] = f"/imports/drafts/{number}"
    number = hand_in(database, files, CONTACTS, "contacts.xlsx", _spoilt(), EVENING, "test")
    return found | {"contacts": f"/imports/contacts/{number}"}


def _spoilt() -> bytes:
    """A contacts workbook that nothing is stored of: something is wrong in every row."""
    units = (UnitRow("Bureau 1"), UnitRow("Bureau 2", members=("Bureau 77",), kind="collective"))
    rows = (
        ContactRow("Bureau 1", "liaison", "Liaison", "new@example.org"),
        ContactRow("Bureau 1", "head", "Head", "head@example.org"),
        ContactRow("Bureau 2", "liaison", "Liaison", "two@example.org"),
        ContactRow("Bureau 2", "head", "Head", "three@example.org"),
    )
    book = load_workbook(io.BytesIO(write_contacts(ContactsDraft(units, rows))))
    book[UNITS]["A4"], book[UNITS]["D4"] = "Bureau 1", "club"
    people = book[CONTACTS_SHEET]
    people["B3"], people["D2"] = "liaison", "new@example.org"
    people["A4"], people["D5"], people["F5"] = "Bureau 55", "nowhere", "sms:"
    people["A6"], people["B6"], people["D6"] = "Bureau 1", "porter", "four@example.org"
    people["A7"], people["B7"], people["D7"] = "Bureau 1", "leader", "not an address"
    kept = io.BytesIO()
    book.save(kept)
    return kept.getvalue()


def _edited(database: Database) -> bytes:
    """The plan's own workbook, changed by hand in every kind of field."""
    plan = export(database, 1)
    plan.document.title, plan.document.kind = "Commitments, again", "matrix"
    plan.phases[0].ends_on = date(2024, 10, 31)
    first, second, third = plan.projects[0].subtasks[:3]
    first.lead_units, first.cooperating_units, first.level = ["Bureau 5"], ["Bureau 4"], ["town"]
    first.deadline.text, first.deadline.date = "by autumn", date(2024, 9, 30)
    first.indicators[0].comparator, first.indicators[0].kind = ">=", "level"
    first.indicators[0].quotas = {"Bureau 1": Decimal(70), "Bureau 2": Decimal(130)}
    second.milestones[0].text, second.progress = "Halfway", []
    del third.milestones[0]
    plan.projects[0].subtasks.pop()
    return write_workbook(plan)
