"""What people wait for, and one thing that is waited for: values of a check."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum


class Wait(StrEnum):
    """What is waited for; the last five are owed by coordinators, the others by units."""

    REPORT = "report"
    RETURNED = "returned"
    SIGN_OFF = "sign_off"
    SHARE = "share"
    CASE_REPLY = "case_reply"
    FOLLOW_UP = "follow_up"
    REVIEW = "review"
    ACCEPTANCE = "acceptance"
    CHANGE = "change"
    COORDINATION = "coordination"
    BULLETIN = "bulletin"


BY_COORDINATORS = frozenset({Wait.REVIEW, Wait.ACCEPTANCE, Wait.CHANGE, Wait.COORDINATION, Wait.BULLETIN})


@dataclass(frozen=True, slots=True)
class Owing:
    """One thing that is waited for: ``unit_id`` owes it, or without one the lead units (acceptance: coordinators).

    ``detail`` is the month, the case's number, or the kind of a follow-up.
    """

    what: Wait
    since: date
    unit_id: int | None = None
    detail: str = ""
