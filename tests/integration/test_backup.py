"""A backup's two files hold nothing that opens, are private and whole, and are refused where they do not belong."""

from __future__ import annotations

import hashlib
import json
import os
import stat
import zipfile

import pytest
from sqlalchemy import select

from portal import cli
from sharing.errors import TamperedError
from sharing.ledger.checkpoint import Signer, new_signing_key
from sharing.store import revision
from sharing.store.archive import opened
from sharing.vault import Keyring
from sharing.vault.epoch import label
from sharing.vault.model import VAULT_KEY
from tests.integration.backup_world import (
    Two,
    everything_in,
    is_empty,
    keyring_of,
    raw_keys,
    written_forms,
)
from tests.integration.disclosure_world import ADDRESS, BORN, HISTORY, NAME

# --- what is in the file ---------------------------------------------------------------------------


def test_no_sealed_field_can_be_read_in_either_file(two: Two):
    two.back_up()
    held = everything_in(two.file) + everything_in(two.keys)
    assert b"Model Council" in held  # what is in clear is there, so the search can find things
    for canary in (
        NAME,
        BORN,
        ADDRESS,
        HISTORY,
        "Zebedee",
        "Marmalade",
        "Xanthippe",
        "Needed to decide on an injunction",
    ):
        assert canary.encode() not in held, canary


def test_no_key_of_the_keyring_is_in_either_file(two: Two):
    two.back_up()
    keys = list(raw_keys(two.here.home / "keys"))
    assert len(keys) >= 4  # root, two quarters at least, the signing key
    held = everything_in(two.file) + everything_in(two.keys)
    stored = json.loads((two.here.home / "keys" / "keyring.json").read_text())
    wrapped = [entry["key"].encode() for kind in ("roots", "epochs", "secrets") for entry in stored[kind]]
    for form in [*wrapped, *(form for key in keys for form in written_forms(key))]:
        assert form not in held
    assert b"PRIVATE+KEY" not in held


def test_the_list_of_contents_names_keys_by_their_ids(sqlite_two: Two):
    made = sqlite_two.back_up()
    assert made["keys"]["roots"] == [1]
    assert made["keys"]["secrets"] == ["ledger-signing-key"]
    with zipfile.ZipFile(sqlite_two.file) as archive:
        manifest = json.loads(archive.read("manifest.json"))
    assert manifest["format"] == "accord-backup/1"
    assert manifest["accord"] == revision.version() == "0.1.0"
    assert manifest["revision"] == revision.newest()
    assert manifest["database"] == sqlite_two.store.engine.dialect.name
    with zipfile.ZipFile(sqlite_two.keys) as archive:
        of_keys = json.loads(archive.read("manifest.json"))
    for same in ("backup", "made_at", "revision", "database", "heads", "records"):
        assert manifest[same] == of_keys[same]
    assert (manifest["holds"], of_keys["holds"]) == ("rows", "keys")
    assert manifest["keys"] == {"roots": [1], "epochs": {}, "secrets": ["ledger-signing-key"]}
    assert of_keys["keys"] == {"roots": [], "epochs": made["keys"]["epochs"], "secrets": []}
    assert set(of_keys["rows"]) == {"vault_key", "record_key"}
    assert made["rows"] == {**manifest["rows"], **of_keys["rows"]}
    for name, facts in manifest["content"].items():
        with zipfile.ZipFile(sqlite_two.file) as archive:
            assert hashlib.sha256(archive.read(name)).hexdigest() == facts["sha256"]


def test_both_files_are_private_and_never_overwrite(sqlite_two: Two):
    sqlite_two.back_up()
    for file in (sqlite_two.file, sqlite_two.keys):
        assert stat.S_IMODE(file.stat().st_mode) == 0o600
    before = sqlite_two.file.read_bytes()
    assert sqlite_two.here.run("backup", sqlite_two.file) == cli.NO
    assert "never overwrites" in sqlite_two.here.error()
    assert sqlite_two.file.read_bytes() == before
    link = sqlite_two.file.with_name("dangling")
    link.symlink_to(sqlite_two.file.with_name("nowhere"))
    assert sqlite_two.here.run("backup", link) == cli.NO
    for rows, keys in (("new", sqlite_two.keys.name), (sqlite_two.file.name, "new"), ("new", "new")):
        places = [sqlite_two.file.with_name(name) for name in (rows, keys)]
        assert sqlite_two.here.run("backup", places[0], "--keys", places[1]) == cli.NO
        assert not sqlite_two.file.with_name("new").exists()


def test_nothing_is_left_beside_the_file_not_even_of_a_backup_that_was_killed(sqlite_two: Two):
    left = sqlite_two.file.with_name(f".{sqlite_two.file.name}.part")
    left.mkdir()
    (left / "database.sqlite").write_bytes(b"half")
    sqlite_two.back_up()
    assert not left.exists()
    assert sqlite_two.here.run("backup", sqlite_two.file.parent / "no" / "such" / "folder") == cli.NO


def test_the_command_says_plainly_what_to_keep_and_what_to_delete(sqlite_two: Two):
    assert sqlite_two.here.run("backup", sqlite_two.file) == cli.DONE
    said = sqlite_two.here.error()
    assert "The keyring is in neither" in said
    assert "Keep the newest keys file alone" in said
    assert str(sqlite_two.here.home / "keys") in said
    assert "35 days" in said


# --- what is refused -------------------------------------------------------------------------------


@pytest.mark.parametrize("which", ["file", "keys"])
def test_one_flipped_byte_anywhere_is_refused(sqlite_two: Two, which: str):
    sqlite_two.back_up()
    file = getattr(sqlite_two, which)
    whole, key = file.read_bytes(), sqlite_two.store.signer.verifier
    note = whole.rfind(b"accord-backup/1\n")
    places = [*range(0, note, max(1, note // 40)), *range(note - 30, len(whole))]
    assert len(places) > 250
    broken = sqlite_two.file.with_name("broken")
    for place in places:
        broken.write_bytes(whole[:place] + bytes([whole[place] ^ 1]) + whole[place + 1 :])
        with pytest.raises(TamperedError), opened(broken) as backup:
            backup.check_signature(key)
    for cut in (whole[:-1], whole[:note], whole[: len(whole) // 2], whole + b"x", b""):
        broken.write_bytes(cut)
        with pytest.raises(TamperedError), opened(broken) as backup:
            backup.check_signature(key)
    with opened(file) as backup:
        backup.check_signature(key)


def test_a_damaged_backup_is_refused_at_the_command_line_and_nothing_is_stored(sqlite_two: Two):
    sqlite_two.back_up()
    whole = sqlite_two.file.read_bytes()
    sqlite_two.file.write_bytes(whole[:5000] + bytes([whole[5000] ^ 1]) + whole[5001:])
    sqlite_two.there.take_keys_of(sqlite_two.here.home)
    assert sqlite_two.there.run("restore", sqlite_two.file) == cli.NO
    assert "damaged" in sqlite_two.there.error()
    assert is_empty(sqlite_two.there)


def test_another_installations_signature_is_refused(sqlite_two: Two):
    sqlite_two.back_up()
    other = Signer.load(new_signing_key("accord.test"))
    with opened(sqlite_two.file) as backup, pytest.raises(TamperedError, match="not its backup"):
        backup.check_signature(other.verifier)
    sqlite_two.there.take_keys_of(sqlite_two.here.home)
    keyring_of(sqlite_two.there).set_secret("ledger-signing-key", new_signing_key("accord.test").encode())
    assert sqlite_two.there.run("restore", sqlite_two.file) == cli.NO
    assert is_empty(sqlite_two.there)


def test_a_database_that_is_not_empty_is_refused_and_stays_as_it_is(two: Two):
    two.back_up()
    two.restore()
    before = two.there.rows()
    bytes_before = two.there.file.read_bytes() if two.there.url.startswith("sqlite") else b""
    assert two.there.run("restore", two.file) == cli.NO
    assert "never overwrites" in two.there.error()
    assert two.there.rows() == before
    if bytes_before:
        assert two.there.file.read_bytes() == bytes_before


def test_without_the_keys_it_is_refused_and_the_missing_ones_are_named_by_id(two: Two):
    two.back_up()
    two.there.home.mkdir(mode=0o700)
    assert two.there.run("restore", two.file) == cli.UNREACHABLE
    said = two.there.error()
    with two.store.reading() as session:
        quarters = [label(epoch) for epoch in sorted(set(session.scalars(select(VAULT_KEY.c.epoch))))]
    assert f"root key 1, {', '.join(f'{quarter} key 1' for quarter in quarters)}, secret" in said
    assert "secret ledger-signing-key" in said
    for key in raw_keys(two.here.home / "keys"):
        assert not any(form.decode("latin-1") in said for form in written_forms(key))
    assert is_empty(two.there)


def test_with_another_installations_keys_nothing_opens(sqlite_two: Two, tmp_path):
    sqlite_two.back_up()
    Keyring.create(sqlite_two.there.home / "keys")
    assert sqlite_two.there.run("restore", sqlite_two.file) == cli.UNREACHABLE
    assert is_empty(sqlite_two.there)


def test_a_backup_of_another_kind_of_database_is_refused(two: Two, make_empty_database):
    two.back_up()
    two.there.take_keys_of(two.here.home)
    other = "sqlite" if two.here.url.startswith("postgresql") else "postgresql"
    two.there.url = (
        f"sqlite:///{two.file.with_name('other.sqlite')}" if other == "sqlite" else make_empty_database(other)
    )
    assert two.there.run("restore", two.file) == cli.NO
    assert two.store.engine.dialect.name in two.there.error()
    assert is_empty(two.there)


def test_a_damaged_database_is_not_backed_up(two: Two, monkeypatch):
    if two.here.url.startswith(
        "postgresql"
    ):  # PostgreSQL checks its own pages; ours is to say that it could not be read
        monkeypatch.setattr("sharing.store.copied._SETTINGS", {"no.such setting": "x"})
        assert two.here.run("backup", two.file) == cli.UNREACHABLE
    else:
        size = two.here.file.stat().st_size
        two.store.close()
        with two.here.file.open("r+b") as file:
            for page in range(20, size // 4096, 3):
                file.seek(page * 4096)
                file.write(os.urandom(512))
        assert two.here.run("backup", two.file) in {cli.NO, cli.UNREACHABLE}
    assert not two.file.exists()
    assert not two.keys.exists()
    assert list(two.file.parent.glob(".accord*")) == []
