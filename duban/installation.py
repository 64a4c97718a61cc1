"""What pages show of the settings file: where mail leaves and arrives, where backups go; never a secret."""

from __future__ import annotations

from pathlib import Path

from pydantic import SecretStr

from duban.settings import DEFAULT_CONFIG, Settings, config_path
from web.site import Installation

SET, UNSET = "=set", "=unset"  # words of the page instead of a value


def installation_of(settings: Settings) -> Installation:
    """The facts as pairs of name and value."""
    return Installation(
        file=str(config_path() or DEFAULT_CONFIG),
        mail=_mail(settings) if settings.default_channel == "email" else (),
        replies=_replies(settings) if settings.imap.host else (),
        backups=Path(settings.backup_dir) if settings.backup_dir else None,
    )


def _mail(settings: Settings) -> tuple[tuple[str, str], ...]:
    smtp, mail = settings.smtp, settings.mail
    return (
        ("server", f"{smtp.host}:{smtp.port}"),
        ("security", smtp.security),
        ("username", smtp.username or UNSET),
        ("password", _is_set(smtp.password)),
        ("from", f"{mail.from_name} <{mail.from_address}>"),
        ("reply_to", settings.coordinator.email or UNSET),
    )


def _replies(settings: Settings) -> tuple[tuple[str, str], ...]:
    imap = settings.imap
    return (
        ("server", f"{imap.host}:{imap.port}"),
        ("security", imap.security),
        ("username", imap.username or UNSET),
        ("password", _is_set(imap.password)),
        ("folder", imap.folder),
    )


def _is_set(secret: SecretStr) -> str:
    return SET if secret.get_secret_value() else UNSET
