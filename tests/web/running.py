"""The pages on a real server on a free port of this machine."""

from __future__ import annotations

import secrets
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path

import httpx
import uvicorn

from db import tables, users
from db.session import Database
from db.units import stored_id
from duban.serving import address_of, listening
from engine.roles import Role
from notifications.links import Links, token_hash
from web.admission import COOKIE
from web.app import Site, create_app
from web.site import Demo, Installation
from workflows.channel_factory import ChannelFactory
from workflows.health import Pulse
from workflows.identity_provider import IdentityProvider
from workflows.office import Office


@contextmanager
def pages(
    database: Database,
    now: datetime | Callable[[], datetime],
    *,
    demo: Demo | None = None,
    allowed_hosts: tuple[str, ...] = (),
    links: Links | None = None,
    files: Path = Path("var/files"),
    public: Path | None = None,
    factory: ChannelFactory | None = None,
    installation: Installation | None = None,
    pulse: Pulse | None = None,
    role: Role | None = Role.ADMIN,
    unit_id: int | None = None,
    office: Office | None = None,
    provider: IdentityProvider | None = None,
) -> Iterator[httpx.Client]:
    """A client of the pages as they show that moment, or the one that the clock tells.

    Somebody of that role (of that unit) is signed in; nobody where there is none.
    """
    clock = now if callable(now) else lambda: now
    sender = office or Office(links=links)
    site = Site(
        database,
        clock,
        allowed_hosts,
        demo,
        links,
        coordinator=sender.coordinator,
        files=files,
        public=public,
        office=lambda: sender,
        factory=factory,
        installation=installation or Installation(),
        pulse=pulse,
        provider=provider,
    )
    app = create_app(site)
    config = uvicorn.Config(app, log_config=None, access_log=False, lifespan="off")
    with listening("127.0.0.1", 0) as page:
        server = uvicorn.Server(config)
        thread = threading.Thread(target=server.run, kwargs={"sockets": [page]}, daemon=True)
        thread.start()
        with httpx.Client(base_url=address_of(page), timeout=30) as client:
            if role is not None:
                client.cookies.set(COOKIE, signed_in(database, role, clock(), unit_id))
            yield client
        server.should_exit = True
        thread.join()


def signed_in(
    database: Database, role: Role, now: datetime, unit_id: int | None = None, title: str = ""
) -> str:
    """The token of a session of a user of that role, who is new unless the name is known; its use starts now."""
    name = f"{role}-{unit_id}" if unit_id else role.value
    token = secrets.token_urlsafe(32)
    with database.write() as session:
        user = users.find(session, name) or tables.User(
            name=name, title=title, role=role.value, unit_id=unit_id, created_at=now, changed_at=now
        )
        session.add(user)
        session.flush()
        session.add(
            tables.SignIn(
                user_id=stored_id(user.id),
                token_hash=token_hash(token),
                began_at=now,
                seen_at=now,
                expires_at=now + timedelta(days=3000),
            )
        )
    return token
