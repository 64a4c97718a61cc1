"""Which sub-task: asked first by forms that are about one, where nobody came from its page."""

from __future__ import annotations

from fastapi import Request
from fastapi.responses import RedirectResponse, Response

from db.references import find_subtask
from engine.errors import DubanError
from web.pages.overview import foot
from web.site import Site
from web.view import render, view_of, zone_of


def choose_task(site: Site, request: Request, task: str, pages: str) -> Response:
    """The form to name one; the way on to ``/PAGES/new?subtask=ID`` once one is named that exists."""
    with site.database.read() as session:
        view = view_of(request, zone_of(session), site.clock())
        problem = ""
        if task.strip():
            try:
                found = find_subtask(session, task)
                return RedirectResponse(view.link(f"/{pages}/new", subtask=found.id), 303)
            except DubanError as error:
                problem = view.refusal(error)
        data = {"problem": problem, "task": task, "pages": pages, "foot": foot(session)}
        return render(site, view, "choose_task.html.j2", 422 if problem else 200, **data)
