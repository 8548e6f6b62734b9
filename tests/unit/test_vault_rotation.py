"""This module knows that keys change without one unreadable row, and that what was erased stays so."""

from __future__ import annotations

import signal
import uuid
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session
from vault_world import DUE, Note, World, made_world, run_apart

from sharing.base import new_id
from sharing.errors import AccordError, InvalidError, NotFoundError, TamperedError
from sharing.vault import Keyring, Sealed, ciphertext_of, rotate, secret, shred
from sharing.vault.epoch import epoch_of
from sharing.vault.model import RECORD_KEY, VAULT_KEY
from sharing.vault.status import status

EPOCH = epoch_of(DUE)


@pytest.fixture
def world(database_url: str, tmp_path: Path) -> Iterator[World]:
    with made_world(database_url, tmp_path) as made:
        yield made


@pytest.fixture
def sqlite_world(make_database: Callable[[str], str], tmp_path: Path) -> Iterator[World]:
    with made_world(make_database("sqlite"), tmp_path) as made:
        yield made


def ciphertexts(world: World) -> dict[uuid.UUID, bytes]:
    with Session(world.engine) as session:
        return {
            row.id: ciphertext_of(row.address) + ciphertext_of(row.text) for row in session.scalars(sa.select(Note))
        }


def wrapped_keys(world: World) -> dict[uuid.UUID, bytes]:
    with world.engine.connect() as connection:
        rows = connection.execute(sa.select(RECORD_KEY.c.record, RECORD_KEY.c.wrapped))
        return {row.record: row.wrapped for row in rows}


# -- an organisation's key


def test_rewrapping_reads_both_keys_while_stepping_and_touches_no_field(world):
    ids = world.add_notes(23)
    theirs = world.add_notes(4, organisation="borough-council")
    fields, keys = ciphertexts(world), wrapped_keys(world)
    with world.change() as session:
        assert rotate.rotate_agency(session, world.keyring, "ascham-homes", EPOCH) == 2
    fresh = world.add_note(address="sealed during the rotation", text="")
    done, last, steps = 0, None, 0
    while steps == 0 or last is not None:
        with world.change() as session:
            step = rotate.rewrap_record_keys(session, world.keyring, after=last, size=5)
        done, last, steps = done + step.done, step.last, steps + 1
        assert len(world.open_all(ids)) == 23
    assert done == 23
    assert steps == 5
    assert {i: c for i, c in ciphertexts(world).items() if i != fresh} == fields
    changed = {i for i, key in wrapped_keys(world).items() if keys.get(i) != key}
    assert changed == {*ids, fresh}
    with world.change() as session:
        assert rotate.retire_agency_keys(session) == 1
    assert world.reopened().open_all(ids) == world.open_all(ids)
    assert len(world.open_all(theirs, "borough-council")) == 4
    assert world.open(fresh)["address"] == "sealed during the rotation"


def test_a_key_that_still_wraps_something_is_not_retired(world):
    ids = world.add_notes(3)
    with world.change() as session:
        rotate.rotate_agency(session, world.keyring, "ascham-homes", EPOCH)
    with world.change() as session:
        assert rotate.retire_agency_keys(session) == 0
        rotate.rewrap_record_keys(session, world.keyring, size=2)
        assert rotate.retire_agency_keys(session) == 0
    assert len(world.reopened().open_all(ids)) == 3


KILLED = """
import os, signal, sys
from pathlib import Path
from sharing.store.engine import open_engine
from sharing.vault import Keyring, Vault, rotate
from vault_world import World
world = World(open_engine(sys.argv[1]), Vault(Keyring.open(sys.argv[2])), Path(sys.argv[2]))
for step in range(int(sys.argv[3]), -1, -1):
    with world.change() as session:
        rotate.rewrap_record_keys(session, world.keyring, size=2)
        if step == 0:
            os.kill(os.getpid(), signal.SIGKILL)
"""


def test_killed_between_any_two_steps_everything_opens_and_the_rest_is_done_later(sqlite_world):
    ids = sqlite_world.add_notes(12)
    with sqlite_world.change() as session:
        rotate.rotate_agency(session, sqlite_world.keyring, "ascham-homes", EPOCH)
    for committed in range(3):
        ended = run_apart(KILLED, sqlite_world.engine.url, sqlite_world.keys, committed)
        assert ended.returncode == -signal.SIGKILL, ended.stderr
        assert len(sqlite_world.reopened().open_all(ids)) == 12
    with sqlite_world.change() as session:
        assert status(session, sqlite_world.keyring).records_to_rewrap == 12 - 2 * (0 + 1 + 2)
        assert rotate.rewrap_record_keys(session, sqlite_world.keyring).done == 6
        assert rotate.retire_agency_keys(session) == 1
    assert len(sqlite_world.reopened().open_all(ids)) == 12


def test_a_rolled_back_rotation_changes_nothing(world):
    ids = world.add_notes(3)
    with Session(world.engine) as session:
        rotate.rotate_agency(session, world.keyring, "ascham-homes", EPOCH)
        rotate.rewrap_record_keys(session, world.keyring)
        session.rollback()
    more = world.add_notes(2)
    assert len(world.reopened().open_all(ids + more)) == 5


def test_everybodys_keys_rotate_at_once(sqlite_world):
    ids = sqlite_world.add_notes(3)
    sqlite_world.add_notes(3, organisation="borough-council", due=date(2030, 1, 1))
    with sqlite_world.change() as session:
        assert rotate.rotate_all_agencies(session, sqlite_world.keyring) == 2
        assert status(session, sqlite_world.keyring).records_to_rewrap == 6
        assert rotate.rewrap_record_keys(session, sqlite_world.keyring).done == 6
        assert rotate.retire_agency_keys(session) == 2
        counted = status(session, sqlite_world.keyring)
    assert (counted.records, counted.records_to_rewrap, counted.agency) == (6, 0, {"active": 2})
    assert len(sqlite_world.open_all(ids)) == 3


# -- an epoch's key, and the root


def test_an_epochs_key_changes_while_everything_opens(world):
    ids = world.add_notes(3)
    world.add_notes(2, organisation="borough-council")
    before = wrapped_keys(world)
    world.keyring.prepare_epoch(EPOCH)
    world.keyring.promote_epoch(EPOCH)
    with world.change() as session:
        assert status(session, world.keyring).agencies_to_rewrap == 2
        assert rotate.retire_epoch(session, world.keyring, EPOCH) == 0
        assert rotate.rewrap_vault_keys(session, world.keyring, EPOCH, size=1) == 1
    assert len(world.reopened().open_all(ids)) == 3
    with world.change() as session:
        assert rotate.rewrap_vault_keys(session, world.keyring, EPOCH) == 1
        assert rotate.rewrap_vault_keys(session, world.keyring, EPOCH) == 0
    with world.change() as session:
        assert rotate.retire_epoch(session, world.keyring, EPOCH) == 1
    assert wrapped_keys(world) == before
    assert len(world.reopened().open_all(ids)) == 3
    assert len(world.open_all(ids)) == 3


def test_the_root_changes_while_everything_opens(sqlite_world):
    ids = sqlite_world.add_notes(3)
    sqlite_world.keyring.rotate_root()
    sqlite_world.keyring.retire_roots()
    assert len(sqlite_world.reopened().open_all(ids)) == 3
    assert len(sqlite_world.open_all(ids + sqlite_world.add_notes(1))) == 4


# -- moving a record


def test_a_record_moves_to_a_later_epoch_or_another_organisation_without_touching_a_field(world):
    record_id = world.add_note(address="12 Canary Row", text="x")
    before = ciphertexts(world)
    with world.change() as session:
        rotate.move_record_key(session, world.keyring, record_id, retain_until=date(2038, 1, 1))
    assert world.open(record_id)["address"] == "12 Canary Row"
    with world.change() as session:
        rotate.move_record_key(session, world.keyring, record_id, organisation="borough-council")
    assert world.open(record_id, organisation="borough-council")["address"] == "12 Canary Row"
    with pytest.raises(TamperedError):
        world.open(record_id)
    assert ciphertexts(world) == before
    with world.change() as session:
        assert [(r.organisation, r.records) for r in shred.list_epoch(session, epoch_of(date(2038, 1, 1)))] == [
            ("borough-council", 1)
        ]
        with pytest.raises(NotFoundError):
            rotate.move_record_key(session, world.keyring, new_id(), organisation="x")


# -- erasing


def test_a_shredded_record_stays_unreadable_although_its_cells_are_put_back(world):
    kept, gone = world.add_notes(2)
    with Session(world.engine) as session:
        cells = {"address": Sealed(ciphertext_of(session.get_one(Note, gone).address))}
    with world.change() as session:
        done = shred.shred_record(session, gone)
        row = session.get_one(Note, gone)
        row.address = row.text = None
    assert (done.table, done.organisation, done.epoch, done.generation) == ("vault_note", "ascham-homes", EPOCH, 1)
    with pytest.raises(NotFoundError, match="erased"):
        world.open(gone, sealed=cells)
    assert world.open(gone) == {}
    assert world.open(kept)["address"] == "0 Canary Row"
    with world.change() as session, pytest.raises(NotFoundError):
        shred.shred_record(session, gone)


def test_nothing_of_a_shredded_key_is_left_in_the_sqlite_files(sqlite_world):
    kept, gone = sqlite_world.add_notes(2)
    keys = wrapped_keys(sqlite_world)
    with sqlite_world.change() as session:
        shred.shred_record(session, gone)
    with sqlite_world.engine.connect() as connection:
        connection.rollback()
        connection.connection.driver_connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    path = Path(sqlite_world.engine.url.database)
    held = b"".join(file.read_bytes() for file in path.parent.glob(f"{path.name}*"))
    assert keys[kept] in held
    assert keys[gone] not in held
    assert keys[gone][12:44] not in held


def test_a_restored_backup_repeats_the_erasures_it_missed(world):
    ids = world.add_notes(5)
    with world.engine.begin() as connection:
        backup = connection.execute(sa.select(RECORD_KEY)).mappings().all()
    with world.change() as session:
        shred.shred_record(session, ids[1])
    with world.engine.begin() as connection:
        connection.execute(sa.delete(RECORD_KEY))
        connection.execute(sa.insert(RECORD_KEY), [dict(row) for row in backup])
    assert world.open(ids[1])  # it had come back
    with world.change() as session:
        assert shred.replay(session, [ids[1], new_id()]) == 1
        assert shred.replay(session, [ids[1]]) == 0
    with pytest.raises(NotFoundError):
        world.open(ids[1])
    assert world.open(ids[0])


def test_destroying_an_epoch_kills_its_records_in_a_backup_too(world):
    ids, later = world.add_notes(3), world.add_note(due=date(2035, 1, 1), address="kept")
    with world.engine.begin() as connection:
        keys, backup = (connection.execute(sa.select(table)).mappings().all() for table in (VAULT_KEY, RECORD_KEY))
    with world.change() as session:
        assert [(r.table, r.records) for r in shred.list_epoch(session, EPOCH)] == [("vault_note", 3)]
        with pytest.raises(AccordError, match="2031-Q2"):
            shred.destroy_epoch(session, world.keyring, EPOCH)
        assert shred.forget_epoch(session, EPOCH) == 3
    with world.change() as session:
        assert status(session, world.keyring).epochs_to_destroy == ("2031-Q2",)
        assert shred.destroy_epoch(session, world.keyring, EPOCH) == 1
        assert status(session, world.keyring).epochs_to_destroy == ()
        assert status(session, world.keyring).epoch["destroyed"] == 1
    with world.engine.begin() as connection:  # the backup comes back, with every wrapped key in it
        connection.execute(sa.delete(RECORD_KEY))
        connection.execute(sa.delete(VAULT_KEY))
        connection.execute(sa.insert(VAULT_KEY), [dict(row) for row in keys])
        connection.execute(sa.insert(RECORD_KEY), [dict(row) for row in backup])
    for record_id in ids:
        with pytest.raises(NotFoundError, match="2031-Q2"):
            world.open(record_id)
    assert world.open(later, "address") == {"address": "kept"}
    with world.change() as session:
        rotate.rotate_all_agencies(session, world.keyring)
        assert rotate.rewrap_record_keys(session, world.keyring).done == 1


def test_nothing_new_is_kept_until_a_destroyed_quarter(sqlite_world):
    sqlite_world.add_notes(1)
    with sqlite_world.change() as session:
        shred.forget_epoch(session, EPOCH)
    with sqlite_world.change() as session:
        shred.destroy_epoch(session, sqlite_world.keyring, EPOCH)
    with sqlite_world.change() as session, pytest.raises(InvalidError, match="2031-Q2"):
        sqlite_world.seal(session, new_id(), address="x")


# -- small secrets


def test_a_small_secret_opens_for_its_owner_and_purpose_alone(tmp_path):
    keyring, owner = Keyring.create(tmp_path / "keys"), uuid.uuid4()
    sealed = secret.seal_secret(keyring, purpose="totp", owner=owner, secret=b"seed")
    assert b"seed" not in sealed
    assert secret.open_secret(keyring, purpose="totp", owner=owner, sealed=sealed) == b"seed"
    for purpose, whose, data in [
        ("draft", owner, sealed),
        ("totp", uuid.uuid4(), sealed),
        ("totp", owner, b"\x00" + sealed[1:]),
    ]:
        with pytest.raises(TamperedError):
            secret.open_secret(keyring, purpose=purpose, owner=whose, sealed=data)
    for position in range(len(sealed)):
        edited = sealed[:position] + bytes((sealed[position] ^ 1,)) + sealed[position + 1 :]
        with pytest.raises((TamperedError, NotFoundError)):
            secret.open_secret(keyring, purpose="totp", owner=owner, sealed=edited)


def test_small_secrets_are_sealed_again_after_the_root_changed(tmp_path):
    keyring, owner = Keyring.create(tmp_path / "keys"), uuid.uuid4()
    old = secret.seal_secret(keyring, purpose="totp", owner=owner, secret=b"seed")
    keyring.rotate_root()
    assert secret.needs_resealing(keyring, old)
    new = secret.seal_secret(
        keyring,
        purpose="totp",
        owner=owner,
        secret=secret.open_secret(keyring, purpose="totp", owner=owner, sealed=old),
    )
    assert not secret.needs_resealing(keyring, new)
    keyring.retire_roots()
    assert secret.open_secret(keyring, purpose="totp", owner=owner, sealed=new) == b"seed"
    with pytest.raises(NotFoundError):
        secret.open_secret(keyring, purpose="totp", owner=owner, sealed=old)
