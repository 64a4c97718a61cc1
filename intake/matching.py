"""Which task of one list is which of another: by title, then by indicator; the number only breaks ties.

Equal titles are paired first, told apart by lead units, indicators, project and number. What is left is
paired by likeness. A pair that another fits nearly as well, or that is little alike, is unsure.
"""

from __future__ import annotations

import math
import re
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Literal

from intake.assigning import assign

Verdict = Literal["certain", "unsure", "new", "gone"]
Promise = tuple[str, str, Decimal]  # subject, unit of measure, quantity
Pair = tuple[int, int]  # new, old

CERTAIN = 0.7  # likeness from which a pair needs no confirmation,
MARGIN = 0.1  # if every rival is less alike by this much
UNSURE = 0.33  # below, they are two tasks
OWN_WORDS = 0.45  # common words without which figures alone prove nothing for certain
# What each kind of evidence weighs; only evidence that both sides give is counted.
WEIGHTS = {"title": 0.55, "indicator": 0.28, "lead": 0.12, "project": 0.05}
TOLD_APART = {"lead": 0.3, "indicator": 0.2, "project": 0.15, "no": 0.05}  # between equal titles
NUMBER = 0.001
RARE_PARTS = 8  # how many of a title's rarest parts are looked up
CANDIDATES = 16  # how many of those that share such parts are weighed
COMMON = 64  # what more tasks than this share says nothing

_RUNNING = re.compile(r"^[\s(（第]*(?:\d+(?:\.\d+)*|[一二三四五六七八九十百]+)[)）、.．:：\s项条]+(?=\S)")


@dataclass(frozen=True, slots=True, order=True)
class Task:
    """What tells a task from others; ``also`` is another name, such as its project's if it stands alone there."""

    title: str
    project: str = ""
    leads: tuple[str, ...] = ()
    promises: tuple[Promise, ...] = ()
    also: str = ""
    no: str = ""


@dataclass(frozen=True, slots=True)
class Match:
    """A pair (both positions), a new task (no ``old``) or one that is gone (no ``new``), and why.

    ``others`` are the old tasks that might be meant instead, the likeliest first.
    """

    old: int | None
    new: int | None
    verdict: Verdict
    likeness: float = 0.0
    why: tuple[str, ...] = ()
    others: tuple[int, ...] = ()


def match(old: Sequence[Task], new: Sequence[Task]) -> list[Match]:
    """One entry for each new task in order, then the old ones that are gone.

    The same tasks in another order, or renumbered where the numbers break no tie, give the same pairs.
    """
    old_order, new_order = _ordered(old), _ordered(new)
    matcher = _Matcher(_profiles(old, old_order), _profiles(new, new_order))
    matcher.pair_the_same()
    matcher.pair_equal_titles()
    matcher.pair_alike()
    found = {
        new_order[n]: Match(
            old_order[o],
            new_order[n],
            matcher.verdicts[n],
            round(matcher.scores[n, o], 3),
            matcher.why(n, o),
            tuple(old_order[i] for i in matcher.rivals(n, o)),
        )
        for n, o in matcher.pairs.items()
    }
    taken = {one.old for one in found.values()}
    listed = [found.get(n, Match(None, n, "new")) for n in range(len(new))]
    return listed + [Match(o, None, "gone") for o in range(len(old)) if o not in taken]


def bare(text: str) -> str:
    """The words alone: without running number, figures, punctuation; widths and case make no difference."""
    folded = unicodedata.normalize("NFKC", text).casefold()
    return re.sub(r"[\W\d_]", "", _RUNNING.sub("", folded)) or re.sub(r"\s", "", folded)


@dataclass(frozen=True, slots=True)
class _Profile:
    """A task made ready: ``twin`` counts those before it that say the very same."""

    task: Task
    bare: str
    names: tuple[frozenset[str], ...]
    project: frozenset[str]
    twin: int


_KeysOf = Callable[[_Profile], Iterable[object]]


def _profiles(tasks: Sequence[Task], order: Sequence[int]) -> list[_Profile]:
    seen: Counter[Task] = Counter()
    found = []
    for position in order:
        task = tasks[position]
        own = bare(task.title)
        names = [_parts(own)] + ([_parts(bare(task.also))] if task.also else [])
        found.append(_Profile(task, own, tuple(names), _parts(bare(task.project)), seen[task]))
        seen[task] += 1
    return found


def _title_keys(profile: _Profile) -> list[object]:
    """The title; where too many bear it, the title with what else may tell them apart."""
    task, own = profile.task, profile.bare
    return [own, *((own, kind, value) for kind, value in _apart(task) if value)]


def _apart(task: Task) -> list[tuple[str, object]]:
    whole = (task.leads, task.project, task.no)
    parts = (("leads", task.leads), ("project", task.project), ("promises", task.promises), ("no", task.no))
    return [*parts, ("project and no", (task.project, task.no)), ("whole", whole)]


def _promises_alike(one: Sequence[Promise], other: Sequence[Promise]) -> float:
    """How many indicators have one of the same unit on the other side; half if the quantity differs."""
    left = Counter((unit, quantity) for _, unit, quantity in other)
    units = Counter(unit for _, unit, _ in other)
    found = 0.0
    for _, unit, quantity in sorted(one, key=lambda promise: (promise[1], promise[2]) not in left):
        if units[unit]:
            units[unit] -= 1
            same = left[unit, quantity] > 0
            left[unit, quantity] -= same
            found += 1.0 if same else 0.5
    return found / max(len(one), len(other))


def _weights(profiles: Sequence[_Profile]) -> Mapping[str, float]:
    """What every second task says weighs little."""
    counted = Counter(
        part
        for profile in profiles
        for part in {part for name in (*profile.names, profile.project) for part in name}
    )
    return {part: math.log(1 + len(profiles) / count) for part, count in counted.items()}


def _crossed(
    one: Sequence[frozenset[str]], other: Sequence[frozenset[str]]
) -> list[tuple[frozenset[str], frozenset[str]]]:
    """Title and title, title and other name; two other names say nothing about the tasks themselves."""
    return [(one[0], name) for name in other] + [(name, other[0]) for name in one[1:]]


def _by_side(edges: Iterable[Pair]) -> Mapping[tuple[str, int], list[Pair]]:
    grouped: dict[tuple[str, int], list[Pair]] = defaultdict(list)
    for pair in edges:
        grouped["new", pair[0]].append(pair)
        grouped["old", pair[1]].append(pair)
    return grouped


def _parts(text: str) -> frozenset[str]:
    return frozenset(text[i : i + 2] for i in range(len(text) - 1)) or frozenset([text] if text else [])


def _ordered(tasks: Sequence[Task]) -> list[int]:
    """Positions in an order that depends on what the tasks say, not on where they stand."""
    return sorted(range(len(tasks)), key=lambda i: (tasks[i], i))


class _Matcher:
    """Both lists with the evidence weighed; ``pairs`` grows from the surest to the least."""

    def __init__(self, old: Sequence[_Profile], new: Sequence[_Profile]) -> None:
        self.old, self.new = old, new
        self.weights = _weights([*old, *new])
        self.pairs: dict[int, int] = {}
        self.verdicts: dict[int, Verdict] = {}
        self.scores: dict[Pair, float] = {}
        self.evidence: dict[Pair, dict[str, float]] = {}
        self.settled: set[int] = set()  # old tasks whose pair is certain: no rivals any more

    def pair_the_same(self) -> None:
        """What says the very same in everything is the same."""
        places = {(profile.task, profile.twin): o for o, profile in enumerate(self.old)}
        same = {n: places.get((profile.task, profile.twin)) for n, profile in enumerate(self.new)}
        self.pairs |= {n: o for n, o in same.items() if o is not None}
        self.scores |= dict.fromkeys(self.pairs.items(), 1.0)
        self.verdicts |= dict.fromkeys(self.pairs, "certain")
        self.settled |= set(self.pairs.values())

    def pair_equal_titles(self) -> None:
        """Every equal title is paired, the likeliest of several by what else they say."""
        edges = {pair: self._told_apart(*pair) for pair in self._free(_title_keys)}
        self._take(edges, 0.0)

    def pair_alike(self) -> None:
        """What is left is paired where it is alike enough to ask."""
        alike = {pair: self._likeness(*pair) for pair in self._free(self._rare_keys, CANDIDATES)}
        # Powers, so that one strong pair is not given up for two weak ones.
        self._take({pair: score for pair, score in alike.items() if score >= UNSURE}, MARGIN, power=4)

    def rivals(self, n: int, o: int) -> tuple[int, ...]:
        """The old tasks that might be meant instead of ``o``, the likeliest first."""
        if self.verdicts[n] == "certain":
            return ()
        open_ = {
            other: score
            for (left, other), score in self.scores.items()
            if left == n and other != o and other not in self.settled
        }
        return tuple(sorted(open_, key=lambda other: (-open_[other], other))[:3])

    def why(self, n: int, o: int) -> tuple[str, ...]:
        """The evidence for the pair, in words of ``WEIGHTS``."""
        new, old = self.new[n].task, self.old[o].task
        found = self._evidence(n, o)
        said = [name for name, share in found.items() if share >= (OWN_WORDS if name == "title" else 1)]
        return (*said, "no") if new.no and new.no == old.no else tuple(said)

    def _take(self, edges: dict[Pair, float], margin: float, power: int = 1) -> None:
        self.scores |= edges
        fresh = assign({pair: score**power for pair, score in edges.items()})
        self.pairs |= fresh
        self.verdicts |= dict.fromkeys(fresh, "unsure")
        by_side = _by_side(edges)
        waiting = set(fresh)
        while sure := {n for n in waiting if self._is_sure(n, fresh[n], by_side, margin)}:
            waiting -= sure
            self.verdicts |= dict.fromkeys(sure, "certain")
            self.settled |= {fresh[n] for n in sure}

    def _is_sure(self, n: int, o: int, by_side: Mapping[tuple[str, int], list[Pair]], margin: float) -> bool:
        own = self.scores[n, o]
        if own < CERTAIN or self._evidence(n, o)["title"] < OWN_WORDS:
            return False
        rivals = [
            self.scores[pair]
            for pair in (*by_side["new", n], *by_side["old", o])
            if pair != (n, o) and pair[1] not in self.settled and self.verdicts.get(pair[0]) != "certain"
        ]
        return all(own > rival and own - rival >= margin for rival in rivals)

    def _told_apart(self, n: int, o: int) -> float:
        """From 1 upwards: equal titles, and what else agrees."""
        found = self._evidence(n, o)
        same_no = bool(self.new[n].task.no) and self.new[n].task.no == self.old[o].task.no
        agreeing = {"no": float(same_no), **found}
        return 1 + sum(weight * agreeing.get(name, 0.0) for name, weight in TOLD_APART.items())

    def _likeness(self, n: int, o: int) -> float:
        found = self._evidence(n, o)
        total = sum(WEIGHTS[name] for name in found)
        same_no = bool(self.new[n].task.no) and self.new[n].task.no == self.old[o].task.no
        return sum(WEIGHTS[name] * share for name, share in found.items()) / total + NUMBER * same_no

    def _evidence(self, n: int, o: int) -> dict[str, float]:
        """How far each kind of evidence agrees, of those that both sides give."""
        if (n, o) not in self.evidence:
            self.evidence[n, o] = self._weighed(self.new[n], self.old[o])
        return self.evidence[n, o]

    def _weighed(self, new: _Profile, old: _Profile) -> dict[str, float]:
        found = {"title": max(self._alike(*names) for names in _crossed(new.names, old.names))}
        if new.task.promises and old.task.promises:
            found["indicator"] = _promises_alike(new.task.promises, old.task.promises)
        if new.task.leads and old.task.leads:
            common = len({*new.task.leads} & {*old.task.leads})
            found["lead"] = common / max(len({*new.task.leads}), len({*old.task.leads}))
        if new.project and old.project:
            found["project"] = self._alike(new.project, old.project)
        return found

    def _alike(self, one: frozenset[str], other: frozenset[str]) -> float:
        """Common words of all words, the rare ones weighing more; a title within the other counts less."""
        if one == other:
            return 1.0
        common, own, others = (self._weight(parts) for parts in (one & other, one, other))
        if not common:
            return 0.0
        within = 0.8 * common / min(own, others) if min(len(one), len(other)) > 2 else 0.0
        return max(2 * common / (own + others), within)

    def _weight(self, parts: Iterable[str]) -> float:
        return sum(self.weights[part] for part in parts)

    def _free(self, keys_of: _KeysOf, most: int | None = None) -> list[Pair]:
        """Open pairs that share what few share, so that not everything is compared with everything."""
        taken = set(self.pairs.values())
        places: dict[object, list[int]] = defaultdict(list)
        for o, profile in enumerate(self.old):
            for key in keys_of(profile) if o not in taken else ():
                places[key].append(o)
        found: list[Pair] = []
        for n, profile in enumerate(self.new):
            if n in self.pairs:
                continue
            shared = (places.get(key, ()) for key in keys_of(profile))
            counted = Counter(o for owners in shared if len(owners) <= COMMON for o in owners)
            found += [(n, o) for o in sorted(counted, key=lambda o: (-counted[o], o))[:most]]
        return found

    def _rare_keys(self, profile: _Profile) -> list[object]:
        promised = [("promise", unit, quantity) for _, unit, quantity in profile.task.promises]
        parts = {part for name in profile.names for part in name}
        rare = sorted(parts, key=lambda part: (-self.weights[part], part))[:RARE_PARTS]
        return [*promised, *rare]
