"""Tables as headings and body rows: two-storey headings, repeated headings, merged cells."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from intake import words
from intake.headers import Column, bare, column, first_leads, is_group, is_header, month_of, quota_name
from intake.numerals import running_number
from intake.quotas import is_quota, read_shares
from intake.table import Cell, Document, Paragraph, Place, Table
from intake.units import is_none

_NOWHERE = Cell("", Place())


@dataclass(slots=True)
class Body:
    """One table as understood: what its columns are, its rows (all as wide as the headings), cells lost."""

    columns: list[Column]
    rows: list[list[Cell]] = field(default_factory=list)
    lost: list[Cell] = field(default_factory=list)
    caption: str = ""

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


def read_bodies(document: Document) -> list[Body]:
    """All tables with known headings, those that a page break has cut joined again."""
    bodies: list[Body] = []
    caption = ""
    for part in document.parts:
        if isinstance(part, Paragraph):
            caption = part.text
            continue
        previous = bodies[-1] if bodies else None
        if previous and _goes_on(previous, part):
            for row in part.rows:
                _add(previous, row)
            continue
        for body in _bodies_of(part, caption or part.name):
            previous = bodies[-1] if bodies else None
            if previous and _same(previous.columns, body.columns):
                previous.rows += body.rows
                previous.lost += body.lost
            else:
                bodies.append(body)
    for body in bodies:
        _settle_unknown(body)
    if any(isinstance(part, Paragraph) and first_leads(part.text) for part in document.parts):
        for body in bodies:
            _rank(body)
    return bodies


def _rank(body: Body) -> None:
    """A note says that the first of the responsible units leads."""
    position = body.index("responsible")
    if position is not None and not body.has("lead", "ranked"):
        body.columns[position] = replace(body.columns[position], role="ranked")


def _bodies_of(table: Table, caption: str) -> list[Body]:
    bodies: list[Body] = []
    position = 0
    while position < len(table.rows):
        row = table.rows[position]
        columns, height = _headings(table.rows, position)
        if columns and (not bodies or not _same(bodies[-1].columns, columns)):
            bodies.append(Body(columns, caption=caption))
        elif not columns and bodies:
            _add(bodies[-1], row)
        position += max(height, 1)
    if table.lost and not bodies:
        bodies.append(Body([]))
    if bodies:
        bodies[-1].lost += table.lost
    return bodies


def _goes_on(body: Body, table: Table) -> bool:
    """A table without headings, as wide as the one before it and numbered as it is: its rest after a break."""
    number = body.index("no")
    if number is None or not table.rows or any(len(row) != len(body.columns) for row in table.rows):
        return False
    first = [cell.text for cell in table.rows[0]]
    return running_number(first[number]) is not None and not any(column(text) for text in first)


def _same(one: list[Column], other: list[Column]) -> bool:
    return [column.heading for column in one] == [column.heading for column in other]


def _add(body: Body, row: Sequence[Cell]) -> None:
    """Add a body row, made as wide as the headings; a longer one cannot be told and is lost."""
    cells = list(row)
    while len(cells) > len(body.columns) and not cells[-1].text.strip():
        cells.pop()
    if len(cells) > len(body.columns):
        body.lost += cells
    elif any(cell.text.strip() for cell in cells):
        body.rows.append(cells + [_NOWHERE] * (len(body.columns) - len(cells)))


def _headings(rows: Sequence[Sequence[Cell]], position: int) -> tuple[list[Column], int]:
    """The columns that begin on a row and the number of rows they take; ``([], 0)`` where no headings stand."""
    upper = [cell.text for cell in rows[position]]
    lower = [cell.text for cell in rows[position + 1]] if position + 1 < len(rows) else []
    if _is_second_storey(upper, lower):
        joined = _joined(upper, lower)
        if is_header([text for text, _ in joined]) or is_header(upper):
            return [_column(text, grouped) for text, grouped in joined], 2
    return ([_column(text, False) for text in upper], 1) if is_header(upper) else ([], 0)


def _is_second_storey(upper: list[str], lower: list[str]) -> bool:
    """The row below continues the headings: nothing under the number and the task, names or headings elsewhere."""
    filled = [text for text in lower if text.strip()]
    if not filled or any(len(bare(text)) > 12 or is_quota(text) for text in filled):
        return False
    known = [column(text) for text in upper]
    under = [
        lower[i]
        for i, one in enumerate(known)
        if one and one.role in ("no", "task", "project") and i < len(lower)
    ]
    if not under or any(text.strip() for text in under):
        return False
    grouped = any(is_group(text) or month_of(text) for text in upper if text.strip())
    return grouped or all(column(text) for text in filled)


def _joined(upper: list[str], lower: list[str]) -> list[tuple[str, bool]]:
    """Each column's heading and whether it stands under a group; a group reaches to the next upper heading."""
    joined: list[tuple[str, bool]] = []
    above = ""
    for position in range(max(len(upper), len(lower))):
        own = upper[position] if position < len(upper) else ""
        below = lower[position] if position < len(lower) else ""
        above = own if own.strip() else above
        if below.strip():
            month = month_of(above) is not None and not is_group(above)
            joined.append((above + below if month else below, is_group(above)))
        else:
            joined.append((own, False))
    return joined


def _column(text: str, grouped: bool) -> Column:
    known = column(text)
    if grouped and (known is None or known.role != "total"):
        return Column("quota", bare(text))
    return known or Column("unknown", re.sub(r"\s", "", text))


def _settle_unknown(body: Body) -> None:
    """Unknown headings over figures are units with quotas: three such columns, or names that end as units do.

    A unit's column between these is one as well, whatever its cells hold: they will be reported as unreadable.
    """
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
