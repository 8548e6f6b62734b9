"""This module knows the lists of contents of a backup's two files, and what can be asked of them before anything is stored."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from sharing.errors import InvalidError, TamperedError, UnreachableError
from sharing.ledger.checkpoint import Signer
from sharing.ledger.standing import Standing
from sharing.store import revision
from sharing.store.copied import Counter
from sharing.store.store import SIGNING_KEY
from sharing.vault import Keyring
from sharing.vault.needed import Needed, missing

HOLDS_ROWS = "rows"
HOLDS_KEYS = "keys"


@dataclass(frozen=True)
class Contents:
    """What stands in one of a backup's files. `records` had a key; `columns` and `counters` are PostgreSQL's alone."""

    backup: str
    records: int
    made_at: str
    accord: str
    revision: str
    database: str
    rows: Mapping[str, int]
    heads: tuple[Standing, ...]
    keys: Needed
    columns: Mapping[str, Sequence[str]]
    counters: tuple[Counter, ...]

    @classmethod
    def of(cls, manifest: Mapping[str, Any], holds: str) -> Contents:
        """Read the list. Raises TamperedError when it is none, InvalidError when it is of the other one of the two files."""
        if manifest.get("holds") != holds:
            raise InvalidError.one(
                f"The file with the {holds} is wanted, and this one holds: {manifest.get('holds')}.",
                mend="accord restore FILE --keys KEYS",
            )
        try:
            return cls(
                backup=manifest["backup"],
                records=manifest["records"],
                made_at=manifest["made_at"],
                accord=manifest["accord"],
                revision=manifest["revision"],
                database=manifest["database"],
                rows=manifest["rows"],
                heads=tuple(Standing(**head) for head in manifest["heads"]),
                keys=Needed(**manifest["keys"]),
                columns=manifest.get("columns", {}),
                counters=tuple(Counter(**counter) for counter in manifest.get("counters", ())),
            )
        except (KeyError, TypeError):
            raise TamperedError("The backup's list of contents is incomplete.") from None

    def refuse_other_database(self, kind: str) -> None:
        """Raise InvalidError for a database of another kind than the backup's."""
        if kind != self.database:
            raise InvalidError.one(
                f"The backup is of {self.database}, and ACCORD_DATABASE_URL names {kind}.",
                mend=f"Name an empty {self.database} database.",
            )

    def refuse_newer(self) -> None:
        """Raise InvalidError for a revision that this version does not know."""
        if not revision.is_known(self.revision):
            raise InvalidError.one(
                f"The backup is at revision {self.revision}, which this version does not know; it was made by {self.accord}.",
                mend="Restore it with that version, or a newer one.",
            )


def refuse_older_keys(rows: Contents, keys: Contents) -> None:
    """Raise InvalidError unless the keys are those of this backup, or newer ones by the clock and by the ledger.

    Both are asked: a clock can be set back, and a ledger that was restored goes on from an older head.
    """
    if keys.backup == rows.backup:
        return
    older = datetime.fromisoformat(keys.made_at) <= datetime.fromisoformat(rows.made_at)
    if older or not _goes_on(rows.heads, keys.heads):
        raise InvalidError.one(
            f"The keys are of {keys.made_at}, and are not newer than the backup of {rows.made_at}:"
            " older keys would bring back what was destroyed in between.",
            mend="Name the newest keys file that there is, or the one that was made with this backup.",
        )
    if not revision.is_since(keys.revision, rows.revision):
        raise InvalidError.one(
            f"The keys are at revision {keys.revision}, which does not come after the backup's, {rows.revision}.",
            mend="Name the newest keys file that there is, or the one that was made with this backup.",
        )


def _goes_on(before: Sequence[Standing], after: Sequence[Standing]) -> bool:
    later = {each.log: each for each in after}
    return all(
        each.log in later and (later[each.log].size > each.size or later[each.log].root == each.root)
        for each in before
        if each.size
    )


def keyring_for(wanted: Needed, folder: Path) -> tuple[Keyring, Signer]:
    """Open the keyring and see that it has every key that is wanted.

    Raises UnreachableError with the ids of those that are missing.
    """
    try:
        keyring = Keyring.open(folder)
    except UnreachableError as error:
        raise UnreachableError(f"{error} The backup needs: {', '.join(wanted.names())}.") from None
    absent = missing(wanted, keyring)
    if absent:
        raise UnreachableError(
            f"The keyring in {folder} has not: {', '.join(absent)}."
            " Backup, keys file and keyring belong together: all three from before the keys were rotated, or all from after."
        )
    return keyring, Signer.load(keyring.secret(SIGNING_KEY).decode())
