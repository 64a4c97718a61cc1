"""The service: timetable and page in one process, ended by SIGTERM or SIGINT after the send in flight."""

from __future__ import annotations

import gc
import signal
import socket
import sys
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path

import structlog
import uvicorn
from starlette.types import ASGIApp

from db.session import Database
from duban import logs
from duban.duties import Duties
from duban.heartbeat import heartbeat_of
from duban.installation import installation_of
from duban.keys import files_path
from duban.settings import Settings
from duban.wiring import PresentOffice, factory_of, mailbox_of, now, office_of, provider_of
from engine.errors import DubanError
from engine.scheduler import Clockwork
from engine.timetable import TIMETABLE
from web.app import Site, create_app
from workflows.health import Pulse
from workflows.identity_provider import IdentityProvider
from workflows.renew_rules import renew_rules
from workflows.setup_links import first_link

SECONDS_FOR_OPEN_REQUESTS = 5
RARELY = (
    10_000,
    20,
    50,
)  # objects, then rounds: what a page was made of goes by itself, almost nothing in circles

log = structlog.get_logger()


def serve(settings: Settings) -> None:
    """Runs until a signal ends it. Raises DubanError SERVICE_RUNNING, ADDRESS_TAKEN and the database's."""
    logs.configure(settings.log_format)
    with closing(Database(settings.database_url)) as database, database.serving():
        database.migrate()
        renew_rules(database, now())
        with listening(settings.host, settings.port) as page:
            present = PresentOffice(database, lambda: office_of(settings, database))
            office = present()
            site = Site(
                database,
                now,
                allowed_hosts=(settings.host, *settings.allowed_hosts),
                links=office.links,
                coordinator=office.coordinator,
                notice_form=office.notice_form,
                files=files_path(settings.files_dir, settings.database_url),
                public=Path(settings.public_dir) if settings.public_dir else None,
                office=lambda: office_of(settings, database),
                factory=factory_of(settings),
                installation=installation_of(settings),
                pulse=Pulse(database, now()),
                provider=_provider(settings),
            )
            duties = Duties(database, present, now, mailbox_of(settings), heartbeat_of(settings))
            _tell_first_link(database, settings.link_base or address_of(page).rstrip("/"))
            app = create_app(site)
            keep_loaded()
            _run(duties, app, page, settings)
    log.info("stopped")


def keep_loaded() -> None:
    """What was loaded until now stays for good: collections of garbage no longer walk over it, and are rarer."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(*RARELY)


def _tell_first_link(database: Database, base: str) -> None:
    """While there is no user, each start prints a link by which one becomes the administrator, once."""
    token = first_link(database, now())
    if token is not None:
        print(f"第一次使用：请在一小时内打开 {base}/set-up/{token} 建立管理员（只能用一次）", flush=True)


def _provider(settings: Settings) -> IdentityProvider | None:
    """Without the packages that it needs the service starts all the same, says so, and takes passwords."""
    try:
        return provider_of(settings)
    except DubanError as error:
        log.warning("no_identity_provider", code=error.code)
        print(f"{error.message}  [{error.code}]", file=sys.stderr, flush=True)
        return None


def _run(duties: Duties, app: ASGIApp, page: socket.socket, settings: Settings) -> None:
    clockwork = Clockwork(TIMETABLE, duties.actions(), duties.failed)
    address = address_of(page)
    with stoppable(app, settings.trusted_proxies) as server:
        log.info("started", page=address, channel=settings.default_channel)
        print(f"督办服务已启动：{address}（按 Ctrl+C 停止）", flush=True)
        clockwork.start(now())
        try:
            server.run(sockets=[page])
        finally:
            duties.stopping.set()
            clockwork.stop()


@contextmanager
def stoppable(app: ASGIApp, trusted_proxies: Sequence[str] = ()) -> Iterator[uvicorn.Server]:
    """A server for the page whose ``run`` returns on SIGTERM or SIGINT, also on one that comes early.

    Only those proxies are believed when they say for whom they ask (``X-Forwarded-For``). uvicorn raises the signal again once it has stopped: here that is no failure.
    """
    config = uvicorn.Config(
        app,
        log_config=None,
        access_log=False,
        server_header=False,
        forwarded_allow_ips=list(trusted_proxies),
        timeout_graceful_shutdown=SECONDS_FOR_OPEN_REQUESTS,
    )
    server = uvicorn.Server(config)

    def stop(*_: object) -> None:
        server.should_exit = True

    before = {number: signal.signal(number, stop) for number in (signal.SIGTERM, signal.SIGINT)}
    try:
        yield server
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


@contextmanager
def listening(host: str, port: int) -> Iterator[socket.socket]:
    """A socket that takes connections from now on. Raises DubanError ADDRESS_TAKEN or BAD_ADDRESS."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family) as page:
        page.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            page.bind((host, port))
            page.listen()
        except OSError as error:
            raise _cannot_listen(host, port, error) from None
        yield page


def address_of(page: socket.socket) -> str:
    """What to type into a browser."""
    host, port, *_ = page.getsockname()
    return f"http://[{host}]:{port}/" if ":" in host else f"http://{host}:{port}/"


def _cannot_listen(host: str, port: int, error: OSError) -> DubanError:
    if isinstance(error, socket.gaierror):
        return DubanError("BAD_ADDRESS", f"找不到主机“{host}”：请检查配置项 host。")
    return DubanError(
        "ADDRESS_TAKEN",
        f"无法在 {host} 的 {port} 端口打开页面（{error.strerror}）：请停止占用它的程序，或更换配置项 host、port。",
    )
