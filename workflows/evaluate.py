"""评估: once for each plan and month, and once for its year, the scores are frozen and everybody is told."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime

from sqlmodel import Session

from db import outbox, plans, runs, tables
from db.calendar import load_calendar
from db.cards import load_cards
from db.session import Database
from db.units import leader_posts, posts_of_kind
from engine import slots
from engine.evaluation_days import evaluations_until, year_evaluated_on
from engine.model import Plan
from engine.plain import to_plain
from engine.scoring_model import EvaluationContent, YearContent
from notifications.evaluation import EvaluationView
from notifications.evaluation_view import Grid, table_of
from notifications.message import Rendered
from notifications.render import render_evaluation
from notifications.words import known_locale
from workflows.compose import cannot_reach
from workflows.decide_bulletin import show_held, supersede_older
from workflows.links import bind, link_for
from workflows.office import Office, Recipient, recipient_of
from workflows.outgoing import Outgoing, put_out
from workflows.own_templates import own_templates
from workflows.score_month import month_content, year_content

MONTH, YEAR = "evaluation", "year"


@dataclass(frozen=True, slots=True)
class EvaluationSummary:
    """How many evaluations were frozen and how many messages were composed from them."""

    frozen: int = 0
    composed: int = 0


@dataclass(frozen=True, slots=True)
class Round:
    """An evaluation whose day has come: ``evaluation`` of a month, ``year`` of the whole plan."""

    kind: str
    period: str
    on: date


@dataclass(frozen=True, slots=True)
class Edition:
    """One evaluation of a plan: what everybody's message is made from."""

    plan: Plan
    round: Round
    content: EvaluationContent | YearContent
    tables: dict[str, Grid] = field(default_factory=dict)

    def table(self, locale: str) -> Grid:
        """Everybody's table in that language, made once."""
        locale = known_locale(locale)
        if locale not in self.tables:
            self.tables[locale] = table_of(self.content, locale)
        return self.tables[locale]


@dataclass(frozen=True, slots=True)
class Reader:
    """A post that is told: of its own unit, or of the units that a leader is in charge of, or of all."""

    post_id: int
    units: tuple[str, ...] = ()
    is_leader: bool = False

    @property
    def is_office(self) -> bool:
        """Whether a coordinator reads, who decides about what is held and so is never held."""
        return not self.units


def evaluate(database: Database, office: Office, now: datetime) -> EvaluationSummary:
    """The latest month and the year that have come are evaluated, once; earlier months are superseded on record."""
    with database.read() as session:
        due = [plan.id for plan in plans.load_plans(session) if due_rounds(session, plan, now)]
    frozen = composed = 0
    for plan_id in due:
        with database.write() as session:
            plan = plans.load_plan(session, plan_id)
            for one in due_rounds(session, plan, now):
                messages = _publish(session, office, plan, one, now)
                frozen += messages is not None
                composed += messages or 0
    return EvaluationSummary(frozen, composed)


def due_rounds(session: Session, plan: Plan, now: datetime) -> list[Round]:
    """What has come since the plan is followed and is not in the ledger: the latest month, then the year."""
    since = session.get_one(tables.Plan, plan.id).followed_from
    if since is None:
        return []
    zone, calendar = plans.zone_of(plan), load_calendar(session)
    rounds = [Round(MONTH, period, on) for period, on in _months(session, plan, since, now)[-1:]]
    rounds.append(Round(YEAR, str(plan.year), year_evaluated_on(plan, calendar)))
    return [
        one
        for one in rounds
        if since <= slots.digest_slot(plan.policy, one.on, zone) <= now
        and not runs.has_run(session, one.kind, plan.id, one.period)
    ]


def _months(session: Session, plan: Plan, since: datetime, now: datetime) -> list[tuple[str, date]]:
    """The months whose moment has come since the plan is followed."""
    zone, calendar = plans.zone_of(plan), load_calendar(session)
    first, last = (moment.astimezone(zone).date() for moment in (since, now))
    return [
        (period, on)
        for period, on in evaluations_until(plan, calendar, first, last)
        if since <= slots.digest_slot(plan.policy, on, zone) <= now
    ]


def _publish(session: Session, office: Office, plan: Plan, one: Round, now: datetime) -> int | None:
    """The run is claimed, the picture frozen and every message composed; ``None`` where there is nothing to judge."""
    content = content_of(session, plan, one)
    nothing = all(row.score is None for row in content.rows)
    words = ("skipped", "nothing to judge") if nothing else ("done", "")
    if not runs.claim(session, one.kind, plan.id, one.period, words[0], now, words[1]):
        return None
    if one.kind == MONTH:
        _record_missed(session, plan, one, now)
    if nothing:
        return None
    state = "held" if plan.policy.digest_hold else "published"
    bulletin = runs.freeze(session, plan.id, one.kind, one.period, one.on, to_plain(content), now, state)
    supersede_older(session, bulletin, now)
    edition, readers = Edition(plan, one, content), readers_of(session, plan)
    told = [reader for reader in readers if not reader.is_office]
    composed = sum(_compose(session, office, edition, reader, now, state) for reader in told)
    show_held(session, bulletin, now)
    office_readers = [reader for reader in readers if reader.is_office]
    return composed + sum(_compose(session, office, edition, reader, now) for reader in office_readers)


def content_of(session: Session, plan: Plan, one: Round) -> EvaluationContent | YearContent:
    """The scores of that round as of its day."""
    if one.kind == YEAR:
        return year_content(session, plan, one.on)
    return month_content(session, plan, one.period, one.on)


def _record_missed(session: Session, plan: Plan, latest: Round, now: datetime) -> None:
    """On record: months that nobody was there to evaluate, as replaced by this one."""
    since = session.get_one(tables.Plan, plan.id).followed_from
    assert since is not None
    for period, _ in _months(session, plan, since, now):
        if period != latest.period:
            runs.claim(session, MONTH, plan.id, period, "superseded", now, latest.period)


def readers_of(session: Session, plan: Plan) -> list[Reader]:
    """The liaisons of all lead units, the leaders in charge of them, the coordinators; each post once."""
    units = _lead_units(session, plan)
    liaisons = posts_of_kind(session, units, "liaison")
    readers = [Reader(post, (units[unit],)) for unit, post in sorted(liaisons.items())]
    if plan.policy.digest_leaders:
        readers += _leaders(session, units)
    return readers + [Reader(post) for post in plans.coordinator_posts(session)]


def _lead_units(session: Session, plan: Plan) -> dict[int, str]:
    cards = load_cards(session, plans.subtask_ids(session, plan.id)).values()
    return {key: name for card in cards for key, name in zip(card.lead_ids, card.leads, strict=True)}


def _leaders(session: Session, units: Mapping[int, str]) -> list[Reader]:
    same = leader_posts(session)
    charges: dict[int, list[str]] = {}
    for unit, post in sorted(posts_of_kind(session, units, "leader").items()):
        charges.setdefault(same.get(post, post), []).append(units[unit])
    return [Reader(post, tuple(names), is_leader=True) for post, names in sorted(charges.items())]


def _compose(
    session: Session,
    office: Office,
    edition: Edition,
    reader: Reader,
    now: datetime,
    bulletin_state: str = "published",
) -> int:
    """The reader's message is in the outbox; 0 when nobody can be reached, which a coordinator is shown."""
    recipient = recipient_of(session, office, reader.post_id)
    if recipient is None:
        cannot_reach(session, reader.post_id, now)
        return 0
    plan, one = edition.plan, edition.round
    slot_at = slots.recipient_digest_slot(plan.policy, f"post:{reader.post_id}", one.on, plans.zone_of(plan))
    for earlier in outbox.unsent_before(session, reader.post_id, one.kind, slot_at, plan.id):
        outbox.end(session, earlier, "superseded", "replaced_by_newer_digest", now)
    link = link_for(session, office, recipient, one.on, now)
    rendered = rendered_evaluation(
        session, office, edition, reader, recipient, link.placeholder if link else None
    )
    key = f"{one.kind}:{plan.id}:{one.period}:{reader.post_id}:{recipient.channel}"
    what = Outgoing(
        key=key,
        kind=one.kind,
        plan_id=plan.id,
        slot_on=one.on,
        slot_at=slot_at,
        thread=f"{one.kind}:plan-{plan.id}:post-{reader.post_id}",
        period=one.period,
        state="held" if bulletin_state == "held" else "waiting",
    )
    bind(session, link, put_out(session, office, recipient, rendered, what, now))
    return 1


def rendered_evaluation(
    session: Session,
    office: Office,
    edition: Edition,
    reader: Reader,
    recipient: Recipient,
    link: str | None,
) -> Rendered:
    """The evaluation for one reader."""
    view = EvaluationView(
        content=edition.content,
        table=edition.table(recipient.locale),
        unit=recipient.unit,
        post=recipient.post,
        coordinator=office.coordinator,
        own=reader.units,
        is_leader=reader.is_leader,
        contact=recipient.title,
        link=link,
    )
    return render_evaluation(view, recipient.locale, own_templates(session, office))
