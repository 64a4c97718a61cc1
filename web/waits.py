"""Waits in words: what somebody waits for."""

from __future__ import annotations

from engine.waits import Wait
from web.words import say
from workflows.waiting import Waiting


def what(one: Waiting, locale: str) -> str:
    """What is waited for, with its month, number or kind."""
    detail = one.detail
    if one.what in (Wait.CHANGE, Wait.FOLLOW_UP):
        detail = say(locale, f"{one.what}.{detail}")
    return say(locale, f"wait.{one.what}", detail=detail, n=one.count)
