"""From the digest's content to what its message shows."""

from __future__ import annotations

from collections.abc import Sequence

from engine.digest import DigestContent
from notifications.message import DigestView, FindingLine
from workflows.office import Office, Recipient


def digest_view(
    office: Office, recipient: Recipient, content: DigestContent, findings: Sequence[FindingLine] = ()
) -> DigestView:
    """The content with its reader; the rendering chooses what a unit and what a coordinator sees of it."""
    return DigestView(
        content=content,
        unit=recipient.unit,
        post=recipient.post,
        coordinator=office.coordinator,
        contact=recipient.title,
        findings=tuple(findings),
    )
