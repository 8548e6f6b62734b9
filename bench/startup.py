"""This module knows how long a first and a second start take: a fresh clone to a served first page, and once more.

    python bench/startup.py

The clone is made from this checkout's HEAD; the package caches of the machine are used as they are, and it says so.
"""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
LONGEST = 900


def free_port() -> int:
    """A port on loopback that nobody listens on now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def answers(port: int) -> bool:
    """Whether the first page is served."""
    try:
        with urllib.request.urlopen(f"http://localhost:{port}/", timeout=2) as page:
            return bool(page.status == 200)
    except (urllib.error.URLError, OSError):
        return False


def start(folder: Path) -> float:
    """Start the demonstration, wait for its first page, stop it; give the seconds."""
    port, began = free_port(), time.monotonic()
    command = [sys.executable, "accord", "demo", "--port", str(port)]
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("ACCORD_", "VIRTUAL_ENV"))}
    process = subprocess.Popen(
        command,
        cwd=folder,
        env=environment,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    try:
        while not answers(port):
            if process.poll() is not None:
                sys.exit(f"startup: the demonstration stopped with {process.returncode}")
            if time.monotonic() - began > LONGEST:
                sys.exit("startup: no page after a quarter of an hour")
            time.sleep(0.05)
        return time.monotonic() - began
    finally:
        os.killpg(process.pid, signal.SIGTERM)
        process.wait(timeout=60)


def main() -> None:
    """Print the first and the second start, and their ratio."""
    with tempfile.TemporaryDirectory() as folder:
        clone = Path(folder) / "accord"
        subprocess.run(["git", "clone", "--quiet", str(ROOT), str(clone)], check=True)
        first = start(clone)
        second = min(start(clone) for _ in range(3))
    print(f"first start, from a clone (package caches as they are): {first:.1f} s")
    print(f"second start, best of three: {second:.2f} s, {first / second:.0f} times quicker")


if __name__ == "__main__":
    main()
