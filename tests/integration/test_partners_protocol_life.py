"""A protocol's life in the record: who made a version, who may ask and approve under it, what runs out, on both databases."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from sqlalchemy import delete

from protocols import drafting, terms_writing
from protocols.actor import Actor
from sharing import partners, requests
from sharing.errors import InvalidError, NotFoundError, NotPermittedError, StaleError
from sharing.partners.model import LiaisonPost, ProtocolDraft, Training
from tests.integration.disclosure_world import PARTNERSHIP, make_world

STARTS = date(2026, 12, 1)
COORDINATOR = "coordinator@council.example"
FAR = """
[partnership]
code = "far"
name = "Far"
kind = "CSP"
area = "Far"
[[organisation]]
code = "far-council"
name = "Far Council"
body_type = "council"
[[organisation.tier]]
tier = "responsible"
from = 2010-04-01
[[organisation.officer]]
name = "Fay"
post = "Co"
email = "fay@far.example"
roles = ["coordinator"]
from = 2015-01-01
"""


@pytest.fixture
def world(store):
    return make_world(store)


def draft_text(ref="UNDER", **changes) -> str:
    beginning = drafting.Beginning(
        PARTNERSHIP, ref, "Under way", STARTS, parties=("model-council", "model-police"), **changes
    )
    return terms_writing.write(drafting.from_model(beginning))


def begin(world, text: str, email: str = COORDINATOR):
    with world.store.unit(world.actor(email)) as unit:
        return partners.begin_from_text(unit, partners.BeginFromText(text))


def write(world, draft_id, version: int, text: str, part: str = "the cover"):
    with world.store.unit(world.actor(COORDINATOR)) as unit:
        partners.write_draft(unit, partners.WriteDraft(draft_id, version, part, text))


def opened(world, draft_id):
    with world.store.reading() as session:
        return partners.open_draft(session, PARTNERSHIP, draft_id, world.store.clock.today())


def test_a_draft_is_written_once_for_whoever_read_it_last_and_keeps_who_wrote_what(world):
    draft_id = begin(world, draft_text())
    write(world, draft_id, 1, draft_text(ref="UNDER-2"))
    with pytest.raises(StaleError):
        write(world, draft_id, 1, draft_text(ref="UNDER-3"))
    found = opened(world, draft_id)
    assert found.protocol.ref == "UNDER-2"
    assert [(who.name, who.parts) for who in found.making.contributors] == [
        ("Coral Ordinator", ("the whole text", "the cover"))
    ]


def test_a_half_written_version_is_not_read_by_the_rulebook(world):
    with world.store.reading() as session:
        before = partners.compiled_world(session, PARTNERSHIP)
    begin(world, draft_text())
    with world.store.reading() as session:
        assert partners.compiled_world(session, PARTNERSHIP) is before
        assert "UNDER" not in before.partnerships[PARTNERSHIP].protocols


def test_a_second_statutory_protocol_is_a_gap_of_the_draft_and_refused_when_it_is_offered(world):
    draft_id = begin(world, draft_text().replace("[text]", '[text]\ndpia = "Made"'))
    gaps = [gap.mend for gap in opened(world, draft_id).gaps]
    assert len(gaps) == 1
    assert "has a statutory protocol already" in gaps[0]
    with pytest.raises(InvalidError), world.store.unit(world.actor(COORDINATOR)) as unit:
        partners.offer_draft(unit, draft_id, 1)
    assert opened(world, draft_id).version == 1


def test_two_drafts_of_one_version_are_refused(world):
    begin(world, draft_text())
    with pytest.raises(InvalidError, match="under way already"):
        begin(world, draft_text())


@pytest.mark.parametrize("email", ["signatory@council.example", "officer@police.example", "auditor@council.example"])
def test_nobody_but_a_co_ordinator_begins_a_draft(world, email):
    with pytest.raises(NotPermittedError):
        begin(world, draft_text(), email)


def test_another_partnerships_draft_cannot_be_read_written_offered_or_dropped(world):
    with world.store.unit(Actor(operator="test")) as unit:
        partners.load_partnership(unit, FAR)
    draft_id = begin(world, draft_text())
    clock = world.store.clock
    with world.store.reading() as session:
        row = partners.officers(session, "far", clock.business_now(), clock.today())[0]
        fay = Actor(row.user_id, row.id, row.organisation, "far", row.roles)
        with pytest.raises(NotFoundError):
            partners.open_draft(session, "far", draft_id, world.store.clock.today())
    acts = (
        lambda unit: partners.write_draft(unit, partners.WriteDraft(draft_id, 1, "x", draft_text())),
        lambda unit: partners.offer_draft(unit, draft_id, 1),
        lambda unit: partners.drop_draft(unit, draft_id, 1),
        lambda unit: partners.consult_on_draft(
            unit, partners.ConsultOnDraft(draft_id, world.store.clock.today(), "x", name="y")
        ),
    )
    for act in acts:
        with pytest.raises(NotFoundError), world.store.unit(fay) as unit:
            act(unit)


def test_an_officer_of_an_organisation_that_has_not_signed_cannot_ask(world):
    world.deposit()
    with pytest.raises(NotPermittedError) as refused:
        world.ask("officer@charity.example")
    assert refused.value.rule == "signed-protocol"


def test_a_landlords_signature_shows_its_version_and_its_day(world):
    with world.store.reading() as session:
        register = partners.signatories(session, PARTNERSHIP, "MODEL-ISP", world.store.clock.business_now())
    homes = next(line for line in register.signatures if line.organisation == "model-homes")
    assert (homes.number, homes.status, homes.name) == (1, "signed", "Home Sign")
    assert homes.signed_at is not None


def test_an_officer_without_current_training_cannot_approve_and_the_directory_says_so(world):
    world.deposit()
    asked = world.ask()
    with world.store.unit(Actor(operator="test", partnership=PARTNERSHIP)) as unit:
        old = world.store.clock.today() - timedelta(days=800)
        unit.session.execute(delete(Training))
        unit.session.flush()
        hal = world.actor("liaison@homes.example")
        partners.record_training(unit, partners.RecordTraining(hal.officer_id, "information sharing", old, PARTNERSHIP))
    with pytest.raises(NotPermittedError) as refused:
        world.decide(asked.request_id)
    assert refused.value.rule == "trained"
    with world.store.reading() as session:
        listed = partners.partner_directory(session, PARTNERSHIP, world.store.clock.business_now())
    homes = next(each for each in listed if each.member.code == "model-homes")
    assert [(line.training_is_current, line.trained_on) for line in homes.liaison] == [(False, old)]
    assert homes.vacancy is not None
    assert "The 28 days are over" in homes.vacancy.says
    assert world.request(asked.request_id).status is requests.RequestStatus.WAITING


def test_a_vacancy_is_counted_down_from_the_day_the_post_fell_empty(world):
    today = world.store.clock.today()
    with world.store.unit(Actor(operator="test", partnership=PARTNERSHIP)) as unit:
        for post in unit.session.query(LiaisonPost).filter_by(organisation="model-homes"):
            post.to_on = today - timedelta(days=10)
        hal = world.actor("liaison@homes.example")
        partners.record_training(unit, partners.RecordTraining(hal.officer_id, "again", today, PARTNERSHIP))
    with world.store.reading() as session:
        vacancies = partners.vacancies(session, PARTNERSHIP, world.store.clock.business_now())
    assert vacancies["model-homes"].days_left == 18
    assert vacancies["model-homes"].begun
    assert "model-police" not in vacancies


def test_dropping_a_draft_leaves_no_text(world):
    draft_id = begin(world, draft_text())
    with world.store.unit(world.actor(COORDINATOR)) as unit:
        partners.drop_draft(unit, draft_id, 1)
    with world.store.reading() as session:
        assert session.get_one(ProtocolDraft, draft_id).text == ""
    with pytest.raises(NotFoundError):
        opened(world, draft_id)
