"""The process in which the office's own templates are checked and rendered: ``python -m notifications.note_child``.

One request a line on standard input, one answer a line on standard output, both JSON. What a template may burn
is bounded here for good; whoever asks bounds the time of the clock and starts another process where this one died.
"""

from __future__ import annotations

import json
import sys
import traceback
from dataclasses import asdict
from functools import lru_cache
from typing import Any

from jinja2 import Template, TemplateError, UndefinedError

from notifications.card import Card
from notifications.note import Layout, NoteError, card_of_note
from notifications.note_check import Problem, problems_in
from notifications.note_sandbox import note_environment

LIMITS = ("cpu_seconds", "memory", "output")
SOURCE_FILE = "<template>"


class RefusedError(Exception):
    """A template that gives no card."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(problem.code)
        self.problem = problem


def main() -> None:
    """Answers requests until nobody asks any more."""
    limits: dict[str, int] = json.loads(sys.argv[1])
    _bound(limits["memory"])
    for line in sys.stdin:
        _bound_time(limits["cpu_seconds"])
        try:
            answer = _answer(json.loads(line), limits["output"])
        except MemoryError:
            print(json.dumps({"died": "OVER_MEMORY"}), flush=True)
            return
        print(json.dumps(answer), flush=True)


def _answer(request: dict[str, Any], most: int) -> dict[str, Any]:
    problems = _problems(request["source"], request["kind"])
    if problems or "values" not in request:
        return {"problems": [asdict(one) for one in problems]}
    try:
        return {"card": _card(request, most).to_json()}
    except RefusedError as refused:
        return {"problems": [asdict(refused.problem)]}


@lru_cache(maxsize=64)
def _problems(source: str, kind: str) -> tuple[Problem, ...]:
    return tuple(problems_in(source, kind))


@lru_cache(maxsize=64)
def _template(source: str) -> Template:
    return note_environment().from_string(source)


def _card(request: dict[str, Any], most: int) -> Card:
    """The card that the template makes of the values; it has been checked before."""
    layout = Layout(request["title"], request["tone"], request["link"])
    try:
        note = _rendered(_template(request["source"]), request["values"], most)
        card = card_of_note(note, layout)
    except NoteError as error:
        raise RefusedError(Problem(_line(error), str(error), _SENTENCES[str(error)])) from None
    except UndefinedError as error:
        sentence = f"用到了没有的值（{error.message}）：请核对名称和序号。"
        raise RefusedError(Problem(_line(error), "UNKNOWN_VALUE", sentence)) from None
    except (TemplateError, ArithmeticError, LookupError, RecursionError, SyntaxError) as error:
        raise RefusedError(_failed(error)) from None
    except (TypeError, ValueError) as error:  # such as a comparison of text with a number
        raise RefusedError(_failed(error)) from None
    if not card.blocks:
        raise RefusedError(Problem(0, "EMPTY", _SENTENCES["EMPTY"]))
    return card


def _rendered(template: Template, values: dict[str, Any], most: int) -> str:
    pieces, length = [], 0
    for piece in template.generate(mail=values):
        length += len(piece)
        if length > most:
            raise NoteError("OVER_OUTPUT")
        pieces.append(piece)
    return "".join(pieces)


_SENTENCES = {
    "OVER_OUTPUT": "写出来的内容太长：请减少循环和固定文字。",
    "VALUE_NOT_TEXT": "要写出来的值不是文字：请写到具体的一项。",
    "BAD_ADDRESS": "链接的地址不能用：只能写固定的网址（https://…）或 {{ mail.link }}。",
    "EMPTY": "写出来什么内容也没有：请写上要告诉对方的话。",
}


def _failed(error: Exception) -> Problem:
    return Problem(_line(error), "FAILED", f"模板渲染不出来（{type(error).__name__}）：请写简单些。")


def _line(error: Exception) -> int:
    """The template's line at which it happened; 0 where none is known."""
    frames = traceback.extract_tb(error.__traceback__)
    return next((frame.lineno or 0 for frame in reversed(frames) if frame.filename == SOURCE_FILE), 0)


def _bound(memory: int) -> None:
    """Memory, files and core dumps of this process are bounded (where the system can)."""
    try:
        import resource
    except ImportError:  # not a POSIX system: who asks still bounds the time
        return
    resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def _bound_time(seconds: int) -> None:
    """So much more CPU time for the next answer; then the system ends this process."""
    try:
        import resource
    except ImportError:
        return
    used = resource.getrusage(resource.RUSAGE_SELF)
    until = int(used.ru_utime + used.ru_stime) + 1 + seconds
    resource.setrlimit(resource.RLIMIT_CPU, (until, resource.RLIM_INFINITY))


if __name__ == "__main__":
    main()
