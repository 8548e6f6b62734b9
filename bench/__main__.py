"""This module knows every benchmark: `python -m bench` runs them all, `python -m bench NAME …` those that are named.

Each prints ratios against a floor or a peer in the same run; none is a test, and none decides whether CI is green.
"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).parent
ARGUMENTS = {
    "returns": [["--rows", "20000"]],
    "unit": [["--postgres", "--seconds", "3"]],
    "vault": [[], ["--postgres"]],
}
"""What a benchmark is given, for each time that it runs: both databases, and sizes that keep the whole within a coffee break."""


def names() -> list[str]:
    """The benchmarks, by file."""
    return sorted(path.stem for path in HERE.glob("*.py") if not path.stem.startswith(("_", "nightly")))


def main(wanted: list[str]) -> int:
    """Run each in a process of its own, so that one's memory and caches are not another's."""
    failed = []
    for name in wanted or names():
        for arguments in ARGUMENTS.get(name, [[]]):
            print(f"\n== {' '.join([name, *arguments])}", flush=True)
            command = [sys.executable, str(HERE / f"{name}.py"), *arguments]
            if subprocess.run(command, check=False, cwd=HERE.parent).returncode:
                failed.append(name)
    if failed:
        print(f"\nstopped with an error: {', '.join(failed)}", file=sys.stderr)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
