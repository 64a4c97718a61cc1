"""Every finding that intake can give is explained in docs/findings.md."""

from __future__ import annotations

import re
from pathlib import Path

ROOT = Path(__file__).parents[2]
GIVEN = re.compile(r'(?:Finding|note|add)\(\s*"(?:error|warning|note)"(?: if \w+ else "\w+")?,\s*"([A-Z_]+)"')


def test_every_finding_of_intake_is_explained() -> None:
    explained = set(re.findall(r"`([A-Z]+(?:_[A-Z]+)+)`", (ROOT / "docs" / "findings.md").read_text("utf-8")))
    given = {
        code for path in (ROOT / "intake").glob("*.py") for code in GIVEN.findall(path.read_text("utf-8"))
    }
    assert "NO_LEAD_UNIT" in given
    assert given - explained == set()
