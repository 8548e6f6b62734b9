"""This module knows how every key-encrypting key is replaced while the portal runs: one small transaction after another.

    begin     the keyring gets a new root key and a new key for each quarter, in one write
    rewrap    organisations' keys, records' keys, index keys, seeds and drafts, until nothing lies under an old key
    settle    a pause in which whoever has read a row that was wrapped by an old key has opened it
    retire    the old keys are destroyed, the old root last

Killed anywhere, everything still opens, and the next run goes on: the old root is the mark that it was not finished, and each
step finds what is left by looking. No field is touched, and commitments and receipts stay valid.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from functools import partial
from typing import Protocol, TypeVar
from uuid import UUID

from protocols.actions import Event
from protocols.actor import Actor
from sharing.errors import StaleError
from sharing.store.store import Store
from sharing.store.unit import Unit
from sharing.vault import rotate

T = TypeVar("T")

SETTLE = 10.0
"""Seconds between the last rewrap and the end of the old keys; a row is opened within milliseconds of being read."""
_BREATH = 0.01
"""Seconds between steps: SQLite has one writer, and the portal is to have its turn."""
_ROUNDS = 5


class Reseal(Protocol):
    """Seals some seeds and drafts again."""

    def __call__(self, unit: Unit, /) -> Resealed:
        """Do the next few."""


class Resealed(Protocol):
    """How many were done, and how many open under no key."""

    @property
    def done(self) -> int:
        """Sealed again."""

    @property
    def unreadable(self) -> int:
        """Left as they are."""


Tell = Callable[[str], None]


@dataclass(frozen=True)
class Rotated:
    """What was wrapped anew: in this run alone, where an earlier one was killed."""

    root: int
    resumed: bool
    agencies: int = 0
    records: int = 0
    index_keys: int = 0
    secrets: int = 0
    unreadable_secrets: int = 0
    epoch_keys_retired: int = 0


def rotate_keys(store: Store, actor: Actor, reseal: Reseal, tell: Tell, *, settle: float = SETTLE) -> Rotated:
    """Replace root, quarters' and organisations' keys, or finish a replacement that was interrupted.

    Raises StaleError when something still lies under an old key after the last round: nothing is retired then, ask again.
    """
    return _Rotation(store, actor, reseal, tell).run(settle)


class _Rotation:
    """One run."""

    def __init__(self, store: Store, actor: Actor, reseal: Reseal, tell: Tell) -> None:
        self.store, self.actor, self.tell = store, actor, tell
        self.keyring = store.keyring
        self._reseal_some = reseal
        self.counts = {"agencies": 0, "records": 0, "index_keys": 0, "secrets": 0}
        self.unreadable = 0

    def run(self, settle: float) -> Rotated:
        resumed = self.keyring.is_rotating
        with self.store.unit(self.actor) as unit:
            unit.record(Event.KEY_ROTATED, facts={"stage": "resumed" if resumed else "begun"})
        root = self.keyring.begin_rotation()
        self.tell(f"{'Going on with' if resumed else 'Begun:'} root key {root}.")
        self._round()
        if settle:
            self.tell(f"Waiting {settle:g} seconds for pages that have just read an old row.")
            time.sleep(settle)
        self._until_nothing_is_old()
        return self._retire(root, resumed)

    # -- rewrap

    def _until_nothing_is_old(self) -> None:
        for _ in range(_ROUNDS):
            self._round()
            with self.store.reading() as session:
                if rotate.old_agency_keys(session, self.keyring) == 0:
                    return
        raise StaleError("Some records are still under an old key, because they are being sealed just now. Ask again.")

    def _round(self) -> None:
        self._repeat("agencies", lambda unit: rotate.renew_agencies(unit.session, self.keyring))
        self._records()
        self._step(lambda unit: rotate.retire_agency_keys(unit.session))
        for epoch in self._alive():
            self._repeat("index_keys", partial(self._vault_keys, epoch))
        self._repeat("secrets", self._reseal)

    def _records(self) -> None:
        last: UUID | None = None
        while True:
            step = self._step(partial(self._some_records, last))
            self._count("records", step.done)
            last = step.last
            if last is None:
                return

    def _some_records(self, after: UUID | None, unit: Unit) -> rotate.Step:
        return rotate.rewrap_record_keys(unit.session, self.keyring, after)

    def _vault_keys(self, epoch: int, unit: Unit) -> int:
        return rotate.rewrap_vault_keys(unit.session, self.keyring, epoch)

    def _reseal(self, unit: Unit) -> int:
        step = self._reseal_some(unit)
        self.unreadable = step.unreadable
        return step.done

    def _repeat(self, what: str, step: Callable[[Unit], int]) -> None:
        while done := self._step(step):
            self._count(what, done)

    def _step(self, step: Callable[[Unit], T]) -> T:
        with self.store.unit(self.actor) as unit:
            result = step(unit)
        time.sleep(_BREATH)
        return result

    def _count(self, what: str, done: int) -> None:
        if done:
            self.counts[what] += done
            self.tell(f"  {what.replace('_', ' ')}: {self.counts[what]}")

    def _alive(self) -> list[int]:
        ring = self.keyring.current()
        return [epoch for epoch in ring.epochs if ring.is_alive(epoch)]

    # -- retire

    def _retire(self, root: int, resumed: bool) -> Rotated:
        done = Rotated(root=root, resumed=resumed, unreadable_secrets=self.unreadable, **self.counts)
        with self.store.unit(self.actor) as unit:  # on the record before the old keys are gone
            unit.record(Event.KEY_ROTATED, facts={"stage": "finished", **asdict(done)})
        retired = 0
        for epoch in self._alive():
            with self.store.reading() as session:
                retired += rotate.retire_epoch(session, self.keyring, epoch)
        self.keyring.retire_roots()
        self.tell("The old keys are destroyed.")
        return Rotated(**{**asdict(done), "epoch_keys_retired": retired})
