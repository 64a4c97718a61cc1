"""The figures of the service for Prometheus: made anew for each request from what the database says."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from prometheus_client import CollectorRegistry, Gauge, generate_latest

from workflows.health import Figures


def exposition(figures: Figures, now: datetime) -> bytes:
    """The figures as text; an age that nobody knows is left out."""
    registry = CollectorRegistry()
    gauges = _Gauges(registry)
    one, by = gauges.one, gauges.by
    by(
        "duban_subtasks",
        "Sub-tasks by plan and light of the last sweep.",
        ("plan", "light"),
        figures.subtasks,
    )
    by("duban_messages", "Messages by state and channel.", ("state", "channel"), figures.messages)
    by("duban_reminders", "Reminders by state.", ("state",), _keyed(figures.reminders))
    by(
        "duban_deliveries",
        "Attempts by verdict; none: not answered yet.",
        ("verdict",),
        _keyed(figures.deliveries),
    )
    by("duban_findings_open", "Open findings by code.", ("code",), _keyed(figures.findings))
    one(
        "duban_obligations_overdue",
        "Owed more than a working day ago and without an end; must be 0.",
        figures.overdue,
    )
    one("duban_sign_in_failures", "Refused attempts to sign in that still count.", figures.refused_sign_ins)
    one(
        "duban_oldest_waiting_message_seconds",
        "Age of the oldest message that waits.",
        _age(figures.oldest_waiting, now),
    )
    one("duban_last_sweep_age_seconds", "Since the last sweep.", _age(figures.swept, now))
    one(
        "duban_last_heartbeat_age_seconds",
        "Since the last ping outward that was taken.",
        _age(figures.pinged, now),
    )
    return generate_latest(registry)


class _Gauges:
    """Gauges of one registry."""

    def __init__(self, registry: CollectorRegistry) -> None:
        self._registry = registry

    def one(self, name: str, what: str, value: float | None) -> None:
        if value is not None:
            Gauge(name, what, registry=self._registry).set(value)

    def by(
        self, name: str, what: str, labels: tuple[str, ...], values: Mapping[tuple[str, ...], int]
    ) -> None:
        gauge = Gauge(name, what, labels, registry=self._registry)
        for key, value in values.items():
            gauge.labels(*key).set(value)


def _keyed(values: Mapping[str, int]) -> dict[tuple[str, ...], int]:
    return {(key,): value for key, value in values.items()}


def _age(moment: datetime | None, now: datetime) -> float | None:
    return max(0.0, (now - moment).total_seconds()) if moment else None
