"""Record keys lie in a file of their own: with the newest one, no backup brings back what was shredded before it was made."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from uuid import UUID

import pytest
from sqlalchemy import select

from portal import cli
from protocols.actions import Event
from protocols.actor import Actor
from sharing.errors import InvalidError, NotFoundError
from sharing.store import Store, StoreSettings, migrate, set_up
from sharing.store.archive import opened
from sharing.store.backup import back_up
from sharing.store.contents import HOLDS_KEYS, HOLDS_ROWS, Contents, refuse_older_keys
from sharing.vault import aead, shred
from sharing.vault.agency import WRAPPED_KEY, AgencyKey
from sharing.vault.layout import record_key_binding
from sharing.vault.model import RECORD_KEY
from sharing.vault.ring import WrappedKey
from sharing.vault.seal import RecordKeyRow, record_keys
from tests.integration.backup_world import (
    CHANGED_BY_A_RESTORE,
    Two,
    everything_in,
    is_empty,
    next_version,
    raw_keys,
    written_forms,
)
from tests.integration.disclosure_world import NAME, PARTNERSHIP

# --- shredded is gone ------------------------------------------------------------------------------


def released(two: Two) -> UUID:
    """The one copy that was released: it has a key of its own."""
    with two.store.reading() as session:
        return session.scalars(select(RECORD_KEY.c.record).where(RECORD_KEY.c.table_name == "disclosure")).one()


def shred_record(two: Two, record: UUID) -> None:
    with two.store.unit(Actor(operator="test", partnership=PARTNERSHIP)) as unit:
        shred.shred_record(unit.session, record)
        unit.record(Event.RECORD_SHREDDED, about=record)


def newest_keys(two: Two) -> Path:
    """Back up once more and give the keys."""
    return Path(two.back_up("newest.backup")["keys_file"])


def test_a_record_shredded_after_the_backup_stays_gone_with_the_newest_keys(two: Two):
    shredded = released(two)
    two.world.deposit("MH-2026-0002")
    other = two.world.ask(subject_ref="MH-2026-0002").request_id
    two.world.decide(other)
    made, before = two.back_up(), two.here.rows()
    shred_record(two, shredded)
    two.world.deposit("MH-2026-0003")
    done = two.restore("--keys", newest_keys(two))

    assert done["records_that_day"] == made["rows"]["record_key"] == len(before["record_key"])
    assert done["records"] == done["records_that_day"] - 1  # the shredded one
    assert (done["keys_left_out"], done["erased_again"]) == (1, 0)  # that of the third, which the backup has not
    after = two.there.rows()
    for name in set(before) - CHANGED_BY_A_RESTORE - {"record_key"}:
        assert after[name] == before[name], name
    assert len(after["record_key"]) == done["records"]
    assert set(after["record_key"]) < set(before["record_key"])
    with pytest.raises(NotFoundError, match="erased"):
        two.view_there()
    store = two.there.opened()
    try:
        assert type(two.world)(store).view(other)["subject.name"] == NAME
    finally:
        store.close()
    for log in (PARTNERSHIP, "operator"):
        assert two.there.run("ledger", "verify", "--partnership", log) == cli.DONE
    two.there.run("doctor")
    said = two.there.capsys.readouterr().out
    assert all(f"{what}: well" in said for what in ("database", "keys", "schema"))


def test_with_the_backups_own_keys_it_comes_back_which_is_why_only_the_newest_are_kept(two: Two):
    two.back_up()
    shred_record(two, released(two))
    done = two.restore()
    assert done["records"] == done["records_that_day"]
    assert (done["keys_left_out"], done["erased_again"]) == (0, 0)
    assert two.view_there()["subject.name"] == NAME


def test_what_was_shredded_after_the_newest_keys_an_export_says(sqlite_two: Two, tmp_path):
    sqlite_two.back_up()
    keys = newest_keys(sqlite_two)
    shred_record(sqlite_two, released(sqlite_two))
    export = tmp_path / "export"
    assert sqlite_two.here.run("ledger", "export", "--partnership", PARTNERSHIP, export) == cli.DONE
    assert sqlite_two.restore("--keys", keys, "--export", export)["erased_again"] == 1
    with pytest.raises(NotFoundError, match="erased"):
        sqlite_two.view_there()


def test_the_newest_keys_may_be_of_a_newer_version(two: Two, monkeypatch, tmp_path):
    two.back_up()
    next_version(monkeypatch, tmp_path / "next")
    migrate.upgrade(two.here.url)
    done = two.restore("--keys", newest_keys(two))
    assert done["revision"] == "9999"
    assert two.view_there()["subject.name"] == NAME


# --- which keys are refused ------------------------------------------------------------------------


def refused(two: Two, code: int, *arguments: object) -> str:
    two.there.take_keys_of(two.here.home)
    assert two.there.run("restore", *arguments) == code
    assert is_empty(two.there)
    return two.there.error()


def test_older_keys_are_refused(two: Two):
    two.back_up("older.backup")
    two.back_up()
    said = refused(two, cli.NO, two.file, "--keys", two.file.with_name("older.backup.keys"))
    assert "older keys would bring back what was destroyed in between" in said


def test_a_clock_that_was_set_back_makes_no_older_keys_newer(sqlite_two: Two):
    sqlite_two.back_up("older.backup")
    sqlite_two.back_up()
    with opened(sqlite_two.file) as rows, opened(sqlite_two.file.with_name("older.backup.keys")) as keys:
        of_rows, of_keys = Contents.of(rows.manifest, HOLDS_ROWS), Contents.of(keys.manifest, HOLDS_KEYS)
    later = replace(of_keys, made_at="2099-01-01T00:00:00+00:00")
    with pytest.raises(InvalidError, match="older keys"):
        refuse_older_keys(of_rows, later)
    refuse_older_keys(of_rows, replace(later, heads=of_rows.heads))
    forked = [replace(head, root="another") for head in of_rows.heads]
    with pytest.raises(InvalidError, match="older keys"):
        refuse_older_keys(of_rows, replace(later, heads=tuple(forked)))
    with pytest.raises(InvalidError, match="does not come after"):
        refuse_older_keys(of_rows, replace(later, heads=of_rows.heads, revision="0001"))


def test_another_installations_keys_are_refused(two: Two, make_database, tmp_path):
    two.back_up()
    settings = StoreSettings(make_database(two.store.engine.dialect.name), tmp_path / "other")
    set_up(settings, "accord.test")
    other = Store.open(settings)
    try:
        back_up(other, tmp_path / "other.backup", Actor(operator="test"))
    finally:
        other.close()
    keys = tmp_path / "other.backup.keys"
    assert f"{keys} was not signed with the key of accord.test" in refused(two, cli.NO, two.file, "--keys", keys)


def test_rows_are_not_taken_for_keys_nor_keys_for_rows(sqlite_two: Two):
    sqlite_two.back_up()
    assert "this one holds: keys" in refused(sqlite_two, cli.NO, sqlite_two.keys, "--keys", sqlite_two.keys)
    assert "this one holds: rows" in refused(sqlite_two, cli.NO, sqlite_two.file, "--keys", sqlite_two.file)


# --- what each file can do -------------------------------------------------------------------------


def wrapped_and_raw(two: Two) -> Iterator[tuple[bytes, bytes]]:
    """Every key in the database, as it is stored and in the clear."""
    ring = two.store.keyring.current()
    with two.store.reading() as session:
        for key in map(WrappedKey._make, session.execute(select(*WRAPPED_KEY))):
            yield key.wrapped, ring.open_key(key, bytes, "in the clear")
        for row in map(RecordKeyRow.of, session.execute(record_keys())):
            agency = AgencyKey.of(ring, row.agency)
            before, after = record_key_binding(row.table, agency.organisation, agency.epoch, row.generation)
            yield row.wrapped, aead.decrypt(agency.cipher, row.wrapped, before + row.record.bytes + after)


def test_the_rows_alone_open_nothing_even_with_the_whole_keyring(two: Two, tmp_path):
    shredded = released(two)
    with two.store.reading() as session:
        once = session.scalars(select(RECORD_KEY.c.wrapped).where(RECORD_KEY.c.record == shredded)).one()
    shred_record(two, shredded)
    elsewhere = tmp_path / "another-disk"
    elsewhere.mkdir()
    keys_file = elsewhere / "keys"
    made = two.here.json("backup", two.file, "--keys", keys_file)
    rows, keys = everything_in(two.file), everything_in(keys_file)
    pairs = list(wrapped_and_raw(two))
    assert len(pairs) == made["rows"]["vault_key"] + made["rows"]["record_key"] >= 3
    for wrapped, raw in pairs:
        assert any(form in keys for form in written_forms(wrapped))
        assert not any(form in rows for form in written_forms(wrapped))
        assert not any(form in rows + keys for form in written_forms(raw))
    assert not any(form in rows + keys for form in written_forms(once))
    said = refused(two, cli.UNREACHABLE, two.file)
    assert f"The keys file {two.keys} is not there" in said
    assert "--keys" in said
    two.restore("--keys", keys_file)
    assert len(two.there.rows()["record_key"]) == made["rows"]["record_key"]


def test_the_keys_hold_no_row_but_keys_and_open_nothing_without_the_keyring(two: Two):
    two.back_up()
    keys = everything_in(two.keys)
    assert b"Model Council" not in keys
    for secret in raw_keys(two.here.home / "keys"):
        assert not any(form in keys for form in written_forms(secret))


# --- both or neither -------------------------------------------------------------------------------


def test_when_the_rows_cannot_be_placed_the_keys_are_not_left_behind(sqlite_two: Two, monkeypatch):
    link = os.link

    def somebody_is_faster(written: Path, file: Path) -> None:
        if file == sqlite_two.file:
            assert sqlite_two.keys.exists()
            sqlite_two.file.write_bytes(b"theirs")
        link(written, file)

    monkeypatch.setattr("sharing.store.backup.os.link", somebody_is_faster)
    assert sqlite_two.here.run("backup", sqlite_two.file) == cli.NO
    assert not sqlite_two.keys.exists()
    assert sqlite_two.file.read_bytes() == b"theirs"


def test_the_copy_that_is_divided_is_beside_the_database_for_one_backup_at_a_time(sqlite_two: Two):
    database = sqlite_two.here.file
    folder = database.with_name(f".{database.name}.copying")
    folder.mkdir()
    (folder / "database.sqlite").write_bytes(b"of a backup that was killed")
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        assert sqlite_two.here.run("backup", sqlite_two.file) == cli.NO
        assert "already" in sqlite_two.here.error()
        assert list(sqlite_two.file.parent.glob("accord.backup*")) == []
    finally:
        os.close(descriptor)
    sqlite_two.back_up()
    assert not folder.exists()
