"""This module knows the long comparison of the rulebook with its independent reference: a million cases, the run time printed.

    python -m bench.nightly_decide [--worlds 50000] [--cases 20] [--first 0] [--jobs 2]

Exit code 1 if any answer differs; the first differences are printed with their seed, so that each can be made again.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from itertools import repeat
from typing import Any

from tests.reference.comparing import Tally, compare

WORLDS_AT_ONCE = 100


def main(arguments: list[str] | None = None) -> int:
    """Compare, print what was reached and how long it took; 0 if every answer is the same."""
    asked = _read(arguments)
    started = time.perf_counter()
    tally = Tally()
    parts = list(_parts(asked.first, asked.worlds))
    with ProcessPoolExecutor(asked.jobs) as pool:
        for done, part in enumerate(pool.map(compare, parts, repeat(asked.cases)), 1):
            tally += part
            if done % 50 == 0:
                print(f"{done * WORLDS_AT_ONCE:,} worlds, {len(tally.differences)} differences", file=sys.stderr)
    _show(tally, time.perf_counter() - started)
    return 1 if tally.differences else 0


def _read(arguments: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="bench.nightly_decide", description="Compare the rulebook with its reference."
    )
    parser.add_argument("--worlds", type=int, default=50_000)
    parser.add_argument("--cases", type=int, default=20, help="cases for each world")
    parser.add_argument("--first", type=int, default=0, help="the first seed")
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1)
    return parser.parse_args(arguments)


def _parts(first: int, worlds: int) -> Iterator[range]:
    for start in range(first, first + worlds, WORLDS_AT_ONCE):
        yield range(start, min(start + WORLDS_AT_ONCE, first + worlds))


def _show(tally: Tally, seconds: float) -> None:
    share = tally.cases_released / max(1, tally.cases)
    print(f"{tally.cases:,} cases, {tally.fields:,} field decisions in {seconds:,.0f} s")
    print(f"released in {share:.1%} of the cases; differences: {len(tally.differences)}")
    for name, counted in (("covers", tally.covers), ("reasons", tally.reasons), ("repairs", tally.repairs)):
        print(f"{name}: " + ", ".join(f"{code} {count:,}" for code, count in counted.most_common()))
    spent: dict[str, Any] = vars(tally.seconds)
    print("processor seconds: " + ", ".join(f"{name} {value:,.0f}" for name, value in spent.items()))
    for difference in tally.differences[:5]:
        print(json.dumps(difference))


if __name__ == "__main__":
    sys.exit(main())
