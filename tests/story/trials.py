"""One seed lived through by the real workflows and told by the oracle: a quiet life, and one with troubles."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from db.session import Database
from tests.channels import RememberingChannel
from tests.oracle import Look, Story, tell
from tests.story.living import Key, keys_stored, live, sent, story_of, told
from tests.story.worlds import World, make, random_ticks
from tests.workflows.office_2024 import ZONE, mail_office

SETTLED = ("accepted", "withdrawn", "superseded", "given_up")


@dataclass(frozen=True)
class Trial:
    """What a seed came to; ``complaints`` is empty if service and oracle agree."""

    seed: int
    messages: int
    obligations: int
    complaints: tuple[str, ...]


def quiet(seed: int, length: int) -> Trial:
    """The service is up all the time: the same messages to the same people on the same days."""
    database, world, story = _begin(seed, length)
    telling = tell(story, *world.span)
    try:
        live(database, mail_office(RememberingChannel()), world.span, world.deeds, ticks=random_ticks(seed))
        found = Counter(told(one) for one in sent(database) if one.kind == "reminder")
        wanted = Counter(telling.messages)
        complaints = [f"not sent: {one}" for one in wanted - found]
        complaints += [f"not wanted: {one}" for one in found - wanted]
        complaints += _keys_differ(set(keys_stored(database, world.deeds)), set(telling.keys))
        return Trial(seed, found.total(), len(telling.keys), tuple(complaints))
    finally:
        database.close()


def troubled(seed: int, length: int) -> Trial:
    """The service is down for hours and weeks, is started anew, and its clock jumps: no obligation is lost.

    Every step that the oracle tells is on record with one end, nothing else is, and nobody gets two
    reminder messages or two digests in a day. A step whose day came while the service was down, and that
    people settled before it was up again, need not be on record: nobody waits for it.
    """
    database, world, story = _begin(seed, length)
    try:
        outages = _merged(_outages(random.Random(seed), world.span))
        office, looks, wrong = mail_office(RememberingChannel()), list[Look](), set[datetime]()
        live(
            database,
            office,
            world.span,
            world.deeds,
            is_up=_is_up(outages, world.span[1]),
            ticks=random_ticks(seed),
            clock=_jumpy_clock(seed, world.span, looks, wrong),
        )
        telling = tell(story, *world.span, looks)
        outages = _merged(outages, [at for at, _ in looks])
        settled = {key for key, day in telling.keys.items() if _was_settled(key, day, world, outages)}
        rows = keys_stored(database, world.deeds)
        # Recorded by a clock that was set back behind what people had decided since, and never sent.
        stray = {key for key, row in rows.items() if row.created_at in wrong and row.state != "accepted"}
        stored = set(rows) - (stray - set(telling.keys))
        complaints = _keys_differ(stored, set(telling.keys) - (settled - stored))
        complaints += _unsettled(database, world)
        complaints += _crowded(database)
        return Trial(seed, len(sent(database)), len(telling.keys), tuple(complaints))
    finally:
        database.close()


def _begin(seed: int, length: int) -> tuple[Database, World, Story]:
    database = Database("sqlite://")
    database.create_unversioned()
    world = make(database, seed, length)
    return database, world, story_of(database, world.plan_id, world.deeds)


Outage = tuple[datetime, datetime]


def _outages(dice: random.Random, span: tuple[date, date]) -> Iterator[Outage]:
    for _ in range(dice.randint(1, 4)):
        day = span[0] + timedelta(days=dice.randrange((span[1] - span[0]).days))
        begin = datetime.combine(day, time(dice.randrange(24), 30), ZONE)
        yield begin, begin + timedelta(hours=dice.choice((3, 20, 50, 120, 340)))


def _merged(outages: Iterable[Outage], looks: Sequence[datetime] = ()) -> list[Outage]:
    """Outages that overlap are one; so are those between which nobody looked, where the looks are known."""
    merged: list[Outage] = []
    for begin, end in sorted(outages):
        last = merged[-1][1] if merged else begin
        if merged and (begin <= last or (looks and not any(last <= one < begin for one in looks))):
            merged[-1] = (merged[-1][0], max(end, last))
        else:
            merged.append((begin, end))
    return merged


def _is_up(outages: list[Outage], last: date) -> Callable[[datetime], bool]:
    """Up but for the outages, and up again on the last day."""
    return lambda now: now.date() == last or not any(begin <= now < end for begin, end in outages)


def _jumpy_clock(
    seed: int, span: tuple[date, date], looks: list[Look], wrong: set[datetime]
) -> Callable[[datetime], datetime]:
    """Now and then the clock is set back by up to two days, and right again at the next tick.

    Not in the first three days, before which there was nothing, and not on the last, which settles the rest.

    ``looks`` gathers the moments, each with the day that the service took it to be; ``wrong`` what it showed
    when it was set back.
    """
    dice = random.Random(f"clock {seed}")

    def clock(now: datetime) -> datetime:
        may_be = span[0] + timedelta(days=3) <= now.date() < span[1]
        is_set_back = may_be and dice.random() < 0.05
        shown = now - timedelta(hours=dice.randint(1, 48)) if is_set_back else now
        looks.append((now, shown.date()))
        if is_set_back:
            wrong.add(shown)
        return shown

    return clock


def _was_settled(key: Key, nominal_on: date, world: World, outages: list[Outage]) -> bool:
    """Whether people did something about the sub-task between the step's day and the end of the same outage."""
    subtask_id = _subtask_id(key, world)
    return any(
        deed.subtask_id == subtask_id
        and begin <= deed.at
        and deed.at.date() <= end.date()  # the first turn after an outage is as late as its next tick
        and begin.date() <= nominal_on <= deed.at.date()
        for deed in world.deeds
        for begin, end in outages
    )


def _subtask_id(key: Key, world: World) -> int:
    kind, number = key[0].partition("/")[0].split(":")[:2]
    return world.milestones[int(number)] if kind == "milestone" else int(number)


def _unsettled(database: Database, world: World) -> Iterator[str]:
    """Only what fell due after the last slot may wait; every other reminder has its end, and why."""
    for key, row in keys_stored(database, world.deeds).items():
        is_new = row.created_at.astimezone(ZONE).date() == world.span[1]
        if row.state not in SETTLED and not (row.state == "pending" and is_new):
            yield f"left {row.state}: {key}"
        if row.state in ("withdrawn", "superseded", "given_up") and not row.ended_reason:
            yield f"ended without a reason: {key}"


def _crowded(database: Database) -> Iterator[str]:
    counted = Counter((one.recipient, one.slot_on, one.kind) for one in sent(database))
    yield from (f"{number} messages: {key}" for key, number in counted.items() if number > 1)


def _keys_differ(stored: set[Key], wanted: set[Key]) -> list[str]:
    return [f"lost: {key}" for key in wanted - stored] + [f"unexpected: {key}" for key in stored - wanted]
