"""Tables as headings and body rows: two-storey headings, repeated headings, merged cells."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from intake import words
from intake.draft import Finding
from intake.fitting import MISFIT, fit
from intake.given_columns import Given, GivenColumns
from intake.guessing import begins_headings, columns_of, is_other_heading, settle_by_content, tells_tasks
from intake.headers import Column, column, first_leads, quota_name
from intake.labelled import spread
from intake.numerals import ordinal, running_number
from intake.quotas import read_shares
from intake.refitting import refitted, widened
from intake.storeys import headings
from intake.table import Cell, Document, Paragraph, Place, Table
from intake.task_columns import TASK_ROLES, with_finer_task, without_figures
from intake.units import is_none

_NOWHERE = Cell("", Place())


@dataclass(slots=True)
class Body:
    """One table as understood: what its columns are, its rows (all as wide as the headings), cells lost."""

    columns: list[Column]
    rows: list[list[Cell]] = field(default_factory=list)
    lost: list[Cell] = field(default_factory=list)
    caption: str = ""
    findings: list[Finding] = field(default_factory=list)

    def index(self, *roles: str) -> int | None:
        """The first column of the first of these roles that the table has."""
        for role in roles:
            for position, one in enumerate(self.columns):
                if one.role == role:
                    return position
        return None

    def indexes(self, role: str) -> list[int]:
        """All columns of a role."""
        return [position for position, one in enumerate(self.columns) if one.role == role]

    def has(self, *roles: str) -> bool:
        """True when the table has a column of one of these roles."""
        return self.index(*roles) is not None


def read_bodies(document: Document, given: Given | None = None) -> list[Body]:
    """All tables of tasks, those that a page break has cut joined again; tables of other things are left out.

    A table whose columns are ``given`` is read as they say, whatever its headings are.
    """
    bodies: list[Body] = []
    said: list[Body] = []
    caption, number = "", -1
    for part in document.parts:
        if isinstance(part, Paragraph):
            caption = part.text
            continue
        number += 1
        if given and number in given:
            said.append(_as_given(part, given[number], caption or part.name))
            bodies.append(said[-1])
            continue
        previous = bodies[-1] if bodies and not _is_one_of(bodies[-1], said) else None
        if previous and _goes_on(previous, part):
            previous.rows += [list(row) for row in part.rows]
            continue
        for body in _bodies_of(part, caption or part.name):
            previous = bodies[-1] if bodies and not _is_one_of(bodies[-1], said) else None
            if previous and _same(previous.columns, body.columns):
                previous.rows += body.rows
                previous.lost += body.lost
            else:
                bodies.append(body)
    for body in bodies:
        if not _is_one_of(body, said):
            _shape(body)
            spread(body.columns, body.rows)
            _settle_unknown(body)
        _say_unsure(body)
    if any(isinstance(part, Paragraph) and first_leads(part.text) for part in document.parts):
        for body in bodies:
            _rank(body)
    return [
        body
        for body in bodies
        if body.lost or (body.has(*TASK_ROLES) and (_is_one_of(body, said) or tells_tasks(body.columns)))
    ]


def settled(body: Body) -> Body:
    """The same body, its columns as far as their cells settle them."""
    _categories(body)
    without_figures(body.columns, body.rows)
    with_finer_task(body.columns, body.rows)
    body.rows[:] = [_padded(row, len(body.columns)) for row in body.rows]
    _settle_unknown(body)
    return body


def _as_given(table: Table, given: GivenColumns, caption: str) -> Body:
    columns = given.columns(table.rows)
    rows = [_padded(row, len(columns)) for row in table.rows[given.headings :]]
    filled = [row for row in rows if any(cell.text.strip() or cell.merged for cell in row)]
    return Body(columns, filled, list(table.lost), caption)


def _padded(row: Sequence[Cell], width: int) -> list[Cell]:
    return [*row, *([_NOWHERE] * (width - len(row)))]


def _is_one_of(body: Body, bodies: Sequence[Body]) -> bool:
    return any(body is one for one in bodies)


def _rank(body: Body) -> None:
    """A note says that the first of the responsible units leads."""
    position = body.index("responsible")
    if position is not None and not body.has("lead", "ranked"):
        body.columns[position] = replace(body.columns[position], role="ranked")


def _bodies_of(table: Table, caption: str) -> list[Body]:
    bodies: list[Body] = []
    loose: list[Sequence[Cell]] = []  # rows above the first headings
    other = False  # below the headings of a table of other things
    position = 0
    while position < len(table.rows):
        row = table.rows[position]
        columns, height = headings(table.rows, position)
        if columns:
            other = False
            if not bodies or not _same(bodies[-1].columns, columns):
                bodies.append(Body(columns, caption=caption))
        elif _heads_another(row):
            other = True
        elif not other:
            (bodies[-1].rows if bodies else loose).append(list(row))
        position += max(height, 1)
    if table.lost and not bodies:
        bodies.append(Body([]))
    if not bodies and not other:
        bodies += _without_headings(loose, caption)
    elif loose and bodies and not other:
        _precede(bodies[0], loose)
    if bodies:
        bodies[-1].lost += table.lost
    return bodies


def _heads_another(row: Sequence[Cell]) -> bool:
    texts = [cell.text for cell in row]
    return begins_headings(texts) or is_other_heading(texts)


def _without_headings(rows: list[Sequence[Cell]], caption: str) -> list[Body]:
    """A table without any headings, read by what its columns hold, with a warning."""
    numbered = [row for row in rows if row and running_number(row[0].text)]
    columns = columns_of(numbered) if numbered and len(numbered) * 2 > len(rows) else None
    if columns is None:
        return []
    body = Body(columns, [list(row) for row in numbered], caption=caption)
    body.findings.append(_guessed(numbered[0][0], "", "这张表没有表头，各栏按内容判断。"))
    return [body]


def _precede(body: Body, rows: Sequence[Sequence[Cell]]) -> None:
    """A page that begins inside a table: numbered rows above the headings that fit them and count on into them."""
    number = body.index("no")
    if number is None or not body.rows:
        return
    numbered = [row for row in rows if len(row) == len(body.columns) and running_number(row[number].text)]
    fitting = all(
        fit(cell.text, one.role) > MISFIT or is_none(cell.text)
        for row in numbered
        for cell, one in zip(row, body.columns, strict=True)
    )
    counts = [
        ordinal(row[number].text.strip()) for row in (numbered[-1:] + body.rows[:1]) if number < len(row)
    ]
    if numbered and fitting and len(counts) == 2 and counts[0] is not None and counts[1] == counts[0] + 1:
        body.rows[:0] = [list(row) for row in numbered]


def _goes_on(body: Body, table: Table) -> bool:
    """A table without headings, as wide as the one before it and numbered as it is: its rest after a break."""
    number = body.index("no")
    if number is None or not table.rows or any(len(row) != len(body.columns) for row in table.rows):
        return False
    first = [cell.text for cell in table.rows[0]]
    return running_number(first[number]) is not None and not any(column(text) for text in first)


def _same(one: list[Column], other: list[Column]) -> bool:
    return [column.heading for column in one] == [column.heading for column in other]


# --- Rows under their headings ---------------------------------------------------------------------------------


def _shape(body: Body) -> None:
    """Make all rows as wide as the headings; a longer one cannot be told and is lost."""
    _categories(body)
    without_figures(body.columns, body.rows)
    with_finer_task(body.columns, body.rows)
    rows = [_trimmed(row, len(body.columns)) for row in body.rows]
    wide = widened(body.columns, rows)
    if wide:
        body.columns[:] = wide
        first = rows[0][0]
        body.findings.append(_guessed(first, "", "表头比各行少一栏，按内容判断哪一栏的表头跨两栏。"))
    body.rows = []
    for row in rows:
        if len(row) > len(body.columns):
            body.lost += row
        elif any(cell.text.strip() for cell in row):
            _place(body, row)


def _categories(body: Body) -> None:
    """A task column that stands before the running number names a category where another follows behind it."""
    number = body.index("no")
    before = body.index("project", "task")
    if number is None or before is None or before > number:
        return
    if any(one.role in ("task", "project", "goal", "scale") for one in body.columns[number:]):
        body.columns[before] = replace(body.columns[before], role="section")


def _trimmed(row: Sequence[Cell], width: int) -> list[Cell]:
    cells = list(row)
    while len(cells) > width and not cells[-1].text.strip():
        cells.pop()
    return cells


def _place(body: Body, row: list[Cell]) -> None:
    """Add a row; in a text, whose separators may have lost spans, each cell under the column it fits."""
    above = body.rows[-1] if body.rows else []
    from_text = all(cell.where.line is not None and cell.where.cell is None for cell in row)
    placed = refitted(row, body.columns, above) if from_text and not _holds_merges(row) else None
    if placed:
        row = placed[0]
        body.lost += placed[1]
    body.rows.append(row + [_NOWHERE] * (len(body.columns) - len(row)))


def _holds_merges(row: Sequence[Cell]) -> bool:
    return any(cell.merged for cell in row)


def _guessed(cell: Cell, quote: str, what: str) -> Finding:
    message = f"{what}请核对各栏；如有出入，请在原表中补上“序号、任务、牵头单位、完成时限”等表头后重新导入。"
    return Finding("warning", "GUESSED_COLUMNS", cell.where, quote, message)


def _say_unsure(body: Body) -> None:
    """A warning for each unit that was read as the lead and may only help."""
    for row in body.rows:
        for cell, one in zip(row, body.columns, strict=False):
            if cell.unsure:
                message = (
                    f"这一行只有一个单位，而表中有牵头和配合两类栏：按“{one.heading}”读取，也可能是配合单位。"
                    "请对照原文核对，如有出入请在导入后修改。"
                )
                body.findings.append(Finding("warning", "GUESSED_LEAD", cell.where, cell.text, message))


def _settle_unknown(body: Body) -> None:
    """Unknown headings over figures are units with quotas: three such columns, or names that end as units do.

    A unit's column between these is one as well, whatever its cells hold: they will be reported as unreadable.
    """
    for index in settle_by_content(body.columns, body.rows):
        heading = body.columns[index].heading
        body.findings.append(
            _guessed(body.rows[0][index], heading, f"没见过“{heading}”这个表头，按内容判断这一栏。")
        )
    unknown = body.indexes("unknown")
    candidates = [index for index in unknown if _holds_shares(body, index)]
    named = [index for index in unknown if _like_unit(body.columns[index].heading)]
    chosen = candidates if len(candidates) >= 3 else [index for index in candidates if index in named]
    if chosen:
        chosen = [*chosen, *(index for index in named if index not in chosen)]
    for index in unknown:
        role = "quota" if index in chosen else "other"
        body.columns[index] = replace(body.columns[index], role=role)


def _like_unit(heading: str) -> bool:
    return quota_name(heading).endswith(words.units.UNIT_ENDINGS)


def _holds_shares(body: Body, index: int) -> bool:
    """Nearly all cells are figures or marks for nothing, and a figure is among them."""
    texts = [row[index].text for row in body.rows]
    filled = [text for text in texts if not is_none(text)]
    good = [text for text in filled if read_shares(text)]
    return bool(body.columns[index].heading) and bool(good) and len(good) * 10 >= len(filled) * 8
