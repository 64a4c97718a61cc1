"""Why something was refused, for somebody at a page: sentences that speak of commands have one of their own."""

from __future__ import annotations

from engine.errors import DubanError
from web.view import View
from web.words import knows


def problem_of(view: View, error: DubanError) -> str:
    """The words ``problem.CODE`` where there are some, else what the error says."""
    key = f"problem.{error.code}"
    return view.t(key) if knows(view.locale, key) else view.refusal(error)
