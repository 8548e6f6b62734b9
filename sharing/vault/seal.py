"""This module knows how text becomes sealed: explicitly, by a service, one record at a time or many."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import suppress
from datetime import date
from typing import Any, NamedTuple
from uuid import UUID

from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from sqlalchemy import Select, bindparam, insert, select
from sqlalchemy.orm import Session

from sharing.errors import InvalidError, NotFoundError, Problem, TamperedError
from sharing.vault import aead, index
from sharing.vault.agency import WRAPPED_KEY, AgencyKey, active, agency_key
from sharing.vault.bulk import insert_rows
from sharing.vault.epoch import epoch_of
from sharing.vault.index import Indexer
from sharing.vault.keyring import Keyring
from sharing.vault.layout import LONGEST, field_binding, record_key_binding
from sharing.vault.model import AGENCY, RECORD_KEY, VAULT_KEY
from sharing.vault.ring import WrappedKey
from sharing.vault.sealed import Sealed

FIRST = 1
CHUNK = 5_000
"""Rows sealed at a time: what bounds the memory of a bulk load."""

Values = Mapping[str, str | None]


class RecordKeyRow(NamedTuple):
    """A row of `record_key`, together with the `vault_key` that wraps it."""

    record: UUID
    table: str
    generation: int
    wrapped: bytes
    agency: WrappedKey

    @classmethod
    def of(cls, row: Sequence[Any]) -> RecordKeyRow:
        """Take a row of the question `record_keys`."""
        record, table, generation, wrapped, *agency = row
        return cls(record, table, generation, wrapped, WrappedKey(*agency))


RECORD_PARTS = 4
_RECORD = (RECORD_KEY.c.record, RECORD_KEY.c.table_name, RECORD_KEY.c.generation, RECORD_KEY.c.wrapped)


def record_keys(*conditions: Any) -> Select[Any]:  # noqa: ANN401 (conditions of any kind)
    """Return the question for record keys and what wraps them: one row, so that no rotation comes between the two."""
    joined = select(*_RECORD, *WRAPPED_KEY).join_from(RECORD_KEY, VAULT_KEY, VAULT_KEY.c.id == RECORD_KEY.c.vault_key)
    return joined.where(*conditions)


THIS_RECORD = record_keys(RECORD_KEY.c.record == bindparam("record"))

# One question for the usual case: the organisation's active key, and the record's own, if it has one.
_BOTH = active(*_RECORD).join_from(VAULT_KEY, RECORD_KEY, RECORD_KEY.c.record == bindparam("record"), isouter=True)
_COLUMNS = ("record", "vault_key", "table_name", "generation", "wrapped")


class _Columns(dict[str, bytes]):
    """The binding of each column of a table, looked up when it is first met."""

    def __init__(self, table: str, generation: int) -> None:
        super().__init__()
        self._place = generation, table

    def __missing__(self, column: str) -> bytes:
        binding = self[column] = field_binding(*self._place, column)
        return binding


class Vault:
    """Seals and indexes. It can open nothing: that is `sharing.vault.unseal`, and needs a permit."""

    def __init__(self, keyring: Keyring, index_widths: Mapping[str, int] | None = None) -> None:
        """Take the keyring, and widths in bits for indexes that shall not have their default.

        Raises InvalidError, at start-up, for a width that would give a low-entropy column away.
        """
        self.keyring = keyring
        self._widths = dict(index_widths or {})
        index.check_widths(self._widths)

    def seal(
        self,
        session: Session,
        *,
        table: str,
        record_id: UUID,
        organisation: str,
        retain_until: date,
        values: Values,
    ) -> dict[str, Sealed]:
        """Seal fields of one record: a new record gets a key, an existing one keeps its own (nonces are always fresh).

        None is left out of the result: NULL stays NULL. An existing record stays in its epoch whatever `retain_until`
        says; `rotate.move_record_key` moves it. Raises InvalidError for text that cannot be stored, TamperedError if
        the record's key belongs to another table or organisation.
        """
        found = self._find(session, organisation, epoch_of(retain_until), record_id)
        if isinstance(found, RecordKeyRow):
            return self._seal_again(found, table, organisation, values)
        agency, (fields, wrapped) = found, _seal_one(found, table, record_id, values)
        session.connection().execute(
            insert(RECORD_KEY),
            {"record": record_id, "vault_key": agency.id, "table_name": table, "generation": FIRST, "wrapped": wrapped},
        )
        return fields

    def seal_many(
        self,
        session: Session,
        *,
        table: str,
        organisation: str,
        retain_until: date,
        rows: Sequence[tuple[UUID, Values]],
    ) -> list[dict[str, Sealed]]:
        """Seal many new records, in order. Raises InvalidError with every row and column that cannot be stored."""
        agency = agency_key(session, self.keyring, organisation, epoch_of(retain_until))
        out: list[dict[str, Sealed]] = []
        for start in range(0, len(rows), CHUNK):
            chunk = rows[start : start + CHUNK]
            sealed = _seal_new(agency, table, chunk)
            if sealed is None:
                raise _unsealable(table, rows)
            out.extend(fields for _, fields, _ in sealed)
            keys = [(record_id, agency.id, table, FIRST, wrapped) for record_id, _, wrapped in sealed]
            insert_rows(session, RECORD_KEY, _COLUMNS, keys)
        return out

    def renew(
        self, session: Session, *, table: str, record_id: UUID, organisation: str, values: Values
    ) -> dict[str, Sealed]:
        """Seal a record under a key of the next generation, as after a suspected leak. Give every sealed field.

        What was sealed before stays closed for good. Raises NotFoundError if the record has no key.
        """
        row = session.execute(THIS_RECORD, {"record": record_id}).first()
        if row is None:
            raise NotFoundError("This record has no key: it was erased, or never sealed.")
        existing = RecordKeyRow.of(row)
        _check_owner(existing, table, organisation)
        agency, generation = AgencyKey.of(self.keyring.current(), existing.agency), existing.generation + 1
        fields, wrapped = _seal_one(agency, table, record_id, values, generation)
        session.execute(
            RECORD_KEY.update().where(RECORD_KEY.c.record == record_id).values(generation=generation, wrapped=wrapped)
        )
        return fields

    def index(self, session: Session, *, organisation: str, due_year: int, name: str, values: Sequence[str]) -> bytes:
        """Return the blind index of values such as ("O'Brien", "1985-03-31") for "subject.surname+dob".

        `due_year` is the year of the record's retention date. Raises InvalidError if a value cannot be indexed, for
        instance because it is blank: leave the column empty then.
        """
        return self.indexer(session, organisation=organisation, due_year=due_year, name=name)(values)

    def indexer(self, session: Session, *, organisation: str, due_year: int, name: str) -> Indexer:
        """Return the index as a function of its values, for many rows at once."""
        width = self._width(name)
        return index.indexer(
            session, self.keyring, organisation=organisation, due_year=due_year, name=name, width=width
        )

    def index_candidates(
        self, session: Session, *, organisations: Sequence[str], name: str, values: Sequence[str]
    ) -> dict[str, tuple[bytes, ...]]:
        """Return what to look for in each organisation's rows, over all its live years: then open, and compare.

        Only name organisations whose records the searcher may search; nothing here decides that.
        """
        width = self._width(name)
        return index.candidates(
            session, self.keyring, organisations=organisations, name=name, values=values, width=width
        )

    def _width(self, name: str) -> int:
        return self._widths.get(name) or index.definition(name).default_width

    def _find(self, session: Session, organisation: str, epoch: int, record_id: UUID) -> AgencyKey | RecordKeyRow:
        """Find the record's own key, if it has one; if not, the organisation's active key, making the first one."""
        facts = {"organisation": organisation, "kind": AGENCY, "epoch": epoch, "record": record_id}
        row = session.connection().execute(_BOTH, facts).first()
        if row is not None and row.record is None:
            return AgencyKey.of(self.keyring.current(), WrappedKey(*row[:-RECORD_PARTS]))
        own = session.connection().execute(THIS_RECORD, {"record": record_id}).first()  # wrapped by whichever key
        return RecordKeyRow.of(own) if own else agency_key(session, self.keyring, organisation, epoch)

    def _seal_again(self, row: RecordKeyRow, table: str, organisation: str, values: Values) -> dict[str, Sealed]:
        _check_owner(row, table, organisation)
        cipher = record_cipher(row, AgencyKey.of(self.keyring.current(), row.agency))
        columns, record = _Columns(table, row.generation), row.record.bytes
        with suppress(UnicodeEncodeError, InvalidError):
            return {
                name: aead.encrypt_field(cipher, text, columns[name], record)
                for name, text in values.items()
                if text is not None
            }
        raise _unsealable(table, [(row.record, values)])


def record_cipher(row: RecordKeyRow, agency: AgencyKey) -> AESGCM:
    """Return the cipher of a record's key. Raises TamperedError unless the key was made for just this record."""
    before, after = record_key_binding(row.table, agency.organisation, agency.epoch, row.generation)
    return AESGCM(aead.decrypt(agency.cipher, row.wrapped, before + row.record.bytes + after))


def _check_owner(row: RecordKeyRow, table: str, organisation: str) -> None:
    if row.table != table or row.agency.organisation != organisation:
        raise TamperedError("This record's key belongs to another table or organisation.")


def _seal_new(
    agency: AgencyKey, table: str, rows: Sequence[tuple[UUID, Values]], generation: int = FIRST
) -> list[aead.SealedRow] | None:
    """Seal rows under new keys. None if some text cannot be sealed: the codec's error would carry the text along."""
    before, after = record_key_binding(table, agency.organisation, agency.epoch, generation)
    bindings = aead.Bindings(_Columns(table, generation), before, after)
    try:
        return list(aead.seal_rows(agency.cipher, bindings, rows))
    except (UnicodeEncodeError, InvalidError):
        return None


def _seal_one(
    agency: AgencyKey, table: str, record_id: UUID, values: Values, generation: int = FIRST
) -> tuple[dict[str, Sealed], bytes]:
    rows = [(record_id, values)]
    sealed = _seal_new(agency, table, rows, generation)
    if sealed is None:
        raise _unsealable(table, rows)
    return sealed[0][1], sealed[0][2]


def _unsealable(table: str, rows: Sequence[tuple[UUID, Values]]) -> InvalidError:
    """Find every value that cannot be sealed. The error names places; it never quotes a value."""
    problems = []
    for number, (_, values) in enumerate(rows, start=1):
        for name, text in values.items():
            encoded = (text or "").encode("utf-8", "surrogatepass")
            where = f"row {number}, {table}.{name}"
            if len(encoded) > LONGEST:
                problems.append(Problem(f"the text is longer than {LONGEST} bytes", where, "shorten it, or attach it"))
            elif encoded.decode("utf-8", "replace").encode() != encoded:
                problems.append(Problem("the text holds characters that are none", where, "type it again"))
    return InvalidError(tuple(problems))
