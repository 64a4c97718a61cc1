"""Channels with memory for tests: they answer as told and keep every envelope."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta

from notifications.batch import Batch
from notifications.card import Card
from notifications.channel import Budget, Envelope, Traits, Verdict

Answer = Callable[[Envelope], Verdict]

A_MINUTE = Budget(20, 60)


class RememberingChannel(Batch):
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


class CountingRobot(Batch):
    """A group's robot: takes pages of at most ``limit`` bytes, counts as the vendor does, keeps what it took.

    ``clock`` is the vendor's own; ``most`` is the highest number that it ever counted in a minute.
    """

    def __init__(
        self,
        clock: Callable[[], datetime],
        *answers: Verdict | Answer,
        name: str = "email",
        limit: int = 2000,
        budget: Budget = A_MINUTE,
        quiet_minutes: tuple[int, ...] = (),
    ) -> None:
        self.name, self.clock, self.limit, self.answers = name, clock, limit, list(answers)
        self.traits = Traits(False, (budget,), merges=True, quiet_minutes=quiet_minutes)
        self.budget = budget
        self.attempted: list[Envelope] = []
        self.sent: list[Envelope] = []
        self.counted: list[datetime] = []
        self.most = 0

    def pages(self, cards: Sequence[Card], mentions: Sequence[str] = ()) -> tuple[str, ...]:
        lines = [f"@{one}" for one in mentions]
        for card in cards:
            lines += [card.title, *("".join(span.text for span in block.spans) for block in card.blocks)]
        pages = [""]
        for line in lines:
            if len(f"{pages[-1]}\n{line}".encode()) > self.limit:
                pages.append("")
            pages[-1] = f"{pages[-1]}\n{line}".strip()
        return tuple(pages)

    def send(self, envelope: Envelope) -> Verdict:
        now = self.clock()
        self.attempted.append(envelope)
        self.counted.append(now)
        span = timedelta(seconds=self.budget.seconds)
        self.most = max(self.most, sum(now - span < one <= now for one in self.counted))
        answer = self.answers.pop(0) if self.answers else Verdict.accepted()
        verdict = answer(envelope) if callable(answer) else answer
        if verdict.is_accepted:
            self.sent.append(envelope)
        return verdict
