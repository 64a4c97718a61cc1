"""What takes longer than a page may is worked out beside the pages, one at a time, and kept for the next looks.

The key names everything that the result was made from: what has changed since is never shown as it was.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable
from dataclasses import dataclass
from typing import Any, TypeVar, cast

import structlog

T = TypeVar("T")
KEPT = 4  # results in memory
PATIENCE = 0.05  # seconds that a page waits
WORKER = "previews"  # the name of the thread that works

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Waits:
    """There is no result yet; ``failed`` if the last attempt broke off, and the next look is a new one."""

    failed: bool = False


class WorkedOut:
    """The last results by their keys, and the one that is being worked out."""

    def __init__(self) -> None:
        self._kept: OrderedDict[Hashable, Any] = OrderedDict()
        self._worker = threading.Thread()
        self._failed: Hashable = None
        self._turn = threading.Lock()

    def ask(self, key: Hashable, make: Callable[[], T]) -> T | Waits:
        """The result for that key; else it is being worked out, as soon as the one before is done."""
        with self._turn:
            if key in self._kept:
                self._kept.move_to_end(key)
                return cast("T", self._kept[key])
            if self._failed == key:
                self._failed = None
                return Waits(failed=True)
            if not self._worker.is_alive():
                self._worker = threading.Thread(target=self._work, args=(key, make), name=WORKER, daemon=True)
                self._worker.start()
            worker = self._worker
        worker.join(PATIENCE)
        with self._turn:
            return cast("T", self._kept[key]) if key in self._kept else Waits()

    def _work(self, key: Hashable, make: Callable[[], object]) -> None:
        try:
            made = make()
        except Exception:  # a page says so
            log.exception("preview failed", key=str(key))
            self._failed = key
            return
        with self._turn:
            self._kept[key] = made
            while len(self._kept) > KEPT:
                self._kept.popitem(last=False)
