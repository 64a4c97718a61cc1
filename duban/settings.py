"""The operator's settings: one TOML file, ``DUBAN_*`` variables over it; unknown names are refused.

This is the only place that reads settings. Business numbers are policy of a plan, not settings.
"""

from __future__ import annotations

import os
import tomllib
from pathlib import Path
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict

from engine.errors import DubanError

CONFIG_VARIABLE = "DUBAN_CONFIG"
DEFAULT_CONFIG = Path("duban.toml")


class SmtpSettings(BaseModel):
    """The mail server. ``security``: starttls, tls or none (none only when the operator says so)."""

    model_config = ConfigDict(extra="forbid")
    host: str = ""
    port: int = 587
    security: Literal["starttls", "tls", "none"] = "starttls"
    username: str = ""
    password: str = ""
    timeout_seconds: float = 20.0


class MailSettings(BaseModel):
    """The sender. ``domain`` names the installation in Message-IDs."""

    model_config = ConfigDict(extra="forbid")
    from_address: str = ""
    from_name: str = "督办"
    domain: str = "duban.localhost"


class CoordinatorSettings(BaseModel):
    """Whom a reply reaches until reporting links exist."""

    model_config = ConfigDict(extra="forbid")
    office: str = "督查室"
    name: str = ""
    email: str = ""


class Settings(BaseSettings):
    """Everything that an operator sets."""

    model_config = SettingsConfigDict(env_prefix="DUBAN_", env_nested_delimiter="__", extra="forbid")
    database_url: str = "sqlite:///var/duban.sqlite3"
    time_zone: str = "Asia/Shanghai"
    channel: Literal["auto", "inbox", "email"] = "auto"
    host: str = "127.0.0.1"
    port: int = 8300
    log_format: Literal["console", "json"] = "console"
    smtp: SmtpSettings = SmtpSettings()
    mail: MailSettings = MailSettings()
    coordinator: CoordinatorSettings = CoordinatorSettings()

    @property
    def default_channel(self) -> str:
        """``email`` once a mail server is named, else the inbox, from which nothing leaves."""
        if self.channel != "auto":
            return self.channel
        return "email" if self.smtp.host else "inbox"


def load_settings(path: Path | None = None) -> Settings:
    """The settings of the file and the environment.

    Raises DubanError: CONFIG_MISSING when a named file is absent, CONFIG_SYNTAX with the line,
    CONFIG_UNKNOWN or CONFIG_VALUE naming the setting.
    """
    chosen = path or _configured()
    _check_environment()
    values = _read(chosen) if chosen else {}
    try:
        settings = Settings(**_under_environment(values))
    except ValidationError as error:
        raise _explained(error) from None
    if settings.default_channel == "email":
        _check_mail(settings)
    return settings


def _configured() -> Path | None:
    named = os.environ.get(CONFIG_VARIABLE)
    if named:
        return Path(named)
    return DEFAULT_CONFIG if DEFAULT_CONFIG.exists() else None


def _read(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8-sig"))
    except FileNotFoundError:
        raise DubanError(
            "CONFIG_MISSING", f"找不到配置文件 {path}：请检查路径，或用 duban config init 生成一份。"
        ) from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise DubanError("CONFIG_SYNTAX", f"配置文件 {path} 有语法错误：{error}。") from None


def _check_environment() -> None:
    """A mistyped variable would be ignored silently: it is refused."""
    known = {name.upper() for name in Settings.model_fields} | {CONFIG_VARIABLE.removeprefix("DUBAN_")}
    for variable in os.environ:
        if variable.startswith("DUBAN_"):
            head = variable.removeprefix("DUBAN_").split("__")[0].upper()
            if head not in known:
                raise DubanError("CONFIG_UNKNOWN", f"环境变量 {variable} 不是 duban 的配置项：请检查拼写。")


def _under_environment(values: dict[str, Any]) -> dict[str, Any]:
    """The file's values without those that a variable sets: the environment wins."""
    kept = dict(values)
    for variable in os.environ:
        if variable.startswith("DUBAN_") and variable != CONFIG_VARIABLE:
            head, *rest = variable.removeprefix("DUBAN_").lower().split("__")
            if not rest:
                kept.pop(head, None)
            elif isinstance(kept.get(head), dict):
                kept[head] = {**kept[head], rest[0]: os.environ[variable]}
    return kept


def _explained(error: ValidationError) -> DubanError:
    first = error.errors()[0]
    name = ".".join(str(part) for part in first["loc"])
    if first["type"] == "extra_forbidden":
        return DubanError(
            "CONFIG_UNKNOWN", f"配置项 {name} 不存在：请检查拼写，全部配置项见 duban config show。"
        )
    return DubanError("CONFIG_VALUE", f"配置项 {name} 的值不合适：{first['msg']}。")


def _check_mail(settings: Settings) -> None:
    missing = [
        name
        for name, value in (
            ("smtp.host", settings.smtp.host),
            ("mail.from_address", settings.mail.from_address),
        )
        if not value
    ]
    if missing:
        raise DubanError("CONFIG_VALUE", f"使用电子邮件还缺少配置项：{'、'.join(missing)}。")
