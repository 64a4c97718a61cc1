"""The office's own templates in force, beside the shipped ones."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field

from notifications.card import Card
from notifications.message import TemplateFault
from notifications.note_check import Problem
from notifications.note_values import View
from notifications.note_worker import BadTemplateError, NoteWorker
from notifications.views import MailView


@dataclass(frozen=True, slots=True)
class OwnTemplates:
    """Sources by kind and locale, and who renders them; without any, everything is as shipped."""

    sources: Mapping[tuple[str, str], str] = field(default_factory=dict)
    worker: NoteWorker | None = None

    def card(self, kind: str, view: View) -> Card | TemplateFault | None:
        """What the office's template makes of the view, or why it makes nothing; ``None`` where it has none."""
        source = self.sources.get((kind, view.locale))
        if source is None or self.worker is None:
            return None
        try:
            card = self.worker.card(source, kind, view)
        except BadTemplateError as error:
            first = error.problems[0]
            return TemplateFault(kind, view.locale, first.code, first.sentence, first.line)
        left_out = titles_left_out(card, view)
        if left_out:
            return TemplateFault(kind, view.locale, LEFT_OUT.code, LEFT_OUT.sentence)
        return card


def titles_left_out(card: Card, view: View) -> list[str]:
    """What is asked of the reader and does not stand on the card: every item's whole title must."""
    if not isinstance(view, MailView):
        return []
    said = "\n".join("".join(span.text for span in block.spans) for block in card.blocks)
    owed = Counter(item.title for group in view.groups for item in group.items)
    return [title for title, times in owed.items() if said.count(title) < times]


SHIPPED = OwnTemplates()
LEFT_OUT = Problem(
    0,
    "ITEMS_LEFT_OUT",
    "不是每一项都写到了：请用 for 把 mail.groups 里每组 items 的 title 全部写出来，不要截短。",
)
