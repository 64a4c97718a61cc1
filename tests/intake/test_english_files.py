"""The same English table says the same as text, csv, workbook and document; lists of a document are read too."""

from __future__ import annotations

import csv
import io
from datetime import datetime
from typing import Any

import docx
import openpyxl
import pytest

from intake.decomposition import interpret
from intake.draft_json import to_json
from intake.reading import parse

TITLE = "Ashford Vale Delivery Plan 2026"
# An empty first cell below a filled one is covered by a merge.
ROWS = [
    ["Theme", "Ref", "Action", "Lead officer", "Partners", "Due date", "RAG", "Update"],
    [
        "Homes",
        "H1",
        "Build 250 new homes",
        "Head of Housing (J. Doe)",
        "Land Trust; Planning Team",
        "31/03/2026",
        "Green",
        "",
    ],
    [
        "",
        "H2",
        "Bring 40 empty homes back into use",
        "Housing Options Team",
        "n/a",
        "30/09/2026",
        "Amber",
        "12 homes let",
    ],
    ["Streets", "S1", "Increase recycling to 45%", "Jane Doe", "", "31/12/2026", "", ""],
]
MERGE = (2, 3)  # rows of the first column


def as_text() -> bytes:
    return (TITLE + "\n\n" + "\n".join("\t".join(row) for row in ROWS) + "\n").encode("cp1252")


def as_csv() -> bytes:
    file = io.StringIO()
    csv.writer(file).writerows([[TITLE], *ROWS])
    return file.getvalue().encode("utf-8-sig")


def as_workbook() -> bytes:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.append([TITLE])
    sheet.merge_cells(start_row=1, end_row=1, start_column=1, end_column=len(ROWS[0]))
    for row in ROWS:
        sheet.append([datetime.strptime(text, "%d/%m/%Y") if text.count("/") == 2 else text for text in row])  # noqa: DTZ007
    for cell in sheet["F"]:
        cell.number_format = "dd/mm/yyyy"
    sheet.merge_cells(start_row=MERGE[0] + 1, end_row=MERGE[1] + 1, start_column=1, end_column=1)
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


def as_document() -> bytes:
    document = docx.Document()
    document.add_heading(TITLE)
    table = document.add_table(len(ROWS), len(ROWS[0]))
    for i, row in enumerate(ROWS):
        for j, text in enumerate(row):
            table.cell(i, j).text = text
    table.cell(MERGE[0] - 1, 0).merge(table.cell(MERGE[1] - 1, 0))
    file = io.BytesIO()
    document.save(file)
    return file.getvalue()


FILES = {"a.txt": as_text, "a.csv": as_csv, "a.xlsx": as_workbook, "a.docx": as_document}


def read(name: str, data: bytes) -> dict[str, Any]:
    return to_json(interpret(parse(data, name).document), stored=False)


@pytest.mark.parametrize("name", FILES)
def test_an_english_table_says_the_same_in_every_file(name: str) -> None:
    plan = read(name, FILES[name]())
    rows = [subtask for project in plan["projects"] for subtask in project["subtasks"]]
    assert plan["document"]["year"] == 2026
    assert [
        (
            one["title"],
            one["lead_units"],
            one["cooperating_units"],
            one["responsible"],
            one["deadline"]["date"],
        )
        for one in rows
    ] == [
        (
            "Build 250 new homes",
            ["Head of Housing"],
            ["Land Trust", "Planning Team"],
            ["J. Doe"],
            "2026-03-31",
        ),
        ("Bring 40 empty homes back into use", ["Housing Options Team"], [], [], "2026-09-30"),
        ("Increase recycling to 45%", ["Jane Doe"], [], ["Jane Doe"], "2026-12-31"),
    ]
    assert [[(i["quantity"], i["unit"]) for i in one["indicators"]] for one in rows] == [
        [("250", "homes")],
        [("40", "homes")],
        [("45", "%")],
    ]
    assert [[one["status"] for one in row["progress"]] for row in rows] == [["in_progress"], ["lagging"], []]
    assert {(one["code"], one["quote"]) for one in plan["findings"]} >= {("PERSON_LEADS", "Jane Doe")}


@pytest.mark.parametrize("style", ["List Number", "List Bullet"])
def test_a_list_of_commitments_in_a_document_is_read(style: str) -> None:
    document = docx.Document()
    document.add_heading(TITLE)
    document.add_paragraph("This year:")
    for text in ("Build 250 homes", "Plant 1,200 trees", "Publish a map of cycle routes"):
        document.add_paragraph(text, style=style)
    file = io.BytesIO()
    document.save(file)
    plan = read("a.docx", file.getvalue())
    assert [one["title"] for one in plan["projects"]] == [
        "Build 250 homes",
        "Plant 1,200 trees",
        "Publish a map of cycle routes",
    ]
