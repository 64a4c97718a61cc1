"""Previews of a whole plan: made at once for a small one, beside the pages for a large one."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from typing import Any, TypeVar

from fastapi.responses import HTMLResponse
from sqlalchemy import func, select
from sqlmodel import Session, col

from db import tables
from engine.model import Plan
from web.rehearsals import state_of
from web.site import Site
from web.view import View, render
from web.worked_out import Waits

T = TypeVar("T")
SMALL = 100  # sub-tasks of a plan about which a page needs no second look


def preview_of(
    site: Site, session: Session, plan: Plan, key: Hashable, make: Callable[[Session], T]
) -> T | Waits:
    """What ``make`` says of the plan as it stands; ``key`` names what is asked for, the day included.

    What was kept from an earlier look is shown only while nothing was decided, reported or imported since.
    """
    task = tables.SubTask
    number = select(func.count()).select_from(task).where(col(task.plan_id) == plan.id)
    if session.execute(number).scalar_one() <= SMALL:
        return make(session)

    def work() -> T:
        with site.database.read() as own:
            return make(own)

    return site.previews.ask((key, plan.id, _state(session)), work)


def _state(session: Session) -> tuple[int, ...]:
    """What differs once people, or the service by itself, have changed anything that a preview shows."""
    review, bulletin, climb = tables.ReportReview, tables.Bulletin, tables.Escalation
    counted = (
        func.max(col(review.id)),
        func.max(col(bulletin.id)),
        func.max(col(climb.id)),
        func.sum(col(climb.level)),
        func.count(col(climb.ended_on)),
        func.max(col(tables.SupervisionCase.id)),
        func.max(col(tables.Post.id)),
        func.max(col(tables.Contact.id)),
    )
    return *state_of(session), *(
        session.execute(select(func.coalesce(one, 0))).scalar_one() for one in counted
    )


def waiting_page(
    site: Site, view: View, waits: Waits, says: str = "preview.waits", **data: Any
) -> HTMLResponse:
    """The page that comes back by itself once there is something to show; ``nav`` and ``title`` are its frame."""
    again = view.link(view.path, **{name: value for name, value in view.query.items() if name != "lang"})
    return render(site, view, "preview_waits.html.j2", waits=waits, says=says, again=again, **data)
