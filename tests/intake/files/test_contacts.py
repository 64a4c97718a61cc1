"""Units and contacts from a workbook, with findings by cell."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from intake.contacts import (
    ContactRow,
    ContactsDraft,
    UnitRow,
    is_email,
    read_contacts,
    write_contacts,
    write_contacts_template,
)
from intake.reading import parse

UNITS = [
    ["区住建局", "住建局", "区住房城乡建设局、区房管局", "部门", ""],
    ["上河街道", "", "", "街镇", ""],
    ["下河街道", "", "", "街镇", ""],
    ["各街道", "", "各街镇", "集合单位", "上河街道、下河街道"],
]
CONTACTS = [
    ["区住建局", "联络员", "", "liaison@example.com", ""],
    ["区房管局", "负责人", "局长", "head@example.com", "英文"],
]


def read(units: list[list[str]], contacts: list[list[str]]) -> ContactsDraft:
    book = openpyxl.load_workbook(io.BytesIO(write_contacts_template()))
    for name, rows in (("单位", units), ("联系人", contacts)):
        for number, values in enumerate(rows, 2):
            for index, value in enumerate(values, 1):
                book[name].cell(number, index).value = value or None
    file = io.BytesIO()
    book.save(file)
    return read_contacts(parse(file.getvalue(), "contacts.xlsx").document)


def codes(draft: ContactsDraft) -> list[tuple[str, str, str]]:
    return [(finding.code, str(finding.where), finding.quote) for finding in draft.findings]


def test_units_and_contacts_are_read() -> None:
    draft = read(UNITS, CONTACTS)
    assert draft.findings == ()
    assert [(u.name, u.kind, u.aliases, u.members) for u in draft.units] == [
        ("区住建局", "department", ("区住房城乡建设局", "区房管局"), ()),
        ("上河街道", "street", (), ()),
        ("下河街道", "street", (), ()),
        ("各街道", "collective", ("各街镇",), ("上河街道", "下河街道")),
    ]
    assert [(c.unit, c.post, c.title, c.email, c.locale) for c in draft.contacts] == [
        ("区住建局", "liaison", "联络员", "liaison@example.com", "zh-CN"),
        ("区住建局", "head", "局长", "head@example.com", "en"),
    ]
    assert str(draft.contacts[1].where) == "联系人!A3"


def test_kinds_posts_and_languages_may_be_written_in_english() -> None:
    kinds = ("department", "street", "enterprise", "collective")
    units = [[f"Unit {kind}", "", "", kind, "Unit street" * (kind == "collective")] for kind in kinds]
    posts = ("liaison", "head", "leader", "coordinator")
    draft = read(units, [["Unit street", post, "Title", f"{post}@example.com", "en"] for post in posts])
    assert draft.findings == ()
    assert tuple(unit.kind for unit in draft.units) == kinds
    assert [(one.post, one.locale) for one in draft.contacts] == [(post, "en") for post in posts]


@pytest.mark.parametrize(
    ("unit", "code", "cell", "quote"),
    [
        (["区住建局"], "DUPLICATE_UNIT", "A6", "区住建局"),
        (["区城管局", "住建局"], "DUPLICATE_UNIT", "A6", "住建局"),
        (["区城管局", "", "区房管局"], "DUPLICATE_UNIT", "A6", "区房管局"),
        (["", "城管局"], "MISSING_NAME", "B6", ""),
        (["区城管局", "", "", "机关"], "UNREADABLE_CELL", "D6", "机关"),
        (["各企业", "", "", "集合单位", ""], "MISSING_MEMBERS", "A6", "各企业"),
        (["各企业", "", "", "集合单位", "某公司"], "UNKNOWN_UNIT", "A6", "某公司"),
        (["区城管局", "", "", "部门", "上河街道"], "UNEXPECTED_MEMBERS", "A6", "区城管局"),
    ],
)
def test_a_bad_unit_is_found_and_the_others_stay(unit: list[str], code: str, cell: str, quote: str) -> None:
    draft = read([*UNITS, unit], CONTACTS)
    assert codes(draft) == [(code, f"单位!{cell}", quote)]
    assert [u.name for u in draft.units][:4] == ["区住建局", "上河街道", "下河街道", "各街道"]
    assert len(draft.contacts) == 2


@pytest.mark.parametrize(
    ("contact", "code", "cell", "quote"),
    [
        (["区城管局", "联络员", "", "a@example.com"], "UNKNOWN_UNIT", "A4", "区城管局"),
        (["", "联络员", "", "a@example.com"], "UNKNOWN_UNIT", "", ""),
        (["上河街道", "主任", "", "a@example.com"], "UNREADABLE_CELL", "B4", "主任"),
        (["上河街道", "", "", "a@example.com"], "UNREADABLE_CELL", "", ""),
        (["上河街道", "联络员", "", "a@example"], "BAD_EMAIL", "D4", "a@example"),
        (["上河街道", "联络员", "", ""], "BAD_EMAIL", "", ""),
        (
            ["上河街道", "联络员", "", "a@example.com、b@example.com"],
            "BAD_EMAIL",
            "D4",
            "a@example.com、b@example.com",
        ),
        (["区住建局", "联络员", "", "b@example.com"], "DUPLICATE_CONTACT", "A4", "区住建局"),
        (["区房管局", "联络员", "", "b@example.com"], "DUPLICATE_CONTACT", "A4", "区住建局"),
    ],
)
def test_a_bad_contact_is_found_and_the_others_stay(
    contact: list[str], code: str, cell: str, quote: str
) -> None:
    draft = read(UNITS, [*CONTACTS, contact])
    (finding,) = draft.findings
    assert (finding.severity, finding.code, finding.quote) == ("error", code, quote)
    assert not cell or str(finding.where) == f"联系人!{cell}"
    assert finding.where.sheet == "联系人"
    assert [c.email for c in draft.contacts] == ["liaison@example.com", "head@example.com"]


def test_coordinators_may_be_several() -> None:
    rows = [["区住建局", "督查员", "", f"{name}@example.com"] for name in ("a", "b", "A")]
    draft = read(UNITS, rows)
    assert [c.email for c in draft.contacts] == ["a@example.com", "b@example.com"]
    assert codes(draft) == [("DUPLICATE_CONTACT", "联系人!A4", "区住建局")]


def test_a_missing_sheet_or_column_is_named(tmp_path: Path) -> None:
    book: Any = openpyxl.Workbook()
    book.worksheets[0].title = "单位"
    book["单位"].append(["单位名称", "备注", "别名"])
    book["单位"].append(["区住建局"])
    book.save(tmp_path / "联系人.xlsx")
    draft = read_contacts(tmp_path / "联系人.xlsx")
    assert [unit.name for unit in draft.units] == ["区住建局"]
    assert [(f.code, f.quote) for f in draft.findings] == [
        ("MISSING_COLUMN", header) for header in ("单位", "岗位", "电子邮箱")
    ]


def test_what_is_written_is_read_back() -> None:
    units = (
        UnitRow("区住建局", "住建局", ("区房管局",)),
        UnitRow("各局", "", (), "collective", ("区住建局",)),
    )
    contacts = (ContactRow("区住建局", "leader", "分管副区长", "leader@example.org", "en"),)
    data = write_contacts(ContactsDraft(units, contacts))
    back = read_contacts(parse(data, "contacts.xlsx").document)
    assert back.findings == ()
    assert [(u.name, u.short_name, u.aliases, u.kind, u.members) for u in back.units] == [
        (u.name, u.short_name, u.aliases, u.kind, u.members) for u in units
    ]
    assert [(c.unit, c.post, c.title, c.email, c.locale) for c in back.contacts] == [
        (c.unit, c.post, c.title, c.email, c.locale) for c in contacts
    ]
    assert data == write_contacts(ContactsDraft(units, contacts))


def test_the_empty_template_reads_as_nothing() -> None:
    assert read_contacts(parse(write_contacts_template(), "contacts.xlsx").document) == ContactsDraft()


@pytest.mark.parametrize(
    ("address", "valid"),
    [
        ("a@example.com", True),
        ("a.b-c+d@sub.example.org", True),
        ("a" * 64 + "@example.com", True),
        ("a" * 65 + "@example.com", False),
        ("a@example", False),
        ("a@@example.com", False),
        ("a b@example.com", False),
        ("@example.com", False),
        ("a@-example.com", False),
        ("a..b@example.com", False),
        ("a@example.com\nBcc: b@example.com", False),
        ("联络员@example.com", False),
        ("", False),
    ],
)
def test_an_email_address_is_one_plain_address(address: str, valid: bool) -> None:
    assert is_email(address) == valid
