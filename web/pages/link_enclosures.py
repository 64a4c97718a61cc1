"""附件: the files of the very message that a link went out with, for messages in chats that carry none."""

from __future__ import annotations

from fastapi import APIRouter
from fastapi.responses import Response

from db import links
from notifications.enclosures import FOLDER
from web.downloads import as_download
from web.pages.link import holder_of
from web.site import Site
from workflows.links import LinkRefused


def routes(site: Site) -> APIRouter:
    """A file at ``/r/TOKEN/enclosures/ID``; those of any other message are not the holder's."""
    router = APIRouter()

    @router.api_route(f"/r/{{token}}/{FOLDER}/{{number}}", methods=["GET", "HEAD"])
    def download(token: str, number: int) -> Response:
        with site.database.read() as session:
            holder = holder_of(session, token, site.clock())
            file = links.enclosed(session, holder.link_id, number)
            if file is None:
                raise LinkRefused("not_yours", holder.unit, holder.period)
            return as_download(file.name, file.media_type, file.content)

    return router
