"""Many random plans through many random days: ``python -m tests.story.years --seeds 200``.

Each seed is lived twice, in quiet and with outages, restarts and clock jumps, and compared with the oracle.
Prints counts and time; exits 1 if any seed differs.
"""

from __future__ import annotations

import argparse
import sys
import time
from multiprocessing import get_context

from tests.story.trials import Trial, quiet, troubled


def main() -> int:
    """The exit code: 0 only if service and oracle agree on every seed."""
    parser = argparse.ArgumentParser(prog="python -m tests.story.years", description=__doc__)
    parser.add_argument("--seeds", type=int, default=200, help="how many plans (default 200)")
    parser.add_argument("--first", type=int, default=1000, help="the first seed (default 1000)")
    parser.add_argument("--days", type=int, default=250, help="days that each plan is followed (default 250)")
    parser.add_argument("--jobs", type=int, default=2, help="processes (default 2)")
    options = parser.parse_args()
    began, trials = time.monotonic(), list[Trial]()
    jobs = [(kind, seed, options.days) for seed in _seeds(options) for kind in ("quiet", "troubled")]
    with get_context("forkserver").Pool(options.jobs) as pool:
        for trial in pool.imap_unordered(_run, jobs):
            trials.append(trial)
            if sys.stderr.isatty():
                print(f"\r{len(trials)}/{len(jobs)} ", end="", file=sys.stderr, flush=True)
    return _report(trials, time.monotonic() - began)


def _seeds(options: argparse.Namespace) -> range:
    return range(options.first, options.first + options.seeds)


def _run(job: tuple[str, int, int]) -> Trial:
    kind, seed, length = job
    return quiet(seed, length) if kind == "quiet" else troubled(seed, length)


def _report(trials: list[Trial], seconds: float) -> int:
    unlike = [trial for trial in trials if trial.complaints]
    print(f"lives compared with the oracle  {len(trials):>8}")
    print(f"messages                        {sum(trial.messages for trial in trials):>8}")
    print(f"obligations                     {sum(trial.obligations for trial in trials):>8}")
    print(f"lives that differ               {len(unlike):>8}")
    print(f"seconds                         {seconds:>8.0f}")
    for trial in unlike:
        print(f"seed {trial.seed}: {len(trial.complaints)} differences, first: {trial.complaints[0]}")
    return 1 if unlike else 0


if __name__ == "__main__":
    sys.exit(main())
