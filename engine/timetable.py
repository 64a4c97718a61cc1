"""The whole schedule of the service.

Nothing here is a business date: each duty asks the database what is due, so that a late, repeated or
missed turn changes nothing but the minute. Working days, slots and quiet hours are policy of each plan.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Duty:
    """Something the service does again and again: its name, seconds between turns, and what it is."""

    name: str
    every: int
    what: str


PREPARE = Duty("prepare", 30, "sweep what is due, compose a message for each open slot, freeze digests")
DELIVER = Duty("deliver", 5, "send what waits, one attempt each, and write the verdicts")
COLLECT = Duty("collect", 60, "read the answers that came by mail, if there is a mailbox")
RECEIPTS = Duty("receipts", 600, "ask vendors who has read what, where they tell")
LOOK_ROUND = Duty("look_round", 3600, "tell coordinators of a calendar year that is not known yet")
PING = Duty("ping", 300, "tell a watcher elsewhere that sweeps succeed, if one is set up")

TIMETABLE = (PREPARE, DELIVER, COLLECT, RECEIPTS, LOOK_ROUND, PING)
