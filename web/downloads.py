"""A file as an answer that a browser keeps under its own name and never opens as a page."""

from __future__ import annotations

from urllib.parse import quote

from fastapi.responses import Response
from sqlmodel import Session
from starlette.exceptions import HTTPException

from web.site import Site
from workflows.attachments import attachments_of, content_of


def as_download(name: str, media_type: str, content: bytes) -> Response:
    """The file; its name may be in Chinese."""
    plain = "".join(sign if sign.isascii() and (sign.isalnum() or sign in "-_.") else "_" for sign in name)
    wide = quote(name, safe="")
    headers = {"Content-Disposition": f"attachment; filename=\"{plain}\"; filename*=utf-8''{wide}"}
    return Response(content, media_type=media_type, headers=headers)


def kept_file(site: Site, session: Session, owner: str, owner_id: int, number: int) -> Response:
    """The file of that number, if it was handed in with that report, change or case; else 404."""
    known = {one.id: one for one in attachments_of(session, owner, [owner_id])}
    if number not in known:
        raise HTTPException(404)
    file = known[number]
    return as_download(file.file_name, file.media_type, content_of(site.files, file))
