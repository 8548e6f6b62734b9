"""This module knows the one door to plaintext. Only `sharing.disclosures` may import it: decryption is disclosure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from sqlalchemy import bindparam
from sqlalchemy.orm import Session

from sharing.errors import NotFoundError, NotPermittedError, TamperedError
from sharing.vault import aead
from sharing.vault.agency import AgencyKey
from sharing.vault.keyring import Keyring
from sharing.vault.layout import field_binding, record_key_binding
from sharing.vault.model import RECORD_KEY
from sharing.vault.permit import Permit, make_permit
from sharing.vault.ring import Ring
from sharing.vault.seal import RECORD_PARTS, RecordKeyRow, record_keys
from sharing.vault.sealed import Sealed, ciphertext_of

__all__ = ["issue_permit", "unseal", "unseal_many"]

issue_permit = make_permit
"""Make a permit, after its entry was recorded. Here, so that whoever may not unseal cannot make one either."""

_SOME = 500
_THESE = record_keys(RECORD_KEY.c.record.in_(bindparam("records", expanding=True)))


def unseal(
    permit: Permit, session: Session, keyring: Keyring, sealed: Mapping[str, Sealed | None], *, now: datetime
) -> dict[str, str]:
    """Open fields, by column, of the one record that a permit names. Columns that are NULL are left out.

    Raises NotPermittedError (rule "permit") beyond the permit; NotFoundError if the record was erased; TamperedError if
    anything was edited or moved: row, column, table, organisation, key generation, tag. Never gives ciphertext back.
    """
    _check_genuine(permit)
    if len(permit.records) != 1:
        raise NotPermittedError("Opening one record takes a permit for that record alone.", rule="permit")
    (record_id,) = permit.records
    return unseal_many(permit, session, keyring, {record_id: sealed}, now=now)[record_id]


def unseal_many(
    permit: Permit,
    session: Session,
    keyring: Keyring,
    sealed: Mapping[UUID, Mapping[str, Sealed | None]],
    *,
    now: datetime,
) -> dict[UUID, dict[str, str]]:
    """Open fields of many records under one permit, with one question to the database for each 500. Raises as `unseal`.

    All or nothing: one field that does not verify, and none is returned.
    """
    _check_genuine(permit)
    columns = {name for fields in sealed.values() for name in fields}
    permit.check(records=sealed, columns=columns, now=now)
    ids = [record_id for record_id, fields in sealed.items() if any(value is not None for value in fields.values())]
    opened: dict[UUID, dict[str, str]] = {record_id: {} for record_id in sealed}
    reader = _Reader(permit)
    for start in range(0, len(ids), _SOME):
        some = ids[start : start + _SOME]
        rows = session.connection().execute(_THESE, {"records": some}).all()
        ring = keyring.current()  # after the rows: an epoch's key is on the disk before any row that needs it
        for row in rows:
            opened[row[0]] = reader.open(ring, row, sealed[row[0]])
        if len(rows) != len(some):
            raise NotFoundError("This record was erased: its key no longer exists.")
    return opened


def _check_genuine(permit: object) -> None:
    if type(permit) is not Permit:
        raise NotPermittedError("Opening a sealed record takes a permit.", rule="permit")


class _Reader:
    """Opens the records of one call. Keeps organisations' keys meanwhile, and no record's."""

    def __init__(self, permit: Permit) -> None:
        self._permit = permit
        self._agencies: dict[tuple[int, int], tuple[AESGCM, bytes, bytes]] = {}

    def open(self, ring: Ring, row: Sequence[Any], fields: Mapping[str, Sealed | None]) -> dict[str, str]:
        """Open one record, given its row of `record_keys`."""
        record_id: UUID = row[0]
        generation: int = row[2]
        agency = self._agencies.get((row[RECORD_PARTS], generation)) or self._prepare(ring, row)
        record = record_id.bytes
        cipher = self._record_cipher(agency, record, row)
        opened, table, name = {}, self._permit.table, ""
        try:
            for name, value in fields.items():
                if value is not None:
                    binding = field_binding(generation, table, name)
                    opened[name] = aead.open_field(cipher, ciphertext_of(value), binding, record)
        except TamperedError:
            message = f"{table}.{name} of record {record_id} does not verify: it was edited, or is another cell's."
            raise TamperedError(message) from None
        return opened

    def _prepare(self, ring: Ring, row: Sequence[Any]) -> tuple[AESGCM, bytes, bytes]:
        """Open the organisation's key. The permit's organisation is what it must prove to be bound to."""
        found = RecordKeyRow.of(row)
        if found.agency.organisation != self._permit.organisation:
            raise TamperedError(f"The key of record {found.record} belongs to another organisation.")
        agency = AgencyKey.of(ring, found.agency)
        bound = record_key_binding(self._permit.table, self._permit.organisation, agency.epoch, found.generation)
        prepared = self._agencies[agency.id, found.generation] = (agency.cipher, *bound)
        return prepared

    def _record_cipher(self, agency: tuple[AESGCM, bytes, bytes], record: bytes, row: Sequence[Any]) -> AESGCM:
        """Return the cipher of a record's key, if that was made for this record of the permit's table."""
        cipher, before, after = agency
        try:
            if row[1] == self._permit.table:
                return AESGCM(aead.decrypt(cipher, row[3], before + record + after))
        except TamperedError:
            pass
        raise TamperedError(f"The key of record {row[0]} does not verify: it was edited or moved.")
