"""A plan as intake read it: a draft with findings, not yet stored. Quantities are Decimals in base units.

``stable_id`` and ``revision`` name the stored row that a part was exported from; empty and 0 for a new part.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from intake.table import Cell, Place


@dataclass(frozen=True, slots=True)
class Finding:
    """Something a person should look at before accepting the draft.

    ``code`` is stable and documented in docs/findings.md; ``alternatives`` are the values that
    ``--choose CODE=VALUE`` accepts.
    """

    severity: str  # error | warning | note
    code: str
    where: Place
    quote: str
    message: str
    alternatives: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Source:
    """What a field was read from: the words as issued, and their place.

    ``field`` is a field of the draft that holds it (``lead_units``, ``deadline``, ``quotas`` …), ``name`` the
    unit where the field has a value for each (``quotas``).
    """

    field: str
    quote: str
    where: Place
    name: str = ""


@dataclass(slots=True)
class QuantityDraft:
    """A figure named by its subject: a month's target or a reported value.

    ``counts`` is false for what a month or quarter brought by itself (本月新增6台), for mere beginnings (已开工18座 of
    新建20座) for what is being made (在建22部), and in a report that only repeats its target: such a
    figure is shown, but never stored as what is done so far.
    """

    subject: str
    quantity: Decimal
    unit: str
    quote: str = ""
    counts: bool = True


@dataclass(slots=True)
class IndicatorDraft:
    """What is promised: quantity, unit of measure, comparator, kind; and each unit's share."""

    subject: str
    quantity: Decimal
    unit: str
    comparator: str = "="  # = >= > <= < ~
    kind: str = "delivery"  # delivery level rate growth coverage upper_bound binary
    quote: str = ""
    level: tuple[str, ...] = ()
    quotas: dict[str, Decimal] = field(default_factory=dict)
    where: Place = field(default_factory=Place)
    stable_id: str = ""
    revision: int = 0


@dataclass(slots=True)
class MilestoneDraft:
    """What is to be reached by the end of a period (``YYYY-MM``) or by a date."""

    period: str
    text: str
    quantities: list[QuantityDraft] = field(default_factory=list)
    due_on: date | None = None
    where: Place = field(default_factory=Place)
    stable_id: str = ""
    revision: int = 0


@dataclass(slots=True)
class ProgressDraft:
    """What the document says was done in a period."""

    period: str
    text: str
    status: str = "unknown"  # done over_fulfilled in_progress lagging suspended not_started unknown
    quantities: list[QuantityDraft] = field(default_factory=list)
    where: Place = field(default_factory=Place)


@dataclass(slots=True)
class DeadlineDraft:
    """The wording of a deadline and the day it was read as; both ``None`` when there is none."""

    text: str | None = None
    date: date | None = None


@dataclass(slots=True)
class SubTaskDraft:
    """The unit of follow-up, with whom it binds and what it promises.

    Whoever fills a field calls ``keep`` with the cell or words that it was read from, once for each: the preview
    shows the value beside them. Indicators, milestones and progress carry their own quote and place.
    """

    no: str
    title: str
    lead_units: list[str] = field(default_factory=list)
    cooperating_units: list[str] = field(default_factory=list)
    executing_units: list[str] = field(default_factory=list)
    members: dict[str, list[str]] = field(
        default_factory=dict
    )  # whom collective units stand for, once stored
    responsible: list[str] = field(default_factory=list)
    leaders: list[str] = field(default_factory=list)  # those in charge of this sub-task's leads
    level: list[str] = field(default_factory=list)
    deadline: DeadlineDraft = field(default_factory=DeadlineDraft)
    starts_on: date | None = None
    indicators: list[IndicatorDraft] = field(default_factory=list)
    milestones: list[MilestoneDraft] = field(default_factory=list)
    progress: list[ProgressDraft] = field(default_factory=list)
    where: Place = field(default_factory=Place)
    stable_id: str = ""
    revision: int = 0
    sources: list[Source] = field(default_factory=list, compare=False)

    def keep(self, field: str, cell: Cell, name: str = "") -> None:
        """``cell`` stands among the sources of ``field``, once; for words inside a cell give ``Cell(words, place)``."""
        source = Source(field, cell.text, cell.where, name)
        if source not in self.sources:
            self.sources.append(source)


@dataclass(slots=True)
class ProjectDraft:
    """A numbered line of the plan."""

    no: str
    title: str
    leaders: list[str] = field(default_factory=list)
    lead_units: list[str] = field(default_factory=list)
    cooperating_units: list[str] = field(default_factory=list)
    subtasks: list[SubTaskDraft] = field(default_factory=list)
    where: Place = field(default_factory=Place)
    stable_id: str = ""
    revision: int = 0


@dataclass(slots=True)
class PhaseDraft:
    """A dated span of the plan: ``execute`` or ``gap_fill``; it starts after the phase before it."""

    name: str
    ends_on: date
    quote: str = field(default="", compare=False)
    where: Place = field(default_factory=Place, compare=False)


@dataclass(slots=True)
class DocumentFacts:
    """What the document says about itself; ``kind`` as in the JSON contract."""

    title: str = ""
    number: str | None = None
    issuer: str | None = None
    issued_on: date | None = None
    year: int | None = None
    kind: str = "none"  # decomposition progress matrix work_plan none
    stable_id: str = ""
    revision: int = 0


@dataclass(slots=True)
class PlanDraft:
    """The whole reading of one document."""

    document: DocumentFacts = field(default_factory=DocumentFacts)
    phases: list[PhaseDraft] = field(default_factory=list)
    projects: list[ProjectDraft] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)
