"""English tables: headings, figures, dates, units, lights; both sides of each edge."""

from __future__ import annotations

from datetime import date

import pytest

from engine.deadlines_en import read_english_deadlines
from intake.decomposition import interpret
from intake.draft_json import to_json
from intake.english import heading_role, headings_in_line, in_english, reference, status_of
from intake.headers import is_header
from intake.periodic import rows_of_equal_count
from intake.quantities import read_indicators
from intake.reading import parse
from intake.table import Cell, Place
from intake.text import read_text
from intake.units import split_roles, split_units
from intake.units_en import is_person, persons_among, persons_in_brackets


@pytest.mark.parametrize(
    ("text", "expected"),
    [("Build homes", True), ("No", True), ("A1", False), ("2025", False), ("建设5G基站", False), ("", False)],
)
def test_english_is_told_by_its_words(text: str, expected: bool) -> None:
    assert in_english(text) is expected


@pytest.mark.parametrize(
    ("heading", "role"),
    [
        ("Ref", "no"),
        ("No.", "no"),
        ("Action", "task"),
        ("What we will do", "task"),
        ("Key actions", "task"),
        ("Target", "goal"),
        ("Success measure(s)", "goal"),
        ("Target date", "deadline"),
        ("Completion Date (month/year)", "deadline"),
        ("By when?", "deadline"),
        ("Timescale[iv]", "deadline"),
        ("Lead", "lead"),
        ("Lead Department", "lead"),
        ("Lead officer", "officer"),
        ("Portfolio Holder", "leader"),
        ("Delivery partners", "cooperating"),
        ("RAG", "status"),
        ("Progress update", "progress"),
        ("Budget", "other"),
        ("Objective", "project"),
        ("Theme", "section"),
        ("Build 250 new homes on council land by March 2025", None),
        ("The report was noted. Members asked for more.", None),
        ("Member/ Executive Director", "lead"),
        ("Lead Officer / Executive Member", "officer"),
        ("Lead Officer/EM", "officer"),
        ("Executive Member", "leader"),
        ("Action taken", "progress"),
        ("Actions taken to date", "progress"),
        ("Action to date", "progress"),
        ("Action required", "task"),
        ("Update", "progress"),
        ("Date", "other"),
        ("Exec Date", "other"),
        ("Meeting date", "other"),
        ("Due date", "deadline"),
        ("Expected date", "deadline"),
        ("Target date for action", "deadline"),
        ("Motion", "motion"),
        ("Motion & Resolutions", "task"),
        ("Resolutions", "task"),
        ("Recommendation", "task"),
        ("Ashford", None),
    ],
)
def test_headings_have_their_roles(heading: str, role: str | None) -> None:
    assert heading_role(heading) == role


@pytest.mark.parametrize(
    ("texts", "expected"),
    [
        (["Ref", "Action", "Lead", "Due"], True),
        (["Action", "Owner"], True),
        (["Action", "Characteristic", "Target date"], True),
        (["Name", "Address", "Telephone"], False),
        (["Action taken by the council in response", "Yes"], False),
        (["Date", "Motion", "Resolutions", "Lead Officer"], True),
        (["Date", "Motion", "Moved by", "Seconded by"], False),
    ],
)
def test_a_row_of_headings_is_told_from_other_rows(texts: list[str], expected: bool) -> None:
    assert is_header(texts) is expected


@pytest.mark.parametrize(
    ("text", "figures"),
    [
        ("Build 250 new homes on council land", ["=250homes"]),
        ("Achieve at least 95% of inspections on time", [">=95%"]),
        ("Reduce emissions by 10%", ["=10%"]),
        ("Increase visits from 40 to 60 sessions", ["=60sessions"]),
        ("Increase recycling from 40% to 45%", ["=45%"]),
        ("Spend £1.2m on flood defences", ["=1200000£"]),
        ("Invest US$3 million", ["=3000000US$"]),
        ("Provide 3 per ward", ["=3per ward"]),
        ("Plant 12,000 trees", ["=12000trees"]),
        ("Plant 200 trees across 5 wards", ["=200trees"]),
        ("No more than 5% of calls lost", ["<=5%"]),
        ("Open two new parks", ["=2parks"]),
        ("8 or more workshops", [">=8workshops"]),
        ("over 500 volunteers", [">500volunteers"]),
        ("Build 2000 homes by 2030", ["=2000homes"]),
        ("Train 40 apprentices and 12 managers", ["=40apprentices", "=12managers"]),
        ("24/7 helpline", []),
        ("Respond to COVID-19", []),
        ("Review Section 106 agreements", []),
        ("Complete Phase 2 works", []),
        ("2030", []),
        ("Improve the A406 and the M25", []),
        ("Adopt the Net Zero 2030 roadmap", []),
        ("Write a 5-year plan", []),
        ("Ward 4 improvements", []),
        ("Publish results of the 2021 census", []),
        ("Answer within 10 days", []),
        ("One of the best places", []),
        ("Support people aged 16-24 years", []),
        ("Finish by 31 March 2025", []),
    ],
)
def test_figures_are_told_from_their_look_alikes(text: str, figures: list[str]) -> None:
    assert [f"{one.comparator}{one.quantity}{one.unit}" for one in read_indicators(text)] == figures


@pytest.mark.parametrize(
    ("text", "on", "others"),
    [
        ("31 March 2025", date(2025, 3, 31), []),
        ("31/03/2025", date(2025, 3, 31), []),
        ("03/04/2025", date(2025, 4, 3), [date(2025, 3, 4)]),
        ("04/04/2025", date(2025, 4, 4), []),
        ("12/31/2025", date(2025, 12, 31), []),
        ("Mar-25", date(2025, 3, 31), []),
        ("March 2025", date(2025, 3, 31), []),
        ("December 31, 2025", date(2025, 12, 31), []),
        ("Q3 2024/25", date(2024, 12, 31), []),
        ("Q4 2024/25", date(2025, 3, 31), []),
        ("Q3 2025", date(2025, 9, 30), []),
        ("2024/25", date(2025, 3, 31), []),
        ("FY25", date(2025, 3, 31), []),
        ("end of 2025", date(2025, 12, 31), []),
        ("by summer 2025", date(2025, 8, 31), [date(2025, 6, 30)]),
        ("before June 2025", date(2025, 5, 31), [date(2025, 6, 30)]),
        ("30 September", date(2024, 9, 30), []),
    ],
)
def test_dates_are_read_with_their_other_readings(text: str, on: date, others: list[date]) -> None:
    (wording,) = read_english_deadlines(text, 2024, bare=True)
    assert (wording.on, list(wording.others)) == (on, others)


@pytest.mark.parametrize("text", ["Ongoing", "TBC", "31/13/2025", "Quarterly", "13/13/13"])
def test_what_is_no_date_is_none(text: str) -> None:
    assert read_english_deadlines(text, 2024, bare=True) == ()


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Publish the March 2024 report by June 2025", [date(2025, 6, 30)]),
        ("Deliver the 2030 vision", []),
        ("Finish by 2026", [date(2026, 12, 31)]),
        ("Hold the May 2025 fair", []),
    ],
)
def test_in_a_sentence_a_date_is_a_deadline_only_after_by(text: str, found: list[date]) -> None:
    assert [one.on for one in read_english_deadlines(text, 2024)] == found


@pytest.mark.parametrize(
    ("fiscal", "on"), [(4, date(2024, 12, 31)), (7, date(2025, 3, 31)), (10, date(2025, 6, 30))]
)
def test_a_financial_year_begins_where_it_is_said_to(fiscal: int, on: date) -> None:
    (wording,) = read_english_deadlines("Q3 2024/25", 2024, bare=True, fiscal=fiscal)
    assert (wording.on, wording.assumed) == (on, True)


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("Housing & Regeneration", ["Housing & Regeneration"]),
        ("Parks Department and Roads Department", ["Parks Department", "Roads Department"]),
        ("Waste and Recycling", ["Waste and Recycling"]),
        ("Housing; Planning", ["Housing", "Planning"]),
        ("Housing, Planning", ["Housing", "Planning"]),
        ("Waste Services / Roads Team", ["Waste Services", "Roads Team"]),
        (
            "Department of Housing, Local Government and Heritage",
            ["Department of Housing, Local Government and Heritage"],
        ),
        ("Head of Housing, Head of Planning", ["Head of Housing", "Head of Planning"]),
        ("Head of Housing (J. Doe)", ["Head of Housing"]),
        ("Local Housing Agency (LHA)", ["Local Housing Agency (LHA)"]),
        ("AB/CDe/FG", ["AB", "CDe", "FG"]),
        ("N/A", []),
        ("TBC", []),
    ],
)
def test_units_are_cut_where_names_end(text: str, names: list[str]) -> None:
    assert split_units(text) == names


def test_labels_and_marks_within_a_cell_tell_lead_and_support() -> None:
    assert split_roles("Lead: Housing; Support: Planning Team") == (["Housing"], ["Planning Team"], [])
    assert split_roles("Housing (lead); Planning Team") == (["Housing"], [], ["Planning Team"])


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("J. Doe", True),
        ("Cllr Doe", True),
        ("Jane Doe", True),
        ("Head of Housing", False),
        ("Housing", False),
        ("LHA", False),
    ],
)
def test_persons_are_told_from_posts(text: str, expected: bool) -> None:
    assert is_person(text) is expected
    assert persons_in_brackets(f"Housing Team ({text})") == ([text] if expected else [])


@pytest.mark.parametrize(
    ("text", "heading", "persons"),
    [
        ("Jane Doe", "Lead officer", ["Jane Doe"]),
        ("Jane Doe", "By whom", ["Jane Doe"]),
        ("Jane Doe", "lead officer executive member", ["Jane Doe"]),
        ("Jane Doe", "Lead", []),  # may be the name of a unit as well
        ("J. Doe", "Lead", ["J. Doe"]),
        ("Cllr Doe", "Lead", ["Cllr Doe"]),
        ("Jane Doe, Head of Housing", "Lead", ["Jane Doe"]),
        ("Public Health", "Lead officer", []),
        ("Waste Services", "Lead officer", []),
        ("Head of Housing", "By whom", []),
    ],
)
def test_a_person_where_a_unit_should_stand_is_told_by_good_evidence(
    text: str, heading: str, persons: list[str]
) -> None:
    assert persons_among(text, heading) == persons


@pytest.mark.parametrize(
    ("line", "roles"),
    [
        ("Ref Action Lead Due Date", ["no", "task", "lead", "deadline"]),
        (
            "Meeting Date Report Number Assigned to Action Status",
            ["other", "other", "lead", "task", "status"],
        ),
        ("Delivery Plan Progress Update", []),
        ("ActionResponsibilityTimelineDeliverable", ["task", "lead", "deadline", "task"]),
        ("ActionLeadDue dateRAG", ["task", "lead", "deadline", "status"]),
        ("YouTubeFaceBookLinkedIn", []),
        ("ActionLead", []),
        ("No Commitments and their deliverables Implementing Agency 2020 2021", ["no", "task", "lead"]),
        ("No action by the responsible agency", []),
        ("Action Plan Status Report", []),
        ("The lead officer reports on each action by the due date", []),
    ],
)
def test_headings_run_together_in_a_line_are_told(line: str, roles: list[str]) -> None:
    assert headings_in_line(line) == roles


@pytest.mark.parametrize(
    ("text", "status"),
    [
        ("Green", "in_progress"),
        ("On track", "in_progress"),
        ("Not on track", "lagging"),
        ("Amber", "lagging"),
        ("RED", "lagging"),
        ("Complete (blue)", "done"),
        ("Partially complete", "in_progress"),
        ("Not started", "not_started"),
        ("Paused", "suspended"),
        ("Target exceeded", "over_fulfilled"),
        ("See the annex", None),
    ],
)
def test_lights_and_words_of_status_have_their_meaning(text: str, status: str | None) -> None:
    assert status_of(text) == status


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("A1", "A1"),
        ("HOU-03", "HOU-03"),
        ("1.2", "1.2"),
        ("Action 1.2", "1.2"),
        ("2b", "2b"),
        ("B 14/25(c)", "B14/25(c)"),
        ("14/25", None),
        ("SR (25/26) 01", "SR(25/26)01"),
        ("SR (25/26)", None),
        ("Housing", None),
        ("30 homes", None),
    ],
)
def test_references_number_rows(text: str, number: str | None) -> None:
    assert reference(text) == number


CSV = """Ref,Action,Lead,Due date,RAG
1,"Open 6 community fridges, one a month",Neighbourhood Services,30/11/24,Green
2,Repair 1500 potholes,Roads Team,31/03/25,Red
"""


def test_a_csv_of_an_english_tracker_is_read() -> None:
    plan = interpret(parse(f"{CSV}".encode(), "tracker.csv").document, year=2024)
    rows = [subtask for project in plan.projects for subtask in project.subtasks]
    assert [(one.title, one.lead_units, one.deadline.date) for one in rows] == [
        ("Open 6 community fridges, one a month", ["Neighbourhood Services"], date(2024, 11, 30)),
        ("Repair 1500 potholes", ["Roads Team"], date(2025, 3, 31)),
    ]
    assert [one.progress[0].status for one in rows] == ["in_progress", "lagging"]


def test_a_kpi_beside_a_bare_target_is_an_indicator() -> None:
    text = "Ref\tAction\tKPI\tTarget\tLead\n1\tBetter homes\tNumber of homes improved\t250\tHousing\n"
    plan = to_json(interpret(read_text(text.encode(), "a.txt"), year=2024), stored=False)
    (indicator,) = plan["projects"][0]["subtasks"][0]["indicators"]
    assert (indicator["quantity"], indicator["unit"]) == ("250", "homes")


@pytest.mark.parametrize(
    ("cells", "rows"),
    [
        (["Action", "Lead", "Due", "Sweep the quay", "Parks Team", "May 2026"], 1),
        (["Action", "Lead", "Due", "", "Sweep the quay", "Parks Team", "May 2026", ""], 1),
        (["Action", "Lead", "Due", "", "Sweep the quay", "Parks Team", "", "", "Mend it", "Roads Team"], 0),
        (["Action", "Lead", "Due", "Parks Team", "May 2026", "Sweep the quay before the boats come back"], 0),
        (["Action", "Lead", "Due"], 0),
        (["Action", "Parks Team", "May 2026"], 0),
    ],
)
def test_rows_of_equal_count_are_told_where_a_whole_row_fits(cells: list[str], rows: int) -> None:
    told = rows_of_equal_count([Cell(text, Place(line=1)) for text in cells])
    assert len(told) == (rows + 1 if rows else 0)
