"""Running text as a tree of numbered paragraphs; the levels come from the order in which styles of numbers open."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from itertools import pairwise, takewhile

from intake import words
from intake.furniture import is_furniture
from intake.headers import column
from intake.numerals import chinese_value
from intake.quantity_scan import MEASURES_PATTERN, narrow
from intake.table import Document, Paragraph, Place

_CN = r"[一二三四五六七八九十百]{1,4}"
# How numbers are written; what is opened first stands higher. 1. and 1、 are one style: offices mix them.
_STYLES: tuple[tuple[str, re.Pattern[str]], ...] = (
    ("part", re.compile(rf"第({_CN}|\d{{1,2}})(?:部分|章|篇|编)[\s:：、]*")),
    ("article", re.compile(rf"第({_CN}|\d{{1,3}})条[\s:：、]*")),
    ("section", re.compile(rf"第({_CN}|\d{{1,2}})节[\s:：、]*")),
    ("chinese", re.compile(rf"({_CN})\s*[、.．]\s*")),
    ("bracketed", re.compile(rf"[（(]\s*({_CN})\s*[)）]\s*[、.．]?\s*")),
    ("dotted", re.compile(r"(\d{1,2}(?:[.．]\d{1,2}){1,2})(?:\s*[.．、]\s*|\s+)(?=[^\d\s])")),
    ("arabic", re.compile(r"(\d{1,3})\s*[.．、,，]\s*(?!\d)")),
    ("enclosed", re.compile(r"[（(]?\s*(\d{1,3})\s*[)）]\s*[、.．]?\s*")),
    ("circled", re.compile(r"([①-⑳])\s*[、.．]?\s*")),
    ("dash", re.compile(r"([-–—](?=\s)|[▶►▷▸➤])\s*(?=\S)")),
)
_OUTERMOST = ("part", "article", "section", "chinese")
_PADDED = re.compile(r"(0\d)\s*(?=[^\d\s.．/-])")
_GLUED = re.compile(
    rf"(\d{{1,2}})(?:[.．](?=\d)|\s*(?=[^\d\s年月日时分.．%‰/~～—-])(?!{MEASURES_PATTERN}|万|亿|千|百|余|多))"
)
_INLINE = re.compile(r"(?:^|(?<=[。；;：:！]))\s*(\d{1,2})[.．、](?=[^\d])")
_SPOKEN = re.compile(rf"({_CN})是[，,、:：]?\s*")
_LONGEST_LABEL = 8
_STATED = re.compile(rf"({_CN}|\d{{1,2}})\s*[件项个大]")
_ANNOUNCES = re.compile(
    rf"(?:{'|'.join(words.plans.PROJECT_LISTS)})\s*(?:{_CN}|\d{{1,2}})\s*[件项个]\s*[，,]?(?:分别)?(?:是|为|包括|包含|有)"
)
_COUNTS = re.compile(r"(?<![\d第])\d{1,2}(?![\d年月日号%.])")
_MARKED = re.compile(r"[。；;：:！!？?]")  # marks of sentences, which no bare name holds
_SHORT_CLAUSE = 6  # 分别是, 具体如下: says nothing without the clause before it
_LEAST_LISTED = 3  # numbers that make a list of a paragraph
_ENDED = "。；;！？!?：:"
_OPEN_END = "，,、（(“《"
_LONGEST_TITLE = 60
_DATE_LINE = re.compile(
    r"[（(]?\s*(?:20\d{2}|二[○〇O零]\S{2})\s*年\s*\S{1,3}\s*月(?:\s*\S{1,3}\s*日)?\s*[)）]?"
)


@dataclass(slots=True)
class Node:
    """A numbered paragraph: its number as issued (bare), its text, the paragraphs below it, the numbers below it.

    The root of a part has no number; its text is the part's title.
    """

    no: str
    style: str
    text: str
    where: Place
    body: list[Paragraph] = field(default_factory=list)
    children: list[Node] = field(default_factory=list)


@dataclass(slots=True)
class _State:
    parts: list[Node]
    stack: list[Node]
    broken: bool = False  # page furniture, a table or a signature: only a number that goes on joins again


def read_outline(document: Document) -> list[Node]:
    """The parts of the running text: what stands between titles, annexes and the page around the document."""
    root = Node("", "root", "", Place())
    state = _State([root], [root])
    for part in _joined_lines(document):
        if part is None:
            state.broken = True
        else:
            _take(state, part)
    for one in state.parts:
        _number_as_announced(one)
    return [part for part in state.parts if part.children or part.body]


def _number_as_announced(part: Node) -> None:
    """今年的10件实事是： and paragraphs without numbers below it: as many of them as are announced."""
    count = stated_number(part.text) if part.style == "list" and not part.children else None
    if count and _LEAST_LISTED <= count <= len(part.body):
        for number, one in enumerate(part.body[:count], start=1):
            part.children.append(Node(str(number), "counted", one.text, one.where))
        part.body = []
    if part.style == "root" and not part.children and _names_below(part):
        part.children = [
            Node(str(i), "counted", one.text, one.where) for i, one in enumerate(_names_below(part), 1)
        ]
        part.style, part.body = "titled", []


def _names_below(part: Node) -> list[Paragraph]:
    """The names below 2024年10件民生实事项目, where they are exactly as many as the title says; else none."""
    if not any(word in part.text for word in words.plans.PROJECT_LISTS):
        return []
    below = (
        part.body[1:] if part.body and re.fullmatch(r"[（(][^（()）]*[)）]", part.body[0].text) else part.body
    )
    names = list(
        takewhile(lambda one: len(one.text) <= _LONGEST_TITLE and not _MARKED.search(one.text), below)
    )
    said = {stated_number(part.text), *(int(number) for number in _COUNTS.findall(part.text))}
    return names if len(names) >= _LEAST_LISTED and len(names) in said else []


def stated_number(text: str) -> int | None:
    """How many things a sentence announces: 10 for 今年的10件实事是."""
    stated = _STATED.search(text)
    return ordinal_of(stated.group(1)) if stated else None


def ordinal_of(number: str) -> int | None:
    """What a bare number counts: 3 for 3, 三, ③ and 2.3."""
    last = re.split(r"[.．]", number)[-1]
    if last.isdigit() and last.isascii():
        return int(last)
    if len(last) == 1 and "①" <= last <= "⑳":
        return ord(last) - ord("①") + 1
    return chinese_value(last)


def sentences(text: str) -> list[str]:
    """The sentences of a text with their marks; what stands in quotation marks or brackets is not cut."""
    return _cut(text, "。！!\n")


def parts_of(text: str, marks: str) -> list[str]:
    """The text cut after each of ``marks`` outside quotation marks and brackets; the marks stay."""
    return _cut(text, marks)


def _cut(text: str, marks: str) -> list[str]:
    pieces, depth, start = [], 0, 0
    for index, char in enumerate(text):
        if char in "（(【[“《":
            depth += 1
        elif char in "）)】]”》":
            depth = max(0, depth - 1)
        elif char in marks and not depth:
            pieces.append(text[start : index + 1])
            start = index + 1
    return [piece.strip() for piece in [*pieces, text[start:]] if piece.strip()]


# --- Lines into paragraphs ------------------------------------------------------------------------------------


def _joined_lines(document: Document) -> Iterator[Paragraph | None]:
    """Paragraphs with broken lines joined, without marks of emphasis; ``None`` where the text is interrupted."""
    lines = [_plain(part) if isinstance(part, Paragraph) else None for part in document.parts]
    furniture = [line is None or _is_interruption(lines, index) for index, line in enumerate(lines)]
    full = _full_width(line.text for line in lines if line)
    held: Paragraph | None = None
    for line, interrupts in zip(lines, furniture, strict=True):
        if line is None or interrupts:
            if held:
                yield held
            held = None
            yield None
        elif held and _goes_on(held.text, line.text, full):
            held = replace(held, text=held.text + line.text)
        else:
            if held:
                yield held
            held = line
    if held:
        yield held


def _plain(part: Paragraph) -> Paragraph:
    text = re.sub(r"\*\*|__|^#+\s*", "", narrow(part.text)).strip()
    return replace(part, text=text.lstrip("•·●▪■◆★ \u3000"))


def _is_interruption(lines: list[Paragraph | None], index: int) -> bool:
    """The page around the document, or the signature with its date."""
    line = lines[index]
    if line is None or not line.text:
        return True
    if _DATE_LINE.fullmatch(line.text):
        return True
    following = next((other for other in lines[index + 1 : index + 3] if other), None)
    if following and _DATE_LINE.fullmatch(following.text) and line.text.endswith(words.pages.ISSUER_ENDINGS):
        return True
    return is_furniture(line.text) and not _labels_often(lines, line.text)


def _labels_often(lines: list[Paragraph | None], text: str) -> bool:
    """主办单位： at the foot of a page is furniture; below each of several items it is a label."""
    label = re.match(r"[\u4e00-\u9fff]{2,8}[:：]", text)
    if label is None or column(label.group()[:-1]) is None:
        return False
    return sum(1 for line in lines if line and line.text.startswith(label.group())) >= 3


def _full_width(texts: Iterable[str]) -> int:
    """The width at which the lines of a text were broken; 0 where paragraphs stand on one line each."""
    lengths = sorted((len(text) for text in texts if text), reverse=True)
    longest = lengths[0] if lengths else 0
    broken = [length for length in lengths if length >= longest - 3]
    return longest if 15 <= longest <= 70 and len(broken) >= max(3, len(lengths) // 8) else 0


def _goes_on(before: str, after: str, full: int) -> bool:
    """A line goes on in the next one where it ends open, or full without a mark; numbers and labels begin anew."""
    if number_of(after) or opens_with_label(after) or before.endswith(tuple(_ENDED)):
        return False
    if before.endswith(tuple(_OPEN_END)):
        return True
    return bool(full) and len(before) >= full - 3


def opens_with_label(text: str) -> bool:
    """True for a paragraph that begins with a label of the tables: 责任单位：…"""
    match = re.match(r"[【\[（(]?([^\s，,；;。：:]{2,14}?)\s*[)）】\]]?\s*[:：]", text)
    return match is not None and column(match.group(1)) is not None


# --- Paragraphs into a tree -------------------------------------------------------------------------------------


def number_of(text: str) -> tuple[str, str, int] | None:
    """Style, bare number and where the text after the number begins; ``None`` for a paragraph without number."""
    for style, pattern in _STYLES:
        match = pattern.match(text)
        if match and match.end() <= len(text):
            return style, match.group(1), match.end()
    return None


def _take(state: _State, part: Paragraph) -> None:
    lead, *listed = _run_together(part)
    if listed:
        _take(state, lead)
        for one in listed:
            _take(state, one)
        return
    found = number_of(part.text) or _glued(state, part.text)
    if found:
        _open(state, found, part)
    elif _lacks_text(state.stack[-1]) and not opens_with_label(part.text):
        state.stack[-1].text = part.text
    elif _is_title(part.text):
        _new_part(state, part)
    elif _leads_in(part.text):
        state.parts.append(Node("", "list", _announcing(part.text), part.where))
        state.stack, state.broken = [state.parts[-1]], False
    elif not state.broken:
        state.stack[-1].body.append(part)


def _lacks_text(node: Node) -> bool:
    """A number on a line of its own: what follows is its heading, however it ends."""
    return bool(node.no) and not (node.text or node.body or node.children)


def _run_together(part: Paragraph) -> list[Paragraph]:
    """A list run together in one paragraph (…是：1.甲。2.乙。3.丙。), cut before its numbers; else the paragraph."""
    announced = _announced_list(part)
    if announced:
        return announced
    cuts = [0]
    for match in _INLINE.finditer(part.text):
        if int(match.group(1)) == len(cuts):
            cuts.append(match.start(1))
    if len(cuts) <= _LEAST_LISTED:
        return [part]
    pieces = [part.text[left:right].strip() for left, right in pairwise([*cuts, len(part.text)])]
    return [replace(part, text=piece) for piece in pieces if piece]


def _announced_list(part: Paragraph) -> list[Paragraph]:
    """今年的六件实事是：甲；乙；… in one paragraph: as many parts between semicolons as are announced, numbered."""
    for match in re.finditer(r"[：:](?=[^：:])", part.text):
        lead, told = part.text[: match.end()], sentences(part.text[match.end() :])[:1]
        stated = stated_number(_announcing(lead)) if _leads_in(lead) else None
        pieces = parts_of(told[0], "；;") if told else []
        if _LEAST_LISTED <= len(pieces) == stated:
            named = [replace(part, text=f"{index}.{one}") for index, one in enumerate(pieces, start=1)]
            return [replace(part, text=lead), *named]
    return []


def _leads_in(text: str) -> bool:
    """A sentence that announces the list of a plan: 今年的十件实事是："""
    return text.endswith(("：", ":")) and bool(_announcing(text)) and not _stands_alone(text)


def _stands_alone(text: str) -> bool:
    """进展情况： is a label above its value; 今年的10件实事是： says more than a label does."""
    announcing = text.rstrip("：: ").endswith(words.plans.ANNOUNCING_ENDINGS)
    return len(text) <= _LONGEST_LABEL and opens_with_label(text) and not announcing


def _announcing(text: str) -> str:
    """The clause that announces the list; what a meeting did stands before it."""
    clauses = re.split(r"[，,]", re.split(r"[。；;！？?]", text.rstrip("：: "))[-1])
    last = "".join(clauses[-2:]) if len(clauses[-1]) <= _SHORT_CLAUSE else clauses[-1]
    return last if any(word in last for word in words.plans.PLAN_TITLES) else ""


def _glued(state: _State, text: str) -> tuple[str, str, int] | None:
    """1新建…, 2.3个公园: a number without a mark counts only where the numbers lead one to expect it; 一是 in a list."""
    spoken = _SPOKEN.match(text) if state.stack[0].style == "list" else None
    if spoken:
        told = len(state.stack[0].children) + 1
        counted = all(one.style == "spoken" for one in state.stack[0].children)
        return (
            ("spoken", spoken.group(1), spoken.end())
            if counted and ordinal_of(spoken.group(1)) == told
            else None
        )
    match = _PADDED.match(text) or _GLUED.match(text) or re.fullmatch(r"(\d{1,2})\s*", text)
    if match is None:
        return None
    last = next((node for node in reversed(state.stack) if node.style == "arabic"), None)
    expected = (ordinal_of(last.no) or 0) + 1 if last else 1
    if int(match.group(1)) != expected:
        return None
    return "arabic", str(expected), match.end()


def _open(state: _State, found: tuple[str, str, int], part: Paragraph) -> None:
    style, number, end = found
    depth = next((index for index, node in enumerate(state.stack) if node.style == style), None)
    if state.broken and not _continues(state, depth, number):
        _new_part(state, Paragraph("", part.where))
        depth = None
    state.broken = False
    if (
        depth is None and style in _OUTERMOST
    ):  # 一、 never stands below 1. or （一）, only their pages may be missing
        depth = next((i for i, one in enumerate(state.stack) if i and one.style not in _OUTERMOST), None)
    if depth is not None:
        del state.stack[depth:]
    if style == "dash":  # counted by their order
        number = str(len(state.stack[-1].children) + 1)
    if ordinal_of(number) == 1 and len(state.stack) == 1:
        _announced_above(state)
    node = Node(number, style, part.text[end:].strip(), part.where)
    state.stack[-1].children.append(node)
    state.stack.append(node)


def _announced_above(state: _State) -> None:
    """区级民生实事11件包括甲、乙。 closely above a first number announces the list, whatever mark it ends with."""
    root = state.stack[0]
    if root.children or root.style != "root":
        return
    for above in root.body[-2:]:
        announced = _ANNOUNCES.search(above.text)
        if announced:
            state.parts.append(Node("", "list", announced.group(), above.where))
            state.stack = [state.parts[-1]]


def _continues(state: _State, depth: int | None, number: str) -> bool:
    before = ordinal_of(state.stack[depth].no) if depth is not None else None
    return before is not None and ordinal_of(number) == before + 1


def _new_part(state: _State, title: Paragraph) -> None:
    """What follows stands under a title of its own; two lines of one title are one."""
    last = state.parts[-1]
    if not last.children and not last.body:
        last.text, last.where = f"{last.text} {title.text}".strip(), title.where
    else:
        state.parts.append(Node("", "root", title.text, title.where))
    state.stack, state.broken = [state.parts[-1]], False


def _is_title(text: str) -> bool:
    """附件1 and what ends as titles do and is no sentence."""
    if text.startswith(words.plans.ANNEXES) and len(text) <= _LONGEST_TITLE:
        return True
    name = re.sub(r"[（(][^（()）]*[)）]$", "", text)
    ends = name.endswith((*words.pages.TITLE_ENDINGS, *words.plans.PLAN_TITLES))
    return ends and 5 <= len(text) <= _LONGEST_TITLE and not re.search(r"[。；;：:，,]", text)
