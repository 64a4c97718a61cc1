"""The errors a person reads: a stable code, a sentence that says what to do, and whether trying again helps."""

from __future__ import annotations


class DubanError(Exception):
    """What went wrong for the user; ``str(error)`` is the sentence to show."""

    def __init__(self, code: str, message: str, retry: bool = False) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.retry = retry


class IntakeError(DubanError):
    """A document was refused; nothing of it was stored."""
