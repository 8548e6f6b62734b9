"""This module knows that a sealed value shows nothing whatever is done to it, and what its column refuses."""

from __future__ import annotations

import copy
import dataclasses
import json
import logging
import operator
import pickle
import uuid

import pytest
import sqlalchemy as sa
from markupsafe import escape
from sqlalchemy.orm import Session
from vault_world import Note, WorldBase

from sharing.errors import InvalidError, TamperedError
from sharing.vault import PlaintextRefusedError, Sealed, SealedColumn, SealedMisuseError, ciphertext_of
from sharing.vault.layout import LONGEST, PADDING, padded_size, unpad

BYTES = b"\xa1\x01\x00\x01" + bytes(range(60))


@pytest.fixture
def sealed() -> Sealed:
    return Sealed(BYTES)


@pytest.fixture
def engine() -> sa.Engine:
    engine = sa.create_engine("sqlite://")
    WorldBase.metadata.create_all(engine)
    return engine


@pytest.mark.parametrize(
    "show", [repr, str, format, lambda s: f"{s:>40}", lambda s: f"{s!r}", escape, "{}".format, "%s".__mod__]
)
def test_showing_a_sealed_value_gives_a_placeholder(sealed, show):
    assert str(show(sealed)) == "⟨sealed⟩"


@pytest.mark.parametrize(
    "act",
    [
        lambda s: s == s,  # noqa: PLR0124
        lambda s: s != "text",
        lambda s: s < s,  # noqa: PLR0124
        lambda s: s in ["text", "more"],
        bool,
        hash,
        copy.copy,
        copy.deepcopy,
        pickle.dumps,
        json.dumps,
        bytes,
        len,
        iter,
        vars,
        lambda s: s + "",
        lambda s: s[0],
        lambda s: {s: 1},
        lambda s: dataclasses.asdict(dataclasses.make_dataclass("Holder", ["field"])(s)),
        operator.index,
    ],
)
def test_doing_anything_else_with_it_is_refused(sealed, act):
    with pytest.raises(TypeError) as caught:
        act(sealed)
    assert BYTES.hex() not in repr(caught.value)


def test_a_sealed_value_never_changes_and_has_no_other_kinds(sealed):
    with pytest.raises(AttributeError):
        sealed._cipher = b""
    with pytest.raises(AttributeError):
        del sealed._cipher
    with pytest.raises(TypeError):
        type("Leaky", (Sealed,), {})


def test_a_log_line_and_a_traceback_show_the_placeholder(sealed, caplog):
    logging.getLogger("accord").warning("row %s %r", sealed, {"field": sealed})
    assert caplog.messages == ["row ⟨sealed⟩ {'field': ⟨sealed⟩}"]


def test_plaintext_never_becomes_a_sealed_value():
    with pytest.raises(TypeError):
        Sealed("12 Canary Row")
    with pytest.raises(TypeError):
        Sealed(bytearray(BYTES))
    for stored in (b"12 Canary Row", b"", b"\xa1", b"\xa0" + BYTES[1:]):
        with pytest.raises(TamperedError):
            Sealed(stored)
    with pytest.raises(TypeError):
        ciphertext_of("text")


def test_the_column_moves_the_bytes_and_keeps_null(engine):
    first, second = uuid.uuid4(), uuid.uuid4()
    with Session(engine) as session:
        session.add_all([Note(id=first, address=Sealed(BYTES)), Note(id=second)])
        session.commit()
        assert ciphertext_of(session.get_one(Note, first).address) == BYTES
        assert session.get_one(Note, second).address is None
        assert session.scalars(sa.select(Note.id).where(Note.address.is_(None))).all() == [second]
        assert session.scalars(sa.select(Note.id).where(Note.address.is_not(None))).all() == [first]


@pytest.mark.parametrize("plain", ["12 Canary Row", b"12 Canary Row", 12])
def test_storing_plaintext_is_refused_and_the_error_does_not_quote_it(engine, plain):
    with Session(engine) as session:
        session.add(Note(id=uuid.uuid4(), address=plain))
        with pytest.raises(PlaintextRefusedError, match=r"vault_note\.address takes a sealed value") as caught:
            session.flush()
    assert "Canary" not in str(caught.value)


@pytest.mark.parametrize(
    "question",
    [
        lambda c: sa.select(c).where(c == "x"),
        lambda c: sa.select(c).where(c == c),  # noqa: PLR0124
        lambda c: sa.select(c).where(c != None),  # noqa: E711
        lambda c: sa.select(c).where(c.like("x%")),
        lambda c: sa.select(c).where(c.in_(["x"])),
        lambda c: sa.select(c).where(c > "x"),
        lambda c: sa.select(c).where("x" + c == "y"),
        lambda c: sa.select(c).where(c.contains("x")),
        lambda c: sa.select(c).where(c.is_("x")),
        lambda c: sa.select(c).order_by(c.desc()),
        lambda c: str(sa.select(c).order_by(c)),
        lambda c: str(sa.select(c).order_by(sa.desc(c))),
        lambda c: str(sa.select(c).order_by(sa.nulls_last(sa.asc(c)))),
        lambda c: str(sa.select(c.label("a")).order_by(c.label("a"))),
        lambda c: str(sa.select(sa.func.count()).group_by(c)),
        lambda c: str(sa.union_all(sa.select(c.label("a")), sa.select(c)).order_by(c)),
    ],
)
def test_a_question_that_ciphertext_cannot_answer_is_refused_and_names_the_index(question):
    with pytest.raises(SealedMisuseError, match=r"vault_note\.house\+postcode"):
        question(Note.address)


def test_a_column_without_an_index_says_so():
    with pytest.raises(SealedMisuseError, match="has no blind index"):
        assert Note.text == "x"
    with pytest.raises(ValueError, match=r"table\.column"):
        SealedColumn("address")


def test_ordering_by_something_else_is_untouched():
    assert "ORDER BY" in str(sa.select(Note.address).order_by(Note.id, Note.address.is_(None)))
    assert "UNION" in str(sa.union(sa.select(Note.id), sa.select(Note.id)).order_by("id"))


def test_a_sealed_value_is_never_written_into_the_text_of_a_statement(sealed):
    statement = sa.select(sa.literal(sealed, SealedColumn("vault_note.text")))
    with pytest.raises((SealedMisuseError, sa.exc.CompileError)):
        statement.compile(compile_kwargs={"literal_binds": True})


def test_stored_bytes_that_were_never_sealed_do_not_load(engine):
    with Session(engine) as session:
        session.execute(sa.text("INSERT INTO vault_note (id, address) VALUES (:id, 'plain')"), {"id": uuid.uuid4().hex})
        with pytest.raises(TamperedError):
            session.scalars(sa.select(Note.address)).all()


def test_the_orm_writes_only_what_was_sealed_anew(engine):
    with Session(engine) as session:
        note = Note(id=uuid.uuid4(), address=Sealed(BYTES))
        session.add(note)
        session.commit()
        held = note.address
        note.address = held
        assert note not in session.dirty or not session.is_modified(note)
        note.address = Sealed(BYTES)
        assert session.is_modified(note)


def test_padding_comes_off_again_and_sizes_stay_within_an_eighth():
    for size in [*range(300), 1000, 4095, 4096, 10_000, LONGEST]:
        text = b"\x80" * size
        padded = text + PADDING[size]
        assert len(padded) == padded_size(size)
        assert unpad(padded) == text
        assert size < len(padded) <= max(32, size + 32, int(size * 1.12) + 1)


def test_padding_hides_a_length_within_its_bucket():
    assert len({padded_size(size) for size in range(32)}) == 1
    assert len({padded_size(size) for size in range(96, 128)}) == 1
    assert len({padded_size(size) for size in range(LONGEST)}) < 150


def test_malformed_padding_is_refused():
    for padded in (b"", bytes(32), b"text\x80\x00\x01"):
        with pytest.raises(TamperedError):
            unpad(padded)
    with pytest.raises(InvalidError):
        PADDING[LONGEST + 1]


def test_the_face_of_the_vault_has_no_way_to_plaintext():
    import sharing.vault

    assert not {"unseal", "unseal_many", "issue_permit", "open_secret"} & set(sharing.vault.__all__)
    with pytest.raises(TypeError):
        sharing.vault.Permit(object())
