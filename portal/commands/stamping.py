"""This module knows `accord ledger stamp` and `stamped`: a head's time stamp by an authority (RFC 3161). It uses no network.

The request is a file, sent by whatever way; the answer is a file, checked against a certificate that is held.
"""

from __future__ import annotations

from argparse import ArgumentParser, Namespace
from pathlib import Path
from typing import Any

from sharing.errors import InvalidError
from sharing.ledger import time_stamp
from sharing.ledger.compared import Named
from sharing.ledger.verify import UsageError

NAMES = ("stamp", "stamped")
SUFFIX = ".tsr"

Shown = tuple[dict[str, Any], list[str]]


def add_arguments(name: str, parser: ArgumentParser) -> None:
    """Add what one of the two takes."""
    parser.add_argument("head", type=Path, metavar="HEAD")
    if name == "stamp":
        parser.add_argument("--request", type=Path, required=True, metavar="OUT.tsq", help="where the request goes")
        return
    parser.add_argument("response", type=Path, metavar="RESPONSE.tsr", help="the authority's answer")
    parser.add_argument(
        "--ca", type=Path, required=True, metavar="CA.pem", help="the authority's certificates that you hold"
    )


def stamp(options: Namespace, held: Named) -> Shown:
    """Write the request for the head's signed text. Raises InvalidError for a file that is there."""
    _write_new(options.request, time_stamp.request(held.note.text))
    said = {"log": held.head.origin, "size": held.head.size, "request": str(options.request)}
    return said, [
        f"Wrote {options.request}: send it to a time-stamp authority as application/timestamp-query, and keep {options.head}."
    ]


def stamped(options: Namespace, held: Named) -> Shown:
    """Check the answer and keep it as HEAD.tsr. Raises TamperedError when it does not hold, UsageError for no certificate."""
    try:
        response, authorities = options.response.read_bytes(), time_stamp.certificates(options.ca.read_bytes())
    except (OSError, ValueError) as error:
        raise UsageError(f"{getattr(error, 'filename', None) or options.ca} cannot be used: {error}.") from None
    found = time_stamp.check(held.note.text, response, authorities)
    kept = options.head.with_name(options.head.name + SUFFIX)
    if not kept.exists() or kept.read_bytes() != response:
        _write_new(kept, response)
    head = {"log": held.head.origin, "size": held.head.size, "root": held.root}
    said = {
        **head,
        "at": found.at.isoformat(),
        "authority": found.authority,
        "serial": str(found.serial),
        "kept": str(kept),
    }
    entries = f"{held.head.size} entries of {held.head.origin}"
    line = f"{found.authority} says that the head of {entries} existed by {found.at:%d.%m.%Y %H:%M:%S} UTC."
    return said, [line, f"Kept as {kept}."]


def _write_new(path: Path, data: bytes) -> None:
    try:
        with path.open("xb") as file:
            file.write(data)
    except FileExistsError:
        raise InvalidError.one("There is another file already.", where=str(path), mend="Name a new one.") from None
