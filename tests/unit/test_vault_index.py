"""This module knows that blind indexes find what is equal within one organisation and year, and nothing else."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session
from vault_world import Note, World, made_world

from sharing.errors import InvalidError
from sharing.vault import Vault, rotate, shred
from sharing.vault.epoch import year_end
from sharing.vault.index import definition
from sharing.vault.normalise import ENTROPY, NORMALISERS

PERSON = "subject.surname+dob"
HOUSE = "vault_note.house+postcode"


@pytest.fixture
def world(make_database: Callable[[str], str], tmp_path: Path) -> Iterator[World]:
    with made_world(make_database("sqlite"), tmp_path) as made:
        yield made


def index(
    world: World, *values: str, organisation: str = "ascham-homes", year: int = 2031, name: str = PERSON
) -> bytes:
    with world.change() as session:
        return world.vault.index(session, organisation=organisation, due_year=year, name=name, values=values)


def test_equal_people_have_equal_indexes_however_they_are_written(world):
    known = index(world, "O'Brien-Smith", "1985-03-31")
    assert len(known) == 8
    for surname, dob in [
        ("SMITH OBRIEN", "31/03/1985"),
        (" o\u2019brien  smith ", "31.03.1985"),
        ("Óbrien\u2013Smith", "1985-03-31"),
    ]:
        assert index(world, surname, dob) == known
    assert index(world, "O'Brien-Smith", "1985-03-30") != known
    assert index(world, "O'Brien-Smyth", "1985-03-31") != known


def test_indexes_are_equal_only_within_an_organisation_a_year_and_a_name(world):
    places = [
        index(world, "Smith", "1985-03-31"),
        index(world, "Smith", "1985-03-31", organisation="borough-council"),
        index(world, "Smith", "1985-03-31", year=2032),
        index(world, "Smith", "1985-03-31", name="witness.surname+dob"),
    ]
    assert len(set(places)) == 4
    assert index(world.reopened(), "Smith", "1985-03-31") == places[0]


def test_parts_do_not_run_into_one_another(world):
    assert index(world, "1 2", "E17 3AB", name=HOUSE) != index(world, "1", "2E17 3AB", name=HOUSE)


def test_a_search_finds_rows_of_every_year_and_of_no_other_organisation(world):
    found: dict[int, object] = {}
    for year in (2030, 2031):
        record_id = world.add_note(due=date(year, 6, 1), address="12 Canary Row, E17 3AB")
        with world.change() as session:
            session.get_one(Note, record_id).address_index = world.vault.index(
                session, organisation="ascham-homes", due_year=year, name=HOUSE, values=("12", "E17 3AB")
            )
        found[year] = record_id
    with Session(world.engine) as session:
        asked = world.vault.index_candidates(
            session, organisations=["ascham-homes", "never-indexed"], name=HOUSE, values=("12", "e173ab")
        )
        assert [len(values) for values in asked.values()] == [2, 0]
        rows = session.scalars(sa.select(Note.id).where(Note.address_index.in_(asked["ascham-homes"]))).all()
    assert set(rows) == set(found.values())


def test_searching_makes_no_key(world):
    with Session(world.engine) as session:
        assert world.vault.index_candidates(
            session, organisations=["x"], name=PERSON, values=("Smith", "1985-01-01")
        ) == {"x": ()}
        assert not session.execute(sa.text("SELECT count(*) FROM vault_key")).scalar()


def test_a_search_asks_with_both_keys_while_rows_are_indexed_again(world):
    old = index(world, "Smith", "1985-03-31")
    with world.change() as session:
        rotate.rotate_index(session, world.keyring, "ascham-homes", 2031)
    new = index(world, "Smith", "1985-03-31")
    asked = {"organisations": ["ascham-homes"], "name": PERSON, "values": ("Smith", "1985-03-31")}
    with world.change() as session:
        assert set(world.vault.index_candidates(session, **asked)["ascham-homes"]) == {old, new}
        assert rotate.retire_index_keys(session, "ascham-homes", 2031) == 1
        assert world.vault.index_candidates(session, **asked)["ascham-homes"] == (new,)


def test_a_years_index_key_dies_with_its_last_quarter(world):
    index(world, "Smith", "1985-03-31")
    asked = {"organisations": ["ascham-homes"], "name": PERSON, "values": ("Smith", "1985-03-31")}
    world.keyring.destroy_epoch(year_end(2031))
    with world.change() as session:
        assert world.vault.index_candidates(session, **asked) == {"ascham-homes": ()}
        shred.forget_epoch(session, year_end(2031))


@pytest.mark.parametrize(
    ("name", "values"),
    [
        (PERSON, ("", "1985-03-31")),
        (PERSON, ("Smith", "31st March")),
        (PERSON, ("Smith", "1985-02-30")),
        ("subject.uprn", ("12A",)),
        ("subject.phone", ("nobody",)),
        ("subject.surname+initial+year", ("Smith", "--", "1985")),
    ],
)
def test_a_value_that_cannot_be_indexed_is_named_by_its_part_and_never_quoted(world, name, values):
    with pytest.raises(InvalidError) as caught:
        index(world, *values, name=name)
    assert caught.value.problems[0].where.startswith(name)
    assert not any(len(value) > 2 and value in str(caught.value) for value in values)


@pytest.mark.parametrize(
    ("part", "same"),
    [
        ("uprn", ["100023336956", " 0100023336956"]),
        ("phone", ["020 7946 0018", "+44 (0)20 7946 0018", "0044 20 79460018"]),
        ("email", ["A.Person@Example.org", "a.person@example.org "]),
        ("vrm", ["AB12 CDE", "ab12cde"]),
        ("postcode", ["E17 3AB", "e173ab"]),
        ("initial", ["Élodie", "eve"]),
        ("year", ["1985", "31/03/1985", "1985-01-01"]),
        ("house", ["12a", "12A"]),
    ],
)
def test_spelling_does_not_hide_equality(part, same):
    assert len({NORMALISERS[part](value) for value in same}) == 1


def test_a_low_entropy_column_is_cut_short_and_a_wide_one_is_refused_at_the_start(world):
    cut = index(world, "E17 3AB", name="incident.postcode")
    assert len(cut) == 2
    assert cut[-1] & 0x0F == 0
    Vault(world.keyring, {"subject.dob": 16, "subject.uprn": 64})
    with pytest.raises(InvalidError) as caught:
        Vault(world.keyring, {"subject.dob": 64, "subject.surname": 32, "subject.uprn": 64})
    assert [problem.where for problem in caught.value.problems] == ["subject.dob", "subject.surname"]


@pytest.mark.parametrize("name", ["surname", ".surname", "subject.", "subject.height", "subject.surname+shoe"])
def test_an_index_that_nobody_defined_is_refused(name):
    with pytest.raises(ValueError, match=r"table\.part"):
        definition(name)


def test_every_part_has_its_entropy_declared():
    assert ENTROPY.keys() == NORMALISERS.keys()


def test_an_indexer_for_many_rows_gives_what_one_call_gives(world):
    with world.change() as session:
        indexer = world.vault.indexer(session, organisation="ascham-homes", due_year=2031, name=PERSON)
        assert indexer(("Smith", "1985-03-31")) == index_in(session, world)
    assert repr(indexer) == "<Indexer>"


def index_in(session: Session, world: World) -> bytes:
    return world.vault.index(
        session, organisation="ascham-homes", due_year=2031, name=PERSON, values=("Smith", "1985-03-31")
    )
