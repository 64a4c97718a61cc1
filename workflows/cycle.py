"""One turn of the main flow, in the order in which its steps feed each other."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from db.session import Database
from workflows.compose import ComposeSummary, compose
from workflows.deliver import DeliverSummary, deliver
from workflows.evaluate import EvaluationSummary, evaluate
from workflows.office import Office
from workflows.send_digest import DigestSummary, send_digest
from workflows.supervise import SuperviseSummary, supervise
from workflows.sweep import SweepSummary, sweep


@dataclass(frozen=True, slots=True)
class CycleSummary:
    """What each step did."""

    swept: SweepSummary
    supervised: SuperviseSummary
    composed: ComposeSummary
    digested: DigestSummary
    evaluated: EvaluationSummary
    delivered: DeliverSummary


def run_cycle(database: Database, office: Office, now: datetime) -> CycleSummary:
    """Everything that is due at that moment has been done; a second turn finds nothing left."""
    return CycleSummary(
        swept=sweep(database, now),
        supervised=supervise(database, now),
        composed=compose(database, office, now),
        digested=send_digest(database, office, now),
        evaluated=evaluate(database, office, now),
        delivered=deliver(database, office, now),
    )
