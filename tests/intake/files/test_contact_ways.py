"""The columns 渠道 and 群机器人 of the contacts workbook."""

from __future__ import annotations

import io

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from intake.contact_ways import BUILT_IN, WayRow, join_ways, read_ways
from intake.contacts import ContactRow, ContactsDraft, UnitRow, read_contacts, write_contacts
from intake.reading import parse

MAIL = "one@example.org"
APP, GROUP, BY_MAIL = WayRow("企业微信", "zhangsan"), WayRow("民政局群"), WayRow("email")


@pytest.mark.parametrize(
    ("cell", "ways"),
    [
        ("", ()),
        ("--", ()),
        ("企业微信:zhangsan", (APP,)),
        ("企业微信：zhangsan；邮箱", (APP, BY_MAIL)),
        ("邮箱、企业微信 : zhangsan\n民政局群", (BY_MAIL, APP, GROUP)),
        ("民政局群，E-mail；", (GROUP, BY_MAIL)),
        ("电子邮件、收件箱", (BY_MAIL, WayRow("inbox"))),
        ("钉钉:a:b", (WayRow("钉钉", "a:b"),)),  # an id may hold a colon
    ],
)
def test_channels_are_read_in_the_order_in_which_they_stand(cell: str, ways: tuple[WayRow, ...]) -> None:
    assert read_ways(cell) == ways


@pytest.mark.parametrize(
    "cell", ["企业微信:", ":zhangsan", "邮箱:a@example.org", "企业微信:a、企业微信:b", "邮箱、email"]
)
def test_what_cannot_be_meant_is_refused_with_a_sentence(cell: str) -> None:
    with pytest.raises(ValueError, match="请"):
        read_ways(cell)


PLAIN = st.text(
    st.characters(exclude_categories=("C", "Z"), exclude_characters="\n、；;，,:：/-—–－"),
    min_size=1,
    max_size=8,
)
NAMES = PLAIN.filter(lambda name: name.casefold() not in BUILT_IN and name not in ("无", "没有"))
WAYS = st.lists(
    st.builds(WayRow, NAMES, st.one_of(st.just(""), PLAIN)) | st.sampled_from([BY_MAIL, WayRow("inbox")]),
    unique_by=lambda way: way.channel,
    max_size=4,
)


@given(WAYS)
def test_any_order_of_channels_is_read_back_as_it_was_written(ways: list[WayRow]) -> None:
    assert read_ways(join_ways(ways)) == tuple(ways)


def back(contact: ContactRow, *dropped: str, unit: UnitRow | None = None) -> ContactsDraft:
    """The workbook with that contact, read again without the columns of those headers."""
    draft = ContactsDraft((unit or UnitRow("区住建局"),), (contact,))
    book = openpyxl.load_workbook(io.BytesIO(write_contacts(draft)))
    for name in ("单位", "联系人"):
        for cell in book[name][1]:
            if cell.value in dropped:
                book[name].delete_cols(cell.column)
    file = io.BytesIO()
    book.save(file)
    return read_contacts(parse(file.getvalue(), "contacts.xlsx").document)


@pytest.mark.parametrize("email", [MAIL, ""])
def test_channels_and_robots_come_back_from_the_workbook(email: str) -> None:
    ways = (APP, BY_MAIL, GROUP) if email else (APP, GROUP)
    contact = ContactRow("区住建局", "liaison", "联络员", email, ways=ways)
    draft = back(contact, unit=UnitRow("区住建局", robots=("住建局群", "民政局群")))
    assert draft.findings == ()
    assert [(one.email, one.ways) for one in draft.contacts] == [(email, ways)]
    assert [unit.robots for unit in draft.units] == [("住建局群", "民政局群")]


def test_a_sheet_without_the_columns_says_nothing_of_channels() -> None:
    draft = back(ContactRow("区住建局", "liaison", "联络员", MAIL), "渠道", "群机器人")
    assert draft.findings == ()
    assert ([one.ways for one in draft.contacts], [unit.robots for unit in draft.units]) == ([None], [None])


@pytest.mark.parametrize(
    ("email", "ways", "code"),
    [
        ("", (GROUP,), None),  # a group alone is enough
        ("", (BY_MAIL,), "BAD_CHANNEL"),  # it refers to an address that is not there
        ("", (), "BAD_EMAIL"),
        ("nobody", (APP,), "BAD_EMAIL"),
        (MAIL, (WayRow("企业微信", "a"), WayRow("企业微信", "b")), "BAD_CHANNEL"),
    ],
)
def test_a_contact_needs_one_way_that_can_be_used(
    email: str, ways: tuple[WayRow, ...], code: str | None
) -> None:
    draft = back(ContactRow("区住建局", "liaison", "联络员", email, ways=ways))
    assert [finding.code for finding in draft.findings] == ([code] if code else [])
    assert len(draft.contacts) == (code is None)
