"""This module knows the command line: the same words as the pages, `--json` on every command, and five exit codes.

0 done; 1 the answer is no; 2 wrong usage; 3 the store or a key is unreachable; 4 cannot tell. Results go to stdout, messages to
stderr. A command imports what it needs when it runs, so that `accord verify` starts without a database driver.
"""

from __future__ import annotations

import argparse
import importlib
import sys
from collections.abc import Sequence

DONE, NO, USAGE, UNREACHABLE, CANNOT_TELL = range(5)

COMMANDS: dict[str, tuple[str, str]] = {
    "init": ("admin", "make keys and database in ACCORD_HOME"),
    "migrate": ("admin", "bring the database to this version (--check: say whether it is)"),
    "serve": ("admin", "serve the portal"),
    "worker": ("admin", "run background work (PostgreSQL)"),
    "doctor": ("admin", "check settings, folders, keys, database, ledger and assets"),
    "routes": ("admin", "list every route: path, methods, action, roles"),
    "paths": ("admin", "list every folder and file that Accord writes"),
    "demo": ("demo", "load the demonstration and serve it (demo load: only load)"),
    "partnership": ("partnership", "load a partnership from TOML"),
    "user": ("user", "add, disable or reset an account"),
    "protocol": ("protocol", "check, render, load, explain, decide, diff, replay"),
    "return": ("returns", "template, check, submit, status"),
    "hotspots": ("hotspots", "rank, publish"),
    "meeting": ("meeting", "agenda, minutes"),
    "standards": ("standards", "status of the joint sign-up"),
    "ledger": (
        "ledger",
        "head, verify, export, prove, none; witness, cosigned, standing; for partners: new-key, cosign, compare",
    ),
    "audit": ("audit", "reconcile: figures; sample: draw one again"),
    "keys": ("keys", "status, rotate, shred"),
    "retention": ("retention", "preview what is due to go, run it"),
    "backup": ("backup", "write the database to one file, without the keys"),
    "restore": ("backup", "bring a backup back into an empty database"),
    "verify": ("verify", "verify receipts, bundles and heads offline"),
}


def say(*lines: str) -> None:
    """Tell whoever runs the command, on stderr and at once: results alone go to stdout."""
    for line in lines:
        print(line, file=sys.stderr, flush=True)


class Parser(argparse.ArgumentParser):
    """A parser whose every command takes `--json`."""

    def add_json(self) -> None:
        """Add the flag that asks for the result as JSON."""
        self.add_argument("--json", action="store_true", help="print the result as JSON")


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command and return its exit code."""
    given = list(sys.argv[1:] if arguments is None else arguments)
    if not given or given[0] in {"-h", "--help", "help"}:
        _print_help()
        return DONE if given else USAGE
    name, *rest = given
    if name not in COMMANDS:
        _print_help()
        print(f"accord: there is no command {name!r}", file=sys.stderr)
        return USAGE
    module = importlib.import_module(f"portal.commands.{COMMANDS[name][0]}")
    try:
        return int(module.run(name, rest))
    except SystemExit as stop:  # argparse's own way out of wrong usage
        return stop.code if isinstance(stop.code, int) else USAGE
    except BrokenPipeError:
        return DONE  # whoever read our output had seen enough
    except Exception as error:
        code = _exit_code(error)
        if code is None:
            raise
        for line in _told(error):
            print(f"accord {name}: {line}", file=sys.stderr)
        return code


def _exit_code(error: Exception) -> int | None:
    """The exit code of an error that is raised on purpose; None for any other, which keeps its traceback."""
    from sharing.errors import AccordError, UnreachableError

    if isinstance(error, UnreachableError):
        return UNREACHABLE
    if isinstance(error, AccordError):
        return NO
    return USAGE if isinstance(error, FileNotFoundError | IsADirectoryError) else None


def _told(error: Exception) -> list[str]:
    """What to print of an error: each problem on a line of its own, with its place and what to do next."""
    problems = getattr(error, "problems", ())
    return [
        " ".join(part for part in (f"{p.where}:" if p.where else "", p.message, p.mend) if part) for p in problems
    ] or [str(error)]


def _print_help() -> None:
    print("usage: accord COMMAND …\n", file=sys.stderr)
    for name, (_, what) in COMMANDS.items():
        print(f"  {name:<12} {what}", file=sys.stderr)
    print("\naccord COMMAND --help says more of each.", file=sys.stderr)


if __name__ == "__main__":
    sys.exit(main())
