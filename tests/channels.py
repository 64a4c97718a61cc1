"""A channel with memory for tests: it answers as told and keeps every envelope."""

from __future__ import annotations

from collections.abc import Callable
from types import TracebackType
from typing import Self

from notifications.channel import Envelope, Traits, Verdict

Answer = Callable[[Envelope], Verdict]


class RememberingChannel:
    """Accepts everything unless ``answers`` holds something else for the next attempts."""

    name = "email"
    traits = Traits(repeats_safely=True)

    def __init__(self, *answers: Verdict | Answer) -> None:
        self.answers = list(answers)
        self.sent: list[Envelope] = []
        self.attempted: list[Envelope] = []

    def send(self, envelope: Envelope) -> Verdict:
        self.attempted.append(envelope)
        answer = self.answers.pop(0) if self.answers else Verdict.accepted()
        verdict = answer(envelope) if callable(answer) else answer
        if verdict.is_accepted:
            self.sent.append(envelope)
        return verdict

    def open(self) -> None:
        return

    def close(self) -> None:
        return

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()
