"""The pages on a real server on a free port of this machine."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

import httpx
import uvicorn

from db.session import Database
from duban.serving import address_of, listening
from notifications.links import Links
from web.app import Site, create_app
from web.site import Demo


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
) -> Iterator[httpx.Client]:
    """A client of the pages as they show that moment, or the one that the clock tells."""
    clock = now if callable(now) else lambda: now
    app = create_app(Site(database, clock, allowed_hosts, demo, links, files=files, public=public))
    config = uvicorn.Config(app, log_config=None, access_log=False, lifespan="off")
    with listening("127.0.0.1", 0) as page:
        server = uvicorn.Server(config)
        thread = threading.Thread(target=server.run, kwargs={"sockets": [page]}, daemon=True)
        thread.start()
        with httpx.Client(base_url=address_of(page), timeout=30) as client:
            yield client
        server.should_exit = True
        thread.join()
