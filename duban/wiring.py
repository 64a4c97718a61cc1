"""Settings become objects here, and nowhere else; the real clock is read here."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from db import channels
from db.session import Database
from duban.keys import files_path, key_path, read_key
from duban.settings import Settings, load_settings
from engine.errors import DubanError
from notifications.mailbox import Mailbox, MailboxSettings
from notifications.smtp import EmailSettings, Security
from workflows.office import Office

if TYPE_CHECKING:
    from notifications.kinds import Network
    from notifications.links import Links
    from workflows.channel_factory import ChannelFactory
    from workflows.identity_provider import IdentityProvider


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
    """The configured time zone."""
    return ZoneInfo(settings.time_zone)


def open_database(settings: Settings) -> Database:
    """The database with its schema at the newest revision."""
    database = Database(settings.database_url)
    database.migrate()
    return database


def settings_of(config: Path | None) -> Settings:
    """The settings that a command works with."""
    return load_settings(config)


def email_of(settings: Settings) -> EmailSettings | None:
    """How mail leaves, or ``None`` while the inbox is the only channel."""
    smtp = settings.smtp
    if settings.default_channel != "email":
        return None
    return EmailSettings(
        host=smtp.host,
        port=smtp.port,
        security=Security(smtp.security),
        username=smtp.username,
        password=smtp.password.get_secret_value(),
        connect_timeout=smtp.connect_seconds,
        read_timeout=smtp.read_seconds,
        ca_file=Path(smtp.ca_file) if smtp.ca_file else None,
    )


def mailbox_of(settings: Settings) -> Mailbox | None:
    """Where answers are read, or ``None`` while no mailbox is named."""
    imap = settings.imap
    if not imap.host:
        return None
    return Mailbox(
        MailboxSettings(
            host=imap.host,
            port=imap.port,
            security=Security(imap.security),
            username=imap.username,
            password=imap.password.get_secret_value(),
            folder=imap.folder,
            timeout=imap.seconds,
            ca_file=Path(imap.ca_file) if imap.ca_file else None,
        )
    )


def network_of(settings: Settings) -> Network:
    """What chat channels may reach."""
    from notifications.kinds import Network

    outbound = settings.outbound
    return Network(
        clock=now,
        hosts=tuple(outbound.hosts),
        ca_file=outbound.ca_file,
        connect=outbound.connect_seconds,
        read=outbound.read_seconds,
        total=outbound.total_seconds,
    )


def factory_of(settings: Settings) -> ChannelFactory:
    """How set-ups become channels; the key file exists once there are secrets to lock."""
    from notifications.channels import KINDS
    from notifications.vault import Vault
    from workflows.channel_factory import ChannelFactory

    return ChannelFactory(KINDS, network_of(settings), lambda: Vault(read_key(key_file(settings))))


def office_of(settings: Settings, database: Database) -> Office:
    """The sender's side of messages as configured, with the channels that are set up at this moment."""
    from notifications.channels import build
    from notifications.message import Person
    from workflows.channel_factory import channels_of

    mail, coordinator = settings.mail, settings.coordinator
    with database.read() as session:
        set_up = channels_of(session, factory_of(settings))
    return Office(
        channels={**set_up, **build(email_of(settings))},
        default_channel=settings.default_channel,
        from_address=mail.from_address or "duban@localhost",
        from_name=mail.from_name,
        domain=mail.domain,
        salt=salt_of_ids(settings),
        coordinator=Person(coordinator.office, coordinator.name, coordinator.email),
        links=links_of(settings),
        notice_form=notice_form(settings),
    )


class PresentOffice:
    """The office as it is set up now: made anew when a set-up has changed, however long the service runs."""

    def __init__(self, database: Database, make: Callable[[], Office]) -> None:
        self._database, self._make = database, make
        self._edition = self._read_edition()
        self._office = make()
        self._turn = Lock()

    def __call__(self) -> Office:
        """The same object until something has changed; one small query finds out."""
        with self._turn:
            edition = self._read_edition()
            if edition != self._edition:
                self._office, self._edition = self._make(), edition
            return self._office

    def _read_edition(self) -> tuple[int, int]:
        with self._database.read() as session:
            return channels.edition(session)


def provider_of(settings: Settings, packages: Sequence[str] = ()) -> IdentityProvider | None:
    """The identity provider of the office, or ``None`` where people sign in with passwords alone.

    ``packages`` are those that it needs (by default the extra's).
    Raises DubanError OIDC_EXTRA where one is set up and the packages are missing.
    """
    if not settings.oidc.issuer:
        return None
    from workflows.identity_provider import PACKAGES, IdentityProvider, ProviderSettings, is_installed

    if not is_installed(packages or PACKAGES):
        raise DubanError(
            "OIDC_EXTRA",
            "配置了 [oidc]，但没有安装统一身份认证要用的组件，现在只能用密码登录：请安装 duban[oidc] 后重新启动。",
        )
    oidc = settings.oidc
    return IdentityProvider(
        ProviderSettings(
            issuer=oidc.issuer,
            client_id=oidc.client_id,
            redirect_uri=settings.link_base + "/sign-in/oidc/callback",
            network=network_of(settings),
            client_secret=oidc.client_secret.get_secret_value(),
            scopes=tuple(oidc.scopes),
            account_claim=oidc.account_claim,
            labels={"zh-CN": oidc.label, "en": oidc.label_en},
        )
    )


def notice_form(settings: Settings) -> Path:
    """Where the office's own form of the notice of a case lies, if it has one: beside the data."""
    return key_path("", settings.database_url).with_name("case_notice.docx")


def links_of(settings: Settings) -> Links | None:
    """How report links are made; ``None`` while nobody could open them. The key file exists afterwards."""
    from notifications.links import Links

    if not settings.link_base:
        return None
    return Links(settings.link_base, read_key(key_path(settings.key_file, settings.database_url)))


def salt_of_ids(settings: Settings) -> bytes:
    """What makes Message-IDs unguessable; empty while no mail leaves. The key file exists afterwards."""
    from notifications.message import salt_of

    return salt_of(read_key(key_file(settings))) if settings.default_channel == "email" else b""


def files_folder(settings: Settings) -> Path:
    """Where the files lie that people hand in: as configured, else beside the SQLite file."""
    return files_path(settings.files_dir, settings.database_url)


def key_file(settings: Settings) -> Path:
    """Where the key of the report links lies, or will."""
    return key_path(settings.key_file, settings.database_url)


def settings_with(settings: Settings, database: str) -> Settings:
    """The same settings for another database: an address, or the path of a SQLite file."""
    url = database if "://" in database else f"sqlite:///{database}"
    return settings.model_copy(update={"database_url": url})
