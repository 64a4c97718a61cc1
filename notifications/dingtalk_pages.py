"""Cards as DingTalk pages: a heading, whom it calls, the paragraphs, each page within the vendor's bytes."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from itertools import chain

from notifications.card import Block, Card, Span
from notifications.dingtalk_markdown import ATOMS, json_size, link_of, markup, plain
from notifications.paging import again_mark, paged, part_mark
from notifications.words import clean, cut, known_locale

HEADING_LENGTH = 44  # characters; the list of conversations shows 64, keyword and part among them
BUTTON_LENGTH = 20
CALLED = 3000  # bytes of the people whom one message calls, some 150 of them; who is beyond is not called
GAP = "\n\n"
_MOBILE = re.compile(r"(\+\d{1,4}-)?1\d{10}")
_USER = re.compile(r"[A-Za-z0-9$][A-Za-z0-9_.@$-]{0,63}")
_MORE = {"zh-CN": "{title} 等{count}条", "en": "{title} and more, {count} in all"}
_MARK = "### "


@dataclass(frozen=True, slots=True)
class Page:
    """One page: ``title`` for the list of conversations, ``text`` in markdown, whom it calls, its one button."""

    title: str
    text: str
    at: tuple[str, ...] = ()
    button: tuple[str, str] | None = None

    def to_json(self) -> str:
        """The page as envelopes carry it."""
        button = list(self.button) if self.button else None
        stored = {"title": self.title, "text": self.text, "at": list(self.at), "button": button}
        return json.dumps(stored, ensure_ascii=False, separators=(",", ":"))

    @classmethod
    def from_json(cls, stored: str) -> Page:
        """The page that an envelope carries. Raises ``ValueError`` for anything else."""
        try:
            one = json.loads(stored)
            button = (str(one["button"][0]), str(one["button"][1])) if one["button"] else None
            return cls(one["title"], one["text"], tuple(one["at"]), button)
        except (KeyError, TypeError, IndexError):
            pass
        raise ValueError("no page")

    def marked(self, mark: str) -> Page:
        """The page with the mark before its title and its heading."""
        return replace(self, title=mark + self.title, text=self.text.replace(_MARK, _MARK + mark, 1))

    def marked_again(self, locale: str) -> Page:
        """The page that says that an earlier copy of it may have arrived."""
        return self.marked(again_mark(locale))

    @property
    def users(self) -> list[str]:
        """The ids of users that it calls."""
        return [one for one in self.at if not _MOBILE.fullmatch(one)]

    @property
    def mobiles(self) -> list[str]:
        """The telephone numbers that it calls."""
        return [one for one in self.at if _MOBILE.fullmatch(one)]


@dataclass(frozen=True, slots=True)
class Form:
    """The vendor's side: ``measure`` tells the bytes that a page takes when it leaves, marked as repeated.

    No page takes more than ``limit``; each contains one of ``keywords``, if there are any.
    """

    limit: int
    measure: Callable[[Page], int]
    locale: str
    keywords: tuple[str, ...] = ()


def paginate(cards: Sequence[Card], mentions: Sequence[str], form: Form) -> tuple[Page, ...]:
    """The cards as pages; the same cards give the same pages. People are called once, on the first."""
    title, at = _title(cards, form.locale), _called(mentions)
    if not at and (lone := _with_button(cards, title, form)):
        return (lone,)
    blocks = [*_calls(at), *filter(None, map(markup, _blocks(cards, title)))]
    texts = paged(
        blocks,
        form.limit - _taken(title, at, form),
        join=GAP,
        top=lambda part, parts: _heading(title, part, parts, form.locale) + (GAP if blocks else ""),
        atoms=ATOMS,
        size=json_size,
    )
    return tuple(_page(text, at, form) for text in texts)


def _title(cards: Sequence[Card], locale: str) -> str:
    first = clean(cards[0].title) if cards else ""
    if len(cards) < 2:
        return first
    return _MORE[known_locale(locale)].format(title=cut(first, HEADING_LENGTH - 20), count=len(cards))


def _heading(title: str, part: int, parts: int, locale: str) -> str:
    return _MARK + plain(cut(title, HEADING_LENGTH)) + part_mark(part, parts, locale)


def _called(mentions: Sequence[str]) -> tuple[str, ...]:
    """Whom the pages call; what is neither a user nor a telephone number calls nobody."""
    found: list[str] = []
    for one in dict.fromkeys(mentions):
        is_somebody = _MOBILE.fullmatch(one) or _USER.fullmatch(one)
        if is_somebody and sum(len(other) + 3 for other in (*found, one)) <= CALLED:
            found.append(one)
    return tuple(found)


def _calls(at: Sequence[str]) -> list[str]:
    return [" ".join(f"@{one}" for one in at)] if at else []


def _blocks(cards: Sequence[Card], title: str) -> list[Block]:
    """Every paragraph; a card has its full title as its first one where the page's heading is another."""
    return list(chain.from_iterable(_blocks_of(card, title) for card in cards))


def _blocks_of(card: Card, title: str) -> list[Block]:
    is_said = clean(card.title) == title and len(title) <= HEADING_LENGTH
    heading = [] if is_said else [Block("heading", (Span(card.title),))]
    button = [Block("line", (card.button,))] if card.button else []
    return [*heading, *card.blocks, *button]


def _taken(title: str, at: tuple[str, ...], form: Form) -> int:
    """The bytes of a page beside its text, with every mark that it could get."""
    heading = _heading(title, 9999, 9999, form.locale)
    bare = Page(heading.removeprefix(_MARK), heading, at)
    marked = bare.marked(_keyword(form)) if form.keywords else bare
    return form.measure(marked) - json_size(heading)


def _page(text: str, at: Sequence[str], form: Form) -> Page:
    """The page of that text; a keyword of the robot joins its heading unless it is there by itself."""
    heading = text.split("\n", 1)[0].removeprefix(_MARK)
    called = set(re.findall(r"@(\S+)", text))
    page = Page(heading, text, tuple(one for one in at if one in called))
    is_allowed = not form.keywords or any(word in text for word in form.keywords)
    return page if is_allowed else page.marked(_keyword(form))


def _keyword(form: Form) -> str:
    return f"【{form.keywords[0]}】"


def _with_button(cards: Sequence[Card], title: str, form: Form) -> Page | None:
    """One card with nothing to open but its button, as a card with that button, if it fits one page."""
    if len(cards) != 1 or not cards[0].button or not (href := link_of(cards[0].button.href)):
        return None
    if any(span.href for block in cards[0].blocks for span in block.spans):
        return None
    blocks = _blocks([replace(cards[0], button=None)], title)
    text = GAP.join([_heading(title, 1, 1, form.locale), *filter(None, map(markup, blocks))])
    words = cut(clean(cards[0].button.text), BUTTON_LENGTH) or "…"
    page = replace(_page(text, (), form), button=(words, href))
    return page if form.measure(page) <= form.limit else None
