"""A file as an answer that a browser keeps under its own name and never opens as a page."""

from __future__ import annotations

from urllib.parse import quote

from fastapi.responses import Response


def as_download(name: str, media_type: str, content: bytes) -> Response:
    """The file; its name may be in Chinese."""
    plain = "".join(sign if sign.isascii() and (sign.isalnum() or sign in "-_.") else "_" for sign in name)
    wide = quote(name, safe="")
    headers = {"Content-Disposition": f"attachment; filename=\"{plain}\"; filename*=utf-8''{wide}"}
    return Response(content, media_type=media_type, headers=headers)
