"""A backup comes back elsewhere, whole and of one moment, into this version or a later one; and what was erased stays gone."""

from __future__ import annotations

import hashlib
import json
import shutil
import threading
from pathlib import Path

import pytest
from sqlalchemy import select

from portal import cli
from protocols.actions import Event
from protocols.actor import Actor
from sharing.access.model import Letter, SignInSession, User
from sharing.base import new_id
from sharing.ledger import read
from sharing.ledger.model import LedgerEntry, OutboxEntry
from sharing.store import migrate
from sharing.store.backup import back_up
from tests.integration.backup_world import (
    CHANGED_BY_A_RESTORE,
    Two,
    is_empty,
    next_version,
)
from tests.integration.disclosure_world import NAME, PARTNERSHIP


def operator_entries(store, event: Event) -> list:
    with store.reading() as session:
        (log,) = read.logs(session, None)
        return [v.entry for v in read.entries(session, log.origin, limit=500) if v.entry.type == event]


# --- there and back --------------------------------------------------------------------------------


def test_every_row_comes_back_elsewhere_and_the_ledger_holds(two: Two):
    made = two.back_up()
    before = two.here.rows()
    done = two.restore()
    after = two.there.rows()
    assert made["rows"] == done["rows"] == {name: len(rows) for name, rows in before.items()}
    assert sum(made["rows"].values()) > 100
    assert set(after) == set(before)
    for name in set(before) - CHANGED_BY_A_RESTORE:
        assert after[name] == before[name], name
    assert set(before["ledger_entry"]) <= set(after["ledger_entry"])
    for log in (PARTNERSHIP, "operator"):  # a head that was kept straight after the backup holds where it went on
        assert two.there.run("ledger", "verify", "--partnership", log, "--from", write_head(two, log)) == cli.DONE
    assert two.there.run("migrate") == cli.DONE
    assert two.view_there()["subject.name"] == NAME


def test_a_restored_installation_goes_on_numbering_and_recording(two: Two):
    two.back_up()
    two.restore()
    store = two.there.opened()
    try:
        with store.unit(Actor(operator="test", partnership=PARTNERSHIP)) as unit:
            recorded = unit.record(Event.COMMAND_RUN)
        assert store.receipt(recorded.id) is not None
        type(two.world)(store).deposit("MH-2026-0002")
    finally:
        store.close()
    assert two.there.run("ledger", "verify", "--partnership", PARTNERSHIP, "--from", write_head(two)) == cli.DONE


def write_head(two: Two, log: str = PARTNERSHIP) -> Path:
    path = two.file.with_name(f"{log}.head")
    path.write_text(two.head(log))
    return path


def test_whoever_was_signed_in_or_invited_that_day_is_not_any_more(two: Two):
    with two.store.unit(Actor(operator="test")) as unit:
        user = unit.session.scalars(select(User)).first()
        now = unit.clock.now()
        unit.session.add(
            SignInSession(
                token_hash="0" * 64, user_id=user.id, stage="full", created_at=now, seen_at=now, authenticated_at=now
            )
        )
        unit.session.add(Letter(token_hash="1" * 64, kind="invitation", created_at=now, expires_at=now))
    invited = len(two.here.rows()["letter"])
    two.back_up()
    assert two.restore()["closed"] == 1 + invited > 2
    assert two.there.rows()["session"] == two.there.rows()["letter"] == []


def test_both_are_entries_in_the_operators_log(two: Two):
    made = two.back_up()
    (entry,) = operator_entries(two.store, Event.BACKUP_MADE)
    assert entry.facts == {"database": two.store.engine.dialect.name}
    assert entry.actor.startswith("operator:")
    two.restore()
    store = two.there.opened()
    try:
        (entry,) = operator_entries(store, Event.BACKUP_RESTORED)
    finally:
        store.close()
    assert entry.facts["sha256"] == made["sha256"] == hashlib.sha256(two.file.read_bytes()).hexdigest()
    assert entry.facts["heads"] == {head["log"]: head["size"] for head in made["heads"]}
    assert entry.facts["made_at"] == made["made_at"]


def test_a_partner_with_a_newer_head_is_told_that_entries_are_missing(two: Two):
    two.back_up()
    two.world.deposit("MH-2026-0003")
    kept = write_head(two)
    two.restore()
    assert two.here.run("ledger", "verify", "--partnership", PARTNERSHIP, "--from", kept) == cli.DONE
    assert two.there.run("ledger", "verify", "--partnership", PARTNERSHIP, "--from", kept) == cli.NO
    assert "the head that you hold" in two.there.capsys.readouterr().out


def test_a_backup_taken_while_others_write_is_of_one_moment(two: Two):
    stop, failed = threading.Event(), []

    def write() -> None:
        try:
            while not stop.is_set():
                with two.store.unit(Actor(operator="writer")) as unit:
                    user = new_id()
                    unit.session.add(
                        User(id=user, email=f"w-{user}@example.org", state="invited", created_at=unit.clock.now())
                    )
                    unit.record(Event.COMMAND_RUN, about=user)
        except Exception as error:  # noqa: BLE001  whatever it is, the test says so
            failed.append(error)

    writers = [threading.Thread(target=write) for _ in range(2)]
    for writer in writers:
        writer.start()
    try:
        files = [two.file.with_name(f"{number}.backup") for number in range(3)]
        made = [back_up(two.store, file, Actor(operator="test")) for file in files]
    finally:
        stop.set()
        for writer in writers:
            writer.join()
    assert failed == []
    sizes = [each.rows["user_account"] for each in made]
    assert sizes[0] < sizes[1] < sizes[2]  # the writers were writing
    for file in (two.file, two.keys):
        shutil.move(file.with_name(file.name.replace("accord", "1")), file)
    two.restore()
    store = two.there.opened()
    try:
        with store.reading() as session:
            assert session.scalars(select(OutboxEntry)).all() == []
            bodies = session.scalars(select(LedgerEntry.body).where(LedgerEntry.type == str(Event.COMMAND_RUN)))
            recorded = {json.loads(body)["about"] for body in bodies}
            added = {str(each) for each in session.scalars(select(User.id).where(User.email.like("w-%")))}
    finally:
        store.close()
    assert added == recorded
    assert len(added) >= 2


# --- other versions, and a restore that breaks off ---------------------------------------------------


def test_an_older_backup_is_brought_to_this_version(two: Two, monkeypatch, tmp_path):
    two.back_up()
    next_version(monkeypatch, tmp_path / "next")
    done = two.restore()
    assert done["revision"] == "9999"
    assert two.there.rows()["later"] == ["(7,)"]
    assert two.view_there()["subject.name"] == NAME


def test_a_newer_backup_is_refused(two: Two, monkeypatch, tmp_path):
    with monkeypatch.context() as patched:
        next_version(patched, tmp_path / "next")
        migrate.upgrade(two.here.url)
        two.back_up()
    two.there.take_keys_of(two.here.home)
    assert two.there.run("restore", two.file) == cli.NO
    assert "revision 9999" in two.there.error()
    assert is_empty(two.there)


def test_a_restore_that_was_broken_off_is_not_taken_for_a_whole_one(two: Two, monkeypatch):
    def broken(_session):
        raise KeyboardInterrupt

    two.back_up()
    with monkeypatch.context() as patched, pytest.raises(KeyboardInterrupt):
        patched.setattr("sharing.access.restored.close_what_was_open", broken)
        two.restore()
    if two.there.url.startswith("sqlite"):
        assert is_empty(two.there)
        assert list(two.there.file.parent.glob(".*.restoring")) == []
        return
    assert two.there.run("keys", "status") == cli.UNREACHABLE
    assert "has not been set up" in two.there.error()
    assert two.there.run("restore", two.file) == cli.NO
    assert "not empty" in two.there.error()
