"""The service's log on standard error: one line an event, without secrets and without addresses."""

from __future__ import annotations

import logging
import re
import sys
from collections.abc import MutableMapping
from typing import Any, Literal

import structlog

_ADDRESS = re.compile(r"[^\s<>@\"'(),;:]+@[^\s<>@\"'(),;:]+")
_LINK = re.compile(r"(?<=/r/)[A-Za-z0-9_-]{16,}")
_PASSWORD = re.compile(r"(?<=://)[^\s/@]+(?=@)")
_LOUD = ("apscheduler", "uvicorn", "sqlalchemy", "alembic")

Event = MutableMapping[str, Any]


def configure(form: Literal["console", "json"]) -> None:
    """Everything that is logged from now on has the form asked for, times in UTC."""
    shown: list[Any] = [
        structlog.contextvars.merge_contextvars,
        structlog.processors.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.format_exc_info,
        discreet,
        structlog.processors.JSONRenderer(ensure_ascii=False)
        if form == "json"
        else structlog.dev.ConsoleRenderer(
            colors=sys.stderr.isatty(), exception_formatter=structlog.dev.plain_traceback
        ),
    ]
    structlog.configure(
        processors=shown,
        wrapper_class=structlog.make_filtering_bound_logger(logging.INFO),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
        cache_logger_on_first_use=False,
    )
    logging.basicConfig(level=logging.WARNING, handlers=[_Forward()], force=True)
    for name in _LOUD:
        logging.getLogger(name).setLevel(logging.ERROR)


def discreet(_logger: Any, _method: str, event: Event) -> Event:
    """Mail addresses, report links, user and password in addresses of databases are blotted out of every text."""
    for name, value in event.items():
        if isinstance(value, str):
            without_links = _LINK.sub("<link>", value)
            event[name] = _ADDRESS.sub("<address>", _PASSWORD.sub("<login>", without_links))
    return event


class _Forward(logging.Handler):
    """What libraries log goes the same way as our own events."""

    def emit(self, record: logging.LogRecord) -> None:
        log = structlog.get_logger()
        error = record.exc_info[1] if record.exc_info else None
        log.log(record.levelno, record.getMessage(), logger=record.name, exc_info=error)
