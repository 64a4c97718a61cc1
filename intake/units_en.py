"""Names of English units and persons out of cells: Housing & Regeneration is one, Planning; Finance are two."""

from __future__ import annotations

import re
from collections.abc import Iterable

from intake import words
from intake.english import heading_role, spaced

_INITIALS = r"(?:[A-Z]\.?\s?){1,3}"
_NAME = r"[A-Z][a-z’'-]+"
_PERSON = re.compile(
    rf"(?:(?:Mrs?|Ms|Dr|Cllr|Councillor|Sir)\.?\s+)?(?:{_INITIALS}\s*{_NAME}|{_NAME}(?:\s[A-Z]\.?)?\s{_NAME})"
)
_TITLED = re.compile(r"(?:Mrs?|Ms|Dr|Cllr|Councillor|Sir)\.?\s")
_BRACKET = re.compile(r"\s*[(\[]([^()\[\]]*)[)\]]")
_LABELS = (*words.english.LEAD_LABELS, *words.english.COOPERATING_LABELS)
_LABEL = re.compile(rf"(?:^|(?<=[\s;,.]))({'|'.join(sorted(_LABELS, key=len, reverse=True))})\s*:\s*", re.I)
_LEADS = re.compile(r"\s*[(\[]\s*lead\s*[)\]]", re.I)
_INITIALS_ONLY = re.compile(r"[A-Z][A-Za-z]{1,3}(?:/[A-Z][A-Za-z]{1,3})+")
_LONGEST = 70  # characters of one name


def split_english_units(text: str) -> list[str]:
    """The names in a cell, in order, each once, without persons in brackets."""
    return _unique(name for piece in _pieces(text) for name in _apart(_bare(piece)))


def split_english_roles(text: str) -> tuple[list[str], list[str], list[str]]:
    """Names under a lead label or mark, under a supporting one, and under none: Lead: Housing; Support: Planning."""
    lead: list[str] = []
    helping: list[str] = []
    plain: list[str] = []
    target = plain
    for part in _LABEL.split(text):
        if part.lower() in words.english.LEAD_LABELS:
            target = lead
        elif part.lower() in words.english.COOPERATING_LABELS:
            target = helping
        else:
            marked = [piece for piece in _pieces(part) if _LEADS.search(piece)]
            lead += [name for piece in marked for name in split_english_units(_LEADS.sub("", piece))]
            others = [piece for piece in _pieces(part) if piece not in marked]
            target += [name for piece in others for name in split_english_units(piece)]
    return _unique(lead), _unique(helping), _unique(plain)


def split_english_persons(text: str) -> list[str]:
    """The persons, or the posts that stand for them, in a cell; a bracket after a name says more of it and goes."""
    names = (
        _BRACKET.sub("", spaced(piece))
        for piece in re.split(r"[;\n/]|,(?!\s*(?:Head|Director|Chief)\b)|\s&\s|\sand\s", text)
    )
    return _unique(name for name in names if not is_english_none(name))


def persons_in_brackets(text: str) -> list[str]:
    """Head of Housing (J. Doe): the person who holds the post."""
    found = (spaced(match.group(1)) for match in _BRACKET.finditer(text))
    return _unique(name for name in found if is_person(name))


def persons_among(text: str, heading: str) -> list[str]:
    """The persons among the names of a cell that tells who leads; the others are units or posts.

    A title or initials (Cllr Doe, J. Doe) show a person anywhere. Two words with capitals may be a department's name
    as well (Public Health): they are a person only below a heading that asks for one (Lead officer, By whom) or beside
    the post that he holds (Jane Doe, Head of Housing), and if neither word is a field of work.
    """
    found = split_english_units(text)
    persons = [name for name in found if is_person(name)]
    asked = bool(_words(heading) & words.english.HOLDERS) or heading_role(heading) == "officer"
    asked = asked or any(map(_has_post, found))
    return [
        name for name in persons if _is_marked(name) or (asked and not _words(name) & words.english.FIELDS)
    ]


def _is_marked(name: str) -> bool:
    return bool(_TITLED.match(name) or re.match(r"[A-Z]\.|[A-Z]{1,2}\s[A-Z][a-z]", name))


def _has_post(name: str) -> bool:
    return bool(_words(name) & words.english.POSTS)


def _words(name: str) -> set[str]:
    return {word.strip("().,").lower() for word in name.split()}


def is_person(text: str) -> bool:
    """True for initials or a first name with a surname: J. Doe, Cllr Doe. Words of posts and units are none."""
    bare = spaced(text)
    if _words(bare) & (words.english.POSTS | words.english.UNIT_ENDINGS):
        return False
    return bool(_PERSON.fullmatch(bare) or (_TITLED.match(bare) and len(bare.split()) <= 4))


def is_english_none(text: str) -> bool:
    """True for n/a, TBC, None and the like."""
    bare = spaced(text).lower().rstrip(".")
    return not bare or bare in words.english.NONE_MARKS


def looks_like_english_units(text: str) -> bool:
    """True when each name of a cell has a word that only names of units and posts have: Team, Council, Head of."""
    names = split_english_units(text)
    return could_be_english_units(text) and all(
        _words(name) & (words.english.POSTS | words.english.UNIT_ENDINGS) or _is_named(name) for name in names
    )


def looks_like_english_persons(text: str) -> bool:
    """True when a cell holds nothing but names of persons."""
    names = split_english_persons(text)
    return bool(names) and all(map(is_person, names))


def could_be_english_units(text: str) -> bool:
    """True when all of a cell can be names: each begins with a capital, has no figure and is no sentence."""
    names = split_english_units(text)
    return bool(names) and all(
        len(name) <= _LONGEST
        and name[:1].isupper()
        and not re.search(r"\d|[.!?](?:\s|$)", name)
        and len(name.split()) <= 9
        for name in names
    )


def _pieces(text: str) -> list[str]:
    """Cut at semicolons, line breaks and bullets, and at commas and slashes that separate names."""
    pieces: list[str] = []
    for part in re.split(r"[;\n•|、；]", text):
        initials = _INITIALS_ONLY.fullmatch(
            part.strip()
        )  # AB/CD: two officers, or two units known by their letters
        pieces += part.split("/") if initials else _at_commas(part)
    return pieces


def _at_commas(text: str) -> list[str]:
    """Department of Housing, Local Government and Heritage stays whole: its list ends with and."""
    fragments = re.split(r",(?![^()]*\))|\s/\s|(?<=[a-z)])/(?=[A-Z])", text)
    begins_long = text.strip().lower().startswith(words.english.LONG_NAMES)
    others = fragments[1:]
    goes_on = bool(others) and re.search(r"\s(?:and|&)\s|^\s*(?:and|&)\s", others[-1]) is not None
    named = any(_is_named(one) for one in others)
    return [text] if begins_long and goes_on and not named else fragments


def _is_named(text: str) -> bool:
    """A name of its own: it begins as names of posts and departments do."""
    return text.strip().lower().startswith(words.english.LONG_NAMES)


def _apart(name: str) -> list[str]:
    """Cut at and, & only between two names that each end, or begin, as names of units do."""
    for match in re.finditer(r"\s+(?:and|&)\s+(?:the\s+)?", name):
        left, right = name[: match.start()], name[match.end() :]
        if _is_unit(left) and _is_unit(right):
            return [left, *_apart(right)]
    return [name] if name else []


def _is_unit(name: str) -> bool:
    last = name.split()[-1].lower().strip(".)") if name.split() else ""
    return len(name.split()) >= 2 and (last in words.english.UNIT_ENDINGS or _is_named(name))


def _bare(piece: str) -> str:
    """The name without persons in brackets, bullets and a closing stop."""
    name = _BRACKET.sub(lambda match: "" if is_person(spaced(match.group(1))) else match.group(), piece)
    name = re.sub(r"^(?:and|&|[-–*])\s+|[.:,]+$", "", spaced(name))
    return "" if is_english_none(name) else name


def _unique(names: Iterable[str]) -> list[str]:
    return list(dict.fromkeys(name for name in names if name))
