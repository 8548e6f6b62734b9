"""Answering a person: the month, what goes, what is held back without a trace, and what never goes towards whom."""

from __future__ import annotations

import uuid
from datetime import date, timedelta

import pytest
from sqlalchemy import update

from protocols.actions import Action
from sharing import disclosures, subjects
from sharing.disclosures.model import CaseRecord
from sharing.errors import InvalidError, NotFoundError, NotPermittedError, StaleError
from sharing.subjects import DecideItem, ReceiveRequest
from sharing.subjects.model import SubjectItem, SubjectQuestion
from tests.integration.disclosure_world import ADDRESS, BORN, HISTORY, NAME, PARTNERSHIP, make_world
from tests.integration.subject_world import COUNCIL, HOMES, POLICE, ZEBEDEE, Answering, copied, prepare


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


def types(unit) -> list[str]:
    return [entry.type for entry in unit.recorded]


def test_a_person_is_answered_with_everything_held_and_everyone_told(answering):
    answering.world.deposit()
    answering.given_to_police()
    made = answering.received()
    assert {(item.kind, item.grade) for item in answering.request(made).items} == {("record", "same"), ("told", "same")}
    answering.decide(made, "include")
    with answering.unit(HOMES) as unit:
        pack = subjects.make_pack(unit, made, ".pdf")
        assert types(unit) == ["record:viewed", "subject_request:pack_made"]
    assert pack.records[0].fields["subject.name"] == NAME
    assert pack.records[0].fields["subject.address"] == ADDRESS
    assert (pack.told[0].recipient, pack.told[0].purpose) == (POLICE, "asb-case")
    assert set(pack.told[0].fields) == {"subject.name", "subject.dob", "subject.address"}
    with answering.unit(HOMES) as unit:
        subjects.answer_request(unit, made, answering.request(made).version)
    assert answering.request(made).status == "answered"


def test_gathering_opens_the_requests_words_then_searches_then_keeps_each_an_entry(one):
    one.deposit("MH-1")
    made = one.received(gathered=False)
    with one.unit(HOMES) as unit:
        assert subjects.gather_items(unit, made) == 1
        assert types(unit) == ["record:viewed", "subject:searched", "subject_request:items_gathered"]
    one.deposit("MH-2")
    with one.unit(HOMES) as unit:
        assert subjects.gather_items(unit, made) == 1


def test_the_month_waits_for_the_identity_and_is_extended_once_while_it_runs(one):
    today = one.store.clock.today()
    received = today - timedelta(days=20)
    with one.unit(HOMES) as unit:
        made = subjects.receive_request(unit, ReceiveRequest(received, ZEBEDEE))
    assert (one.request(made).due_on, one.request(made).status) == (None, "identity")
    with pytest.raises(InvalidError), one.unit(HOMES) as unit:
        subjects.gather_items(unit, made)
    with one.unit(HOMES) as unit:
        subjects.check_identity(unit, subjects.CheckIdentity(made, 1, "document", today - timedelta(days=5)))
    first = one.request(made).due_on
    assert first is not None
    assert 28 <= (first - (today - timedelta(days=5))).days <= 31
    with one.unit(HOMES) as unit:
        subjects.extend_request(unit, made, 2, "complex")
    extended = one.request(made).due_on
    assert extended is not None
    assert 59 <= (extended - first).days <= 62
    with pytest.raises(InvalidError), one.unit(HOMES) as unit:
        subjects.extend_request(unit, made, 3, "complex")


def test_a_request_is_not_extended_after_its_first_month(one):
    with one.unit(HOMES) as unit:
        long_ago = one.store.clock.today() - timedelta(days=40)
        made = subjects.receive_request(unit, ReceiveRequest(long_ago, ZEBEDEE, identity="known"))
    assert one.request(made).is_overdue(one.store.clock.today())
    with pytest.raises(InvalidError, match="month"), one.unit(HOMES) as unit:
        subjects.extend_request(unit, made, 1, "complex")


def test_what_is_held_back_leaves_no_trace_in_the_pack(one):
    one.deposit("MH-1")
    without = one.received()
    one.decide(without, "include")
    shorter = one.pack(without)
    one.deposit("MH-0")
    made = one.received()
    one.withhold(made, "MH-0")
    one.decide(made, "include", "MH-1")
    pack = one.pack(made)
    assert pack == subjects.SubjectPack(
        pack.ref, shorter.organisation, shorter.received_on, shorter.records, shorter.copies, shorter.told
    )


def test_holding_back_needs_a_reason_the_deciders_words_and_a_day_not_too_late(one):
    one.deposit("MH-1")
    made = one.received()
    for wrong in ({"reason": "because"}, {"why": " "}, {"days": 400}, {"days": 0}):
        with pytest.raises(InvalidError):
            one.withhold(made, **wrong)
    with pytest.raises(InvalidError):
        one.pack(made)
    one.withhold(made)
    assert one.request(made).items[0].outcome == "withhold"
    assert one.pack(made).records == ()


def test_what_was_held_back_comes_up_on_its_day_and_goes_as_a_supplement(answering):
    answering.deposit("MH-1")
    made = answering.received()
    answering.withhold(made)
    answering.pack(made)
    with answering.unit(HOMES) as unit:
        subjects.answer_request(unit, made, answering.request(made).version)
    today = answering.store.clock.today()
    assert answering.request(made).to_re_examine(today) == 0
    with answering.store.engine.begin() as connection:
        connection.execute(update(SubjectItem).values(re_examine_on=today))
    assert answering.request(made).to_re_examine(today) == 1
    with pytest.raises(InvalidError, match=r"looked at again|MH-1"):
        answering.pack(made)
    answering.decide(made, "include", "MH-1")
    reopened = answering.request(made)
    assert reopened.status == "open"
    assert reopened.due_on is not None
    assert reopened.due_on > today
    assert [record.reference for record in answering.pack(made).records] == ["MH-1"]


def test_an_answer_needs_a_pack_that_is_newer_than_the_last_decision(one):
    one.deposit("MH-1")
    made = one.received()
    one.decide(made, "include")
    one.pack(made)
    one.decide(made, "another-person", "MH-1")
    with pytest.raises(InvalidError, match="pack"), one.unit(HOMES) as unit:
        subjects.answer_request(unit, made, one.request(made).version)


def test_whoever_supplied_a_copy_is_asked_first_by_reference_and_learns_no_name(answering):
    answering.world.deposit()
    answering.given_to_police()
    made = answering.received(organisation=POLICE)
    (item,) = answering.request(made, POLICE).items
    assert (item.kind, item.supplier) == ("copy", HOMES)
    with pytest.raises(InvalidError, match="first"):
        answering.decide(made, "include", organisation=POLICE)
    with answering.unit(POLICE) as unit:
        subjects.consult_supplier(unit, item.id)
        assert NAME not in str(unit.recorded)
    with pytest.raises(InvalidError, match="has until"):
        answering.decide(made, "include", organisation=POLICE)
    with answering.store.reading() as session:
        (question,) = subjects.questions_to(session, PARTNERSHIP, HOMES)
        assert subjects.questions_to(session, PARTNERSHIP, COUNCIL) == ()
    with pytest.raises(NotFoundError), answering.unit(COUNCIL) as unit:
        subjects.advise_on_item(unit, question.id, 1, "no-objection")
    with answering.unit(HOMES) as unit:
        subjects.advise_on_item(unit, question.id, 1, "hold-back", "crime")
    (item,) = answering.request(made, POLICE).items
    assert item.question is not None
    assert (item.question.advice, item.question.reason) == ("hold-back", "crime")
    answering.decide(made, "include", organisation=POLICE)  # the holder decides all the same
    assert answering.pack(made, POLICE).copies[0].fields["subject.name"] == NAME


def test_a_supplier_that_stays_silent_does_not_stop_the_clock(one):
    one.world.deposit()
    one.given_to_police()
    made = one.received(organisation=POLICE)
    with one.unit(POLICE) as unit:
        subjects.consult_supplier(unit, one.request(made, POLICE).items[0].id)
    with one.store.engine.begin() as connection:
        connection.execute(update(SubjectQuestion).values(reply_by=date(2020, 1, 1)))
    one.decide(made, "include", organisation=POLICE)
    assert len(one.pack(made, POLICE).copies) == 1


def test_nobody_elses_request_item_or_question_is_reachable_by_its_id(one):
    one.deposit("MH-1")
    made = one.received()
    (item,) = one.request(made).items
    for organisation in (COUNCIL, POLICE):
        with pytest.raises(NotFoundError):
            one.request(made, organisation)
        for step in (
            lambda unit: subjects.gather_items(unit, made),
            lambda unit: subjects.make_pack(unit, made, ".json"),
            lambda unit: subjects.extend_request(unit, made, 1, "complex"),
            lambda unit: subjects.answer_request(unit, made, 1),
            lambda unit: subjects.decide_item(unit, DecideItem(item.id, 1, "include")),
            lambda unit: subjects.consult_supplier(unit, item.id),
            lambda unit: subjects.decide_item(unit, DecideItem(uuid.uuid4(), 1, "include")),
        ):
            with pytest.raises(NotFoundError), one.unit(organisation) as unit:
                step(unit)


def test_two_deciders_of_one_item_cannot_both_win(one):
    one.deposit("MH-1")
    made = one.received()
    (item,) = one.request(made).items
    one.decide(made, "include")
    with pytest.raises(StaleError), one.unit(HOMES) as unit:
        subjects.decide_item(unit, DecideItem(item.id, item.version, "another-person"))


def test_a_record_that_was_shredded_meanwhile_is_gone_from_the_items(one):
    one.deposit("MH-1")
    made = one.received()
    one.decide(made, "include")
    with one.store.engine.begin() as connection:
        connection.execute(update(CaseRecord).values(state="shredded"))
    with one.unit(HOMES) as unit:
        subjects.gather_items(unit, made)
    assert one.request(made).items[0].outcome == "gone"
    assert one.pack(made).records == ()


# --- what never goes towards whom ------------------------------------------------------------------

VICTIM = ("Clementine Thistlewood", "1990-02-03")
PARTNER = ("Barnaby Quillfeather", "1984-05-06")


@pytest.fixture
def danger(one) -> Answering:
    """Zebedee (MH-1) harmed Clementine (MH-2), who still stands at his address; Barnaby (MH-3) lives with him."""
    one.deposit("MH-1", address=ADDRESS)
    one.deposit("MH-2", *VICTIM, address=ADDRESS)
    one.deposit("MH-3", *PARTNER)
    one.link("MH-2", "victim-of", "MH-1")
    one.link("MH-3", "lives-with", "MH-1")
    return one


@pytest.mark.parametrize("asker", [ZEBEDEE, disclosures.Person((PARTNER[0],), PARTNER[1], (ADDRESS,))])
def test_a_victim_never_goes_into_the_pack_of_the_household_of_whoever_harmed_them(danger, asker):
    made = danger.received(asker)
    assert "MH-2" in {item.ref for item in danger.request(made).items}
    with pytest.raises(NotPermittedError) as refused:
        danger.decide(made, "include", "MH-2")
    assert refused.value.rule == "victim-address"


def test_the_victims_own_request_is_answered(danger):
    made = danger.received(disclosures.Person((VICTIM[0],), VICTIM[1]))
    danger.decide(made, "include")
    assert danger.pack(made).records[0].fields["subject.name"] == VICTIM[0]


def test_a_tie_that_is_recorded_after_the_decision_stops_the_pack(one):
    one.deposit("MH-1", address=ADDRESS)
    one.deposit("MH-2", *VICTIM, address=ADDRESS)
    made = one.received()
    one.decide(made, "include")
    one.link("MH-2", "victim-of", "MH-1")
    with pytest.raises(NotPermittedError) as refused:
        one.pack(made)
    assert refused.value.rule == "victim-address"


def test_a_tie_makes_the_victims_address_a_secret_that_the_rulebook_keeps(answering):
    answering.world.deposit()
    answering.deposit("MH-9", *VICTIM)
    before = answering.world.decide(answering.world.ask().request_id).answer["fields"]
    assert (before["subject.name"]["result"], before["subject.address"]["result"]) == ("released", "released")
    answering.link("MH-2026-0001", "victim-of", "MH-9")
    after = answering.world.decide(answering.world.ask().request_id).answer["fields"]
    assert (after["subject.name"]["result"], after["subject.address"]["result"]) == ("withheld", "withheld")
    assert after["subject.address"]["rule"] == "line"


def test_ties_are_private_to_their_holder_and_no_entry_says_who_is_tied_to_whom(one):
    one.deposit("MH-1")
    one.deposit("MH-2", *VICTIM)
    one.deposit("MC-1", organisation=COUNCIL)
    with one.unit(HOMES) as unit:
        subjects.link_subjects(unit, subjects.LinkSubjects("MH-2", "victim-of", "MH-1"))
        assert [entry.facts for entry in unit.recorded] == [{"safe_address": True}]
    with one.store.reading() as session:
        assert len(subjects.links_of(session, PARTNERSHIP, HOMES)) == 1
        assert subjects.links_of(session, PARTNERSHIP, COUNCIL) == ()
    for reference, other in (("MH-1", "MC-1"), ("MC-1", "MH-1"), ("MH-1", "MH-1"), ("MH-1", "nothing")):
        with pytest.raises(InvalidError):
            one.link(reference, "lives-with", other)


# --- telling somebody outside (M95) ----------------------------------------------------------------


def test_an_incoming_tenant_is_never_told_why_the_previous_tenant_left(answering):
    answering.world.deposit()
    refused = answering.tell("resident", "past-tenant", "MH-2026-0001")
    assert refused.rule == "past-tenant"
    assert "personal data" in refused.reason
    assert "ready to let" in refused.instead
    with answering.store.reading() as session:
        (kept,) = subjects.attempts(session, PARTNERSHIP, HOMES)
        assert (kept.rule, kept.entry_id) == ("past-tenant", refused.entry_id)
        assert subjects.attempts(session, PARTNERSHIP, POLICE) == ()
        with pytest.raises(NotFoundError):
            subjects.attempt(session, PARTNERSHIP, POLICE, kept.id)
        assert disclosures.given_by(session, PARTNERSHIP, HOMES) == ()  # nothing left


def test_every_attempt_to_tell_somebody_outside_is_refused_and_is_an_entry(one):
    from protocols.outside import outside_kinds, topics

    one.world.deposit()
    for kind in outside_kinds():
        for topic in topics():
            refused = one.tell(kind, topic, "MH-2026-0001")
            assert refused.rule == ("past-tenant" if topic == "past-tenant" else "members-only")
            assert refused.reason
            assert refused.instead
    one.store.integrate()
    with one.store.reading() as session:
        kept = subjects.attempts(session, PARTNERSHIP, HOMES)
    assert len(kept) == len(outside_kinds()) * len(topics())
    assert all(one.store.receipt(each.entry_id) for each in kept)


def test_the_household_of_whoever_harmed_a_victim_is_refused_for_that_reason_first(danger):
    assert danger.tell("resident", "victim", "MH-2", "MH-3").rule == "victim-address"
    assert danger.tell("resident", "victim", "MH-2", "MH-1").rule == "victim-address"
    assert danger.tell("resident", "victim", "MH-2").rule == "members-only"


@pytest.mark.parametrize(
    ("kind", "topic", "reference"),
    [("member", "case", "MH-2026-0001"), ("nobody", "case", "MH-2026-0001"), ("resident", "x", "MH-2026-0001"),
     ("resident", "case", "MC-1")],
)  # fmt: skip
def test_an_attempt_that_cannot_be_judged_is_refused_as_wrong(one, kind, topic, reference):
    one.world.deposit()
    with pytest.raises(InvalidError):
        one.tell(kind, topic, reference)


def test_no_role_holds_a_way_to_tell_somebody_outside():
    """The action exists to be judged: whatever facts are true of an attempt outside, it is refused."""
    from protocols.actor import Actor
    from protocols.outside import outside_kinds, topics
    from protocols.permits import permits
    from protocols.roles import Role

    everybody = Actor(uuid.uuid4(), uuid.uuid4(), HOMES, PARTNERSHIP, frozenset(Role) - {Role.READER})
    for kind in outside_kinds():
        for topic in topics():
            facts = {"partnership": PARTNERSHIP, "organisation": HOMES, "endangers": False}
            assert not permits(everybody, Action.TELL_OUTSIDE, **facts, recipient_kind=kind, topic=topic).allowed


def test_the_words_of_a_request_never_rest_in_clear(one, tmp_path):
    one.received(disclosures.Person(("Peregrine Canarybird",), BORN, ("9 Budgerigar Close, QX1 1QX",)))
    one.store.integrate()
    raw = b"".join(path.read_bytes() for path in tmp_path.rglob("*") if path.is_file())
    for canary in (b"Canarybird", b"Budgerigar"):
        assert canary not in raw


def test_a_field_about_somebody_else_is_left_out_of_what_goes_for_a_reason(one):
    one.world.deposit()
    made = one.received()
    today = one.store.clock.today()
    history = ("case.history",)
    for wrong in (
        {"left_out": history},
        {
            "left_out": ("witness.statement",),
            "reason": "third-party",
            "why": "x",
            "re_examine_on": today + timedelta(9),
        },
    ):
        with pytest.raises(InvalidError):
            one.decide(made, "include", **wrong)
    kept = {"reason": "third-party", "why": "It names who complained", "re_examine_on": today + timedelta(days=30)}
    one.decide(made, "include", left_out=history, **kept)
    fields = one.pack(made).records[0].fields
    assert set(fields) == {"subject.name", "subject.dob", "subject.address", "case.reference"}
    assert HISTORY not in str(dict(fields))
    with one.store.engine.begin() as connection:
        connection.execute(update(SubjectItem).values(re_examine_on=today))
    with pytest.raises(InvalidError):  # its day has come
        one.pack(made)
    one.decide(made, "include", "MH-2026-0001")
    assert one.pack(made).records[0].fields["case.history"] == HISTORY
