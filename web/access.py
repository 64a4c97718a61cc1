"""Who may open what: the one place that decides, and a table with every page and form.

There is no sign-in yet. The desk's pages are for this machine's own names and the hosts that the
operator registered; units come by their link, from anywhere, and reach what lies below it.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType


class Visitor(StrEnum):
    """By which host name somebody came."""

    DESK = "desk"  # this machine's own names, and registered ones
    OUTSIDE = "outside"  # the public base URL's name, and any other


class Access(StrEnum):
    """For whom a page is; ``MATRIX`` names it for every route, and a test fails for one that is missing."""

    DESK = "desk"
    LINK = "link"  # whoever holds an open report link; the page itself checks it
    PUBLIC = "public"


OPEN_TO_ALL = ("/r/", "/static/", "/public/")
MATRIX: Mapping[str, Access] = MappingProxyType(
    {
        "GET /": Access.DESK,
        "GET /subtasks/{number}": Access.DESK,
        "GET /inbox": Access.DESK,
        "GET /inbox/{number}": Access.DESK,
        "GET /inbox/{number}/files/{file}": Access.DESK,
        "GET /cases": Access.DESK,
        "GET /cases/{number}": Access.DESK,
        "GET /cases/{number}/files/{file}": Access.DESK,
        "GET /cases/{number}/notice": Access.DESK,
        "GET /evaluations": Access.DESK,
        "GET /evaluations/{number}": Access.DESK,
        "GET /bulletins": Access.DESK,
        "GET /bulletins/{number}": Access.DESK,
        "POST /demo/day": Access.DESK,
        "POST /demo/week": Access.DESK,
        "POST /demo/month": Access.DESK,
        "GET /static": Access.PUBLIC,
        "GET /public/{name}": Access.PUBLIC,
        "GET /r/{token}": Access.LINK,
        "POST /r/{token}/sign": Access.LINK,
        "GET /r/{token}/tasks/{number}": Access.LINK,
        "POST /r/{token}/tasks/{number}": Access.LINK,
        "GET /r/{token}/shares/{number}": Access.LINK,
        "POST /r/{token}/shares/{number}": Access.LINK,
        "GET /r/{token}/files/{number}": Access.LINK,
        "GET /r/{token}/enclosures/{number}": Access.LINK,
        "GET /r/{token}/cases/{number}": Access.LINK,
        "POST /r/{token}/cases/{number}": Access.LINK,
        "GET /r/{token}/cases/{number}/files/{file}": Access.LINK,
        "GET /r/{token}/cases/{number}/notice": Access.LINK,
        "GET /r/{token}/wrong-person": Access.LINK,
        "POST /r/{token}/wrong-person": Access.LINK,
        "GET /r/{token}/workbook": Access.LINK,
        "POST /r/{token}/workbook": Access.LINK,
        "GET /r/{token}/workbook/file": Access.LINK,
        "GET /r/{token}/changes": Access.LINK,
        "POST /r/{token}/changes": Access.LINK,
        "POST /r/{token}/changes/{number}/withdraw": Access.LINK,
    }
)


def may_open(visitor: Visitor, path: str) -> bool:
    """Whether the visitor may knock at that path at all."""
    return visitor is Visitor.DESK or path.startswith(OPEN_TO_ALL) or path == "/public"


def is_by_link(path: str) -> bool:
    """Whether the path belongs to the holders of report links."""
    return path.startswith("/r/")
