"""This module knows the permit: the evidence, already in the ledger, that a sealed record may be opened."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any, NoReturn, final
from uuid import UUID

from sharing.errors import NotPermittedError

_DOOR = object()


@final
class Permit:
    """Leave to open named columns of named records of one organisation, until a moment.

    Only `sharing.vault.unseal.issue_permit` makes one, and only `sharing.disclosures` may import that: the entry that
    the permit names was recorded first. It never changes, and cannot be pickled, so it cannot outlive the process.
    """

    __slots__ = ("columns", "entry_id", "expires_at", "organisation", "records", "table")
    entry_id: UUID
    organisation: str
    table: str
    records: frozenset[UUID]
    columns: frozenset[str]
    expires_at: datetime

    def __init__(self, door: object, **facts: object) -> None:
        if door is not _DOOR:
            raise TypeError("a permit is given by sharing.disclosures, against a recorded entry; nobody else makes one")
        for name in self.__slots__:
            object.__setattr__(self, name, facts[name])

    def __setattr__(self, name: str, value: object) -> None:
        raise AttributeError("a permit never changes")

    def __delattr__(self, name: str) -> None:
        raise AttributeError("a permit never changes")

    def __repr__(self) -> str:
        return f"<Permit {self.entry_id}: {self.organisation}, {self.table}, {len(self.records)} records>"

    def _refuse(self, *_: Any) -> NoReturn:  # noqa: ANN401
        raise TypeError("a permit cannot be copied or pickled")

    __copy__ = __deepcopy__ = __reduce__ = __reduce_ex__ = _refuse

    def check(self, *, records: Iterable[UUID], columns: Iterable[str], now: datetime) -> None:
        """Raise NotPermittedError (rule "permit") unless the permit covers these records and columns at `now`."""
        if now >= self.expires_at:
            raise NotPermittedError("The leave to open this record has run out. Ask again.", rule="permit")
        if not self.records.issuperset(records):
            raise NotPermittedError("The leave that was given is for another record.", rule="permit")
        beyond = sorted(set(columns) - self.columns)
        if beyond:
            raise NotPermittedError(f"The leave that was given does not cover {', '.join(beyond)}.", rule="permit")


def make_permit(
    *,
    entry_id: UUID,
    organisation: str,
    table: str,
    records: Iterable[UUID],
    columns: Iterable[str],
    expires_at: datetime,
) -> Permit:
    """Make a permit. Called by `sharing.vault.unseal` alone, so that one import contract guards both."""
    if expires_at.tzinfo is None:
        raise ValueError("a permit's end needs a time zone")
    return Permit(
        _DOOR,
        entry_id=entry_id,
        organisation=organisation,
        table=table,
        records=frozenset(records),
        columns=frozenset(columns),
        expires_at=expires_at,
    )
