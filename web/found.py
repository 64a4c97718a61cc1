"""What was found, and what became of mails and messages, in the language of whoever looks."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from db import tables
from notifications.found import found_sentence
from notifications.retold import is_told, retold
from web.reasons import without_command
from web.view import View
from web.words import DEFAULT_LOCALE
from web.words.en.errors import SENTENCES
from workflows.list_channels import ChannelLine

UNKNOWN_REPLY = "UNKNOWN_REPLY"


@dataclass(frozen=True, slots=True)
class Told:
    """A sentence; ``is_stored`` if it is in the office's language and not in the reader's, after ``title``."""

    text: str
    is_stored: bool = False
    title: str = ""


def found(one: tables.Finding, view: View) -> Told:
    """What the finding says, without naming a command: a page offers its own way."""
    if text := _told(one.code, one.inputs, view):
        return Told(text)
    if is_told(one.message):
        return Told(retold(one.message, view.locale))
    stored = without_command(one.message)
    if view.locale == DEFAULT_LOCALE:
        return Told(stored)
    key = f"finding.{one.code}"
    return Told(stored, is_stored=True, title=view.t(key) if view.knows(key) else "")


def mail_note(mail: tables.IncomingMail, view: View) -> Told:
    """What became of a mail that came in."""
    text = _told(UNKNOWN_REPLY, mail.inputs, view)
    return Told(text or mail.detail, is_stored=not text and view.locale != DEFAULT_LOCALE)


def answer(text: str, view: View) -> str:
    """What is kept of an attempt: our sentence in the reader's language, the far end's words as they are."""
    return retold(text, view.locale)


def trouble(line: ChannelLine, view: View) -> Told:
    """What is wrong with a channel."""
    if is_told(line.trouble):
        return Told(retold(line.trouble, view.locale))
    if view.locale != DEFAULT_LOCALE and line.error in SENTENCES:
        return Told(SENTENCES[line.error])
    return Told(without_command(line.trouble), is_stored=view.locale != DEFAULT_LOCALE)


def _told(code: str, inputs: Mapping[str, Any] | None, view: View) -> str:
    refusals = SENTENCES if view.locale != DEFAULT_LOCALE else {}
    return found_sentence(code, inputs or {}, view.locale, view.today, refusals)
