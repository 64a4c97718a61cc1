"""The operator's settings: one TOML file, ``DUBAN_*`` variables over it; unknown names are refused.

This is the only place that reads settings. Business numbers are policy of a plan, not settings. The
descriptions are what ``duban config init`` writes into a new file.
"""

from __future__ import annotations

import os
import re
import tomllib
from collections.abc import Mapping
from ipaddress import ip_address, ip_network
from pathlib import Path
from typing import Any, Literal, Self
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    SecretStr,
    ValidationError,
    field_validator,
    model_validator,
)
from pydantic_core import PydanticCustomError
from pydantic_settings import BaseSettings, SettingsConfigDict, SettingsError

from duban.settings_oidc import OidcSettings, check_oidc
from engine.addresses import is_this_machine
from engine.errors import DubanError

PREFIX = "DUBAN_"
CONFIG_VARIABLE = "DUBAN_CONFIG"
DEFAULT_CONFIG = Path("duban.toml")
HOST = re.compile(r"(?:[A-Za-z0-9](?:[A-Za-z0-9.-]*[A-Za-z0-9])?|\[[0-9A-Fa-f:.]+\])(?::[0-9]{1,5})?")
BASE_URL = re.compile(r"https?://[A-Za-z0-9.\-\[\]:]+(/[A-Za-z0-9._~/-]*)?")


class SmtpSettings(BaseModel):
    """The mail server. ``security``: starttls, tls or none (none only when the operator says so)."""

    model_config = ConfigDict(extra="forbid")
    host: str = Field(default="", description="邮件服务器；留空则只用站内收件箱，什么也不发出")
    port: int = Field(default=587, ge=1, le=65535, description="端口：starttls 一般用 587，tls 一般用 465")
    security: Literal["starttls", "tls", "none"] = Field(
        default="starttls", description="加密方式：starttls、tls；none 为不加密，只可用于内网"
    )
    username: str = Field(default="", description="登录用户名；不需要登录则留空")
    password: SecretStr = Field(
        default=SecretStr(""), description="登录密码或授权码；也可以放在环境变量 DUBAN_SMTP__PASSWORD 中"
    )
    ca_file: str = Field(default="", description="内部证书机构的 PEM 文件；用公共证书则留空")
    connect_seconds: float = Field(default=10.0, gt=0, le=300, description="连接的时限，秒")
    read_seconds: float = Field(default=30.0, gt=0, le=300, description="等待应答的时限，秒")


class ImapSettings(BaseModel):
    """The mailbox in which units' answers arrive; without a host nothing is read."""

    model_config = ConfigDict(extra="forbid")
    host: str = Field(
        default="", description="收取回复的邮箱服务器；留空则不收。请用专用邮箱，读过的邮件会标为已读"
    )
    port: int = Field(default=993, ge=1, le=65535, description="端口：tls 一般用 993，starttls 一般用 143")
    security: Literal["starttls", "tls", "none"] = Field(
        default="tls", description="加密方式：tls、starttls；none 为不加密，只可用于内网"
    )
    username: str = Field(default="", description="登录用户名")
    password: SecretStr = Field(
        default=SecretStr(""), description="登录密码或授权码；也可以放在环境变量 DUBAN_IMAP__PASSWORD 中"
    )
    folder: str = Field(default="INBOX", description="文件夹")
    ca_file: str = Field(default="", description="内部证书机构的 PEM 文件；用公共证书则留空")
    seconds: float = Field(default=30.0, gt=0, le=300, description="连接和应答的时限，秒")


class MailSettings(BaseModel):
    """The sender. ``domain`` names the installation in Message-IDs."""

    model_config = ConfigDict(extra="forbid")
    from_address: str = Field(default="", description="发件地址")
    from_name: str = Field(default="督办", description="发件人名称")
    domain: str = Field(
        default="duban.localhost",
        pattern=r"^[A-Za-z0-9](?:[A-Za-z0-9.-]*[A-Za-z0-9])?$",
        description="邮件编号（Message-ID）中代表本系统的域名；发过邮件后不要再改",
    )


class CoordinatorSettings(BaseModel):
    """Whom a reply reaches until reporting links exist."""

    model_config = ConfigDict(extra="forbid")
    office: str = Field(default="督查室", description="督查科室的名称，署在每封消息里")
    name: str = Field(default="", description="联系人；可留空")
    email: str = Field(default="", description="各单位回复邮件时送达的地址")


class OutboundSettings(BaseModel):
    """What chat channels may reach besides the vendors' own hosts, and how long a call may take."""

    model_config = ConfigDict(extra="forbid")
    hosts: list[str] = Field(
        default=[],
        description="除厂商官方主机外，消息渠道还可以连接的主机，如 im.example.org 或 10.0.0.8:8443；"
        "内网地址和 http:// 只有写在这里才能用",
    )
    ca_file: str = Field(default="", description="内部证书机构的 PEM 文件；用公共证书则留空")
    connect_seconds: float = Field(default=5.0, gt=0, le=300, description="连接的时限，秒")
    read_seconds: float = Field(default=15.0, gt=0, le=300, description="等待应答的时限，秒")
    total_seconds: float = Field(default=30.0, gt=0, le=600, description="一次调用总共的时限，秒")

    @field_validator("hosts")
    @classmethod
    def _are_hosts(cls, value: list[str]) -> list[str]:
        for one in value:
            if not HOST.fullmatch(one):
                raise PydanticCustomError(
                    "host", "“{value}”不是主机名，应如 im.example.org 或 im.example.org:8443", {"value": one}
                )
        return [one.lower() for one in value]


class WallSettings(BaseModel):
    """What makes a PDF or a picture of 挂图作战."""

    model_config = ConfigDict(extra="forbid")
    browser: str = Field(
        default="",
        description="生成挂图 PDF、PNG 用的浏览器（Chromium、Chrome、Edge）的名称或位置；留空则自动寻找",
    )


class Settings(BaseSettings):
    """Everything that an operator sets."""

    model_config = SettingsConfigDict(env_prefix=PREFIX, env_nested_delimiter="__", extra="forbid")
    database_url: str = Field(
        default="sqlite:///var/duban.sqlite3",
        description="数据库：SQLite 文件，或 postgresql://用户:密码@主机/库名",
    )
    time_zone: str = Field(default="Asia/Shanghai", description="命令行上的时间按哪个时区理解")
    channel: Literal["auto", "inbox", "email"] = Field(
        default="auto", description="消息渠道：auto（填了邮件服务器就用邮件）、inbox（站内收件箱）、email"
    )
    host: str = Field(default="127.0.0.1", description="页面监听的地址；默认只有本机能打开")
    port: int = Field(default=8300, ge=0, le=65535, description="页面监听的端口")
    allow_network: bool = Field(
        default=False,
        description="页面要登录，但 http 不加密，同一网络里的人能截取密码：请在前面放一个 https 的反向代理。"
        "确认要直接监听本机以外的地址，才改为 true",
    )
    allowed_hosts: list[str] = Field(
        default=[], description="除本机名称外，浏览器可以用哪些主机名打开页面，例如 duban.example.org"
    )
    trusted_proxies: list[str] = Field(
        default=["127.0.0.1", "::1"],
        description="反向代理的地址：只有它们的 X-Forwarded-For 算数，登录的次数按真实来源限制",
    )
    base_url: str = Field(
        default="",
        description="大家打开页面的地址，如 https://duban.example.org；消息里的填报链接由它生成，"
        "用它的主机名也能登录。以 https 开头时，登录只在 https 下有效；留空时按 host 和 port 推定",
    )
    key_file: str = Field(
        default="",
        description="密钥文件，第一次使用时建立：填报链接由它生成，渠道的密钥由它加密；留空则放在数据库文件旁边。"
        "不要放进数据库的备份里，另行保管",
    )
    files_dir: str = Field(
        default="", description="各单位上传的附件存放的文件夹；留空则放在数据库文件旁边。请一并备份"
    )
    public_dir: str = Field(
        default="",
        description="公开页所在的文件夹，例如 public：其中由 duban publish 生成的网页任何人都能在 /public/ 下打开；留空则不公开",
    )
    heartbeat_url: SecretStr = Field(
        default=SecretStr(""),
        description="巡检正常时每几分钟访问一次的网址（心跳），如 https://watch.example.org/ping/duban；"
        "对方收不到时报警。它的主机要写在 [outbound] hosts 里；留空则不发",
    )
    backup_dir: str = Field(
        default="", description="在页面上“现在备份”时写到的文件夹，最好在另一块盘上；留空则只能下载"
    )
    log_format: Literal["console", "json"] = Field(default="console", description="日志格式：console 或 json")
    smtp: SmtpSettings = Field(default_factory=SmtpSettings, description="邮件服务器")
    imap: ImapSettings = Field(default_factory=ImapSettings, description="收取回复的邮箱")
    mail: MailSettings = Field(default_factory=MailSettings, description="发件人")
    outbound: OutboundSettings = Field(
        default_factory=OutboundSettings, description="消息渠道（企业微信、钉钉、飞书等）可以连接哪里"
    )
    coordinator: CoordinatorSettings = Field(default_factory=CoordinatorSettings, description="督查科室")
    wall: WallSettings = Field(default_factory=WallSettings, description="挂图作战")
    oidc: OidcSettings = Field(
        default_factory=OidcSettings, description="用单位的统一身份认证（OpenID Connect）登录，可选"
    )

    @field_validator("time_zone")
    @classmethod
    def _is_zone(cls, value: str) -> str:
        try:
            ZoneInfo(value)
        except (ZoneInfoNotFoundError, ValueError, OSError):
            raise PydanticCustomError(
                "zone", "“{value}”不是时区名称，应如 Asia/Shanghai", {"value": value}
            ) from None
        return value

    @field_validator("trusted_proxies")
    @classmethod
    def _are_addresses(cls, value: list[str]) -> list[str]:
        for one in value:
            try:
                ip_network(one)
            except ValueError:
                raise PydanticCustomError(
                    "proxy", "“{value}”不是 IP 地址，应如 10.0.0.8 或 10.0.0.0/24", {"value": one}
                ) from None
        return value

    @field_validator("base_url")
    @classmethod
    def _is_address(cls, value: str) -> str:
        if value and not BASE_URL.fullmatch(value):
            raise PydanticCustomError(
                "address", "“{value}”不是网址，应如 https://duban.example.org", {"value": value}
            )
        return value.rstrip("/")

    @model_validator(mode="after")
    def _stays_local(self) -> Self:
        if not self.allow_network and not is_this_machine(self.host):
            raise PydanticCustomError(
                "exposed",
                "“{host}”不是本机地址，而 http 不加密，密码会被截取：请用 https 的反向代理；"
                "确认要直接对外，再把 allow_network 设为 true",
                {"host": self.host},
            )
        return self

    @property
    def default_channel(self) -> str:
        """``email`` once a mail server is named, else the inbox, from which nothing leaves."""
        if self.channel != "auto":
            return self.channel
        return "email" if self.smtp.host else "inbox"

    @property
    def link_base(self) -> str:
        """Where units open the pages; empty where nobody could: mail with an address of this machine alone."""
        if self.base_url:
            return self.base_url
        is_local = is_this_machine(self.host)
        if not self.port or is_anywhere(self.host) or (is_local and self.default_channel != "inbox"):
            return ""
        return f"http://[{self.host}]:{self.port}" if ":" in self.host else f"http://{self.host}:{self.port}"


SECTIONS = ("smtp", "imap", "mail", "outbound", "coordinator", "wall", "oidc")


def is_anywhere(host: str) -> bool:
    """Whether it stands for all addresses of this machine, and so names none."""
    try:
        return ip_address(host).is_unspecified
    except ValueError:
        return False


def load_settings(path: Path | None = None) -> Settings:
    """The settings of the file and the environment.

    Raises DubanError: CONFIG_MISSING when a named file is absent, CONFIG_SYNTAX with the line,
    CONFIG_UNKNOWN or CONFIG_VALUE naming the setting.
    """
    _check_environment(os.environ)
    chosen = path or config_path()
    values = _read(chosen) if chosen else {}
    try:
        settings = Settings(**_under_environment(values, os.environ))
    except ValidationError as error:
        raise _explained(error) from None
    except SettingsError as error:
        raise DubanError("CONFIG_VALUE", f"有一个 DUBAN_ 环境变量的值读不懂：{error}。") from None
    if settings.default_channel == "email":
        _check_mail(settings)
    check_oidc(settings.oidc, settings.link_base)
    return settings


def config_path() -> Path | None:
    """The file that is in force: the one named in the environment, else duban.toml if it is there."""
    named = os.environ.get(CONFIG_VARIABLE)
    if named:
        return Path(named)
    return DEFAULT_CONFIG if DEFAULT_CONFIG.exists() else None


def _read(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8-sig"))
    except (FileNotFoundError, IsADirectoryError):
        raise DubanError(
            "CONFIG_MISSING", f"找不到配置文件 {path}：请检查路径，或用 duban config init 生成一份。"
        ) from None
    except PermissionError:
        raise DubanError("CONFIG_MISSING", f"没有权限读配置文件 {path}：请检查文件的权限。") from None
    except UnicodeDecodeError:
        raise DubanError("CONFIG_SYNTAX", f"配置文件 {path} 不是 UTF-8 文本：请另存为 UTF-8。") from None
    except tomllib.TOMLDecodeError as error:
        raise DubanError(
            "CONFIG_SYNTAX", f"配置文件 {path} {_line_of(error)}有语法错误（{error}）：文字要加英文引号。"
        ) from None


def _line_of(error: tomllib.TOMLDecodeError) -> str:
    """Which line of the file the parser stopped at, if it says."""
    found = re.search(r"at line (\d+)", str(error))
    return f"第{found[1]}行" if found else "末尾"


def _check_environment(environment: Mapping[str, str]) -> None:
    """A mistyped variable would be ignored silently: it is refused."""
    for variable in environment:
        if variable.startswith(PREFIX) and variable != CONFIG_VARIABLE:
            head, *rest = variable.removeprefix(PREFIX).lower().split("__")
            if head not in Settings.model_fields or (rest and head not in SECTIONS):
                raise DubanError("CONFIG_UNKNOWN", f"环境变量 {variable} 不是 duban 的配置项：请检查拼写。")


def _under_environment(values: Mapping[str, Any], environment: Mapping[str, str]) -> dict[str, Any]:
    """The file's values without those that a variable sets: the environment wins."""
    kept = dict(values)
    for variable in environment:
        if variable.startswith(PREFIX) and variable != CONFIG_VARIABLE:
            head, *rest = variable.removeprefix(PREFIX).lower().split("__")
            if not rest:
                kept.pop(head, None)
            elif isinstance(kept.get(head), dict):
                kept[head] = {name: value for name, value in kept[head].items() if name != rest[0]}
    return kept


_SAID = {
    "bool_parsing": "应为 true 或 false",
    "bool_type": "应为 true 或 false",
    "int_parsing": "应为整数",
    "int_type": "应为整数",
    "int_from_float": "应为整数",
    "float_parsing": "应为数字",
    "float_type": "应为数字",
    "string_type": "应为带引号的文字",
    "list_type": "应为列表，如 [\"a\", \"b\"]",
    "model_type": "应为一个小节，如 [smtp]",
    "literal_error": "只能是 {expected}",
    "greater_than": "应大于 {gt}",
    "greater_than_equal": "不能小于 {ge}",
    "less_than_equal": "不能大于 {le}",
    "string_pattern_mismatch": "应为域名，如 duban.example.org",
}  # fmt: skip


def _explained(error: ValidationError) -> DubanError:
    first = error.errors()[0]
    name = ".".join(str(part) for part in first["loc"]) or "host"
    if first["type"] == "extra_forbidden":
        return DubanError(
            "CONFIG_UNKNOWN", f"配置项 {name} 不存在：请检查拼写，全部配置项见 duban config show。"
        )
    said = _SAID.get(first["type"], first["msg"]).format(**first.get("ctx", {}))
    return DubanError("CONFIG_VALUE", f"配置项 {name} 的值不合适：{said}。")


def _check_mail(settings: Settings) -> None:
    needed = {"smtp.host": settings.smtp.host, "mail.from_address": settings.mail.from_address}
    missing = [name for name, value in needed.items() if not value]
    if missing:
        raise DubanError("CONFIG_VALUE", f"使用电子邮件还缺少配置项：{'、'.join(missing)}。")
