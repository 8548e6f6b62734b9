"""The auditor's counter over the record: reconciliation, samples, what was told outside, break-glass, and attacks on each."""

from __future__ import annotations

import uuid
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import event, select, update
from sqlalchemy.orm import Session

from protocols.actions import Event
from protocols.roles import Role
from sharing import audit, disclosures, partners
from sharing.audit import rules
from sharing.audit.model import AuditSample, BreakGlass, OutsideDisclosure
from sharing.disclosures.model import CaseField, Disclosure, DisclosureField
from sharing.errors import InvalidError, NotFoundError, NotPermittedError, StaleError
from sharing.ledger.of_kind import entries_of_kind
from sharing.partners import WorkKind
from sharing.partners.model import Assignment
from sharing.requests.model import InformationRequest, RequestDecision
from sharing.vault import shred
from tests.integration.disclosure_world import ADDRESS, BORN, NAME, PARTNERSHIP, World, make_world

AUDITOR, LIAISON = "auditor@council.example", "liaison@homes.example"
OFFICER = "officer@police.example"
SEED = "quiet otters mend long fences"


@pytest.fixture
def database_url(make_database) -> str:
    """One database for what is the same on both; test_audit_databases asks what touches SQL in a way of its own."""
    return make_database("sqlite")


@pytest.fixture
def world(store) -> World:
    event.listen(store.engine, "connect", lambda connection, _: connection.execute("PRAGMA synchronous=OFF"))
    store.engine.dispose()  # connections from now on: nothing here is about power cuts
    return make_world(store)


def give(world: World, reference: str, **changes) -> disclosures.Released:
    """One release from the landlord to the police."""
    world.deposit(reference)
    made = world.ask(subject_ref=reference)
    return world.decide(made.request_id, **changes)


def scope(session, world: World, *, days: int = 30) -> audit.Scope:
    today = world.store.clock.today()
    return audit.Scope(session, PARTNERSHIP, today - timedelta(days=days), today, world.store.clock)


def figure(world: World, code: str, **more) -> audit.Figure:
    with world.store.reading() as session:
        return audit.figure(scope(session, world, **more), code)


def change(world: World, statement) -> None:
    """Whoever has the database changes a row in it."""
    with Session(world.store.engine) as session:
        session.execute(statement)
        session.commit()


def kinds(world: World, kind: Event) -> list:
    now = world.store.clock.now()
    with world.store.reading() as session:
        return entries_of_kind(session, PARTNERSHIP, kind, now - timedelta(days=1), now + timedelta(days=1))


# --- reconciliation --------------------------------------------------------------------------------


def test_every_release_of_the_portal_is_covered_when_it_is_judged_again(world: World):
    give(world, "MH-2026-0001")
    give(world, "MH-2026-0002")
    found = figure(world, "without-cover")
    assert (found.number, found.out_of, found.alarm, found.rows) == (0, 2, False, ())


def test_a_release_that_the_rules_would_not_make_is_found_though_its_stored_answer_says_otherwise(world: World):
    made = give(world, "MH-2026-0001")
    with world.store.reading() as session:
        asked = dict(session.get(Disclosure, made.disclosure_id).asked)
    change(world, update(Disclosure).values(asked={**asked, "purpose": "hotspot-analysis"}))
    found = figure(world, "without-cover")
    assert (found.number, found.out_of, found.alarm) == (1, 1, True)
    assert {row[4] for row in found.rows} >= {"subject.name", "subject.address"}
    assert set(found.about) == {made.disclosure_id}


def test_a_field_that_left_finer_than_the_rules_allow_is_without_cover(world: World):
    made = give(world, "MH-2026-0001")
    change(
        world,
        update(DisclosureField)
        .where(DisclosureField.disclosure_id == made.disclosure_id, DisclosureField.code == "subject.dob")
        .values(form="as-is"),
    )
    found = figure(world, "without-cover")
    assert [(row[4], row[5]) for row in found.rows] == [("subject.dob", "only in a coarser form")]


def test_every_line_in_force_is_listed_with_its_releases_and_those_never_used_are_counted(world: World):
    give(world, "MH-2026-0001")
    found = figure(world, "clauses-never-used")
    used = {row[2]: row[3] for row in found.rows}
    assert used["1.1"] == 1
    assert used["1.2"] == 0
    assert found.number == sum(not number for number in used.values())
    assert found.out_of == len(used) >= 5


def test_a_reply_that_is_late_or_still_waits_is_counted_at_its_supplier_with_the_median(world: World):
    give(world, "MH-2026-0001")
    give(world, "MH-2026-0002")
    world.deposit("MH-2026-0003")
    waiting = world.ask(subject_ref="MH-2026-0003")
    change(
        world,
        update(InformationRequest)
        .where(InformationRequest.id == waiting.request_id)
        .values(reply_due_on=world.store.clock.today() - timedelta(days=1)),
    )
    found = figure(world, "overdue-replies")
    assert (found.number, found.out_of, found.alarm) == (1, 3, True)
    assert found.rows == (("model-homes", 3, 0, 1, 0.0),)


def test_a_copy_past_its_day_is_counted_until_its_key_is_gone(world: World):
    made = give(world, "MH-2026-0001")
    give(world, "MH-2026-0002")
    yesterday = world.store.clock.today() - timedelta(days=1)
    change(world, update(Disclosure).where(Disclosure.id == made.disclosure_id).values(kept_until=yesterday))
    found = figure(world, "over-retention")
    assert (found.number, found.out_of, found.alarm) == (1, 1, True)
    assert found.rows[0][0] == made.ref
    with Session(world.store.engine) as session:
        shred.shred_record(session, made.disclosure_id)
        session.commit()
    found = figure(world, "over-retention")
    assert (found.number, found.out_of, found.alarm) == (0, 1, False)


def test_who_opens_without_being_assigned_is_listed_and_who_works_on_it_is_not(world: World):
    made = give(world, "MH-2026-0001")
    with world.store.reading() as session:
        request_id = session.get(Disclosure, made.disclosure_id).request_id
    world.view(request_id)
    found = figure(world, "reads-without-task")
    assert (found.number, found.out_of) == (0, 1)
    record = disclosures.OwnRecord("case_record", _record_id(world, "MH-2026-0001"), "model-homes", PARTNERSHIP)
    _open_own(world, record)
    found = figure(world, "reads-without-task")
    assert (found.number, found.out_of, found.alarm) == (1, 2, True)
    assert found.rows[0][1:] == ("Land Lord, Land Lord post", "model-homes", "case MH-2026-0001")
    with world.store.unit(world.actor(LIAISON)) as unit:
        officer = world.actor("officer@homes.example").officer_id
        partners.assign_officer(
            unit, partners.AssignOfficer(officer_id=officer, kind=WorkKind.CASE, ref="MH-2026-0001")
        )
    _open_own(world, record)
    found = figure(world, "reads-without-task")
    assert (found.number, found.out_of) == (1, 3)
    counted = figure(world, "most-reads")
    assert counted.number == 3
    assert counted.rows[0] == ("Land Lord, Land Lord post", "model-homes", 2)


def _record_id(world: World, reference: str) -> uuid.UUID:
    with world.store.reading() as session:
        return disclosures.find_record(session, PARTNERSHIP, "model-homes", reference)


def _open_own(world: World, record: disclosures.OwnRecord) -> None:
    with world.store.unit(world.actor("officer@homes.example")) as unit:
        cell = unit.session.scalars(
            select(CaseField).where(CaseField.record_id == record.record_id, CaseField.code == "subject.name")
        ).one()
        assert disclosures.view_own(unit, record, {"subject.name": cell.value}) == {"subject.name": NAME}


def test_refusals_are_counted_by_their_class_and_by_the_rule(world: World):
    give(
        world,
        "MH-2026-0001",
        allow={"subject.name": "as-is", "subject.dob": "age-band"},
        refuse={"subject.address": ("discretion", "A safe address")},
    )
    found = figure(world, "refusals")
    assert (found.number, found.out_of) == (1, 3)
    assert found.rows == (("the supplier", "discretion", 1),)
    text = str(found)
    assert "safe address" not in text


def test_members_without_a_liaison_officer_are_named(world: World):
    found = figure(world, "vacancies")
    assert [row[0] for row in found.rows] == ["model-charity"]
    assert found.out_of == 4


def test_no_figure_holds_anybodys_data_and_each_has_its_list(world: World):
    give(world, "MH-2026-0001")
    with world.store.reading() as session:
        found = audit.reconcile(scope(session, world))
    assert [each.code for each in found] == list(audit.FIGURES)
    for each in found:
        assert all(len(row) == len(each.columns) for row in each.rows), each.code
        assert not any(value in str(each) for value in (NAME, BORN, ADDRESS)), each.code


def test_another_partnerships_audit_counts_nothing_of_this_one(world: World):
    give(world, "MH-2026-0001")
    today = world.store.clock.today()
    with world.store.reading() as session:
        far = audit.Scope(session, "far-csp", today - timedelta(days=30), today, world.store.clock)
        for code in ("without-cover", "over-retention", "refusals", "onward", "most-reads", "overdue-replies"):
            found = audit.figure(far, code)
            assert (found.number, found.out_of or 0, found.rows) == (0, 0, ()), code


# --- told outside ----------------------------------------------------------------------------------


def told(world: World, **changes) -> audit.ReportOutside:
    fields = {
        "told_at": world.store.clock.business_now() - timedelta(hours=2),
        "recipient": "model-council",
        "channel": "doorstep",
        "purpose": "joint-visit",
        "fields": ("subject.name",),
        "why": f"{NAME} was at the door",
    }
    return audit.ReportOutside(**{**fields, **changes})


def report(world: World, email: str = "officer@homes.example", **changes) -> audit.Reported:
    with world.store.unit(world.actor(email)) as unit:
        return audit.report_outside(unit, told(world, **changes))


def test_what_was_told_outside_without_any_line_for_it_is_uncovered_counted_and_an_entry(world: World):
    made = report(world, recipient="", told_to="the neighbour at 12")
    assert made.verdict is audit.Verdict.UNCOVERED
    found = figure(world, "told-outside")
    assert (found.number, found.out_of, found.alarm) == (1, 1, True)
    (entry,) = kinds(world, Event.OUTSIDE_REPORTED)
    assert entry.facts["verdict"] == "uncovered"
    assert NAME not in str(entry)
    assert "neighbour" not in str(entry)


def test_what_a_line_lets_be_told_and_the_liaison_officer_allowed_is_covered_and_nothing_less_is(world: World):
    liaison = world.actor(LIAISON).officer_id
    tenure = {"recipient": "model-police", "purpose": "tenure-check", "subject_ref": _own_case(world)}
    whole, now = ("tenancy.landlord", "tenancy.type"), world.store.clock.business_now()
    made = report(world, **tenure, fields=whole, told_at=now, allowed_by=liaison)
    assert made.verdict is audit.Verdict.COVERED
    with world.store.reading() as session:
        judged = audit.outside_disclosure(session, PARTNERSHIP, made.id).judged
    assert {told["line"] for told in judged.values()} == {"5.1"}
    less = (
        {"fields": whole, "told_at": now},  # nobody allowed it
        {"fields": whole, "allowed_by": liaison},  # two hours ago nobody had signed
        {"fields": (*whole, "subject.name"), "told_at": now, "allowed_by": liaison},
        {"fields": whole, "told_at": now, "allowed_by": world.actor("signatory@homes.example").officer_id},
    )
    for changes in less:
        assert report(world, **tenure, **changes).verdict is audit.Verdict.UNCOVERED
    found = figure(world, "told-outside")
    assert (found.number, found.out_of) == (4, 5)


def test_who_told_and_who_belongs_elsewhere_did_not_allow_it(world: World):
    for email in ("officer@homes.example", "liaison@police.example"):
        with pytest.raises(InvalidError, match="colleague"):
            report(world, allowed_by=world.actor(email).officer_id)


def _own_case(world: World) -> str:
    """A case that the landlord's officer worked on when it was told."""
    officer = world.actor("officer@homes.example").officer_id
    with world.store.unit(world.actor(LIAISON)) as unit:
        partners.assign_officer(
            unit, partners.AssignOfficer(officer_id=officer, kind=WorkKind.CASE, ref="MH-2026-0009")
        )
    before = world.store.clock.business_now() - timedelta(days=1)
    change(world, update(Assignment).values(from_at=before))
    world.deposit("MH-2026-0009")
    return "MH-2026-0009"


def test_what_was_told_of_a_danger_with_a_duty_officers_leave_after_ringing_back_is_an_emergency(world: World):
    case, duty = _own_case(world), world.actor("signatory@homes.example").officer_id
    danger = {
        "recipient": "model-police",
        "purpose": "asb-case",
        "fields": ("subject.address",),
        "subject_ref": case,
        "told_at": world.store.clock.business_now(),
        "allowed_by": duty,
    }
    knife = "A knife was shown"
    assert report(world, **danger, harm=knife, called_back=True).verdict is audit.Verdict.UNCOVERED
    now, today = world.store.clock.business_now(), world.store.clock.today()
    with world.store.unit(world.actor(LIAISON)) as unit:
        version = partners.officer(unit.session, PARTNERSHIP, duty, now, today).version
        roles = [Role.SIGNATORY.value, Role.DUTY_OFFICER.value]
        partners.change_officer(unit, partners.ChangeOfficer(duty, version, "Home Sign", "On call", roles))
    assert report(world, **danger, harm=knife, called_back=True).verdict is audit.Verdict.EMERGENCY
    assert report(world, **danger, harm=knife).verdict is audit.Verdict.UNCOVERED
    assert report(world, **danger, called_back=True).verdict is audit.Verdict.UNCOVERED


def test_the_words_of_a_report_are_sealed_and_open_for_its_own_organisation_alone(world: World):
    made = report(world, recipient="", told_to="the neighbour at 12")
    with Session(world.store.engine) as session:
        row = session.get(OutsideDisclosure, made.id)
        assert NAME not in repr(row.why) + repr(row.judged)
    with world.store.unit(world.actor(LIAISON)) as unit:
        assert audit.view_outside(unit, made.id)["told_to"] == "the neighbour at 12"
    assert kinds(world, Event.RECORD_VIEWED)[-1].about == str(made.id)
    with pytest.raises(NotFoundError), world.store.unit(world.actor(OFFICER)) as unit:
        audit.view_outside(unit, made.id)
    with world.store.reading() as session, pytest.raises(NotFoundError):
        audit.outside_disclosure(session, PARTNERSHIP, made.id, organisation="model-police")
    with world.store.reading() as session, pytest.raises(NotFoundError):
        audit.outside_disclosure(session, "far-csp", made.id)


def test_a_report_in_the_future_or_without_its_parts_is_refused_with_every_place(world: World):
    with pytest.raises(InvalidError) as refused:
        report(
            world,
            told_at=world.store.clock.business_now() + timedelta(days=1),
            recipient="",
            purpose="nothing",
            fields=(),
            why=" ",
        )
    places = {problem.where for problem in refused.value.problems}
    assert places == {"told_on", "told_to", "purpose", "fields", "why"}
    assert kinds(world, Event.OUTSIDE_REPORTED) == []


# --- the sample ------------------------------------------------------------------------------------


def commit(world: World, email: str = AUDITOR, **changes) -> uuid.UUID:
    today = world.store.clock.today()
    command = audit.CommitSample(today - timedelta(days=30), today, SEED, 2)
    with world.store.unit(world.actor(email)) as unit:
        return audit.commit_sample(unit, replace(command, **changes))


def end_period(world: World, sample_id: uuid.UUID) -> None:
    """Let the period have ended yesterday, and everything given in it have been given the day before."""
    yesterday = world.store.clock.today() - timedelta(days=1)
    change(world, update(AuditSample).where(AuditSample.id == sample_id).values(to_on=yesterday))
    before = world.store.clock.business_now() - timedelta(days=2)
    change(world, update(Disclosure).values(decided_at=before))
    change(world, update(RequestDecision).values(decided_at=before))


def draw(world: World, sample_id: uuid.UUID, seed: str = SEED) -> int:
    with world.store.unit(world.actor(AUDITOR)) as unit:
        return audit.draw_sample(unit, sample_id, seed)


def drawn(world: World, count: int = 4) -> uuid.UUID:
    for number in range(1, count + 1):
        give(world, f"MH-2026-{number:04d}")
    sample_id = commit(world)
    end_period(world, sample_id)
    assert draw(world, sample_id, f"  {SEED.upper()} ") == 2
    return sample_id


def test_a_seed_is_committed_to_before_the_period_ends_and_kept_nowhere(world: World):
    sample_id = commit(world)
    (entry,) = kinds(world, Event.SAMPLE_COMMITTED)
    assert entry.facts["seed_sha256"] == rules.commitment_to(SEED)
    assert SEED not in str(entry)
    with world.store.reading() as session:
        found = audit.sample(session, PARTNERSHIP, sample_id)
        assert found.seed is None
        assert SEED not in str(found)
    yesterday = world.store.clock.today() - timedelta(days=1)
    with pytest.raises(InvalidError, match="over"):
        commit(world, to_on=yesterday)
    with pytest.raises(InvalidError, match="20 to 200"):
        commit(world, seed="too short")


def test_a_sample_is_drawn_after_the_period_alone_with_the_committed_seed_alone_and_once(world: World):
    give(world, "MH-2026-0001")
    sample_id = commit(world)
    with pytest.raises(InvalidError, match="not over"):
        draw(world, sample_id)
    end_period(world, sample_id)
    with pytest.raises(InvalidError, match="not the seed"):
        draw(world, sample_id, "another seed that nobody committed to")
    assert draw(world, sample_id) == 1
    with pytest.raises(InvalidError, match="already"):
        draw(world, sample_id)
    assert len(kinds(world, Event.SAMPLE_DRAWN)) == 1


def test_anybody_with_the_entry_recomputes_the_sample_and_a_changed_record_shows(world: World):
    sample_id = drawn(world)
    (entry,) = kinds(world, Event.SAMPLE_DRAWN)
    with world.store.reading() as session:
        today = world.store.clock.today()
        among = [each.entry_id for each in audit.population(session, PARTNERSHIP, today - timedelta(days=30), today)]
    assert len(among) == entry.facts["population"] == 4
    assert [str(each) for each in rules.draw(entry.facts["seed"], among, 2)] == entry.facts["drawn"]
    assert rules.digest_of(among) == entry.facts["population_sha256"]
    with world.store.reading() as session:
        assert audit.recompute(session, PARTNERSHIP, sample_id).is_same
        chosen = audit.items(session, PARTNERSHIP, sample_id)[0].made.id
    change(world, update(Disclosure).where(Disclosure.id == chosen).values(outcome="refused"))
    with world.store.reading() as session:
        again = audit.recompute(session, PARTNERSHIP, sample_id)
    assert not again.is_same
    assert not again.population_is_same


def test_the_receipts_of_a_sample_verify_and_a_changed_entry_is_named(world: World):
    sample_id = drawn(world)
    with world.store.reading() as session:
        items = audit.items(session, PARTNERSHIP, sample_id)
    found = audit.verify_receipts(world.store, [item.made.entry_id for item in items])
    assert found.true == 2
    assert len(found.heads) == 1
    with world.store.unit(world.actor(AUDITOR)) as unit:
        audit.keep_verification(unit, sample_id, found.verdicts, found.heads)
    with world.store.reading() as session:
        assert [item.receipt for item in audit.items(session, PARTNERSHIP, sample_id)] == ["true", "true"]
    missing = audit.verify_receipts(world.store, [uuid.uuid4()])
    assert [verdict for verdict, _ in missing.verdicts.values()] == ["cannot tell"]
    assert missing.true == 0


def test_findings_stand_beside_the_fields_without_opening_anything(world: World):
    sample_id = drawn(world)
    before = len(kinds(world, Event.RECORD_VIEWED))
    with world.store.reading() as session:
        items = audit.items(session, PARTNERSHIP, sample_id)
    for item in items:
        assert item.decision.necessary == "They have to know who it is"
        assert item.decision.proportionate == "Three fields of one person"
        assert [cell.code for cell in item.made.fields] == ["subject.address", "subject.dob", "subject.name"]
        assert NAME not in str(item)
    assert len(kinds(world, Event.RECORD_VIEWED)) == before


def test_marks_are_kept_a_query_says_what_it_queries_and_names_nobody(world: World):
    sample_id = drawn(world)
    with world.store.reading() as session:
        version = audit.sample(session, PARTNERSHIP, sample_id).version
        first, second = (item.id for item in audit.items(session, PARTNERSHIP, sample_id))

    def mark(marks, seen=version):
        with world.store.unit(world.actor(AUDITOR)) as unit:
            return audit.mark_sample(unit, sample_id, seen, marks)

    with pytest.raises(InvalidError, match="query"):
        mark({first: ("query", "  ")})
    with pytest.raises(InvalidError, match="seems to hold"):
        mark({first: ("query", "Why was 14 Marmalade Row needed?")})
    with pytest.raises(NotFoundError):
        mark({uuid.uuid4(): ("satisfactory", "")})
    assert mark({first: ("query", "Why was the address needed?"), second: ("satisfactory", "")}) == 2
    with pytest.raises(StaleError):
        mark({first: ("satisfactory", "")})
    with world.store.reading() as session:
        assert audit.marks(session, PARTNERSHIP)[sample_id] == {"query": 1, "satisfactory": 1}


def test_only_an_auditor_samples_and_nobody_reaches_another_partnerships_sample(world: World):
    sample_id = commit(world)
    with pytest.raises(NotPermittedError):
        commit(world, email=LIAISON)
    stranger = replace(world.actor(AUDITOR), partnership="far-csp")
    with pytest.raises(NotFoundError), world.store.unit(stranger) as unit:
        audit.draw_sample(unit, sample_id, SEED)
    with world.store.reading() as session, pytest.raises(NotFoundError):
        audit.sample(session, "far-csp", sample_id)


# --- break-glass -----------------------------------------------------------------------------------


def ask(world: World, made: disclosures.Released, reason: str = "The findings do not fit the fields") -> uuid.UUID:
    with world.store.unit(world.actor(AUDITOR)) as unit:
        return audit.ask_to_break(unit, made.disclosure_id, reason)


def answer(world: World, glass_id: uuid.UUID, actor, *, allow: bool = True) -> None:
    with world.store.unit(actor) as unit:
        audit.answer_glass(unit, glass_id, 1, allow=allow)


def open_glass(world: World, glass_id: uuid.UUID, actor=None) -> dict[str, str]:
    with world.store.unit(actor or world.actor(AUDITOR)) as unit:
        return audit.open_glass(unit, glass_id)


def test_glass_is_broken_with_a_second_person_and_every_step_is_an_entry(world: World):
    made = give(world, "MH-2026-0001")
    glass_id = ask(world, made)
    with pytest.raises(NotPermittedError, match="second person"):
        open_glass(world, glass_id)
    answer(world, glass_id, world.actor(LIAISON))
    opened = open_glass(world, glass_id)
    assert (opened["subject.name"], opened["subject.address"]) == (NAME, ADDRESS)
    for step in (Event.GLASS_ASKED, Event.GLASS_ALLOWED, Event.GLASS_OPENED):
        assert len(kinds(world, step)) == 1
    viewed = kinds(world, Event.RECORD_VIEWED)[-1]
    assert viewed.facts["break_glass"].startswith("G")
    assert NAME not in str(viewed)
    now = world.store.clock.business_now()
    with world.store.reading() as session:
        for organisation in ("model-homes", "model-police"):
            assert len(audit.glasses(session, PARTNERSHIP, now, organisation=organisation)) == 1
        assert audit.glasses(session, PARTNERSHIP, now, organisation="model-charity") == ()
        with pytest.raises(NotFoundError):
            audit.glass(session, PARTNERSHIP, now, glass_id, organisation="model-charity")


def test_the_asker_is_never_the_second_person_in_whatever_post(world: World):
    glass_id = ask(world, give(world, "MH-2026-0001"))
    asker = world.actor(AUDITOR)
    other_post = replace(
        world.actor(LIAISON), user_id=asker.user_id, roles=frozenset({Role.AUDITOR, Role.LIAISON_OFFICER})
    )
    for actor in (asker, other_post):
        with pytest.raises(NotPermittedError) as refused:
            answer(world, glass_id, actor)
        assert refused.value.rule == "four-eyes"
    assert kinds(world, Event.GLASS_ALLOWED) == []


@pytest.mark.parametrize(
    ("email", "error"),
    [
        ("liaison@police.example", NotPermittedError),  # the recipient's: it is shown it, and does not allow it
        ("liaison@council.example", NotFoundError),  # no party to it
        ("officer@homes.example", NotPermittedError),
    ],
)
def test_nobody_but_another_auditor_or_the_suppliers_liaison_officer_allows(world: World, email, error):
    glass_id = ask(world, give(world, "MH-2026-0001"))
    with pytest.raises(error):
        answer(world, glass_id, world.actor(email))


def test_another_auditor_allows(world: World):
    glass_id = ask(world, give(world, "MH-2026-0001"))
    other = replace(world.actor(LIAISON), roles=frozenset({Role.AUDITOR}), organisation="model-council")
    answer(world, glass_id, other)
    assert open_glass(world, glass_id)["subject.name"] == NAME


def test_the_glass_closes_after_an_hour_and_an_answer_comes_within_a_day(world: World):
    made = give(world, "MH-2026-0001")
    glass_id = ask(world, made)
    answer(world, glass_id, world.actor(LIAISON))
    hour_ago = world.store.clock.business_now() - timedelta(minutes=61)
    change(world, update(BreakGlass).values(answered_at=hour_ago))
    with pytest.raises(NotPermittedError, match="hour"):
        open_glass(world, glass_id)
    late = ask(world, made)
    change(
        world,
        update(BreakGlass)
        .where(BreakGlass.id == late)
        .values(asked_at=world.store.clock.business_now() - timedelta(hours=25)),
    )
    with pytest.raises(InvalidError, match="no longer waits"):
        answer(world, late, world.actor(LIAISON))


def test_what_was_allowed_to_one_auditor_or_refused_is_opened_by_nobody_else(world: World):
    made = give(world, "MH-2026-0001")
    glass_id = ask(world, made)
    answer(world, glass_id, world.actor(LIAISON))
    other = replace(world.actor(LIAISON), roles=frozenset({Role.AUDITOR}))
    with pytest.raises(NotPermittedError, match="who asked"):
        open_glass(world, glass_id, other)
    stranger = replace(world.actor(AUDITOR), partnership="far-csp")
    with pytest.raises(NotFoundError):
        open_glass(world, glass_id, stranger)
    refused = ask(world, made)
    answer(world, refused, world.actor(LIAISON), allow=False)
    with pytest.raises(NotPermittedError):
        open_glass(world, refused)
    assert len(kinds(world, Event.GLASS_REFUSED)) == 1
    assert kinds(world, Event.GLASS_OPENED) == []


def test_one_permission_opens_one_release_and_not_the_next(world: World):
    first, second = give(world, "MH-2026-0001"), give(world, "MH-2026-0002")
    glass_id = ask(world, first)
    answer(world, glass_id, world.actor(LIAISON))
    another = ask(world, second)
    with pytest.raises(NotPermittedError):
        open_glass(world, another)
    with world.store.unit(world.actor(AUDITOR)) as unit, pytest.raises(NotPermittedError):
        disclosures.audited.open_broken(
            unit,
            second.disclosure_id,
            disclosures.audited.BrokenGlass("G", world.actor(AUDITOR).officer_id, None, is_open=True),
        )


def test_a_reason_names_nobody_and_a_refusal_has_nothing_to_open(world: World):
    made = give(world, "MH-2026-0001")
    with pytest.raises(InvalidError, match="seems to hold"):
        ask(world, made, "I want to see 14 Marmalade Row")
    with pytest.raises(InvalidError, match="why"):
        ask(world, made, "  ")
    refused = give(
        world,
        "MH-2026-0002",
        allow={},
        refuse=dict.fromkeys(("subject.name", "subject.dob", "subject.address"), ("discretion", "No")),
    )
    with pytest.raises(InvalidError, match="nothing to open"):
        ask(world, refused)


def test_a_copy_past_its_day_is_opened_by_no_glass(world: World):
    made = give(world, "MH-2026-0001")
    glass_id = ask(world, made)
    answer(world, glass_id, world.actor(LIAISON))
    change(world, update(Disclosure).values(kept_until=world.store.clock.today()))
    with pytest.raises(NotFoundError, match="no longer be kept"):
        open_glass(world, glass_id)


# --- the log's own schedule ------------------------------------------------------------------------


def test_a_years_log_outlives_every_copy_under_it(world: World):
    give(world, "MH-2026-0001")
    with world.store.reading() as session:
        (year, *_) = audit.schedule(session, PARTNERSHIP)
    assert year.entries > 0
    assert year.may_close_on.year >= year.year + 7
    assert year.last_kept is not None
    assert year.last_kept < year.may_close_on
