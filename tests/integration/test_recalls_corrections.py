"""What was wrong is put right wherever it went: through the gate where it still may go, as a notice where it may not."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import select

from protocols.actions import Event
from sharing import disclosures, partners, recalls
from sharing.disclosures.model import CaseField, CaseIndex
from sharing.errors import InvalidError, NotFoundError, NotPermittedError, StaleError
from sharing.ledger.model import LedgerEntry
from sharing.recalls import CorrectRecord
from sharing.store import Store
from sharing.vault import ciphertext_of
from tests.integration.disclosure_world import BORN, NAME, PARTNERSHIP
from tests.integration.recall_world import (
    ASKERS,
    COUNCIL,
    HOMES,
    LIAISON,
    POLICE,
    SECOND,
    Kept,
    RecallWorld,
    keep_world,
    make_recall_world,
)

RIGHT = "Zebedee Quillfather"


@pytest.fixture(scope="module")
def kept(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Kept:
    return keep_world(tmp_path_factory.mktemp("recalls") / "kept", sqlite_template)


@pytest.fixture
def given(kept: Kept, tmp_path: Path) -> Iterator[RecallWorld]:
    """Three partners hold the same three fields of one record."""
    world = kept.copy(tmp_path / "copy")
    yield world
    world.store.close()


@pytest.fixture
def on_both(store: Store) -> RecallWorld:
    """The same on either database, for what asks the database something new."""
    world = make_recall_world(store)
    world.give_to_all()
    return world


def correct(
    world: RecallWorld, code: str = "subject.name", value: str = RIGHT, email: str = LIAISON
) -> recalls.Corrected:
    with world.store.unit(world.actor(email)) as unit:
        return recalls.correct_record(unit, CorrectRecord(world.record_id, code, value))


def told(world: RecallWorld, recipient: str) -> recalls.NoticeView:
    with world.store.reading() as session:
        return recalls.notices_to(session, PARTNERSHIP, recipient)[0]


def open_as(world: RecallWorld, recipient: str) -> dict[str, str]:
    with world.store.unit(world.actor(ASKERS[recipient])) as unit:
        return recalls.open_corrected(unit, told(world, recipient).id)


def test_the_right_value_goes_as_a_new_disclosure_to_everybody_whom_the_protocol_still_covers(given: RecallWorld):
    made = correct(given)
    assert (made.sent, made.to_ask) == (3, 0)
    for recipient in ASKERS:
        assert open_as(given, recipient) == {"subject.name": RIGHT}
        values = given.open_as(recipient)  # the request as a whole shows the right value from now on
        assert RIGHT in values.values()
        assert NAME not in values.values()
    given.store.integrate()
    with given.store.reading() as session:
        bodies = session.scalars(select(LedgerEntry.body).order_by(LedgerEntry.at)).all()
    said = [body.decode() for body in bodies]
    assert sum(f'"type":"{Event.CORRECTION_SENT}"' in each for each in said) == 3
    assert not [each for each in said if RIGHT in each or NAME in each]


def test_a_coarser_form_is_corrected_in_the_form_in_which_it_was_given(given: RecallWorld):
    assert correct(given, "subject.dob", "1953-02-01").sent == 3
    assert open_as(given, POLICE) == {"subject.dob": "70 to 79"}


def test_the_wrong_value_is_gone_from_the_record_and_the_person_is_found_by_the_right_one(given: RecallWorld):
    with given.store.reading() as session:
        before = session.scalar(select(CaseField.value).where(CaseField.code == "subject.name"))
        tokens = set(session.scalars(select(CaseIndex.token).where(CaseIndex.record_id == given.record_id)))
    correct(given)
    with given.store.reading() as session:
        after = session.scalar(select(CaseField.value).where(CaseField.code == "subject.name"))
        made_anew = set(session.scalars(select(CaseIndex.token).where(CaseIndex.record_id == given.record_id)))
    assert ciphertext_of(before) != ciphertext_of(after)
    assert made_anew != tokens
    fresh = given.deposit_named("MH-2026-0009", RIGHT)
    with given.store.reading() as session:
        wanted = set(session.scalars(select(CaseIndex.token).where(CaseIndex.record_id == fresh)))
    assert wanted == made_anew


def test_whoever_the_protocol_no_longer_covers_gets_a_notice_and_no_value(given: RecallWorld):
    with given.store.unit(given.actor("signatory@police.example")) as unit:
        partners.withdraw_from_protocol(unit, partners.WithdrawFromProtocol("MODEL-ISP"))
    made = correct(given)
    assert (made.sent, made.to_ask) == (2, 1)
    notice = told(given, POLICE)
    assert notice.sent_id is None
    assert notice.why_not
    with pytest.raises(NotFoundError):
        open_as(given, POLICE)
    with given.store.reading() as session:
        assert [each.ref for each in disclosures.given_to(session, PARTNERSHIP, POLICE)] == [
            given.disclosure(given.given[POLICE]).ref
        ]


def test_nothing_goes_out_of_a_frozen_record_but_the_notice(given: RecallWorld):
    given.recall(POLICE)
    made = correct(given)
    assert (made.sent, made.to_ask) == (0, 3)
    assert told(given, COUNCIL).why_not == "retention"


def test_whoever_has_destroyed_its_copy_hears_nothing_more_of_it(given: RecallWorld):
    made = given.recall(POLICE)
    given.answer(made.recall_id, POLICE)
    given.end(made.recall_id, as_mistake=False)
    assert correct(given).sent == 2
    with given.store.reading() as session:
        assert recalls.notices_to(session, PARTNERSHIP, POLICE) == ()


def test_a_second_correction_follows_the_first_and_reaches_each_recipient_once(on_both: RecallWorld):
    correct(on_both, value="Zebedee Wrongfeather")
    made = correct(on_both)
    assert (made.sent, made.to_ask) == (3, 0)
    assert open_as(on_both, SECOND) == {"subject.name": RIGHT}


def test_a_field_that_reached_nobody_is_corrected_and_nobody_is_told(given: RecallWorld):
    made = correct(given, "case.history", "Drums at three in the afternoon")
    assert (made.sent, made.to_ask) == (0, 0)


def test_only_the_holders_liaison_officer_corrects_and_only_what_the_record_holds(given: RecallWorld):
    for email, refused in (("officer@homes.example", NotPermittedError), ("liaison@police.example", NotFoundError)):
        with pytest.raises(refused):
            correct(given, email=email)
    with pytest.raises(InvalidError, match="does not hold"):
        correct(given, "tenancy.tenant", "yes")
    with pytest.raises(InvalidError, match="right value"):
        correct(given, value="  ")


def test_a_recipient_acknowledges_once_and_the_supplier_sees_it(given: RecallWorld):
    made = correct(given)
    notice = told(given, POLICE)
    for email in (ASKERS[COUNCIL], LIAISON):
        with pytest.raises(NotFoundError), given.store.unit(given.actor(email)) as unit:
            recalls.acknowledge_correction(unit, notice.id, 1)
    with pytest.raises(NotFoundError), given.store.unit(given.actor(ASKERS[POLICE])) as unit:
        recalls.acknowledge_correction(unit, uuid.uuid4(), 1)
    with given.store.unit(given.actor(ASKERS[POLICE])) as unit:
        recalls.acknowledge_correction(unit, notice.id, 1)
    with pytest.raises((InvalidError, StaleError)), given.store.unit(given.actor(ASKERS[POLICE])) as unit:
        recalls.acknowledge_correction(unit, notice.id, 1)
    with given.store.reading() as session:
        seen = recalls.correction(session, PARTNERSHIP, HOMES, made.correction_id)
        assert {each.recipient: each.acknowledged_at is not None for each in seen.notices} == {
            POLICE: True,
            COUNCIL: False,
            SECOND: False,
        }
        with pytest.raises(NotFoundError):
            recalls.correction(session, PARTNERSHIP, POLICE, made.correction_id)
    assert told(given, POLICE).acknowledged_at is not None
    assert BORN not in repr(seen)
