"""Time is an argument; only duban/ reads the real clock."""

from __future__ import annotations

import pytest

from tests.project.clock import clock_reads
from tests.project.tree import BESIDE, PACKAGES, name_of, python_files

WITHOUT_CLOCK = [name for name in (*PACKAGES, *BESIDE) if name != "duban"]


def test_no_module_outside_duban_reads_the_clock() -> None:
    reads = {
        name_of(path): clock_reads(path.read_text(encoding="utf-8")) for path in python_files(*WITHOUT_CLOCK)
    }
    assert {name: lines for name, lines in reads.items() if lines} == {}


@pytest.mark.parametrize(
    "source",
    [
        "import datetime\ndatetime.datetime.now()",
        "import datetime\ndatetime.datetime.now(datetime.UTC)",
        "import datetime as d\nd.date.today()",
        "from datetime import datetime\ndatetime.now()",
        "from datetime import datetime as moment\nmoment.utcnow()",
        "from datetime import date\ndef f(on=date.today()): pass",
        "from datetime import datetime\nclock = datetime.now",
        "from dataclasses import field\nfrom datetime import datetime\nat = field(default_factory=datetime.today)",
        "import time\ntime.time()",
        "import time as t\nstart = t.time_ns()",
        "from time import time\ntime()",
        "from time import time as now\nlater(now)",
        "def f():\n    from time import localtime\n    return localtime()",
        "from email import utils\nutils.localtime()",
        "from email.utils import localtime\nlocaltime()",
        "import email.utils\nemail.utils.localtime()",
        "from sqlalchemy import func\nfunc.now()",
        "from sqlmodel import func\nquery.where(func.current_date() > day)",
    ],
)
def test_a_read_of_the_clock_is_found_under_any_name(source: str) -> None:
    assert len(clock_reads(source)) == 1


@pytest.mark.parametrize(
    "source",
    [
        "from datetime import datetime\ndatetime(2024, 3, 1)",
        "from datetime import date\ndate.fromisoformat('2024-03-01')",
        "import time\ntime.monotonic()",
        "from time import perf_counter\nperf_counter()",
        "from datetime import time\ntime(9, 0)",
        "clock.now()",
        "def now(): pass\nnow()",
        "from duban_clock import datetime\ndatetime.now()",
    ],
)
def test_what_only_looks_like_a_clock_is_let_pass(source: str) -> None:
    assert clock_reads(source) == []
