"""Finding everything about one person: within one organisation, across spellings, without opening or telling anything."""

from __future__ import annotations

import json
import logging

import pytest
from sqlalchemy import select, update

from protocols.actions import Event
from protocols.actor import Actor
from sharing import disclosures
from sharing.disclosures.model import CaseIndex, CaseRecord, Disclosure
from sharing.disclosures.person_keys import STORED, Person
from sharing.disclosures.person_model import PersonIndex
from sharing.errors import InvalidError, NotFoundError, NotPermittedError
from sharing.ledger.model import LedgerEntry
from tests.integration.disclosure_world import ADDRESS, BORN, HISTORY, NAME, PARTNERSHIP, make_world
from tests.integration.subject_world import COUNCIL, HOMES, LIAISON, POLICE, ZEBEDEE, Answering, copied, prepare


@pytest.fixture
def answering(store) -> Answering:
    return Answering(make_world(store))


@pytest.fixture(scope="module")
def prepared(sqlite_template, tmp_path_factory):
    return prepare(tmp_path_factory.mktemp("prepared"), sqlite_template)


@pytest.fixture
def one(prepared, tmp_path):
    """The same on SQLite alone, for what does not turn on the database."""
    with copied(prepared, tmp_path) as answering:
        yield answering


SPELLINGS = (
    (Person(("zebedee QUILLFEATHER",), "27/03/1986"), "same"),
    (Person(("Quillfeather, Zebedee",), BORN), "same"),
    (Person(("Mr Zébedee Quillfeather",), BORN), "same"),
    (Person(("Zed Quillfeather",), BORN), "initial"),
    (Person(("Anna Quillfeather",), BORN), "surname"),
    (Person(("Zebedee Quilfether",), BORN), "sound"),
    (Person(("Zac Quillfeather",), "1986-11-01"), "year"),
    (Person(("Zebedee Quillfeather",), "", (ADDRESS,)), "postcode"),
    (Person(("Somebody Else",), "1950-01-01", ("14 Marmalade Row, ZZ99ZZ",)), "address"),
    (Person(("Zebedee Mottershead", "Zebedee Quillfeather"), BORN), "same"),
    (Person(("Zebedee Mottershead",), BORN), None),
    (Person(("Zebedee Quillfeather",), "1985-03-27"), None),
    (Person(("Zebedee Quillfeather",), "", ("15 Marmalade Row, ZZ9 9ZY",)), None),
)


def test_a_record_is_found_by_every_spelling_that_can_be_defended_and_by_no_other(answering):
    answering.deposit("MH-1", address=ADDRESS)
    for person, grade in SPELLINGS:
        assert answering.grades(person) == ({"MH-1": grade} if grade else {}), person.names


def test_day_and_month_the_other_way_round_are_tried_and_not_stored(one):
    one.deposit("MH-1", born="1986-03-07")
    one.deposit("MH-2", name="Anna Quillfeather", born="1986-03-07")
    assert one.grades(Person((NAME,), "1986-07-03")) == {"MH-1": "swapped"}
    with one.store.reading() as session:
        names = {name.partition(".")[2] for name in session.scalars(select(CaseIndex.name))}
    assert names <= set(STORED)


def test_half_of_a_double_surname_finds_the_whole_and_the_whole_the_half(one):
    one.deposit("MH-1", name="Anna Quill-Feather")
    one.deposit("MH-2", name="Anna Quill")
    assert one.grades(Person(("Anna Feather",), BORN)) == {"MH-1": "initial"}
    assert one.grades(Person(("Anna Quill-Feather",), BORN)) == {"MH-1": "same", "MH-2": "initial"}


def test_neither_of_two_organisations_that_hold_the_same_person_learns_of_the_other(answering):
    answering.deposit("MH-1", address=ADDRESS)
    answering.deposit("MC-1", address=ADDRESS, organisation=COUNCIL)
    assert set(answering.grades(ZEBEDEE, HOMES)) == {"MH-1"}
    assert set(answering.grades(ZEBEDEE, COUNCIL)) == {"MC-1"}
    nothing = answering.find(ZEBEDEE, POLICE)
    assert (nothing.records, nothing.told, nothing.copies) == ((), (), ())


def test_no_token_is_equal_across_organisations_years_kinds_or_indexes(one):
    one.deposit("MH-1", address=ADDRESS)
    one.deposit("MH-2", address=ADDRESS, days=1200)
    one.deposit("MC-1", address=ADDRESS, organisation=COUNCIL)
    one.world.deposit()
    one.given_to_police()
    with one.store.reading() as session:
        query = select(CaseRecord.holder, CaseRecord.retain_until, CaseIndex.name, CaseIndex.token)
        rows = session.execute(query.join(CaseIndex, CaseIndex.record_id == CaseRecord.id)).all()
        copies = session.execute(select(PersonIndex.organisation, PersonIndex.name, PersonIndex.token)).all()
    places = {(r.holder, r.retain_until.year, r.name): r.token for r in rows}
    places |= {(c.organisation, 0, c.name): c.token for c in copies}
    assert len(places) == 3 * len(STORED) + 2  # the copy has name and address, and an age band that is no key
    assert len(set(places.values())) == len(places)


def test_records_that_fall_due_in_different_years_are_found_by_one_search(answering):
    for number, days in enumerate((400, 900, 1500)):
        answering.deposit(f"MH-{number}", days=days)
    assert len(answering.grades(ZEBEDEE)) == 3


def test_whoever_was_told_and_what_one_was_given_is_found_by_each_side_for_itself(answering):
    answering.world.deposit()
    answering.given_to_police()
    homes, police = answering.find(ZEBEDEE, HOMES), answering.find(ZEBEDEE, POLICE)
    assert [(told.made.recipient, told.made.supplier) for told in homes.told] == [(POLICE, HOMES)]
    assert homes.copies == ()
    assert police.records == police.told == ()
    assert [(copy.made.supplier, copy.ways[0], copy.held) for copy in police.copies] == [(HOMES, "postcode", True)]
    with answering.unit(POLICE) as unit:
        assert disclosures.open_copy(unit, police.copies[0].made.id)["subject.name"] == NAME


def test_what_was_given_in_a_coarser_form_finds_nobody(one):
    one.world.deposit()
    made = one.world.ask()
    allow = {"subject.name": "as-is", "subject.dob": "age-band", "subject.address": "outward-postcode"}
    assert one.world.decide(made.request_id, allow=allow).outcome == "released"
    assert one.find(ZEBEDEE, POLICE).copies == ()


def test_a_recalled_copy_is_named_and_can_no_longer_be_opened(one):
    one.world.deposit()
    one.given_to_police()
    with one.store.engine.begin() as connection:
        connection.execute(update(Disclosure).values(recalled_at=one.store.clock.now()))
    (copy,) = one.find(ZEBEDEE, POLICE).copies
    assert not copy.held
    with pytest.raises(NotPermittedError) as refused, one.unit(POLICE) as unit:
        disclosures.open_copy(unit, copy.made.id)
    assert refused.value.rule == "recalled"


def test_the_search_is_an_entry_that_names_nobody_and_comes_before_anything_is_found(one):
    one.deposit("MH-1")
    with one.unit(HOMES) as unit:
        disclosures.find_person(unit, ZEBEDEE, reason="access", ref="SA2026-0001")
        assert [entry.type for entry in unit.recorded] == ["subject:searched"]
    one.store.integrate()
    with one.store.reading() as session:
        bodies = [json.loads(body) for body in session.scalars(select(LedgerEntry.body))]
    (entry,) = [body for body in bodies if body["type"] == "subject:searched"]
    assert entry["facts"] == {
        "reason": "access",
        "ref": "SA2026-0001",
        "given": {"names": 1, "birth": True, "addresses": 1},
    }
    assert "about" not in entry or entry["about"] is None


def test_no_canary_of_a_search_rests_in_the_database_its_journal_or_the_log(one, caplog, tmp_path):
    caplog.set_level(logging.DEBUG)
    one.deposit("MH-1", address=ADDRESS)
    one.received()
    one.find(Person(("Peregrine Canarybird",), "1971-04-05", ("9 Budgerigar Close, QX1 1QX",)))
    one.store.integrate()
    files = [path for path in tmp_path.rglob("*") if path.is_file()]
    assert files
    raw = b"".join(path.read_bytes() for path in files)
    for canary in (NAME, "Quillfeather", "Marmalade", HISTORY, "Canarybird", "Budgerigar", "1971-04-05", BORN):
        assert canary.encode() not in raw, canary
        assert canary not in caplog.text, canary


def test_whoever_may_not_search_finds_nothing_and_leaves_no_search(one):
    one.deposit("MH-1")
    for email in ("officer@homes.example", "signatory@homes.example", "auditor@council.example"):
        with pytest.raises(NotPermittedError), one.store.unit(one.actor(email)) as unit:
            disclosures.find_person(unit, ZEBEDEE, reason="access")
    with pytest.raises(NotPermittedError), one.store.unit(Actor(operator="root", partnership=PARTNERSHIP)) as unit:
        disclosures.find_person(unit, ZEBEDEE, reason="access")


@pytest.mark.parametrize(
    "person", [Person((NAME,)), Person((), BORN), Person((), "", ("somewhere",)), Person((NAME,), "Tuesday"), Person()]
)
def test_too_little_to_look_for_is_refused_in_words_that_quote_nothing(one, person):
    with pytest.raises(InvalidError) as refused:
        one.find(person)
    assert NAME not in str(refused.value)
    assert "Tuesday" not in str(refused.value)


def test_a_shredded_record_vanishes_from_search_and_from_the_index(answering):
    record_id = answering.deposit("MH-1", address=ADDRESS)
    with answering.store.engine.begin() as connection:
        connection.execute(update(CaseRecord).where(CaseRecord.id == record_id).values(state="shredded"))
    assert answering.grades(ZEBEDEE) == {}  # already before its index goes
    with answering.store.reading() as session:
        before = session.scalars(select(CaseIndex.id).where(CaseIndex.record_id == record_id)).all()
    with answering.unit(HOMES) as unit:
        assert disclosures.forget_person(unit.session, PARTNERSHIP, record_id) == len(before) == len(STORED)
        unit.record(Event.RECORD_SHREDDED, about=record_id)
    with answering.store.reading() as session:
        assert session.scalars(select(CaseIndex.id).where(CaseIndex.record_id == record_id)).all() == []
    with pytest.raises(NotFoundError), answering.unit(HOMES) as unit:
        disclosures.open_record(unit, record_id)


def test_a_record_of_anybody_elses_cannot_be_opened_by_its_id(one):
    record_id = one.deposit("MH-1")
    for organisation in (COUNCIL, POLICE):
        with pytest.raises(NotFoundError), one.unit(organisation) as unit:
            disclosures.open_record(unit, record_id)
    own = one.actor(LIAISON[HOMES])
    elsewhere = Actor(own.user_id, own.officer_id, HOMES, "another-csp", own.roles)
    with pytest.raises(NotFoundError), one.store.unit(elsewhere) as unit:
        disclosures.open_record(unit, record_id)
    with one.store.unit(elsewhere) as unit:
        assert disclosures.find_person(unit, ZEBEDEE, reason="access").records == ()
