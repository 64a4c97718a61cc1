"""A long campaign of kill -9: ``python -m tests.chaos --kills 200``. Prints a table; exits 1 if a promise broke."""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from pathlib import Path

from tests import databases
from tests.chaos.campaign import Outcome, campaign
from tests.chaos.marks import DUTIES


def main() -> int:
    """The exit code: 0 only if nothing was lost, nothing unexpected came, and every duty was hit."""
    parser = argparse.ArgumentParser(prog="python -m tests.chaos", description=__doc__)
    parser.add_argument("--kills", type=int, default=200, help="kills inside a duty (default 200)")
    parser.add_argument(
        "--seed", type=int, default=1, help="of the first campaign; each year begins a new one"
    )
    options = parser.parse_args()
    began, outcomes, seed = time.monotonic(), list[Outcome](), options.seed
    while sum(outcome.kills for outcome in outcomes) < options.kills:
        missing = options.kills - sum(outcome.kills for outcome in outcomes)
        with tempfile.TemporaryDirectory(prefix="duban-chaos-") as name:
            folder = Path(name)
            template = databases.sqlite_template(folder)
            outcomes.append(campaign(folder, template, missing, seed, _progress))
        seed += 1
    return _report(outcomes, time.monotonic() - began)


def _progress(line: str) -> None:
    if sys.stderr.isatty():
        print(f"\r{line} ", end="", file=sys.stderr, flush=True)


def _report(outcomes: list[Outcome], seconds: float) -> int:
    hits = {duty: sum(outcome.hits[duty] for outcome in outcomes) for duty in DUTIES[1:]}
    violations = [f"seed {one.seed}: {sentence}" for one in outcomes for sentence in one.violations]
    rows = [
        *((f"killed inside {duty}", count) for duty, count in hits.items()),
        ("killed in all", sum(hits.values())),
        ("of these with a mail under way", sum(one.in_flight for one in outcomes)),
        ("turns begun", sum(one.turns for one in outcomes)),
        ("virtual days", sum(one.days for one in outcomes)),
        ("mails received", sum(one.mails for one in outcomes)),
        ("of these second copies, same Message-ID", sum(one.copies for one in outcomes)),
        ("broken promises", len(violations)),
        ("seconds", round(seconds)),
    ]
    for label, count in rows:
        print(f"{label:<42}{count:>8}")
    for sentence in violations:
        print(sentence)
    return 1 if violations or not all(hits.values()) else 0


if __name__ == "__main__":
    sys.exit(main())
