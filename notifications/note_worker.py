"""Asks the process in which the office's own templates are rendered, and ends it where it takes too long."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
import weakref
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import IO, Any

from notifications.card import Card
from notifications.note_check import Problem
from notifications.note_values import View, plain_values

MIB = 1024 * 1024


@dataclass(frozen=True, slots=True)
class NoteLimits:
    """What one template may cost: seconds of CPU and of the clock, bytes of memory, characters of output."""

    cpu_seconds: int = 2
    wall_seconds: float = 10.0
    memory: int = 256 * MIB
    output: int = 64 * 1024


class BadTemplateError(Exception):
    """A template that gives no card; ``problems`` say where and why."""

    def __init__(self, problems: tuple[Problem, ...]) -> None:
        super().__init__("；".join(one.code for one in problems))
        self.problems = problems


class NoteWorker:
    """One child process, started when it is first needed and again after it died; any thread may ask.

    A template that ran into a limit of time or memory is not run again: its fault is remembered.
    """

    def __init__(self, limits: NoteLimits | None = None) -> None:
        self._limits = limits or NoteLimits()
        self._lock = threading.Lock()
        self._child: subprocess.Popen[str] | None = None
        self._owner = 0
        self._stopped: dict[str, Problem] = {}
        self._ending: weakref.finalize[..., NoteWorker] | None = None

    def check(self, source: str, kind: str) -> tuple[Problem, ...]:
        """What is wrong with the template before it meets any values."""
        return _problems(self._ask({"source": source, "kind": kind}))

    def card(self, source: str, kind: str, view: View) -> Card:
        """The card that the template makes of the view. Raises BadTemplateError where it makes none."""
        request = {
            "source": source,
            "kind": kind,
            "values": plain_values(view, source),
            "title": view.subject,
            "tone": view.tone,
            "link": getattr(view, "link", None) or "",
        }
        answer = self._ask(request)
        if "card" not in answer:
            raise BadTemplateError(_problems(answer))
        return Card.from_json(answer["card"])

    def close(self) -> None:
        """The process is gone; asking again starts another."""
        with self._lock:
            self._end()

    def _ask(self, request: Mapping[str, Any]) -> Mapping[str, Any]:
        source = str(request["source"])
        with self._lock:
            if source in self._stopped:
                raise BadTemplateError((self._stopped[source],))
            try:
                child = self._running()
            except OSError:  # no process to be had: the message leaves as shipped, the next one may have luck
                raise BadTemplateError((_limit("FAILED"),)) from None
            assert child.stdin
            assert child.stdout
            timer = threading.Timer(self._limits.wall_seconds, child.kill)
            timer.start()
            try:
                answer = _exchange(child.stdin, child.stdout, json.dumps(request))
            finally:
                timer.cancel()
            if "died" not in answer:
                return answer
            problem, is_lasting = self._cause(answer["died"])
            if is_lasting:
                self._stopped[source] = problem
            raise BadTemplateError((problem,))

    def _cause(self, said: str) -> tuple[Problem, bool]:
        """Why the process is gone, and whether the template would do it again: it can wait for nothing, so who
        runs out of time without using it is a machine that has none to give."""
        status = self._end()
        if said:
            return _limit(said), True
        if status == -signal.SIGKILL:
            return _limit("OVER_TIME"), False
        return _limit("OVER_TIME" if status == -signal.SIGXCPU else "FAILED"), True

    def _running(self) -> subprocess.Popen[str]:
        if self._owner != os.getpid():  # a fork of the process that had started it: leave that one alone
            self._child, self._ending = None, None
        if self._child is None or self._child.poll() is not None:
            self._end()
            self._child = _start(self._limits)
            self._owner = os.getpid()
            self._ending = weakref.finalize(self, _end, self._child)
        return self._child

    def _end(self) -> int | None:
        """The exit status of the process that there was."""
        child, self._child = self._child, None
        if self._ending is not None:
            self._ending.detach()
        return _end(child) if child else None


def _start(limits: NoteLimits) -> subprocess.Popen[str]:
    """The process, with nothing of this one's surroundings but where its modules are."""
    root = str(Path(__file__).resolve().parent.parent)
    search = os.pathsep.join(part for part in (root, os.environ.get("PYTHONPATH", "")) if part)
    return subprocess.Popen(
        [sys.executable, "-m", "notifications.note_child", json.dumps(asdict(limits))],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        cwd=root,
        env={"PYTHONPATH": search, "PYTHONIOENCODING": "utf-8"},
        text=True,
        encoding="utf-8",
    )


def _exchange(to_child: IO[str], from_child: IO[str], request: str) -> Mapping[str, Any]:
    """What the process answers; ``died`` where it answers nothing, with the cause if it still said it."""
    try:
        to_child.write(request + "\n")
        to_child.flush()
        line = from_child.readline()
    except OSError:
        line = ""
    return json.loads(line) if line.endswith("\n") else {"died": ""}


def _end(child: subprocess.Popen[str]) -> int:
    """The process has ended, by itself if it was about to."""
    for pipe in (child.stdin, child.stdout):
        try:
            if pipe is not None:
                pipe.close()
        except OSError:
            pass  # what was still to be written has nobody to read it
    try:
        return child.wait(timeout=2)
    except subprocess.TimeoutExpired:
        child.kill()
        return child.wait()


def _problems(answer: Mapping[str, Any]) -> tuple[Problem, ...]:
    return tuple(Problem(**one) for one in answer["problems"])


def _limit(code: str) -> Problem:
    return Problem(0, code, _SENTENCES[code])


_SENTENCES = {
    "OVER_TIME": "运行时间超过上限，已停止：请减少循环。",
    "OVER_MEMORY": "占用的内存超过上限，已停止：请减少循环和固定文字。",
    "FAILED": "运行中意外中止：请写简单些。",
}
