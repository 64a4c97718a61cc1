"""变更申请: what a unit behind its link has asked for, and the form to ask for another deadline, target or state."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from typing import Annotated

from fastapi import APIRouter, Depends, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from engine.errors import DubanError
from web.multipart import Sent, read_upload, uploads
from web.pages.link import holder_of
from web.site import Site
from web.typed import day
from web.view import View, render, view_of, zone_of
from workflows.change_by_link import (
    KINDS,
    Changeable,
    change_by_link,
    changeable,
    own_requests,
    withdraw_by_link,
)
from workflows.change_request import Asked

WRONG = 422
Form = Annotated[Sent, Depends(read_upload)]


@dataclass
class Draft:
    """What was typed, and by field what is wrong with it: an error, or a key of the page's words."""

    typed: dict[str, str]
    errors: dict[str, DubanError | str] = field(default_factory=dict)

    def told(self, view: View) -> dict[str, str]:
        """What is wrong, in the reader's language."""
        return {
            name: view.t(wrong) if isinstance(wrong, str) else view.refusal(wrong)
            for name, wrong in self.errors.items()
        }


def routes(site: Site) -> APIRouter:
    """``/r/TOKEN/changes`` with its form, and the way to take a request back."""
    router = APIRouter()
    path = "/r/{token}/changes"

    @router.api_route(path, methods=["GET", "HEAD"], response_class=HTMLResponse)
    def show(request: Request, token: str, task: str = "") -> HTMLResponse:
        return _page(site, request, token, Draft({"task": task}))

    @router.post(path, response_class=HTMLResponse)
    def ask(request: Request, token: str, sent: Form) -> Response:
        try:
            draft = Draft(sent.fields)
            asked = _read(sent, draft)
            if not draft.errors:
                _store(site, token, asked, sent, draft)
        finally:
            sent.close()
        return _page(site, request, token, draft) if draft.errors else _done(request, site, token, "stored")

    @router.post(path + "/{number}/withdraw", response_class=HTMLResponse)
    def take_back(request: Request, token: str, number: int) -> Response:
        try:
            withdraw_by_link(site.database, token, number, site.clock())
        except DubanError as error:
            return _page(site, request, token, Draft({}, {"form": error}))
        return _done(request, site, token, "withdrawn")

    return router


def _done(request: Request, site: Site, token: str, what: str) -> RedirectResponse:
    now = site.clock()
    with site.database.read() as session:
        holder, view = holder_of(session, token, now), view_of(request, zone_of(session), now)
    return RedirectResponse(view.link(holder.path("changes"), done=what), status_code=303)


def _page(site: Site, request: Request, token: str, draft: Draft) -> HTMLResponse:
    now = site.clock()
    with site.database.read() as session:
        holder, view = holder_of(session, token, now), view_of(request, zone_of(session), now)
        tasks = changeable(session, holder.unit_id)
        return render(
            site,
            view,
            "link_changes.html.j2",
            WRONG if draft.errors else 200,
            holder=holder,
            draft=draft,
            errors=draft.told(view),
            tasks=tasks,
            chosen=_chosen(tasks, draft),
            kinds=[kind.value for kind in KINDS],
            requests=own_requests(session, holder.unit_id),
            targets=_targets,
            done=view.query.get("done", "") if not draft.errors else "",
        )


def _chosen(tasks: list[Changeable], draft: Draft) -> Changeable | None:
    """The sub-task whose deadline and targets the form tells."""
    if len(tasks) == 1:
        return tasks[0]
    return next((one for one in tasks if str(one.id) == draft.typed.get("task")), None)


def _targets(task: Changeable, view: View) -> str:
    return view.t("list").join(
        f"{one.subject} {view.quantity(one.quantity, one.unit)}".strip() for one in task.indicators
    )


def _read(sent: Sent, draft: Draft) -> Asked:
    """The request as it was written; each field that cannot be read has its sentence in the draft."""
    if not sent.is_whole:
        draft.errors["form"] = "changes.need.whole"
    if any(upload.too_big for upload in sent.files):
        draft.errors["files"] = "changes.need.smaller"
    draft.errors |= {name: f"changes.need.{name}" for name in REQUIRED if not sent.get(name).strip()}
    kind = sent.get("kind")
    return Asked(
        subtask=f"#{sent.get('task')}",
        kind=kind,
        reason=sent.get("reason"),
        document=sent.get("document"),
        effective_on=_day("effective", sent, draft),
        deadline=_day("deadline", sent, draft) if kind in ("extension", "resumption") else None,
        figures=_figures(sent) if kind == "adjustment" else (),
    )


REQUIRED = ("task", "kind", "reason", "document")


def _figures(sent: Sent) -> tuple[str, ...]:
    return tuple(line.strip() for line in sent.get("figures").splitlines() if line.strip())


def _day(name: str, sent: Sent, draft: Draft) -> date | None:
    text = sent.get(name).strip()
    found = day(text)
    if found is None and text:
        draft.errors[name] = "changes.need.day"
    return found


def _store(site: Site, token: str, asked: Asked, sent: Sent, draft: Draft) -> None:
    try:
        change_by_link(site.database, token, asked, list(uploads(sent)), site.files, site.clock())
    except DubanError as error:
        draft.errors[WHERE.get(error.code, "form")] = error


WHERE = {
    "BAD_ATTACHMENT": "files",
    "FILE_TOO_BIG": "files",
    "TOO_MANY_FILES": "files",
    "FILE_NOT_WRITTEN": "files",
    "BAD_FIGURE": "figures",
    "UNKNOWN_FIGURE": "figures",
    "NOT_ITS_TASK": "task",
}
