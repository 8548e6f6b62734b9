"""This module knows that keys stay private on the disk, change state in order, and survive their writers."""

from __future__ import annotations

import json
import logging
import os
import pickle
import resource
import stat
import threading
from pathlib import Path

import pytest

from sharing.errors import InvalidError, NotFoundError, TamperedError, UnreachableError
from sharing.vault import Keyring
from sharing.vault.epoch import epoch_of, label, parse, year_end
from sharing.vault.keyfile import KeyFile
from sharing.vault.ring import ACTIVE, DECRYPT_ONLY, DESTROYED, PENDING

EPOCH = parse("2031-Q2")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "keys"


@pytest.fixture
def keyring(folder: Path) -> Keyring:
    return Keyring.create(folder)


def test_a_new_keyring_is_readable_by_its_owner_alone(folder, keyring):
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert {stat.S_IMODE(file.stat().st_mode) for file in folder.iterdir()} == {0o600}


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o644, 0o660, 0o602])
def test_a_keyring_that_others_can_read_is_refused(folder, keyring, mode):
    (folder / "keyring.json").chmod(mode)
    with pytest.raises(UnreachableError, match="chmod 600"):
        Keyring.open(folder)


@pytest.mark.parametrize("mode", [0o750, 0o705, 0o755, 0o701])
def test_a_folder_that_others_can_enter_is_refused(folder, keyring, mode):
    folder.chmod(mode)
    with pytest.raises(UnreachableError, match="chmod 700"):
        Keyring.open(folder)


def test_a_keyring_of_another_user_is_refused(folder, keyring, monkeypatch):
    monkeypatch.setattr(os, "geteuid", lambda: 54_321)
    with pytest.raises(UnreachableError, match="another user"):
        Keyring.open(folder)


def test_a_link_in_place_of_the_file_is_refused(folder, keyring, tmp_path):
    (folder / "keyring.json").rename(tmp_path / "elsewhere.json")
    (folder / "keyring.json").symlink_to(tmp_path / "elsewhere.json")
    with pytest.raises(UnreachableError):
        Keyring.open(folder)


def test_a_missing_keyring_is_named(folder):
    with pytest.raises(UnreachableError, match="keys"):
        Keyring.open(folder)


@pytest.mark.parametrize("content", ["", "{}", "[]", '{"format": "accord-keyring-99"}', "{'"])
def test_a_file_that_is_no_keyring_is_refused(folder, keyring, content):
    (folder / "keyring.json").write_text(content)
    with pytest.raises(TamperedError):
        Keyring.open(folder)


def test_a_keyring_is_never_overwritten(folder, keyring):
    before = (folder / "keyring.json").read_bytes()
    with pytest.raises(UnreachableError, match="exists already"):
        Keyring.create(folder)
    assert (folder / "keyring.json").read_bytes() == before


def test_a_passphrase_guards_the_root(folder):
    keyring = Keyring.create(folder, passphrase="correct horse battery staple")
    keyring.set_secret("ledger", b"signing key")
    assert Keyring.open(folder, passphrase="correct horse battery staple").secret("ledger") == b"signing key"
    with pytest.raises(UnreachableError, match="passphrase"):
        Keyring.open(folder, passphrase="wrong")
    with pytest.raises(InvalidError, match="passphrase"):
        Keyring.open(folder)
    keyring.rotate_root()
    keyring.active_epoch(EPOCH)
    again = Keyring.open(folder, passphrase="correct horse battery staple")
    assert again.secret("ledger") == b"signing key"
    assert again.current().active_version(EPOCH) == 1


def test_a_key_swapped_for_another_in_the_file_is_noticed(folder, keyring):
    keyring.active_epoch(EPOCH)
    keyring.active_epoch(EPOCH + 1)
    path = folder / "keyring.json"
    document = json.loads(path.read_text())
    first, second = document["epochs"]
    first["key"], second["key"] = second["key"], first["key"]
    path.write_text(json.dumps(document))
    with pytest.raises(TamperedError):
        Keyring.open(folder)


def test_keys_appear_in_no_repr_no_log_and_no_pickle(folder, keyring, caplog):
    keyring.set_secret("ledger", b"a very secret signing key")
    keyring.active_epoch(EPOCH)
    document = json.loads((folder / "keyring.json").read_text())
    keys = [entry["key"] for kind in ("roots", "epochs", "secrets") for entry in document[kind]]
    logging.getLogger("accord").warning("%r %s %r %r", keyring, keyring, keyring.current(), keyring.current().roots)
    shown = caplog.text
    assert len(keys) == 3
    assert not any(key in shown for key in keys)
    with pytest.raises(TypeError):
        pickle.dumps(keyring)


def test_opening_a_keyring_forbids_core_dumps(folder, keyring):
    Keyring.open(folder)
    assert resource.getrlimit(resource.RLIMIT_CORE)[0] == 0


def test_named_secrets_are_kept_replaced_and_missed(folder, keyring):
    keyring.set_secret("b", b"1")
    keyring.set_secret("a", b"2")
    keyring.set_secret("b", b"3")
    again = Keyring.open(folder)
    assert again.secret_names == ("a", "b")
    assert again.secret("b") == b"3"
    with pytest.raises(NotFoundError):
        again.secret("c")


def test_an_epochs_key_goes_from_pending_to_active_to_decrypt_only_to_destroyed(keyring):
    assert keyring.prepare_epoch(EPOCH) == 1
    assert keyring.prepare_epoch(EPOCH) == 2
    assert keyring.current().versions(EPOCH) == {1: ACTIVE, 2: PENDING}
    assert keyring.active_epoch(EPOCH) == 1
    assert keyring.promote_epoch(EPOCH) == 2
    assert keyring.current().versions(EPOCH) == {1: DECRYPT_ONLY, 2: ACTIVE}
    keyring.current().epoch_key(EPOCH, 1)
    assert keyring.retire_epoch(EPOCH) == 1
    assert keyring.current().versions(EPOCH) == {1: DESTROYED, 2: ACTIVE}
    with pytest.raises(NotFoundError):
        keyring.current().epoch_key(EPOCH, 1)
    with pytest.raises(NotFoundError, match="waiting"):
        keyring.promote_epoch(EPOCH)


def test_a_destroyed_epoch_never_comes_back(folder, keyring):
    keyring.active_epoch(EPOCH)
    assert keyring.destroy_epoch(EPOCH) == 1
    assert keyring.destroy_epoch(EPOCH) == 0
    with pytest.raises(InvalidError, match="2031-Q2"):
        keyring.active_epoch(EPOCH)
    assert not Keyring.open(folder).current().is_alive(EPOCH)


def test_what_another_process_destroys_or_adds_is_seen_at_the_next_use(folder, keyring):
    keyring.active_epoch(EPOCH)
    other = Keyring.open(folder)
    other.destroy_epoch(EPOCH)
    other.active_epoch(EPOCH + 1)
    with pytest.raises(NotFoundError):
        keyring.current().epoch_key(EPOCH, 1)
    assert keyring.active_epoch(EPOCH + 1) == 1


def test_rotating_the_root_keeps_every_key_and_retiring_it_removes_the_old_one(folder, keyring):
    keyring.set_secret("ledger", b"signing key")
    keyring.active_epoch(EPOCH)
    keyring.active_epoch(EPOCH + 1)
    keyring.destroy_epoch(EPOCH + 1)
    before = json.loads((folder / "keyring.json").read_text())["roots"][0]["key"]
    assert keyring.rotate_root() == 2
    assert before in (folder / "keyring.json").read_text()
    assert keyring.retire_roots() == 1
    assert before not in (folder / "keyring.json").read_text()
    again = Keyring.open(folder)
    assert again.secret("ledger") == b"signing key"
    assert again.active_epoch(EPOCH) == 1
    assert again.current().counts()["root"] == {PENDING: 0, ACTIVE: 1, DECRYPT_ONLY: 0, DESTROYED: 1}


def test_first_sealers_at_the_same_moment_make_one_key(folder, keyring):
    rings = [Keyring.open(folder) for _ in range(4)]
    versions = []

    def work(ring: Keyring) -> None:
        versions.extend(ring.active_epoch(EPOCH + n % 5) for n in range(20))

    threads = [threading.Thread(target=work, args=(ring,)) for ring in rings for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert set(versions) == {1}
    assert keyring.current().counts()["epoch"][ACTIVE] == 5


def test_a_writer_killed_before_the_rename_leaves_the_old_file_and_its_copy_is_cleared(folder, keyring, monkeypatch):
    keyring.active_epoch(EPOCH)
    before = (folder / "keyring.json").read_bytes()

    def die(*_: object) -> None:
        raise SystemExit

    with monkeypatch.context() as patch:
        patch.setattr(Path, "replace", die)
        patch.setattr(Path, "unlink", lambda *_, **__: None)  # a killed process tidies nothing
        with pytest.raises(SystemExit):
            keyring.active_epoch(EPOCH + 1)
    assert (folder / "keyring.json").read_bytes() == before
    assert list(folder.glob(".keyring-*"))
    assert keyring.active_epoch(EPOCH + 1) == 1
    assert not list(folder.glob(".keyring-*"))


def test_a_change_that_fails_writes_nothing(folder, keyring):
    before = (folder / "keyring.json").read_bytes()

    def fail(document: object) -> None:
        document["roots"].clear()
        raise RuntimeError

    with pytest.raises(RuntimeError):
        KeyFile(folder).update(fail)
    assert (folder / "keyring.json").read_bytes() == before


def test_epochs_are_calendar_quarters():
    from datetime import date

    assert label(epoch_of(date(2031, 4, 1))) == "2031-Q2"
    assert label(epoch_of(date(2031, 3, 31))) == "2031-Q1"
    assert epoch_of(date(2032, 1, 1)) == epoch_of(date(2031, 12, 31)) + 1
    assert label(year_end(2031)) == "2031-Q4"
    for wrong in ("2031-Q5", "2031-Q0", "2031", "Q2"):
        with pytest.raises(ValueError, match=r"quarter|invalid literal"):
            parse(wrong)
