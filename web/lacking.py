"""What the installation still lacks, for those at the desk: the sentence and the way to put it right."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import select
from sqlmodel import Session, col

from db import tables
from web.site import Site
from web.view import View
from workflows.set_up_gaps import DESK_UNREACHED, NO_ADMIN, gaps


@dataclass(frozen=True, slots=True)
class Lack:
    """One thing, in words; ``path`` is where this reader settles it, empty where somebody else must."""

    words: str
    path: str


def lacks(site: Site, session: Session, view: View) -> list[Lack]:
    """What is missing now; nothing in the demo, which sends nothing and knows nobody."""
    if site.demo is not None:
        return []
    base_url = site.links.base_url if site.links else ""
    issuer = site.provider.settings.issuer if site.provider else ""
    found = gaps(session, site.office(), base_url, issuer)
    ways = {
        DESK_UNREACHED: _desk(session),
        NO_ADMIN: "/settings/users" if view.opens("/settings/users") else "",
    }
    return [Lack(view.t(f"lack.{code}"), ways.get(code, "")) for code in found]


def _desk(session: Session) -> str:
    """The page of the unit that coordinates."""
    post = tables.Post
    query = select(col(post.unit_id)).where(col(post.kind) == "coordinator").order_by(col(post.id))
    unit = session.execute(query).scalars().first()
    return f"/units/{unit}" if unit else "/units"
