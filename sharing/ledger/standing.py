"""This module knows where every log stands: its size, its root and its latest signed head, as a backup writes them down."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict, dataclass
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from sharing.errors import TamperedError
from sharing.ledger import audit, base64_strict, checkpoint
from sharing.ledger.checkpoint import Verifier
from sharing.ledger.model import HEAD
from sharing.ledger.policy import Policy
from sharing.ledger.report import Verdict
from sharing.ledger.sequencer import latest_note


@dataclass(frozen=True)
class Standing:
    """One log at one moment. `root` is base64, `note` the latest signed head: it may be of fewer entries, or absent."""

    log: str
    size: int
    root: str
    note: str | None

    def as_json(self) -> dict[str, Any]:
        """Return it as plain data, from which `Standing(**data)` makes it again."""
        return asdict(self)


def standings(session: Session) -> list[Standing]:
    """Return where each log stands, sorted by its name."""
    rows = session.execute(select(HEAD.c.log, HEAD.c.size, HEAD.c.root).order_by(HEAD.c.log)).all()
    return [Standing(r.log, r.size, base64_strict.encode(r.root), latest_note(session, r.log)) for r in rows]


def confirm(session: Session, stated: Iterable[Standing], key: Verifier) -> None:
    """Check that the logs stand exactly as stated, and audit every row of them under the installation's key.

    Raises TamperedError with everything that is false. What cannot be told, such as an entry that waits to be integrated, passes.
    """
    wanted = list(stated)
    if standings(session) != wanted:
        raise TamperedError("The ledger's heads are not those that the backup's list of contents states.")
    heads = [checkpoint.parse(each.note.encode())[0] for each in wanted if each.note is not None]
    reports = audit.verify_database(session, Policy().trusting(key), heads=heads)
    false = [
        f"{report.name}: {finding.message}"
        for report in reports
        for finding in report.findings
        if finding.weight is Verdict.FALSE
    ]
    if false:
        raise TamperedError(f"The ledger does not hold. {' '.join(false)}")
