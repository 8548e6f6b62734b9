"""This module knows which records the ledger says were erased: here, or in a newer copy of the log that somebody kept.

A backup brings back the keys of records that were erased after it was made. The entries that say so are newer than it, too:
they are read from an export (`accord ledger export`) that a partner or an auditor holds.
"""

from __future__ import annotations

import json
import uuid
from collections.abc import Iterable, Iterator
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.orm import Session

from protocols.actions import Event
from sharing.errors import TamperedError
from sharing.ledger import bundle_check, entry
from sharing.ledger.checkpoint import Verifier
from sharing.ledger.entry import Entry
from sharing.ledger.model import ENTRY
from sharing.ledger.policy import Policy
from sharing.ledger.report import Verdict


def erased(session: Session) -> list[uuid.UUID]:
    """Return the records that this ledger says were erased."""
    bodies = session.scalars(select(ENTRY.c.body).where(ENTRY.c.type == str(Event.RECORD_SHREDDED)))
    return list(_records(entry.parse(body) for body in bodies))


def erased_in(directory: Path, key: Verifier) -> list[uuid.UUID]:
    """Return the records that an exported log says were erased.

    Raises TamperedError unless the whole of the export verifies under the installation's key: an invented erasure erases.
    """
    examined = bundle_check.check(directory, Policy().trusting(key))
    if examined.report.verdict is not Verdict.TRUE:
        found = " ".join(finding.message for finding in examined.report.findings)
        raise TamperedError(f"{directory} is not an export of this installation's ledger that verifies. {found}")
    with (directory / bundle_check.LINES).open("rb") as lines:
        shredded = (line for line in lines if json.loads(line)["type"] == Event.RECORD_SHREDDED)
        return list(_records(entry.parse(line.removesuffix(b"\n")) for line in shredded))


def _records(entries: Iterable[Entry]) -> Iterator[uuid.UUID]:
    for said in entries:
        try:
            yield uuid.UUID(said.about)
        except (TypeError, ValueError):
            continue  # about a quarter or an organisation: those are erased by the keyring
