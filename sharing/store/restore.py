"""This module knows how an installation comes back from a backup, into an empty database and with its own keyring in place.

What a restore must not do is bring back what was erased since. A quarter whose key is destroyed stays closed, because the keyring
is not in the backup; its wrapped keys are deleted here besides. A single record that was shredded stays closed when the keys file
is newer than that; what was shredded after the newest keys file, an export of the ledger says: give every one that partners hold.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from protocols.actions import Event
from protocols.actor import Actor
from sharing.base import new_id
from sharing.errors import TamperedError, UnreachableError
from sharing.ledger import outbox
from sharing.ledger.checkpoint import Signer
from sharing.ledger.entry import Entry, log_name
from sharing.ledger.erased import erased, erased_in
from sharing.ledger.standing import Standing, confirm
from sharing.store import revision, target
from sharing.store.archive import Opened, opened
from sharing.store.contents import HOLDS_KEYS, HOLDS_ROWS, Contents, keyring_for, refuse_older_keys
from sharing.store.model import Installation
from sharing.store.store import Store, StoreSettings
from sharing.store.target import Source
from sharing.vault import Keyring, apart, shred
from sharing.vault.needed import forget_destroyed, prove

Close = Callable[[Session], int]
"""Ends what was open at the front door when the backup was made: how many sign-ins and links."""


@dataclass(frozen=True)
class Restored:
    """What came back. `records_that_day` had a key when the backup was made, `records` have one now.

    `keys_left_out` are of records newer than the backup; `destroyed_quarters` and `erased_again` count keys that went again.
    """

    file: str
    sha256: str
    made_at: str
    keys_file: str
    keys_sha256: str
    keys_made_at: str
    revision: str
    rows: dict[str, int]
    heads: tuple[Standing, ...]
    keys_opened: int
    records_that_day: int
    records: int
    keys_left_out: int
    destroyed_quarters: int
    erased_again: int
    closed: int


def restore(
    settings: StoreSettings,
    files: tuple[Path, Path],
    actor: Actor,
    close: Close,
    *,
    exports: Sequence[Path] = (),
) -> Restored:
    """Restore a backup, check it, repeat the erasures that are known of, and record it in the operator's log.

    `files` are the backup and its keys, or newer keys: then a record whose key has gone since comes back as a shredded one.

    Raises InvalidError when the database is not empty, or of another kind, the backup newer than this version, or the keys older
    than the backup; TamperedError when a file, the database in it or its ledger does not hold; UnreachableError when database or
    keys cannot be had. Nothing is served from what is half restored: SQLite's file has not got its name, PostgreSQL's database no
    installation.
    """
    file, keys_file = files
    try:
        target.refuse_unless_empty(settings.database_url)
        with opened(file) as rows, _opened_keys(keys_file) as keys:
            sources = (
                Source(rows, Contents.of(rows.manifest, HOLDS_ROWS)),
                Source(keys, Contents.of(keys.manifest, HOLDS_KEYS)),
            )
            keyring, signer = _check(settings, *sources)
            gone = [record for each in exports for record in erased_in(each, signer.verifier)]
            finish = _Finish(*sources, keyring, signer, actor, close, gone)
            target.bring_in(settings.database_url, *sources, finish)
    except DBAPIError as error:
        raise UnreachableError(f"The database could not take the backup ({type(error).__name__}).") from None
    except OSError as error:
        raise UnreachableError(f"The backup could not be restored: {error.strerror or type(error).__name__}.") from None
    _integrate(settings)
    if finish.done is None:  # pragma: no cover (bringing it in ends with finishing)
        raise TamperedError("The restore ended before it was finished.")
    return finish.done


@contextmanager
def _opened_keys(file: Path) -> Iterator[Opened]:
    if not file.exists():
        raise UnreachableError(
            f"The keys file {file} is not there. Without the wrapped keys of its records a backup opens nothing and cannot be"
            " restored: name the newest keys file with --keys."
        )
    with opened(file) as keys:
        yield keys


def _check(settings: StoreSettings, rows: Source, keys: Source) -> tuple[Keyring, Signer]:
    """Ask everything that can be asked before anything is stored."""
    wanted = rows.contents.keys.along_with(keys.contents.keys)
    for each in (rows, keys):
        each.contents.refuse_other_database(target.kind(settings.database_url))
        each.contents.refuse_newer()
    keyring, signer = keyring_for(wanted, settings.home / "keys")
    for each in (rows, keys):
        each.file.check_signature(signer.verifier)
    refuse_older_keys(rows.contents, keys.contents)
    return keyring, signer


def _integrate(settings: StoreSettings) -> None:
    """Let the entry of the restore, and what was waiting on the day of the backup, into the trees."""
    store = Store.open(settings)
    try:
        store.integrate()
    finally:
        store.close()


@dataclass
class _Finish:
    """The last transaction of a restore."""

    rows: Source
    keys: Source
    keyring: Keyring
    signer: Signer
    actor: Actor
    close: Close
    gone: Sequence[UUID]
    done: Restored | None = None

    def __call__(self, session: Session) -> None:
        contents, newer_keys = self.rows.contents, self.keys.contents
        confirm(session, contents.heads, self.signer.verifier)
        left_out = 0 if newer_keys.backup == contents.backup else apart.leave_out(session)
        destroyed = forget_destroyed(session, self.keyring)
        again = shred.replay(session, {*self.gone, *erased(session)})
        opened_keys = prove(session, self.keyring)
        closed = self.close(session)
        self.done = Restored(
            file=str(self.rows.file.path),
            sha256=self.rows.file.sha256,
            made_at=contents.made_at,
            keys_file=str(self.keys.file.path),
            keys_sha256=self.keys.file.sha256,
            keys_made_at=newer_keys.made_at,
            revision=revision.newest() or "",
            rows={**contents.rows, **newer_keys.rows},
            heads=contents.heads,
            keys_opened=opened_keys,
            records_that_day=contents.records,
            records=apart.count_records(session),
            keys_left_out=left_out,
            destroyed_quarters=destroyed,
            erased_again=again,
            closed=closed,
        )
        self._record(session, self.done)

    def _record(self, session: Session, done: Restored) -> None:
        """Append the entry as a unit of work would: there is no store yet to open one from."""
        now = datetime.now(UTC)
        facts: dict[str, Any] = {
            name: getattr(done, name)
            for name in Restored.__dataclass_fields__
            if name not in {"file", "keys_file", "rows", "heads", "keys_opened"}
        }
        entry = Entry(
            id=new_id(),
            log=log_name(session.scalars(select(Installation.name)).one(), None, now),
            type=str(Event.BACKUP_RESTORED),
            at=now,
            actor=self.actor.pseudonym,
            facts={**facts, "heads": {head.log: head.size for head in done.heads}},
        )
        outbox.append(session, entry)
