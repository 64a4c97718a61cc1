"""Settings become objects here, and nowhere else; the real clock is read here."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from db.session import Database
from duban.settings import Settings, load_settings
from engine.errors import DubanError
from workflows.office import Office


def now() -> datetime:
    """The present moment, aware, in UTC."""
    return datetime.now(UTC)


def moment(text: str | None, settings: Settings) -> datetime:
    """The moment of an ``--at`` option, in the configured time zone unless it names one; now without it.

    A date alone means noon of that day. Raises DubanError BAD_MOMENT.
    """
    if text is None:
        return now()
    try:
        parsed = datetime.fromisoformat(text if len(text) > 10 else f"{text}T12:00")
    except ValueError:
        raise DubanError(
            "BAD_MOMENT", f"看不懂时间“{text}”：请写成 2024-03-29 或 2024-03-29T09:30。"
        ) from None
    return parsed if parsed.tzinfo else parsed.replace(tzinfo=zone(settings))


def zone(settings: Settings) -> ZoneInfo:
    """The configured time zone. Raises DubanError CONFIG_VALUE when there is no such zone."""
    try:
        return ZoneInfo(settings.time_zone)
    except (ZoneInfoNotFoundError, ValueError):
        raise DubanError(
            "CONFIG_VALUE", f"配置项 time_zone 的值“{settings.time_zone}”不是时区名称。"
        ) from None


def open_database(settings: Settings) -> Database:
    """The database with its schema at the newest revision."""
    database = Database(settings.database_url)
    database.migrate()
    return database


def settings_of(config: Path | None) -> Settings:
    """The settings that a command works with."""
    return load_settings(config)


def office_of(settings: Settings) -> Office:
    """The sender's side of messages as configured."""
    from notifications.channels import build
    from notifications.email import EmailSettings
    from notifications.message import Person

    smtp, mail, coordinator = settings.smtp, settings.mail, settings.coordinator
    email = None
    if settings.default_channel == "email":
        email = EmailSettings(
            host=smtp.host,
            port=smtp.port,
            security=smtp.security,
            username=smtp.username,
            password=smtp.password,
            timeout_seconds=smtp.timeout_seconds,
        )
    return Office(
        channels=build(email),
        default_channel=settings.default_channel,
        from_address=mail.from_address or "duban@localhost",
        from_name=mail.from_name,
        domain=mail.domain,
        coordinator=Person(coordinator.office, coordinator.name, coordinator.email),
    )
