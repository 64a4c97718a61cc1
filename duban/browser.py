"""A page becomes a picture or a PDF: by a Chromium of this machine, without a window and with a profile of its own."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path
from tempfile import TemporaryDirectory

from engine.errors import DubanError

NAMES = (
    "chromium",
    "chromium-browser",
    "google-chrome-stable",
    "google-chrome",
    "microsoft-edge-stable",
    "microsoft-edge",
    "chrome",
    "msedge",
)
SECONDS = 60.0
FLAGS = (
    "--headless=new",
    "--disable-gpu",
    "--hide-scrollbars",
    "--no-first-run",
    "--no-default-browser-check",
    "--disable-extensions",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-dev-shm-usage",
)


def find_browser(named: str = "") -> str:
    """The program that was named, else the first that is there. Raises DubanError BROWSER_MISSING."""
    found = shutil.which(named) if named else next(filter(None, map(shutil.which, NAMES)), None)
    if found:
        return found
    what = f"找不到浏览器 {named}" if named else "这台机器上没有找到 Chromium、Chrome 或 Edge"
    raise DubanError(
        "BROWSER_MISSING",
        f"{what}：请安装一个（Debian、Ubuntu、麒麟、统信：apt install chromium fonts-noto-cjk），"
        "或在配置 [wall] browser 里写明它的位置；导出 .html 不需要浏览器。",
    )


def printed(browser: str, html: str, kind: str, size: tuple[int, int], seconds: float = SECONDS) -> bytes:
    """The page as ``pdf``, or as ``png`` of that width and height. Raises DubanError BROWSER_FAILED.

    The browser works on a copy in a folder of its own, which is gone afterwards.
    """
    with TemporaryDirectory(prefix="duban-", ignore_cleanup_errors=True) as name:
        folder = Path(name)
        page, made = folder / "page.html", folder / f"made.{kind}"
        page.write_text(html, encoding="utf-8")
        if kind == "pdf":
            asked = [f"--print-to-pdf={made}", "--no-pdf-header-footer"]
        else:
            asked = [f"--screenshot={made}", f"--window-size={size[0]},{size[1]}"]
        command = [
            browser,
            *FLAGS,
            *_sandbox(),
            f"--user-data-dir={folder / 'profile'}",
            *asked,
            page.as_uri(),
        ]
        said = _run(command, folder, seconds)
        if not made.exists() or not made.stat().st_size:
            raise _failed(said)
        return made.read_bytes()


def _sandbox() -> list[str]:
    """Root cannot use the browser's sandbox; everybody else keeps it."""
    is_root = hasattr(os, "geteuid") and os.geteuid() == 0
    return ["--no-sandbox"] if is_root else []


def _run(command: list[str], folder: Path, seconds: float) -> str:
    """What the browser said last; it has ended, with all that it started."""
    with (folder / "said").open("wb+") as said:
        try:
            process = subprocess.Popen(
                command,
                cwd=folder,
                stdin=subprocess.DEVNULL,
                stdout=said,
                stderr=said,
                start_new_session=True,
            )
        except OSError as error:
            raise _failed(error.strerror or "") from None
        try:
            process.wait(seconds)
        except subprocess.TimeoutExpired:
            raise _failed(f"{seconds:.0f} 秒内没有完成") from None
        finally:
            _end(process)
        said.seek(0)
        lines = said.read()[-4000:].decode("utf-8", "replace").strip().splitlines()
    return lines[-1][:200] if lines else ""


def _end(process: subprocess.Popen[bytes]) -> None:
    """The browser and its children are gone."""
    try:
        if hasattr(os, "killpg"):
            os.killpg(process.pid, 9)
        else:
            process.kill()
    except OSError:
        pass
    process.wait()


def _failed(said: str) -> DubanError:
    return DubanError(
        "BROWSER_FAILED", f"浏览器没有生成文件（{said}）：请再试一次，或换一个浏览器；.html 总能导出。"
    )
