"""This module knows rotation: small steps that wrap keys anew and never touch a field.

Every step takes a session and leaves the commit to its caller, can be killed between any two commits, and can be asked
again from the start: what is done already is skipped. Old and new keys both open until the old one is retired.

    all:     keyring.begin_rotation()  →  renew_agencies, until 0  →  rewrap_record_keys  →  retire_agency_keys
             →  rewrap_vault_keys of each epoch  →  seal small secrets again  →  retire_epoch  →  keyring.retire_roots()
    root:    keyring.rotate_root()  →  seal small secrets again  →  keyring.retire_roots()
    epoch:   keyring.prepare_epoch  →  keyring.promote_epoch  →  rewrap_vault_keys, until 0  →  retire_epoch
    agency:  rotate_agency  →  rewrap_record_keys, until the last id is None  →  retire_agency_keys
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy import bindparam, delete, exists, select, update
from sqlalchemy.orm import Session

from sharing.errors import NotFoundError
from sharing.vault import aead
from sharing.vault.agency import WRAPPED_KEY, AgencyKey, active_key, add_version, agency_key
from sharing.vault.epoch import epoch_of, year_end
from sharing.vault.keyring import Keyring
from sharing.vault.layout import record_key_binding, vault_key_binding
from sharing.vault.model import ACTIVE, AGENCY, DECRYPT_ONLY, INDEX, RECORD_KEY, VAULT_KEY
from sharing.vault.ring import Ring, WrappedKey
from sharing.vault.seal import THIS_RECORD, RecordKeyRow, record_keys

_FIRST = UUID(int=0)

_PAGE = (
    record_keys(RECORD_KEY.c.record > bindparam("after"), VAULT_KEY.c.state != ACTIVE)
    .order_by(RECORD_KEY.c.record)
    .limit(bindparam("size"))
)
# Only if nobody wrapped it anew, or erased the record, since it was read.
_REWRAP = (
    update(RECORD_KEY)
    .where(RECORD_KEY.c.record == bindparam("this"), RECORD_KEY.c.vault_key == bindparam("old"))
    .values(vault_key=bindparam("new"), wrapped=bindparam("bytes"))
)


@dataclass(frozen=True)
class Step:
    """What one step did. `last` is where the next begins; None when there is nothing left."""

    done: int
    last: UUID | None


def rotate_agency(session: Session, keyring: Keyring, organisation: str, epoch: int) -> int:
    """Give an organisation a new key for an epoch; its old one only opens from now on. Returns the new version."""
    return _new_version(session, keyring, AGENCY, organisation, epoch)


def rotate_index(session: Session, keyring: Keyring, organisation: str, due_year: int) -> int:
    """Give an organisation a new index key for a due-year; searches ask with both until the rows are indexed again."""
    return _new_version(session, keyring, INDEX, organisation, year_end(due_year))


def rotate_all_agencies(session: Session, keyring: Keyring) -> int:
    """Give every organisation a new key for every epoch that is alive. Returns how many were made."""
    ring = keyring.current()
    places = session.execute(
        select(VAULT_KEY.c.organisation, VAULT_KEY.c.epoch).where(
            VAULT_KEY.c.kind == AGENCY, VAULT_KEY.c.state == ACTIVE
        )
    ).all()
    alive = [place for place in places if ring.is_alive(place.epoch)]
    for place in alive:
        rotate_agency(session, keyring, place.organisation, place.epoch)
    return len(alive)


def renew_agencies(session: Session, keyring: Keyring, size: int = 200) -> int:
    """Give the next `size` organisations whose key lies under an old version of its epoch's a new one, under the new version.

    Returns how many; 0 when there is nothing left. Ask before `rewrap_vault_keys`, which hides which of them are old.
    """
    ring = keyring.current()
    rows = session.execute(
        select(VAULT_KEY.c.organisation, VAULT_KEY.c.epoch, VAULT_KEY.c.epoch_version)
        .where(VAULT_KEY.c.kind == AGENCY, VAULT_KEY.c.state == ACTIVE)
        .order_by(VAULT_KEY.c.id)
    ).all()
    old = [r for r in rows if ring.is_alive(r.epoch) and ring.active_version(r.epoch) != r.epoch_version][:size]
    for row in old:
        rotate_agency(session, keyring, row.organisation, row.epoch)
    return len(old)


def old_agency_keys(session: Session, keyring: Keyring) -> int:
    """Count organisations' replaced keys that still wrap a record's, quarters that were destroyed left out."""
    ring = keyring.current()
    query = select(VAULT_KEY.c.epoch).where(VAULT_KEY.c.kind == AGENCY, VAULT_KEY.c.state == DECRYPT_ONLY)
    return sum(ring.is_alive(epoch) for epoch in session.scalars(query))


def rewrap_record_keys(session: Session, keyring: Keyring, after: UUID | None = None, size: int = 1000) -> Step:
    """Wrap the next `size` record keys that are under an old key with their organisation's active one.

    Pass the returned `last` back as `after`. Records whose epoch was destroyed are passed over.
    """
    rows = session.execute(_PAGE, {"after": after or _FIRST, "size": size}).all()
    ring = keyring.current()
    active: dict[tuple[str, int], AgencyKey | None] = {}
    changes = []
    for row in map(RecordKeyRow.of, rows):
        place = row.agency.organisation, row.agency.epoch
        if place not in active:
            active[place] = agency_key(session, keyring, *place) if ring.is_alive(row.agency.epoch) else None
        new = active[place]
        if new is not None:
            change = {"this": row.record, "old": row.agency.id, "new": new.id, "bytes": _rewrap(row, ring, new)}
            changes.append(change)
    if changes:
        session.connection().execute(_REWRAP, changes)
    return Step(len(changes), rows[-1][0] if len(rows) == size else None)


def retire_agency_keys(session: Session) -> int:
    """Delete organisations' old keys that wrap nothing any more. Returns how many went; call it when stepping is done.

    On PostgreSQL it first waits for everybody who began to seal with one of them before it was replaced. Old index keys
    stay until `retire_index_keys`: only the owner of the rows knows when they are indexed again.
    """
    old = select(VAULT_KEY.c.id).where(VAULT_KEY.c.kind == AGENCY, VAULT_KEY.c.state == DECRYPT_ONLY)
    ids = session.execute(old.with_for_update()).scalars().all()
    used = select(RECORD_KEY.c.vault_key).where(RECORD_KEY.c.vault_key.in_(ids)).distinct()
    free = set(ids) - set(session.execute(used).scalars())
    if free:
        session.execute(delete(VAULT_KEY).where(VAULT_KEY.c.id.in_(free)))
    return len(free)


def retire_index_keys(session: Session, organisation: str, due_year: int) -> int:
    """Delete an organisation's old index keys for a due-year, once every row of that year is indexed again."""
    gone = session.execute(
        delete(VAULT_KEY)
        .where(
            VAULT_KEY.c.kind == INDEX,
            VAULT_KEY.c.state == DECRYPT_ONLY,
            VAULT_KEY.c.organisation == organisation,
            VAULT_KEY.c.epoch == year_end(due_year),
        )
        .returning(VAULT_KEY.c.id)
    )
    return len(gone.all())


def rewrap_vault_keys(session: Session, keyring: Keyring, epoch: int, size: int = 1000) -> int:
    """Wrap organisations' keys of an epoch with its active key. Returns how many; 0 when there is nothing left."""
    version = keyring.active_epoch(epoch)
    statement = select(*WRAPPED_KEY).where(VAULT_KEY.c.epoch == epoch, VAULT_KEY.c.epoch_version != version)
    rows = session.execute(statement.order_by(VAULT_KEY.c.id).limit(size)).all()
    ring = keyring.current()
    for key in map(WrappedKey._make, rows):
        binding = vault_key_binding(key.kind, key.organisation, epoch, key.version)
        raw = aead.decrypt(ring.epoch_key(epoch, key.epoch_version), key.wrapped, binding)
        wrapped = aead.encrypt(ring.epoch_key(epoch, version), raw, binding)
        changed = update(VAULT_KEY).where(VAULT_KEY.c.id == key.id)
        session.execute(changed.values(epoch_version=version, wrapped=wrapped))
    return len(rows)


def retire_epoch(session: Session, keyring: Keyring, epoch: int) -> int:
    """Destroy an epoch's old versions, if the committed rows no longer need them. Returns how many were destroyed.

    Call it when no request is open that began before the last step: such a one may still hold a row of the old version.
    """
    version = keyring.active_epoch(epoch)
    needed = select(exists().where(VAULT_KEY.c.epoch == epoch, VAULT_KEY.c.epoch_version != version))
    return 0 if session.execute(needed).scalar() else keyring.retire_epoch(epoch)


def move_record_key(
    session: Session,
    keyring: Keyring,
    record_id: UUID,
    *,
    organisation: str | None = None,
    retain_until: date | None = None,
) -> None:
    """Bind a record to another organisation, or to the epoch of another retention date. No field is touched.

    Its blind indexes belong to organisation and due-year and have to be made anew. Raises NotFoundError.
    """
    found = session.execute(THIS_RECORD, {"record": record_id}).first()
    if found is None:
        raise NotFoundError("This record has no key: it was erased, or never sealed.")
    row = RecordKeyRow.of(found)
    epoch = row.agency.epoch if retain_until is None else epoch_of(retain_until)
    new = agency_key(session, keyring, organisation or row.agency.organisation, epoch)
    wrapped = _rewrap(row, keyring.current(), new)
    session.execute(
        update(RECORD_KEY).where(RECORD_KEY.c.record == record_id).values(vault_key=new.id, wrapped=wrapped)
    )


def _new_version(session: Session, keyring: Keyring, kind: str, organisation: str, epoch: int) -> int:
    key = active_key(session, keyring, kind, organisation, epoch)
    session.execute(update(VAULT_KEY).where(VAULT_KEY.c.id == key.id).values(state=DECRYPT_ONLY))
    return add_version(session, keyring, kind=kind, organisation=organisation, epoch=epoch)


def _binding(row: RecordKeyRow, organisation: str, epoch: int) -> bytes:
    before, after = record_key_binding(row.table, organisation, epoch, row.generation)
    return before + row.record.bytes + after


def _rewrap(row: RecordKeyRow, ring: Ring, new: AgencyKey) -> bytes:
    """Unwrap a record's key, bound as it is, and wrap it with another, bound to that one's organisation and epoch."""
    old = AgencyKey.of(ring, row.agency)
    key = aead.decrypt(old.cipher, row.wrapped, _binding(row, old.organisation, old.epoch))
    return aead.encrypt(new.cipher, key, _binding(row, new.organisation, new.epoch))
