"""Whom a rule's words reach: from an audience to posts, as responsibilities stand now."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Self

from sqlmodel import Session

from db import plans
from db.units import leader_posts, open_posts, posts_of_kind
from engine.model import Audience, Decision, Owed

KINDS = {
    Audience.LEADS: ("liaison",),
    Audience.HEADS: ("head",),
    Audience.LEADERS: ("leader",),
    Audience.UNITS: ("liaison",),
    Audience.UNITS_AND_HEADS: ("liaison", "head"),
}
NAMED = (Audience.UNITS, Audience.UNITS_AND_HEADS)


@dataclass(slots=True)
class Directory:
    """Who answers for each sub-task: lead units, and the posts that the decisions speak to.

    ``posts`` by kind and unit; ``same_leader`` names, for a leader's post, the one that stands for all
    posts with the same address.
    """

    leads: Mapping[int, Sequence[int]]
    lead_units: Mapping[int, Sequence[int]]
    coordinators: Sequence[int]
    posts: dict[str, dict[int, int]] = field(default_factory=dict)
    same_leader: dict[int, int] = field(default_factory=dict)

    @classmethod
    def of(cls, session: Session, decisions: Mapping[int, Decision], *, ensure: bool = False) -> Self:
        """The posts that these decisions speak to; with ``ensure`` those that were missing exist now.

        A post that nobody holds is not silence: composing for it shows coordinators whom they must name.
        """
        ids = list(decisions)
        leads = plans.lead_posts(session, ids)
        directory = cls(leads, plans.lead_units(session, ids), plans.coordinator_posts(session))
        for kind, units in directory._wanted(decisions).items():
            found = posts_of_kind(session, units, kind)
            if ensure and len(found) < len(units):
                found = open_posts(session, sorted(units), kind)
            directory.posts[kind] = found
        if "leader" in directory.posts:
            directory.same_leader = leader_posts(session)
        return directory

    def posts_of(self, subtask_id: int, owed: Owed) -> list[int]:
        """The posts to which it is owed, each once."""
        if owed.audience is Audience.COORDINATORS:
            return list(self.coordinators)
        if owed.audience is Audience.LEADS:
            return list(self.leads.get(subtask_id, ()))
        units = self._units(subtask_id, owed)
        found = [
            self.posts[kind][unit]
            for kind in KINDS[owed.audience]
            for unit in units
            if unit in self.posts.get(kind, {})
        ]
        if owed.audience is Audience.LEADERS:
            found = [self.same_leader.get(post, post) for post in found]
        return list(dict.fromkeys(found))

    def _units(self, subtask_id: int, owed: Owed) -> Sequence[int]:
        if owed.audience in NAMED or owed.units:
            return owed.units
        return self.lead_units.get(subtask_id, ())

    def _wanted(self, decisions: Mapping[int, Decision]) -> dict[str, set[int]]:
        """The units by kind of post that some decision speaks to, beside the liaisons of lead units."""
        wanted: dict[str, set[int]] = {}
        for subtask_id, owed in _spoken(decisions):
            for kind in KINDS[owed.audience]:
                wanted.setdefault(kind, set()).update(self._units(subtask_id, owed))
        return wanted


def _spoken(decisions: Mapping[int, Decision]) -> Iterable[tuple[int, Owed]]:
    usual = (Audience.LEADS, Audience.COORDINATORS)
    for subtask_id, decision in decisions.items():
        for owed in (*decision.current, *decision.missed):
            if owed.audience not in usual:
                yield subtask_id, owed
