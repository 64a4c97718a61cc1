"""The settings as a file to edit and as a list to read; secrets are never shown."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from pydantic import BaseModel, SecretStr
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError

from duban.settings import Settings
from engine.errors import DubanError

HIDDEN = "********"
HEAD = """\
# 督办的配置。以 # 开头的行是说明或默认值；要改哪一项，就去掉那一行开头的“# ”再改。
# 环境变量优先于本文件：DUBAN_PORT=8301，小节里的写成 DUBAN_SMTP__HOST。
# 改好后用 duban config check 检查。提醒的天数等业务规则属于各个计划，不在这里。
"""


def template() -> str:
    """A new settings file: every setting with its meaning, its default commented out."""
    return HEAD + "".join(_lines(Settings))


def write_template(path: Path) -> None:
    """The file is there, readable by its owner only: passwords will stand in it.

    Raises DubanError CONFIG_EXISTS or CONFIG_UNWRITABLE.
    """
    try:
        path.touch(mode=0o600, exist_ok=False)
        path.write_text(template(), encoding="utf-8")
    except FileExistsError:
        raise DubanError(
            "CONFIG_EXISTS", f"{path} 已经存在，没有改动它：请直接编辑，或换一个文件名。"
        ) from None
    except OSError as error:
        raise DubanError(
            "CONFIG_UNWRITABLE", f"写不了 {path}（{error.strerror}）：请换一个文件夹，或检查权限。"
        ) from None


def shown(settings: Settings) -> dict[str, Any]:
    """All settings in force, by dotted name, with passwords hidden."""
    return dict(_values(settings, ""))


def _lines(model: type[BaseModel]) -> Iterator[str]:
    for name, field in model.model_fields.items():
        default = field.get_default(call_default_factory=True)
        if isinstance(default, BaseModel):
            yield f"\n# ---- {field.description} ----\n[{name}]\n"
            yield from _lines(type(default))
        else:
            yield f"\n# {field.description}\n# {name} = {_toml(default)}\n"


def _toml(value: Any) -> str:
    """A default as TOML writes it; for texts, numbers, truth values and lists that is also JSON."""
    return json.dumps("" if isinstance(value, SecretStr) else value, ensure_ascii=False)


def _values(model: BaseModel, prefix: str) -> Iterator[tuple[str, Any]]:
    for name in type(model).model_fields:
        value = getattr(model, name)
        if isinstance(value, BaseModel):
            yield from _values(value, f"{prefix}{name}.")
        else:
            yield f"{prefix}{name}", _discreet(name, value)


def _discreet(name: str, value: Any) -> Any:
    if isinstance(value, SecretStr):
        return HIDDEN if value.get_secret_value() else ""
    if name == "database_url":
        try:
            return make_url(value).render_as_string(hide_password=True)
        except ArgumentError:
            return HIDDEN
    return value
