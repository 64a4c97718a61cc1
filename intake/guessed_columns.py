"""What the columns of a table are taken to be: the beginning of saying it better."""

from __future__ import annotations

from intake.given_columns import ROLES, GivenColumns
from intake.items import settle_roles
from intake.rows import Body, settled
from intake.storeys import headings
from intake.table import Table

_LAST = 40  # rows among which headings are looked for

# Roles that only the readers tell apart, and what they are to people.
_TOLD_AS = {"ranked": "responsible", "goal": "task", "scale": "task", "officer": "lead", "total": "quantity"}


def guessed_columns(table: Table) -> GivenColumns:
    """The roles of the first headings of the table; all ``other`` below no headings where none are known."""
    width = max((len(row) for row in table.rows), default=0)
    for position in range(min(len(table.rows), _LAST)):
        columns, height = headings(table.rows, position)
        if columns:
            below = position + height
            body = settled(Body(columns, [list(row) for row in table.rows[below:]]))
            settle_roles(body)
            roles = [_TOLD_AS.get(one.role, one.role) for one in body.columns][:width]
            roles += ["other"] * (width - len(roles))
            return GivenColumns(tuple(role if role in ROLES else "other" for role in roles), below)
    return GivenColumns(("other",) * width, 0)
