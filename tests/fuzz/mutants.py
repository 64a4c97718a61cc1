"""Mutants that know the structure of what they change: lines and cells, fields, XML elements, parts of an archive.

A mutant is a pure function of its number, so that a fault found by a campaign can be made again.
"""

from __future__ import annotations

import io
import random
import re
import zipfile
from collections.abc import Callable, Sequence

from lxml import etree

from tests.fuzz.originals import Original

# What is strange in a cell, a line or an attribute, each for a reason.
STRANGE = (
    "",
    " ",
    "\u3000",
    "-1",
    "0",
    "1.",
    "十",
    "二〇二四",
    "99999999999999999999999999",
    "1e308",
    "NaN",
    "0.1‰",
    "2024年13月32日",
    "1048577",
    "XFD1048576",
    "A1:XFD1048576",
    "=1/0",
    "=HYPERLINK(1)",
    "（" * 60,
    "）（",
    "：，；。",
    "各" * 40,
    "牵头单位",
    "序号\t项目\t任务",
    "1、" * 50,
    "a" * 5000,
    "新增" * 800,
    "1" * 4000,
    "万亿" * 300,
    "9亿万千百十" * 50,
    "、".join(["区民政局"] * 400),
    "1个" * 900,
    "\u202e倒\u202c",
    "\ud83d\ude00".encode("utf-16", "surrogatepass").decode("utf-16"),
    "\x00",
    "\ufeff",
    "|",
    "\t" * 300,
    "<script>",
    "&#x0;",
    "]]>",
    "第一批（第二批（第三批",
    "“" * 30,
    "十" * 500,
    "%" * 200,
    "每" * 500 + "1个",
    "由1个提高到2个" * 100,
    "2024年" * 300,
    "（牵头单位：" * 80,
)
_NUMBERS = ("-1", "0", "2147483648", "99999999999999999999", "1e9", "abc", "16384", "1048576", "")
# How often each format is taken; a pdf takes a hundred times as long to read as a text.
_SHARES = {"text": 6, "csv": 4, "xlsx": 4, "docx": 4, "html": 4, "xls": 2, "pdf": 1}
_Bytes = Callable[[random.Random, bytes], bytes]


def mutant(number: int, originals: Sequence[Original]) -> Original:
    """Mutant ``number``: one original, changed in one to four places after its kind, sometimes in its bytes."""
    chance = random.Random(number)
    kind = chance.choices(list(_SHARES), list(_SHARES.values()))[0]
    original = chance.choice([one for one in originals if one.kind == kind])
    data = original.data
    change = _CHANGES[original.kind]
    for _ in range(chance.choice((1, 1, 2, 4))):
        data = change(chance, data)
    if chance.random() < 0.1:
        data = _bytes(chance, data)
    return Original(original.kind, f"{number}-{original.name}", data)


# --- Text and csv: lines, cells, separators -------------------------------------------------------------------


def _text(chance: random.Random, data: bytes) -> bytes:
    lines = data.decode("utf-8", "replace").split("\n")
    return "\n".join(chance.choice(_LINE_CHANGES)(chance, lines)).encode("utf-8", "replace")


def _without_lines(chance: random.Random, lines: list[str]) -> list[str]:
    start = chance.randrange(len(lines))
    return lines[:start] + lines[start + chance.randrange(1, 6) :] or [""]


def _doubled_lines(chance: random.Random, lines: list[str]) -> list[str]:
    start = chance.randrange(len(lines))
    piece = lines[start : start + chance.randrange(1, 8)]
    return lines[:start] + piece * chance.choice((2, 3, 50)) + lines[start:]


def _shuffled_lines(chance: random.Random, lines: list[str]) -> list[str]:
    start = chance.randrange(len(lines))
    piece = lines[start : start + 12]
    chance.shuffle(piece)
    return lines[:start] + piece + lines[start + 12 :]


def _strange_line(chance: random.Random, lines: list[str]) -> list[str]:
    place = chance.randrange(len(lines))
    line, strange = lines[place], chance.choice(STRANGE)
    cut = chance.randrange(len(line) + 1)
    changed = chance.choice((strange, line[:cut] + strange + line[cut:], line + strange))
    return [*lines[:place], changed, *lines[place + 1 :]]


def _other_separators(chance: random.Random, lines: list[str]) -> list[str]:
    old = chance.choice(("\t", "|", "，", "；", "、", "。", "：", " ", ",", '"'))
    new = chance.choice(("\t", "|", "", "\n", " ", "  ", "：", ",", '"', "，"))
    share = chance.choice((1.0, 0.3))
    return [line.replace(old, new) if chance.random() < share else line for line in lines]


def _joined_lines(chance: random.Random, lines: list[str]) -> list[str]:
    if chance.random() < 0.2:
        return ["".join(lines)]
    start = chance.randrange(len(lines))
    end = start + chance.randrange(2, 10)
    return [*lines[:start], "".join(lines[start:end]), *lines[end:]]


def _broken_lines(chance: random.Random, lines: list[str]) -> list[str]:
    place = chance.randrange(len(lines))
    return [*lines[:place], *lines[place], *lines[place + 1 :]] or [""]


def _other_numbers(chance: random.Random, lines: list[str]) -> list[str]:
    share = chance.choice((0.05, 0.5))
    pick = lambda match: chance.choice(STRANGE[3:11]) if chance.random() < share else match.group()  # noqa: E731
    return [re.sub(r"\d+", pick, line) for line in lines]


_LINE_CHANGES = (
    _without_lines,
    _doubled_lines,
    _shuffled_lines,
    _strange_line,
    _strange_line,
    _other_separators,
    _joined_lines,
    _broken_lines,
    _other_numbers,
)

# --- Office files: elements, attributes, parts ------------------------------------------------------------------


def _archive(chance: random.Random, data: bytes) -> bytes:
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            entries = {name: archive.read(name) for name in archive.namelist()}
    except (zipfile.BadZipFile, OSError, ValueError):
        return data
    name = chance.choice([one for one in entries if one.endswith((".xml", ".rels"))] or list(entries))
    body = next((one for one in entries if re.search(r"sheet1\.xml$|document\.xml$", one)), name)
    name = chance.choice((name, body, body, body))
    if chance.random() < 0.04:
        del entries[name]
    elif chance.random() < 0.04:
        entries[name] = entries[chance.choice(list(entries))]
    else:
        entries[name] = _xml(chance, entries[name])
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for entry, content in entries.items():
            archive.writestr(entry, content)
    return file.getvalue()


def _xml(chance: random.Random, data: bytes) -> bytes:
    if chance.random() < 0.08:
        return _bytes(chance, data)
    try:
        tree = etree.fromstring(data)
    except etree.XMLSyntaxError:
        return data
    _change_element(chance, tree)
    return etree.tostring(tree, xml_declaration=True, encoding="UTF-8", standalone=True)


def _html(chance: random.Random, data: bytes) -> bytes:
    if chance.random() < 0.2:
        return _text(chance, data)
    try:
        tree = etree.fromstring(data, etree.HTMLParser(encoding="gb18030"))
    except (etree.XMLSyntaxError, ValueError):
        return data
    if tree is None:
        return data
    _change_element(chance, tree)
    for cell in chance.sample(list(tree.iter("td")), k=min(3, len(list(tree.iter("td"))))):
        cell.set(chance.choice(("rowspan", "colspan")), chance.choice(_NUMBERS))
    page = etree.tostring(tree, method="html", encoding="gb18030")
    return page if isinstance(page, bytes) else page.encode()


def _change_element(chance: random.Random, tree: etree._Element) -> None:
    elements = [one for one in tree.iter() if isinstance(one.tag, str) and one is not tree]
    if not elements:
        return
    element = chance.choice(elements)
    parent = element.getparent()
    action = chance.randrange(6)
    if action == 0 and parent is not None:
        parent.remove(element)
    elif action == 1 and parent is not None:
        for _ in range(chance.choice((1, 3, 200))):
            parent.append(etree.fromstring(etree.tostring(element)))
    elif action == 2:
        chance.choice(elements).append(etree.fromstring(etree.tostring(element)))
    elif action == 3 and element.attrib:
        key = chance.choice(list(element.attrib))
        element.set(key, chance.choice((*_NUMBERS, _storable(chance.choice(STRANGE)))))
    elif action == 4:
        _deepen(element, chance.choice((3, 100)))
    else:
        element.text = _storable(chance.choice(STRANGE))


def _deepen(element: etree._Element, depth: int) -> None:
    for _ in range(depth):
        element = etree.SubElement(element, element.tag)


def _storable(text: str) -> str:
    return "".join(char for char in text if char >= " " and char not in "\ufffe\uffff")


# --- Any file: bytes ----------------------------------------------------------------------------------------------


def _bytes(chance: random.Random, data: bytes) -> bytes:
    if not data:
        return data
    place = chance.randrange(len(data))
    action = chance.randrange(4)
    if action == 0:
        return data[:place]
    if action == 1:
        return data[:place] + bytes(chance.randrange(256) for _ in range(8)) + data[place + 8 :]
    if action == 2:
        return data[:place] + data[place + chance.randrange(1, 200) :]
    return data[:place] + data[place : place + 300] * 3 + data[place:]


def _records(chance: random.Random, data: bytes) -> bytes:
    """A record of a workbook in BIFF, or a field of its container, says something else."""
    place = chance.randrange(512) if chance.random() < 0.2 else 4 * chance.randrange(len(data) // 4)
    value = chance.choice((0, 1, 0xFFFF, 0x7FFFFFFF, 0xFFFFFFFE, chance.randrange(1 << 32)))
    size = chance.choice((2, 4))
    return data[:place] + value.to_bytes(8, "little")[:size] + data[place + size :]


def _page(chance: random.Random, data: bytes) -> bytes:
    """Numbers of a PDF, its references and sizes among them, say something else; or its bytes are changed."""
    if chance.random() < 0.3:
        return _bytes(chance, data)
    numbers = list(re.finditer(rb"\d+", data))
    match = numbers[chance.randrange(len(numbers))]
    return data[: match.start()] + chance.choice(_NUMBERS).encode() + data[match.end() :]


_CHANGES: dict[str, _Bytes] = {
    "text": _text,
    "csv": _text,
    "xlsx": _archive,
    "docx": _archive,
    "html": _html,
    "xls": _records,
    "pdf": _page,
}
