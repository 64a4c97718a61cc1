"""What an installation still lacks before it can be left alone: each a rule of its own with a stable code."""

from __future__ import annotations

from urllib.parse import urlsplit

from sqlmodel import Session

from db import plans, users
from engine.addresses import is_this_machine
from workflows.office import Office, recipient_of

NO_ADMIN, PLAIN_HTTP, DESK_UNREACHED = "no_admin", "plain_http", "desk_unreached"


def gaps(session: Session, office: Office, base_url: str, issuer: str) -> list[str]:
    """The codes of what is missing, in a fixed order; ``issuer`` is the identity provider of the office, if it has one."""
    posts = plans.coordinator_posts(session)
    reached = sum(recipient_of(session, office, one) is not None for one in posts)
    found = {
        NO_ADMIN: lacks_admin(users.count_admins(session, issuer)),
        PLAIN_HTTP: is_plain_http(base_url),
        DESK_UNREACHED: is_desk_unreached(len(posts), reached),
    }
    return [code for code, is_missing in found.items() if is_missing]


def lacks_admin(able: int) -> bool:
    """Whether no administrator could sign in: nobody can change channels, templates and users."""
    return able == 0


def is_plain_http(base_url: str) -> bool:
    """Whether pages are reached over a network without encryption: the cookie of a session can be read there."""
    parts = urlsplit(base_url)
    host = parts.hostname or ""
    return parts.scheme == "http" and not (is_this_machine(host) or host.endswith(".localhost"))


def is_desk_unreached(posts: int, reached: int) -> bool:
    """Whether somebody coordinates and none of them can be written to: acceptance and faults reach nobody."""
    return posts > 0 and reached == 0
