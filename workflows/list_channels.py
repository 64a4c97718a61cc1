"""渠道一览: every way out, how it was set up, and what is wrong with it; secrets only by name."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime

from sqlmodel import Session

from db import channels, outbox, runs, tables
from engine.errors import DubanError
from workflows.channel_factory import ChannelFactory


@dataclass(frozen=True, slots=True)
class ChannelLine:
    """One way out. ``secrets`` are the names of those that are set; ``trouble`` is a sentence, or empty,
    and ``error`` its code where the set-up itself cannot be used."""

    name: str
    kind: str
    label: str
    is_active: bool = True
    revision: int = 0
    values: Mapping[str, str] = field(default_factory=dict)
    secrets: tuple[str, ...] = ()
    accepted_at: datetime | None = None
    rests_until: datetime | None = None
    waiting: int = 0
    trouble: str = ""
    error: str = ""


def list_channels(
    session: Session, factory: ChannelFactory, now: datetime, *, has_mail: bool
) -> list[ChannelLine]:
    """The inbox, mail where it is configured, and every set-up, retired ones last."""
    ready = [("inbox", "站内收件箱"), *([("email", "邮件")] if has_mail else [])]
    lines = [ChannelLine(name, name, label) for name, label in ready]
    set_up = sorted(channels.setups(session), key=lambda one: (not one.is_active, one.name))
    lines += [_set_up(factory, one) for one in set_up]
    accepted, rests = channels.last_accepted(session), outbox.rests(session, now)
    ill = {one.subject: one.message for one in runs.open_findings(session, "CHANNEL_ILL")}
    return [
        replace(
            line,
            accepted_at=accepted.get(line.name),
            rests_until=until if (until := rests.get(line.name, now)) > now else None,
            waiting=channels.waiting_on(session, line.name),
            trouble=line.trouble or ill.get(line.name, ""),
        )
        for line in lines
    ]


def _set_up(factory: ChannelFactory, setup: tables.ChannelSetup) -> ChannelLine:
    kind = factory.kinds.get(setup.kind)
    secrets: tuple[str, ...] = ()
    trouble = code = ""
    try:
        secrets = tuple(sorted(factory.secrets(setup)))
        factory.build(setup)
    except DubanError as error:
        trouble, code = error.message, error.code
    return ChannelLine(
        name=setup.name,
        kind=setup.kind,
        label=kind.label if kind else setup.kind,
        is_active=setup.is_active,
        revision=setup.revision,
        values=setup.settings,
        secrets=secrets,
        trouble=trouble,
        error=code,
    )
