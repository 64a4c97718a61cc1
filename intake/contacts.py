"""Units and contacts from a workbook: who belongs where, and who is reached how (docs/import-layout.md)."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from intake.contact_ways import WayRow, join_ways, read_ways
from intake.draft import Finding
from intake.reading import read_document
from intake.table import Document, Place, Table
from intake.workbook_cells import join_list, split_list
from intake.workbook_layout import Column
from intake.workbook_rows import Findings, Row, Sheet, choice_of, read_sheet
from intake.workbook_style import dress, new_workbook, print_on_a4, put, saved

UNITS, CONTACTS, GUIDE = "单位", "联系人", "说明"
UNIT_KINDS = {"department": "部门", "street": "街镇", "enterprise": "企业", "collective": "集合单位"}
POSTS = {"liaison": "联络员", "head": "负责人", "leader": "分管领导", "coordinator": "督查员"}
LOCALES = {"zh-CN": "中文", "en": "英文"}

UNIT_COLUMNS: tuple[Column, ...] = (
    Column("name", "单位名称", 26, hint="与任务表里的写法一致", others=("单位", "名称", "单位全称")),
    Column("short_name", "简称", 14),
    Column("aliases", "别名", 30, "list", hint="其他写法，用顿号隔开", others=("曾用名", "其他名称")),
    Column(
        "kind",
        "类别",
        12,
        hint="空白即“部门”",
        choices=tuple(UNIT_KINDS.values()),
        others=("类型", "单位类别"),
    ),
    Column(
        "members", "成员单位", 44, "list", hint="只有集合单位（如 各街镇）填写，用顿号隔开", others=("成员",)
    ),
    Column(
        "robots", "群机器人", 20, "list", hint="单位工作群的机器人，写渠道名称，可以不填", others=("工作群",)
    ),
)
CONTACT_COLUMNS: tuple[Column, ...] = (
    Column("unit", "单位", 26, hint="与“单位”表的单位名称一致", others=("单位名称",)),
    Column("post", "岗位", 12, choices=tuple(POSTS.values()), others=("岗位类型", "角色")),
    Column("title", "称呼", 22, hint="邮件里怎么称呼，如 联络员、李科长", others=("姓名", "职务", "联系人")),
    Column(
        "email", "电子邮箱", 32, hint="如 liaison@example.com", others=("邮箱", "E-mail", "Email", "电子邮件")
    ),
    Column("locale", "语言", 8, hint="空白即“中文”", choices=tuple(LOCALES.values())),
    Column(
        "ways",
        "渠道",
        32,
        "list",
        hint="按先后顺序，如 企业微信:zhangsan、邮箱；空白即默认渠道",
        others=("通知渠道", "联系渠道"),
    ),
)
_GUIDE_LINES = (
    "填写说明",
    "1. “单位”表：任务表里出现的每个单位一行；集合单位（如 各街镇）在“成员单位”列写明包括哪些单位。",
    "2. “联系人”表：每个岗位一行；岗位有联络员、负责人、分管领导、督查员四种。",
    "3. 联络员接收日常提醒，负责人和分管领导只接收升级后的提醒，督查员接收本办事项。",
    "4. “渠道”列按先后写：渠道名:账号，用顿号隔开；写“邮箱”即用左边的电子邮箱。前一个送不到时用下一个。",
    "5. 同一单位同一岗位只写一位（督查员可以有几位）；人员变动时改这一行即可。",
)
# What the mail standard allows and offices use: no quoted names, no spaces, a domain with a dot.
_EMAIL = re.compile(
    r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@(?:[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?\.)+[A-Za-z]{2,63}"
)
_MAX_EMAIL = 254


@dataclass(frozen=True, slots=True)
class UnitRow:
    """A unit as entered; ``kind`` is department, street, enterprise or collective. ``robots`` are channels;
    ``None`` where the sheet does not speak of them."""

    name: str
    short_name: str = ""
    aliases: tuple[str, ...] = ()
    kind: str = "department"
    members: tuple[str, ...] = ()
    robots: tuple[str, ...] | None = ()
    where: Place = field(default_factory=Place)


@dataclass(frozen=True, slots=True)
class ContactRow:
    """Who holds a post of a unit, by its full name; ``post`` is liaison, head, leader or coordinator.

    ``ways`` are channels in order, none for the default one; ``None`` where the sheet does not speak of them.
    """

    unit: str
    post: str
    title: str
    email: str
    locale: str = "zh-CN"
    ways: tuple[WayRow, ...] | None = ()
    where: Place = field(default_factory=Place)

    @property
    def person(self) -> str:
        """Who it is, whatever they are called: their mail address, else their first address elsewhere."""
        return person_of(self.email, self.ways or (), self.title)


def person_of(email: str, ways: Iterable[WayRow], title: str) -> str:
    """The same for the same person: by mail address, else by the first address on a channel, else by name."""
    first = next((f"{way.channel}:{way.address}" for way in ways if way.address), "")
    return (email.lower() or first or title).strip()


@dataclass(frozen=True, slots=True)
class ContactsDraft:
    """Units and contacts as read; a row that cannot be used is a finding and not among them."""

    units: tuple[UnitRow, ...] = ()
    contacts: tuple[ContactRow, ...] = ()
    findings: tuple[Finding, ...] = ()


def write_contacts_template() -> bytes:
    """Return an empty workbook for units and contacts; the same bytes each time."""
    return write_contacts(ContactsDraft())


def write_contacts(draft: ContactsDraft) -> bytes:
    """Return the ``.xlsx`` of units and contacts: reading it back gives the same rows but for places."""
    book = new_workbook("单位和联系人")
    guide = book.create_sheet(GUIDE)
    guide.column_dimensions["A"].width = 100
    for number, line in enumerate(_GUIDE_LINES, 1):
        put(guide, number, 1, line, "duban_title" if number == 1 else "duban_text")
    print_on_a4(guide)
    units = [
        (
            u.name,
            u.short_name,
            join_list(u.aliases),
            UNIT_KINDS[u.kind],
            join_list(u.members),
            join_list(u.robots or ()),
        )
        for u in draft.units
    ]
    contacts = [
        (c.unit, POSTS[c.post], c.title, c.email, LOCALES[c.locale], join_ways(c.ways or ()))
        for c in draft.contacts
    ]
    for name, columns, rows in ((UNITS, UNIT_COLUMNS, units), (CONTACTS, CONTACT_COLUMNS, contacts)):
        sheet = book.create_sheet(name)
        for row, values in enumerate(
            ([column.header for column in columns], *rows, *_blank(rows, columns)), 1
        ):
            for number, value in enumerate(values, 1):
                put(sheet, row, number, value, "duban_text" if row > 1 else "duban_head_task")
        dress(sheet, columns, len(rows))
        sheet.freeze_panes = "B2"
    book.active = 1
    return saved(book)


def _blank(rows: Sequence[Sequence[str]], columns: Sequence[Column]) -> Iterator[list[str]]:
    return ([""] * len(columns) for _ in range(0 if rows else 30))


def is_contacts_layout(document: Document) -> bool:
    """Return whether the document has a sheet 联系人 with the headers of the contacts workbook."""
    for part in document.parts:
        if isinstance(part, Table) and part.name.strip() == CONTACTS:
            sheet = read_sheet(part, CONTACT_COLUMNS)
            return sheet is not None and {"unit", "post", "email"} <= sheet.keys
    return False


def read_contacts(source: Path | Document) -> ContactsDraft:
    """Return units and contacts with findings by cell; a bad row stays out, the others count.

    Raises ``IntakeError`` for a file that cannot be read.
    """
    findings = Findings()
    document = source if isinstance(source, Document) else _read(source, findings)
    tables = {part.name.strip(): part for part in document.parts if isinstance(part, Table)}
    units = _read_units(_sheet(tables.get(UNITS), UNITS, UNIT_COLUMNS, ("name",), findings), findings)
    required = ("unit", "post", "email")
    contacts = _read_contacts(
        _sheet(tables.get(CONTACTS), CONTACTS, CONTACT_COLUMNS, required, findings), units, findings
    )
    return ContactsDraft(tuple(units), tuple(contacts), tuple(findings.found))


def _read(path: Path, findings: Findings) -> Document:
    reading = read_document(path)
    findings.found.extend(reading.findings)
    return reading.document


def _sheet(
    table: Table | None, name: str, columns: Sequence[Column], required: Sequence[str], findings: Findings
) -> Sheet | None:
    sheet = read_sheet(table, columns) if table is not None else None
    headers = {column.key: column.header for column in columns}
    missing = [headers[key] for key in required if sheet is None or key not in sheet.keys]
    for header in missing:
        where = sheet.header if sheet else Place(sheet=name)
        todo = f"“{name}”表缺少“{header}”列。请用模板填写，不要改动表头。"
        findings.add("error", "MISSING_COLUMN", where, header, todo)
    return None if missing else sheet


def _read_units(sheet: Sheet | None, findings: Findings) -> list[UnitRow]:
    units: list[UnitRow] = []
    taken: dict[str, Place] = {}
    for row in sheet.rows if sheet else ():
        unit = _unit(row, findings, has_robots=sheet is not None and "robots" in sheet.keys)
        if unit is not None and _is_new(unit, taken, findings):
            units.append(unit)
    for unit in units:
        _check_members(unit, taken, findings)
    return units


def _unit(row: Row, findings: Findings, *, has_robots: bool) -> UnitRow | None:
    name = row.text("name")
    if not name:
        findings.add("error", "MISSING_NAME", row.where, "", "这一行没有单位名称，没有读取。请填写。")
        return None
    return UnitRow(
        name=name,
        short_name=row.text("short_name"),
        aliases=tuple(split_list(row.cell("aliases").text)),
        kind=choice_of(row, "kind", UNIT_KINDS, "department", findings),
        members=tuple(split_list(row.cell("members").text)),
        robots=tuple(dict.fromkeys(split_list(row.cell("robots").text))) if has_robots else None,
        where=row.cell("name").where,
    )


def _is_new(unit: UnitRow, taken: dict[str, Place], findings: Findings) -> bool:
    """Claim the unit's names; a name that belongs to another unit would make a task's unit ambiguous."""
    names = dict.fromkeys((unit.name, *filter(None, (unit.short_name,)), *unit.aliases))
    for name in names:
        if name in taken:
            todo = f"“{name}”已经是 {taken[name]} 的名称、简称或别名，这一行没有读取。请改名或删除重复的行。"
            findings.add("error", "DUPLICATE_UNIT", unit.where, name, todo)
            return False
    taken.update(dict.fromkeys(names, unit.where))
    return True


def _check_members(unit: UnitRow, taken: dict[str, Place], findings: Findings) -> None:
    for member in unit.members:
        if member not in taken:
            todo = f"成员单位“{member}”不在“单位”表里。请补上这个单位，或改成表里的名称。"
            findings.add("error", "UNKNOWN_UNIT", unit.where, member, todo)
    if unit.kind == "collective" and not unit.members:
        todo = "集合单位没有写明成员单位，无法分到具体单位。请填写“成员单位”列。"
        findings.add("error", "MISSING_MEMBERS", unit.where, unit.name, todo)
    if unit.kind != "collective" and unit.members:
        todo = "写了成员单位，但类别不是“集合单位”。请改类别，或清空成员单位。"
        findings.add("warning", "UNEXPECTED_MEMBERS", unit.where, unit.name, todo)


def _read_contacts(sheet: Sheet | None, units: Sequence[UnitRow], findings: Findings) -> list[ContactRow]:
    known = {
        name: unit.name for unit in units for name in (unit.name, unit.short_name, *unit.aliases) if name
    }
    contacts: dict[tuple[str, ...], ContactRow] = {}
    for row in sheet.rows if sheet else ():
        contact = _contact(row, known, findings, has_ways=sheet is not None and "ways" in sheet.keys)
        if contact is None:
            continue
        # A post has one holder; only coordinators are a few people.
        person = (contact.person,) if contact.post == "coordinator" else ()
        first = contacts.setdefault((contact.unit, contact.post, *person), contact)
        if first is not contact:
            todo = f"{contact.unit}的{POSTS[contact.post]}已在 {first.where} 填写，这一行没有读取。请只保留一行。"
            findings.add("error", "DUPLICATE_CONTACT", contact.where, contact.unit, todo)
    return list(contacts.values())


def _contact(row: Row, known: Mapping[str, str], findings: Findings, *, has_ways: bool) -> ContactRow | None:
    unit, email = row.cell("unit"), row.cell("email")
    if unit.text.strip() not in known:
        todo = "这个单位不在“单位”表里，这一行没有读取。请先在“单位”表里补上，或改成表里的名称。"
        findings.add("error", "UNKNOWN_UNIT", unit.where, unit.text.strip(), todo)
        return None
    if row.text("post") not in POSTS.values() and row.text("post") not in POSTS:
        todo = "没有这种岗位，这一行没有读取。可选：" + "、".join(POSTS.values()) + "。"
        findings.add("error", "UNREADABLE_CELL", row.cell("post").where, row.text("post"), todo)
        return None
    ways = _ways(row, findings)
    if ways is None:
        return None
    if not is_email(email.text.strip()) and (email.text.strip() or not ways):
        todo = "不是有效的电子邮箱，这一行没有读取。请写成 liaison@example.com 这样的一个地址。"
        findings.add("error", "BAD_EMAIL", email.where, email.text.strip(), todo)
        return None
    post = choice_of(row, "post", POSTS, "liaison", findings)
    return ContactRow(
        unit=known[unit.text.strip()],
        post=post,
        title=row.text("title") or POSTS[post],
        email=email.text.strip(),
        locale=choice_of(row, "locale", LOCALES, "zh-CN", findings),
        ways=ways if has_ways else None,
        where=unit.where,
    )


def _ways(row: Row, findings: Findings) -> tuple[WayRow, ...] | None:
    """The channels in the row; ``None`` where they cannot be used as they stand."""
    cell = row.cell("ways")
    try:
        ways = read_ways(cell.text)
    except ValueError as problem:
        findings.add("error", "BAD_CHANNEL", cell.where, cell.text.strip(), f"{problem}这一行没有读取。")
        return None
    if any(way.channel == "email" for way in ways) and not row.text("email"):
        todo = "渠道里写了邮箱，但没有填电子邮箱，这一行没有读取。请填写电子邮箱，或去掉邮箱这个渠道。"
        findings.add("error", "BAD_CHANNEL", cell.where, cell.text.strip(), todo)
        return None
    return ways


def is_email(address: str) -> bool:
    """Return whether the text is one plain e-mail address."""
    return len(address) <= _MAX_EMAIL and ".." not in address and bool(_EMAIL.fullmatch(address))
