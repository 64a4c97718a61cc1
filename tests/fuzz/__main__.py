"""Broken documents by the thousand: ``python -m tests.fuzz --mutants 10000``. Prints a table; exits 1 on a fault."""

from __future__ import annotations

import argparse
import sys
import time
from collections import Counter

from tests.fuzz.campaign import DIED, HANG, SWOLLEN, Campaign
from tests.fuzz.trial import CAUGHT, EMPTY, READ, REFUSED, UNCAUGHT, Outcome

FAULTS = (UNCAUGHT, HANG, SWOLLEN, DIED)


def main() -> int:
    """The exit code: 0 only if every mutant was read or refused, in time and within memory."""
    parser = argparse.ArgumentParser(prog="python -m tests.fuzz", description=__doc__)
    parser.add_argument("--mutants", type=int, default=10_000, help="how many (default 10,000)")
    parser.add_argument("--first", type=int, default=0, help="number of the first mutant, to make one again")
    parser.add_argument("--jobs", type=int, default=2, help="worker processes (default 2)")
    options = parser.parse_args()
    campaign, began, outcomes = Campaign(options.first, options.mutants, options.jobs), time.monotonic(), []
    for outcome in campaign.run():
        outcomes.append(outcome)
        _progress(len(outcomes), options.mutants, time.monotonic() - began)
    return report(campaign, outcomes, time.monotonic() - began)


def _progress(done: int, count: int, seconds: float) -> None:
    if sys.stderr.isatty():
        print(f"\r{done} of {count}, {done / max(seconds, 0.001):.0f} a second ", end="", file=sys.stderr)


def report(campaign: Campaign, outcomes: list[Outcome], seconds: float) -> int:
    """Print what became of the mutants, and return the exit code."""
    verdicts = Counter(outcome.verdict for outcome in outcomes)
    kinds = Counter(outcome.kind for outcome in outcomes if outcome.kind)
    rows = [
        ("mutants", len(outcomes)),
        *((f"of these {kind}", count) for kind, count in sorted(kinds.items())),
        ("read, with items", verdicts[READ]),
        ("read, without items", verdicts[EMPTY]),
        ("refused with a code", verdicts[REFUSED]),
        ("refused as damaged, by the reading process", verdicts[CAUGHT]),
        ("uncaught exceptions", verdicts[UNCAUGHT]),
        (f"over {campaign.seconds:g} seconds", verdicts[HANG]),
        (f"over {campaign.memory} MiB", verdicts[SWOLLEN]),
        ("processes that died", verdicts[DIED]),
        ("peak memory of a worker, MiB", campaign.peak),
        ("slowest mutant, seconds", f"{campaign.slowest[0]:.1f}"),
        ("seconds", round(seconds)),
    ]
    for label, count in rows:
        print(f"{label:<46}{count:>8}")
    print(f"slowest: {campaign.slowest[1]}")
    for detail, count in Counter(one.detail for one in outcomes if one.verdict == CAUGHT).most_common(12):
        print(f"  {count} × {detail}")
    faults = [one for one in outcomes if one.verdict in FAULTS]
    for one in faults:
        print(f"mutant {one.number}: {one.verdict} {one.detail}")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
