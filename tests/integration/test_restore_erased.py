"""What was erased after a backup stays gone when the backup comes back: as far as the keys and the ledger can see to it."""

from __future__ import annotations

import shutil

import pytest
from sqlalchemy import select

from portal import cli
from protocols.actions import Event
from protocols.actor import Actor
from sharing.errors import NotFoundError, UnreachableError
from sharing.vault import shred
from sharing.vault.epoch import label
from sharing.vault.model import RECORD_KEY, VAULT_KEY
from tests.integration.backup_world import (
    Two,
    is_empty,
)
from tests.integration.disclosure_world import NAME, PARTNERSHIP


def records_of(two: Two, epoch: int) -> list:
    with two.store.reading() as session:
        found = select(RECORD_KEY.c.record).join(VAULT_KEY, RECORD_KEY.c.vault_key == VAULT_KEY.c.id)
        return list(session.scalars(found.where(VAULT_KEY.c.epoch == epoch)))


def sealed_epochs(two: Two) -> list[int]:
    with two.store.reading() as session:
        found = select(VAULT_KEY.c.epoch).join(RECORD_KEY, RECORD_KEY.c.vault_key == VAULT_KEY.c.id)
        return sorted(set(session.scalars(found)))


def test_a_quarter_destroyed_after_the_backup_stays_closed(two: Two):
    two.back_up()
    gone = 0
    for epoch in sealed_epochs(two):
        with two.store.unit(Actor(operator="test")) as unit:
            gone += shred.forget_epoch(unit.session, epoch)
            unit.record(Event.RECORD_SHREDDED, about=label(epoch))
        with two.store.reading() as session:
            shred.destroy_epoch(session, two.store.keyring, epoch)
    done = two.restore()
    assert done["destroyed_quarters"] == gone > 0
    assert two.there.rows()["record_key"] == []
    with pytest.raises((NotFoundError, UnreachableError)):
        two.view_there()


def shred_one(two: Two) -> tuple:
    """Shred every record that the release needs, one by one, and record each."""
    ids = [record for epoch in sealed_epochs(two) for record in records_of(two, epoch)]
    with two.store.unit(Actor(operator="test", partnership=PARTNERSHIP)) as unit:
        for record in ids:
            shred.shred_record(unit.session, record)
            unit.record(Event.RECORD_SHREDDED, about=record)
    return tuple(ids)


def test_a_record_shredded_after_the_backup_stays_gone_when_an_export_says_so(two: Two, tmp_path):
    two.back_up()
    ids = shred_one(two)
    export = tmp_path / "export"
    assert two.here.run("ledger", "export", "--partnership", PARTNERSHIP, export) == cli.DONE
    done = two.restore("--export", export)
    assert done["erased_again"] == len(ids) > 0
    assert two.there.rows()["record_key"] == []
    with pytest.raises(NotFoundError):
        two.view_there()


def test_an_export_that_was_changed_erases_nothing(sqlite_two: Two, tmp_path):
    sqlite_two.back_up()
    shred_one(sqlite_two)
    export = tmp_path / "export"
    assert sqlite_two.here.run("ledger", "export", "--partnership", PARTNERSHIP, export) == cli.DONE
    lines = export / "entries.jsonl"
    lines.write_bytes(lines.read_bytes().replace(b'"about":"', b'"about":"0', 1))
    sqlite_two.there.take_keys_of(sqlite_two.here.home)
    assert sqlite_two.there.run("restore", sqlite_two.file, "--export", export) == cli.NO
    assert "does not" in (said := sqlite_two.there.error()) or "verifies" in said
    assert is_empty(sqlite_two.there)


def test_what_was_shredded_before_the_backup_is_not_in_it(sqlite_two: Two):
    shred_one(sqlite_two)
    sqlite_two.back_up()
    sqlite_two.restore()
    with pytest.raises(NotFoundError):
        sqlite_two.view_there()


def test_a_backup_from_before_a_rotation_needs_the_keys_and_the_keyring_from_before_it(two: Two, tmp_path):
    two.back_up()
    two.there.take_keys_of(two.here.home)
    before = tmp_path / "before"
    shutil.copytree(two.here.home, before, ignore=shutil.ignore_patterns("*.sqlite*"))
    assert two.here.run("keys", "rotate", "--settle", "0") == cli.DONE
    two.there.take_keys_of(two.here.home)
    assert two.there.run("restore", two.file) == cli.UNREACHABLE
    assert "root key 1" in (said := two.there.error())
    assert "all three from before the keys were rotated" in said
    newer = two.back_up("after.backup")["keys_file"]
    for keyring, lacking in ((two.here.home, "root key 1"), (before, " key 2")):  # neither mixture opens everything
        two.there.take_keys_of(keyring)
        assert two.there.run("restore", two.file, "--keys", newer) == cli.UNREACHABLE
        assert lacking in two.there.error()
    assert is_empty(two.there)
    two.there.take_keys_of(before)
    two.there.json("restore", two.file)
    assert two.view_there()["subject.name"] == NAME
