"""A form that is sent twice is done once, and nobody else can have its answer."""

from __future__ import annotations

import threading
import uuid
from datetime import timedelta

import pytest
from sqlalchemy import select, update

from protocols.actions import Event
from protocols.actor import Actor
from sharing import access
from sharing.access import Claim, Replay
from sharing.access.model import Draft, Idempotency
from sharing.errors import InvalidError, TamperedError

CLAIM = Claim("ann/return:submit", "key-1", "digest-of-the-body")


def act(store, claim=CLAIM, effects=None):
    """One sending: claim, do the thing, keep what it led to."""
    with store.unit(Actor(operator="test")) as unit:
        replay = access.once(unit, claim)
        if replay is not None:
            return replay
        unit.record(Event.COMMAND_RUN)
        access.keep_outcome(unit, claim, 303, "/landlord/returns/7")
    if effects is not None:
        effects.append(1)
    return None


def test_the_second_sending_gets_the_answer_of_the_first(store):
    assert act(store) is None
    assert act(store) == Replay(303, "/landlord/returns/7")


def test_the_same_key_with_another_body_is_refused(store):
    act(store)
    with pytest.raises(InvalidError) as refused:
        act(store, Claim(CLAIM.scope, CLAIM.key, "another-digest"))
    assert refused.value.problems[0].where == "Idempotency-Key"


def test_another_person_or_another_form_may_use_the_same_key(store):
    act(store)
    assert act(store, Claim("bob/return:submit", CLAIM.key, CLAIM.body_digest)) is None
    assert act(store, Claim("ann/visit:log", CLAIM.key, CLAIM.body_digest)) is None


def test_scope_and_key_cannot_be_shifted_into_each_other(store):
    act(store, Claim("ab", "c", "d"))
    assert act(store, Claim("a", "bc", "d")) is None


@pytest.mark.parametrize("key", ["", "x" * 201])
def test_a_missing_or_endless_key_is_refused(store, key):
    with pytest.raises(InvalidError):
        act(store, Claim("s", key, "d"))


def test_what_failed_leaves_no_key_behind(store):
    def claim_and_fail():
        with store.unit(Actor(operator="test")) as unit:
            assert access.once(unit, CLAIM) is None
            raise RuntimeError

    with pytest.raises(RuntimeError):
        claim_and_fail()
    assert act(store) is None


def test_two_sendings_at_once_have_one_effect(store):
    effects, answers = [], []
    threads = [threading.Thread(target=lambda: answers.append(act(store, effects=effects))) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(effects) == 1
    assert answers.count(Replay(303, "/landlord/returns/7")) == 7


def test_no_key_and_no_body_rests_in_clear(store):
    act(store)
    with store.reading() as session:
        row = session.scalars(select(Idempotency)).one()
    assert "key-1" not in row.scope_key
    assert "digest-of-the-body" not in row.body_digest


# --- drafts -----------------------------------------------------------------------------------------


@pytest.fixture
def ann(store):
    with store.unit(Actor(operator="test")) as unit:
        user_id = access.invite(unit, "ann@forest.example").user_id
        unit.record(Event.OFFICER_INVITED)
    return user_id


def save(store, user_id, key="visit:log", **fields):
    with store.unit(Actor(user_id=user_id)) as unit:
        return access.save_draft(unit, user_id, key, fields)


def read(store, user_id, key="visit:log"):
    with store.reading() as session:
        return access.read_draft(session, store.vault, user_id, key)


def test_a_draft_survives_and_the_last_one_wins(store, ann):
    save(store, ann, note="Saw the broken gate")
    save(store, ann, note="Saw the broken gate and two people")
    assert read(store, ann).fields == {"note": "Saw the broken gate and two people"}
    with store.reading() as session:
        assert [line.form_key for line in access.drafts_of(session, ann)] == ["visit:log"]


def test_a_draft_rests_sealed_and_hides_its_contents(store, ann):
    save(store, ann, note="Saw the broken gate")
    with store.reading() as session:
        row = session.scalars(select(Draft)).one()
    assert b"gate" not in row.payload
    assert "gate" not in repr(read(store, ann))


def test_a_draft_is_its_writers_alone(store, ann):
    save(store, ann, note="Saw the broken gate")
    assert read(store, uuid.uuid4()) is None
    assert read(store, ann, "visit:other") is None


def test_a_draft_that_was_moved_to_another_form_does_not_open(store, ann):
    save(store, ann, note="mine")
    save(store, ann, "return:2026-Q3", note="other")
    with store.engine.begin() as connection:
        payloads = dict(connection.execute(select(Draft.form_key, Draft.payload)).all())
        connection.execute(
            update(Draft).where(Draft.form_key == "visit:log").values(payload=payloads["return:2026-Q3"])
        )
    with pytest.raises(TamperedError):
        read(store, ann)


def test_a_draft_is_dropped_once_sent_and_forgotten_after_ninety_days(store, ann):
    save(store, ann, note="mine")
    with store.unit(Actor(user_id=ann)) as unit:
        access.drop_draft(unit, ann, "visit:log")
        access.drop_draft(unit, ann, "visit:log")
    assert read(store, ann) is None
    saved = save(store, ann, note="mine")
    with store.engine.begin() as connection:
        connection.execute(update(Draft).values(saved_at=saved - timedelta(days=91)))
    assert read(store, ann) is None
    with store.unit(Actor(operator="test")) as unit:
        assert access.sweep(unit) == 1


def test_an_endless_draft_is_refused(store, ann):
    with pytest.raises(InvalidError):
        save(store, ann, note="x" * 200_001)
