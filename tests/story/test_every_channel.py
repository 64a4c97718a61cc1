"""A month with every contact on another channel: the same obligations as with everybody on mail."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import date, datetime, time
from functools import cache
from typing import Any

import pytest

from db.session import Database
from notifications.channels import KINDS
from notifications.inbox import InboxChannel
from tests.channels import RememberingChannel
from tests.channels_contract.registry import harnesses
from tests.oracle import Expected, tell
from tests.story.every_channel import Vendors, attempts, readers, spread
from tests.story.living import Key, keys_stored, live, sent, story_of, told
from tests.story.worlds import World, make
from tests.workflows.office_2024 import LINKS, mail_office
from workflows.collect_receipts import collect_receipts

MONTH = 30
# Midnight, the slots of reminders and of digests, and some minutes after them: what had to wait is tried again.
TICKS = tuple(map(time.fromisoformat, ("00:05", "09:10", "09:13", "09:21", "15:10", "15:13")))


@dataclass(frozen=True)
class Life:
    """Every obligation with its day and its end; every reminder message, and every other one."""

    obligations: dict[Key, tuple[date, str, str]]
    reminders: Counter[Expected]
    others: Counter[Any]


@contextmanager
def world_of(seed: int) -> Iterator[tuple[Database, World]]:
    database = Database("sqlite://")
    database.create_unversioned()
    try:
        yield database, make(database, seed, MONTH)
    finally:
        database.close()


def life(database: Database, world: World) -> Life:
    """What is on record after the month."""
    messages = sent(database)
    return Life(
        {
            key: (row.nominal_on, row.state, row.ended_reason)
            for key, row in keys_stored(database, world.deeds).items()
        },
        Counter(told(one) for one in messages if one.kind == "reminder"),
        Counter(
            (one.kind, one.recipient, one.slot_on, one.period) for one in messages if one.kind != "reminder"
        ),
    )


@cache
def by_mail(seed: int) -> Life:
    """The month with everybody on mail; what the oracle tells of it is what was sent."""
    with world_of(seed) as (database, world):
        telling = tell(story_of(database, world.plan_id, world.deeds), *world.span)
        office = replace(mail_office(RememberingChannel()), links=LINKS)
        live(database, office, world.span, world.deeds, ticks=lambda _: TICKS)
        found = life(database, world)
        assert set(found.obligations) == set(telling.keys)
        assert found.reminders == Counter(telling.messages)
        return found


@dataclass(frozen=True)
class Channels:
    """By channel what the service has on record as taken and what the vendor took; how often one failed,
    and how many messages are known to have been read."""

    counts: dict[str, tuple[int, int]]
    failures: int
    read: Counter[str]


def by_every_channel(seed: int, *, bad_days: bool = False) -> tuple[Life, Channels]:
    """The month with everybody on another channel."""
    with world_of(seed) as (database, world), Vendors() as vendors:
        used = spread(database, vendors, first=seed)

        def clock(now: datetime) -> datetime:
            if now.minute == 10 and bad_days:
                vendors.have_bad_days(now.toordinal())
            if now.minute == 13:
                vendors.everybody_reads()
                collect_receipts(database, office, vendors.told(now))
            return vendors.told(now)

        office = vendors.office()
        live(database, office, world.span, world.deeds, ticks=lambda _: TICKS, clock=clock)
        ended = attempts(database)
        counts = {
            name: (ended[name, "accepted"], len(vendors.lines[name].fake.received))
            for name in used & vendors.remote
        }
        failures = sum(count for (_, verdict), count in ended.items() if verdict != "accepted")
        return life(database, world), Channels(counts, failures, readers(database))


@pytest.mark.parametrize("seed", [0, 1])
def test_a_month_on_every_channel_has_the_obligations_of_a_month_on_mail(seed: int) -> None:
    month, channels = by_every_channel(seed)
    assert month == by_mail(seed)
    assert channels.failures == 0
    assert {name: pair for name, pair in channels.counts.items() if pair[0] != pair[1]} == {}
    assert sum(taken for _, taken in channels.counts.values()) > 20
    assert sum(channels.read.values()) > 0


@pytest.mark.parametrize("seed", [1])
def test_vendors_that_fail_now_and_then_change_no_obligation(seed: int) -> None:
    month, channels = by_every_channel(seed, bad_days=True)
    assert month == by_mail(seed)
    assert channels.failures > 10
    assert all(
        known <= taken for known, taken in channels.counts.values()
    )  # some were taken and not known to be


def test_every_kind_of_channel_with_a_vendor_to_test_it_is_among_them() -> None:
    with Vendors() as vendors:
        kinds = {type(line.channel) for line in vendors.lines.values()}
    assert kinds == {InboxChannel, *(type(one().channel()) for one in harnesses())}
    assert len(kinds) > len(KINDS)
