"""What lies beside the data and never in the database: the key of links and secrets, the files handed in."""

from __future__ import annotations

import os
import secrets
from contextlib import suppress
from pathlib import Path

from sqlalchemy.engine import make_url

from engine.errors import DubanError

LENGTH = 32
BESIDE_NO_FILE = Path("var/duban.key")


def key_path(configured: str, database_url: str) -> Path:
    """Where the key lies: as configured, else beside the SQLite file."""
    if configured:
        return Path(configured)
    name = make_url(database_url).database if database_url.startswith("sqlite") else None
    return Path(f"{name}.key") if name and name != ":memory:" else BESIDE_NO_FILE


def files_path(configured: str, database_url: str) -> Path:
    """Where the files lie that units hand in: as configured, else beside the SQLite file."""
    if configured:
        return Path(configured)
    return key_path("", database_url).with_suffix(".files")


def read_key(path: Path) -> bytes:
    """The key, made at the first use and readable by its owner alone. Raises DubanError KEY_FILE."""
    try:
        if not path.exists():
            _make(path)
        key = bytes.fromhex(path.read_text(encoding="ascii").strip())
    except (OSError, ValueError):
        raise DubanError(
            "KEY_FILE", f"读不到密钥文件 {path}：请检查路径和权限；丢失后会生成新的，届时渠道密钥要重新输入。"
        ) from None
    if len(key) < LENGTH:
        raise DubanError(
            "KEY_FILE",
            f"密钥文件 {path} 不完整：请换回完整的一份，或删除它以生成新的（渠道密钥要重新输入）。",
        )
    return key


def _make(path: Path) -> None:
    """The file is there whole or not at all; of two who make it at once the first one's key counts."""
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(f"{path.name}.{secrets.token_hex(4)}")
    handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "w", encoding="ascii") as file:
        file.write(secrets.token_hex(LENGTH) + "\n")
        file.flush()
        os.fsync(file.fileno())
    with suppress(FileExistsError):
        os.link(draft, path)
    draft.unlink()
