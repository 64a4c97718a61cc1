"""What is done at the pages of an office that is all in English, so that they say something about it:
changes that are looked at before anything is stored, and what is refused.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace


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
