"""This module knows that a sealed cell opens in its own place, under a permit, and nowhere else."""

from __future__ import annotations

import pickle
import time
import uuid
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy.orm import Session
from vault_world import DUE, NOW, TABLE, Note, World, made_world, permit_for, run_apart

from sharing.base import new_id
from sharing.errors import InvalidError, NotFoundError, NotPermittedError, TamperedError
from sharing.vault import Permit, Sealed, ciphertext_of, insert_rows
from sharing.vault.layout import HEADER, NONCE, OVERHEAD, field_binding, record_key_binding
from sharing.vault.model import RECORD_KEY, VAULT_KEY
from sharing.vault.unseal import unseal

ANOTHER = "borough-council"


@pytest.fixture
def world(database_url: str, tmp_path: Path) -> Iterator[World]:
    with made_world(database_url, tmp_path) as made:
        yield made


@pytest.fixture
def sqlite_world(make_database: Callable[[str], str], tmp_path: Path) -> Iterator[World]:
    with made_world(make_database("sqlite"), tmp_path) as made:
        yield made


def cell(world: World, record_id: uuid.UUID, column: str = "address") -> bytes:
    with Session(world.engine) as session:
        return ciphertext_of(getattr(session.get_one(Note, record_id), column))


def put(world: World, table: sa.Table, where: sa.ColumnElement[bool], **values: object) -> None:
    """Edit rows as somebody with the database but without the keys could."""
    with world.engine.begin() as connection:
        assert connection.execute(table.update().where(where).values(**values)).rowcount


def flipped(data: bytes, position: int) -> bytes:
    return data[:position] + bytes((data[position] ^ 1,)) + data[position + 1 :]


# -- round trip


@pytest.mark.parametrize(
    "text", ["", "12 Canary Row", "x" * 31, "x" * 32, "Łódź 🏚 naïve\x00\x80", "\x80", "long " * 5000]
)
def test_what_was_sealed_opens_again(sqlite_world, text):
    record_id = sqlite_world.add_note(address=text)
    assert sqlite_world.open(record_id, "address") == {"address": text}


def test_a_batch_opens_record_by_record_and_all_together(world):
    ids = world.add_notes(25)
    assert world.open(ids[7])["address"] == "7 Canary Row"
    opened = world.reopened().open_all(ids)
    assert [opened[i]["text"] for i in ids] == [f"note {n} of ascham-homes" for n in range(25)]


def test_null_stays_null_and_is_left_out(sqlite_world):
    with sqlite_world.change() as session:
        record_id = new_id()
        sealed = sqlite_world.vault.seal(
            session,
            table=TABLE,
            record_id=record_id,
            organisation="ascham-homes",
            retain_until=DUE,
            values={"address": None, "text": "only this"},
        )
        assert set(sealed) == {"text"}
        session.add(Note(id=record_id, **sealed))
    assert sqlite_world.open(record_id) == {"text": "only this"}


def test_replacing_one_field_keeps_the_others_and_uses_a_fresh_nonce(world):
    record_id = world.add_note(address="12 Canary Row", text="kept")
    before = cell(world, record_id)
    with world.change() as session:
        fresh = world.seal(session, record_id, address="12 Canary Row")
        session.get_one(Note, record_id).address = fresh["address"]
    after = cell(world, record_id)
    assert before[:HEADER] == after[:HEADER]
    assert before[HEADER:][:NONCE] != after[HEADER:][:NONCE]
    assert world.open(record_id) == {"address": "12 Canary Row", "text": "kept"}


def test_replacing_a_field_of_another_organisations_record_is_refused(sqlite_world):
    record_id = sqlite_world.add_note(address="x")
    with sqlite_world.change() as session, pytest.raises(TamperedError):
        sqlite_world.seal(session, record_id, organisation=ANOTHER, address="y")


def test_renewing_a_record_closes_what_was_sealed_before(world):
    record_id = world.add_note(address="old", text="old")
    old = Sealed(cell(world, record_id))
    with world.change() as session:
        fresh = world.vault.renew(
            session,
            table=TABLE,
            record_id=record_id,
            organisation="ascham-homes",
            values={"address": "new", "text": "new"},
        )
        row = session.get_one(Note, record_id)
        row.address, row.text = fresh["address"], fresh["text"]
    assert world.open(record_id) == {"address": "new", "text": "new"}
    with pytest.raises(TamperedError):
        world.open(record_id, sealed={"address": old})
    with world.change() as session, pytest.raises(NotFoundError):
        world.vault.renew(session, table=TABLE, record_id=new_id(), organisation="ascham-homes", values={})


def test_text_that_cannot_be_stored_is_refused_at_its_place_without_being_quoted(sqlite_world):
    rows = [(new_id(), {"address": "fine"}), (new_id(), {"address": "Canary \ud800", "text": "Canary" * 20_000})]
    with sqlite_world.change() as session, pytest.raises(InvalidError) as caught:
        sqlite_world.vault.seal_many(session, table=TABLE, organisation="ascham-homes", retain_until=DUE, rows=rows)
    assert [problem.where for problem in caught.value.problems] == [
        "row 2, vault_note.address",
        "row 2, vault_note.text",
    ]
    assert "Canary" not in str(caught.value)
    assert caught.value.__context__ is None
    with sqlite_world.change() as session, pytest.raises(InvalidError):
        sqlite_world.seal(session, new_id(), address="\udfff")
    record_id = sqlite_world.add_note(address="fine")
    with sqlite_world.change() as session, pytest.raises(InvalidError):
        sqlite_world.seal(session, record_id, address="\udfff")


def test_a_rolled_back_first_sealing_leaves_nothing_that_a_later_one_relies_on(world):
    with Session(world.engine) as session:
        world.seal(session, new_id(), address="never stored")
        session.rollback()
    record_id = world.add_note(address="stored")
    assert world.reopened().open(record_id, "address") == {"address": "stored"}


# -- tampering


def test_every_byte_of_a_sealed_field_counts(sqlite_world):
    record_id = sqlite_world.add_note(address="12 Canary Row")
    stored = cell(sqlite_world, record_id)
    assert len(stored) == OVERHEAD + 32
    for position in range(len(stored)):
        with pytest.raises(TamperedError):
            sqlite_world.open(record_id, sealed={"address": Sealed(flipped(stored, position))})
    for wrong in (stored[:-1], stored + b"\x00", stored[:HEADER] + stored[HEADER + 1 :]):
        with pytest.raises(TamperedError):
            sqlite_world.open(record_id, sealed={"address": Sealed(wrong)})


def test_every_byte_of_both_wrapped_keys_counts(sqlite_world):
    record_id = sqlite_world.add_note(address="12 Canary Row")
    for table in (RECORD_KEY, VAULT_KEY):
        with sqlite_world.engine.connect() as connection:
            stored = connection.execute(sa.select(table.c.wrapped)).scalar_one()
        assert len(stored) == 60
        for position in range(len(stored)):
            put(sqlite_world, table, sa.true(), wrapped=flipped(stored, position))
            with pytest.raises(TamperedError):
                sqlite_world.open(record_id, "address")
        put(sqlite_world, table, sa.true(), wrapped=stored)
    assert sqlite_world.open(record_id, "address") == {"address": "12 Canary Row"}


@pytest.mark.parametrize("value", [{"generation": 2}, {"table_name": "vault_other"}])
def test_an_edited_record_key_row_opens_nothing(sqlite_world, value):
    record_id = sqlite_world.add_note(address="12 Canary Row")
    put(sqlite_world, RECORD_KEY, sa.true(), **value)
    with pytest.raises(TamperedError):
        sqlite_world.open(record_id, "address")
    with pytest.raises(TamperedError):
        sqlite_world.open(record_id, "address", table="vault_other")


@pytest.mark.parametrize("value", [{"organisation": ANOTHER}, {"epoch": 8126}, {"version": 2}])
def test_an_edited_organisation_key_row_opens_nothing(sqlite_world, value):
    record_id = sqlite_world.add_note(address="12 Canary Row")
    sqlite_world.add_note(organisation="third", due=date(2031, 9, 1), address="so that epoch 8126 has a key too")
    put(sqlite_world, VAULT_KEY, VAULT_KEY.c.organisation == "ascham-homes", **value)
    with pytest.raises(TamperedError):
        sqlite_world.open(record_id, "address", organisation=value.get("organisation", "ascham-homes"))


def test_a_cell_moved_to_another_row_fails_closed(world):
    first, second = world.add_notes(2)
    with pytest.raises(TamperedError, match=r"vault_note\.address"):
        world.open(first, sealed={"address": Sealed(cell(world, second))})


def test_a_cell_moved_to_another_column_fails_closed(world):
    record_id = world.add_note(address="12 Canary Row", text="a note")
    with pytest.raises(TamperedError):
        world.open(record_id, sealed={"text": Sealed(cell(world, record_id))})


def test_a_cell_moved_to_another_table_fails_closed(world):
    record_id = world.add_note(address="12 Canary Row")
    put(world, RECORD_KEY, sa.true(), table_name="other_note")
    with pytest.raises(TamperedError):
        world.open(record_id, "address", table="other_note")


def test_a_record_moved_with_its_key_to_another_organisation_fails_closed(world):
    record_id = world.add_note(address="12 Canary Row")
    world.add_note(organisation=ANOTHER, address="theirs")
    theirs = sa.select(VAULT_KEY.c.id).where(VAULT_KEY.c.organisation == ANOTHER).scalar_subquery()
    put(world, RECORD_KEY, RECORD_KEY.c.record == record_id, vault_key=theirs)
    with pytest.raises(TamperedError):
        world.open(record_id, "address", organisation=ANOTHER)
    with pytest.raises(TamperedError):
        world.open(record_id, "address")


def test_a_record_key_moved_to_another_record_fails_closed(world):
    first, second = world.add_notes(2)
    with world.engine.connect() as connection:
        other = connection.execute(sa.select(RECORD_KEY.c.wrapped).where(RECORD_KEY.c.record == second)).scalar_one()
    put(world, RECORD_KEY, RECORD_KEY.c.record == first, wrapped=other)
    with pytest.raises(TamperedError):
        world.open(first, sealed={"address": Sealed(cell(world, second))})


def test_an_organisations_key_copied_over_anothers_fails_closed_although_it_was_opened_before(sqlite_world):
    mine = sqlite_world.add_note(address="mine")
    theirs = sqlite_world.add_note(organisation=ANOTHER, address="theirs")
    assert sqlite_world.open(mine, "address") == {"address": "mine"}  # its key is in the cache now
    wrapped = sa.select(VAULT_KEY.c.wrapped).where(VAULT_KEY.c.organisation == "ascham-homes").scalar_subquery()
    put(sqlite_world, VAULT_KEY, VAULT_KEY.c.organisation == ANOTHER, wrapped=wrapped)
    with pytest.raises(TamperedError):
        sqlite_world.open(theirs, "address", organisation=ANOTHER)


def test_one_bad_field_in_a_page_gives_nothing_at_all(sqlite_world):
    ids = sqlite_world.add_notes(5)
    put(
        sqlite_world,
        Note.__table__,
        Note.id == ids[4],
        text=Sealed(flipped(cell(sqlite_world, ids[4], "text"), -1 % 64)),
    )
    with pytest.raises(TamperedError) as caught:
        sqlite_world.open_all(ids)
    assert str(ids[4]) in str(caught.value)


names = st.text(st.characters(min_codepoint=97, max_codepoint=122), min_size=1, max_size=20)


@settings(max_examples=200, deadline=None)
@given(names, names, names, names)
def test_no_two_places_share_a_binding(table, column, other_table, other_column):
    same = (table, column) == (other_table, other_column)
    assert (field_binding(1, table, column) == field_binding(1, other_table, other_column)) == same
    first = record_key_binding(table, column, 1, 1)
    assert (b"".join(first) == b"".join(record_key_binding(other_table, other_column, 1, 1))) == same
    assert b"".join(first) != b"".join(record_key_binding(table, column, 1, 2))
    assert b"".join(first) != b"".join(record_key_binding(table, column, 2, 1))


# -- permits


def test_only_a_permit_opens(sqlite_world):
    record_id = sqlite_world.add_note(address="x")
    with Session(sqlite_world.engine) as session:
        for pretender in (None, object(), {"records": [record_id]}):
            with pytest.raises(NotPermittedError):
                unseal(pretender, session, sqlite_world.keyring, {}, now=NOW)
    with pytest.raises(TypeError, match="nobody else makes one"):
        Permit(object(), entry_id=uuid.uuid4())


@pytest.mark.parametrize(
    "facts",
    [
        {"expires_at": NOW},
        {"columns": ("text",)},
        {"records": [uuid.uuid4()]},
        {"records": [uuid.uuid4(), uuid.uuid4()]},
    ],
)
def test_a_permit_opens_no_more_than_it_names(sqlite_world, facts):
    record_id = sqlite_world.add_note(address="x")
    with pytest.raises((NotPermittedError, NotFoundError)) as caught:
        sqlite_world.open(record_id, "address", **facts)
    if "records" not in facts:
        assert caught.value.rule == "permit"


def test_a_permit_for_another_record_does_not_open_this_one_in_a_page(sqlite_world):
    ids = sqlite_world.add_notes(3)
    with Session(sqlite_world.engine) as session:
        fields = {i: {"text": session.get_one(Note, i).text} for i in ids}
        from sharing.vault.unseal import unseal_many

        with pytest.raises(NotPermittedError):
            unseal_many(permit_for(*ids[:2]), session, sqlite_world.keyring, fields, now=NOW)


@pytest.mark.parametrize("facts", [{"organisation": ANOTHER}, {"table": "vault_other"}])
def test_a_permit_for_another_organisation_or_table_does_not_open(sqlite_world, facts):
    record_id = sqlite_world.add_note(address="x")
    with pytest.raises(TamperedError):
        sqlite_world.open(record_id, "address", **facts)


def test_a_permit_never_changes_and_cannot_be_carried_away():
    permit = permit_for(uuid.uuid4())
    with pytest.raises(AttributeError):
        permit.expires_at = NOW + timedelta(days=365)
    with pytest.raises(AttributeError):
        del permit.table
    with pytest.raises(TypeError):
        pickle.dumps(permit)
    with pytest.raises(ValueError, match="time zone"):
        permit_for(uuid.uuid4(), expires_at=NOW.replace(tzinfo=None))
    assert "ascham-homes" in repr(permit)


# -- nonces


FORKS = """
import os, sys
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from sharing.base import new_id
from sharing.vault import aead, ciphertext_of
for _ in range(2):
    os.fork()
bindings = aead.Bindings({name: bytes((0xA1, 1, 0, 1)) + name.encode() for name in "ab"}, b"", b"")
rows = [(new_id(), {"a": "same", "b": "same"})] * int(sys.argv[1])
lines = []
for _, fields, wrapped in aead.seal_rows(AESGCM(bytes(32)), bindings, rows):
    lines += [ciphertext_of(value)[4:16].hex() for value in fields.values()] + [wrapped[:12].hex(), wrapped.hex()]
with open(f"{sys.argv[2]}/{os.getpid()}", "w") as file:
    file.write("\\n".join(lines))
"""


def test_no_nonce_and_no_key_repeats_within_a_batch_or_between_forked_processes(tmp_path):
    count = 5000
    assert run_apart(FORKS, count, tmp_path).returncode == 0
    deadline = time.monotonic() + 30  # the first process may end before its children
    while len(found := [line for file in tmp_path.iterdir() for line in file.read_text().split()]) < 4 * 4 * count:
        assert time.monotonic() < deadline
        time.sleep(0.05)
    assert len(set(found)) == len(found)


def test_the_same_text_is_never_sealed_the_same_way_twice(sqlite_world):
    first, second = sqlite_world.add_note(address="same"), sqlite_world.add_note(address="same")
    assert cell(sqlite_world, first)[HEADER:] != cell(sqlite_world, second)[HEADER:]


def test_lengths_within_a_bucket_look_alike(sqlite_world):
    sizes = {len(cell(sqlite_world, sqlite_world.add_note(address="x" * size))) for size in (0, 1, 17, 31)}
    assert sizes == {OVERHEAD + 32}


# -- what rests in the database


def test_no_canary_rests_in_the_database_files_or_the_keyring(sqlite_world):
    canary = "CANARY-7f3a9-Ünique"
    record_id = sqlite_world.add_note(address=canary, text=canary * 50)
    with sqlite_world.change() as session:
        session.get_one(Note, record_id).text = sqlite_world.seal(session, record_id, text=canary)["text"]
    folder = Path(sqlite_world.engine.url.database).parent
    files = [*folder.glob("*.sqlite*"), *sqlite_world.keys.iterdir()]
    assert any(file.name.endswith("-wal") for file in files)
    held = b"".join(file.read_bytes() for file in files)
    assert len(held) > 4096
    for form in (canary.encode(), canary.encode("utf-16-le"), b"CANARY", canary.encode().hex().encode()):
        assert form not in held
    assert sqlite_world.open(record_id, "address") == {"address": canary}  # the positive control


# -- many rows


def test_insert_rows_writes_what_an_ordinary_insert_would(world):
    with world.change() as session:
        ids = [new_id() for _ in range(7)]
        sealed = world.vault.seal_many(
            session,
            table=TABLE,
            organisation="ascham-homes",
            retain_until=DUE,
            rows=[(i, {"address": f"{n}", "text": f"{n}"}) for n, i in enumerate(ids)],
        )
        rows = [(fields["text"], i, None, fields["address"]) for i, fields in zip(ids, sealed, strict=True)]
        insert_rows(session, Note.__table__, ("text", "id", "address_index", "address"), rows)
    assert [fields["text"] for fields in world.open_all(ids).values()] == [f"{n}" for n in range(7)]


def test_insert_rows_refuses_plaintext_and_reports_a_clash_without_the_rows(world):
    record_id = world.add_note(address="x")
    with Session(world.engine) as session, pytest.raises(TypeError):
        insert_rows(session, Note.__table__, ("id", "address"), [(new_id(), "12 Canary Row")])
    with Session(world.engine) as session, pytest.raises(sa.exc.IntegrityError):
        insert_rows(session, Note.__table__, ("id", "address"), [(record_id, None)])


def test_insert_rows_tells_whoever_watches_the_transaction(sqlite_world):
    heard = []
    watcher = type("Watcher", (), {"changed": staticmethod(heard.append)})()
    watched = sqlite_world.engine.execution_options(accord_unit=watcher)
    with Session(watched) as session:
        insert_rows(session, Note.__table__, ("id",), [(new_id(),)])
    assert heard == [TABLE]
