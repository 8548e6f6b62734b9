"""Emergencies, pushes, monitors and results: each leaves exactly what it may, to whom it may, for as long as it may."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from sqlalchemy import text

from protocols.actions import Event
from sharing import disclosures, partners, requests
from sharing.errors import InvalidError, NotFoundError, NotPermittedError
from sharing.ledger import read
from sharing.requests import (
    AllowEmergency,
    CloseEmergency,
    DecidePush,
    MakePush,
    RecordResult,
    RequestStatus,
    StartMonitor,
)
from sharing.store import Store, StoreSettings, set_up
from tests.integration.disclosure_world import ADDRESS, NAME, PARTNERSHIP
from tests.unit.request_world import (
    DEPUTY,
    HOMES,
    HOMES_LIAISON,
    POLICE,
    POLICE_LIAISON,
    RequestWorld,
    request_world,
)

DANGER = "Needs insulin, and does not answer"


@pytest.fixture
def world(make_database, tmp_path):
    settings = StoreSettings(make_database("sqlite"), tmp_path / "home")
    set_up(settings, "accord.test")
    opened = Store.open(settings)
    yield request_world(opened)
    opened.close()


def facts_of(world: RequestWorld, event: Event) -> list[dict]:
    with world.store.reading() as session:
        (log,) = read.logs(session, PARTNERSHIP)
        found = [view.entry for view in read.entries(session, log.origin, limit=900)]
    return [entry.facts for entry in found if entry.type == str(event)]


# --- emergencies (release-rules §3, cover 4) ---------------------------------------------------------


def emergency(world: RequestWorld, **changes) -> requests.Made:
    """The landlord fears for somebody, and asks the police."""
    world.deposit_at_police()
    fields = {
        "kind": "emergency",
        "supplier": "model-police",
        "purpose": "emergency",
        "fields": (("subject.vulnerability", None), ("offence.arrests", None)),
        "texts": {"harm": DANGER, "subject": "Zebedee"},
        "subject_ref": "MP-2026-0001",
    }
    return world.ask(HOMES, **{**fields, **changes})


def allow(world: RequestWorld, made: requests.Made, email: str = POLICE_LIAISON, **changes) -> disclosures.Released:
    given = {"allow": {"subject.vulnerability": "yes-no"}, "called_back": True, **changes}
    with world.store.unit(world.actor(email)) as unit:
        return requests.allow_emergency(unit, AllowEmergency(made.request_id, world.version(made.request_id), **given))


def seen(world: RequestWorld) -> requests.EmergencyView:
    with world.store.reading() as session:
        (found,) = requests.emergencies_of(session, PARTNERSHIP)
    return found


def test_an_emergency_waits_for_no_protocol_and_lets_only_what_was_ticked_be_seen_for_24_hours(world: RequestWorld):
    made = emergency(world)
    assert made.status is RequestStatus.WAITING
    released = allow(world, made)
    told = released.answer["fields"]
    assert told["subject.vulnerability"]["cover"] == "law:EMERGENCY"
    assert told["offence.arrests"]["result"] == "withheld"
    world.later(hours=23)
    assert world.view(made.request_id, HOMES) == {"subject.vulnerability": "yes"}
    world.later(hours=2)
    with pytest.raises(NotPermittedError):
        world.view(made.request_id, HOMES)


def test_without_a_call_back_nothing_is_allowed(world: RequestWorld):
    made = emergency(world)
    with pytest.raises(InvalidError, match="Ring them back"):
        allow(world, made, called_back=False)
    with world.store.reading() as session:
        assert disclosures.of_request(session, PARTNERSHIP, made.request_id) == ()


def test_the_harm_has_to_be_said_and_it_is_seen_or_told_and_nothing_else(world: RequestWorld):
    with pytest.raises(InvalidError, match="what harm is feared"):
        emergency(world, texts={"subject": "Zebedee"})
    with pytest.raises(InvalidError, match="seen in the portal or told"):
        world.ask(HOMES, kind="emergency", supplier="model-police", texts={"harm": DANGER}, channel="export")


def test_only_a_duty_officer_of_the_supplier_allows_and_never_the_asker(world: RequestWorld):
    made = emergency(world)
    for email in (POLICE, HOMES, HOMES_LIAISON):
        with pytest.raises(NotPermittedError):
            allow(world, made, email)
    with pytest.raises(NotFoundError):
        allow(world, made, "officer@charity.example")


def test_nothing_ticked_refuses_and_nothing_has_to_be_written_up(world: RequestWorld):
    made = emergency(world)
    assert allow(world, made, allow={}).outcome == "refused"
    with world.store.reading() as session:
        assert requests.emergencies_of(session, PARTNERSHIP) == ()


def test_a_routine_request_is_no_emergency_however_it_is_sent(world: RequestWorld):
    world.deposit_at_police()
    made = world.ask_police()
    with pytest.raises(NotFoundError, match="no such emergency"):
        allow(world, made)


def close(world: RequestWorld, command, made: requests.Made, email: str, **finding: str) -> None:
    with world.store.unit(world.actor(email)) as unit:
        command(unit, CloseEmergency(made.request_id, seen(world).version, "Told the warden; she went in", **finding))


def test_it_is_written_up_by_the_next_working_day_or_shown_as_late_to_both_and_reviewed_by_a_second_person(
    world: RequestWorld,
):
    made = emergency(world)
    allow(world, made)
    today = world.store.clock.today()
    assert not seen(world).write_up_is_late(today)
    world.later(days=5)
    late = seen(world)
    assert late.write_up_is_late(world.store.clock.today())
    assert late.review_is_late(world.store.clock.today())
    for organisation in ("model-police", "model-homes"):
        with world.store.reading() as session:
            assert len(requests.emergencies_of(session, PARTNERSHIP, organisation)) == 1
            assert requests.emergencies_of(session, PARTNERSHIP, "model-charity") == ()
    with pytest.raises(InvalidError, match="written up before"):
        close(world, requests.review_emergency, made, another_duty_officer(world), finding="justified")
    close(world, requests.write_up_emergency, made, POLICE_LIAISON)
    assert facts_of(world, Event.EMERGENCY_WRITTEN_UP)[0]["late"] is True
    with pytest.raises(NotPermittedError) as denied:
        close(world, requests.review_emergency, made, POLICE_LIAISON, finding="justified")
    assert denied.value.rule == "four-eyes"
    close(world, requests.review_emergency, made, "second@police.example", finding="too-much")
    assert seen(world).finding == "too-much"
    with world.store.unit(world.actor(HOMES)) as unit:
        assert requests.view_write_up(unit, made.request_id)["write_up"].startswith("Told the warden")


def another_duty_officer(world: RequestWorld) -> str:
    """Constable Two becomes a duty officer: the second person of the review."""
    with world.store.reading() as session:
        clock = world.store.clock
        people = partners.officers(session, PARTNERSHIP, clock.business_now(), clock.today())
    two = next(each for each in people if each.email == "second@police.example")
    with world.store.unit(world.admin()) as unit:
        partners.change_officer(
            unit, partners.ChangeOfficer(two.id, two.version, two.name, two.post, ["officer", "duty-officer"])
        )
    return "second@police.example"


# --- pushes ----------------------------------------------------------------------------------------


def push(world: RequestWorld, email: str = HOMES, **changes) -> requests.PushView:
    contact = world.actor(POLICE).officer_id
    fields = {
        "reference": "MH-2026-0001",
        "recipient": "model-police",
        "contact_id": contact,
        "purpose": "asb-case",
        "fields": ("subject.name", "subject.dob"),
        "texts": {"necessity": "They look for him", "proportionality": "Who, and how old"},
    }
    with world.store.unit(world.actor(email)) as unit:
        made = requests.make_push(unit, MakePush(**{**fields, **changes}))
    with world.store.reading() as session:
        return requests.push(session, PARTNERSHIP, "model-homes", made)


def send(world: RequestWorld, found: requests.PushView, email: str, **allow: str) -> disclosures.Released:
    with world.store.unit(world.actor(email)) as unit:
        return requests.decide_push(unit, DecidePush(found.id, found.version, allow))


WHOLE = {"subject.name": "as-is", "subject.dob": "as-is"}


def test_what_is_given_unasked_leaves_when_another_officer_has_decided_and_only_as_the_line_has_it(world: RequestWorld):
    world.deposit()
    found = push(world)
    with world.store.reading() as session:
        assert requests.pushes_of(session, PARTNERSHIP, "model-police") == ()  # nothing has left: nothing is seen
    released = send(world, found, HOMES_LIAISON, **WHOLE)
    assert released.outcome == "released"
    assert released.answer["fields"]["subject.dob"]["form"] == "age-band"
    with world.store.unit(world.actor(POLICE)) as unit:
        assert requests.view_push(unit, found.id)["subject.name"] == NAME
    with world.store.reading() as session:
        (given,) = disclosures.given_to(session, PARTNERSHIP, "model-police")
    assert given.id == released.disclosure_id
    assert facts_of(world, Event.RELEASED)[0]["recipient"] == "model-police"


def test_whoever_pushes_never_decides_even_as_deputy(world: RequestWorld):
    world.deposit()
    world.deputise()
    found = push(world, DEPUTY)
    with pytest.raises(NotPermittedError) as denied:
        send(world, found, DEPUTY, **WHOLE)
    assert denied.value.rule == "four-eyes"


def test_only_the_officer_whom_it_was_given_to_opens_it(world: RequestWorld):
    world.deposit()
    found = push(world)
    send(world, found, HOMES_LIAISON, **WHOLE)
    with pytest.raises(NotPermittedError), world.store.unit(world.actor("second@police.example")) as unit:
        requests.view_push(unit, found.id)
    with pytest.raises(NotFoundError), world.store.unit(world.actor("officer@charity.example")) as unit:
        requests.view_push(unit, found.id)


def test_a_push_to_a_body_without_standing_is_refused_and_nothing_of_it_is_seen_there(world: RequestWorld):
    world.deposit()
    charity = world.actor("officer@charity.example").officer_id
    found = push(world, recipient="model-charity", contact_id=charity, fields=("subject.name",))
    released = send(world, found, HOMES_LIAISON, **{"subject.name": "as-is"})
    assert released.outcome == "refused"
    told = released.answer["fields"]["subject.name"]
    assert (told["weight"], told["change"]) == (None, [])  # a charity has no standing: nobody here can change that
    assert "CONSENT" in told["other_gateways"]
    with world.store.reading() as session:
        assert requests.pushes_of(session, PARTNERSHIP, "model-charity") == ()


def test_a_push_of_a_field_that_stands_on_no_line_says_what_would_change_it(world: RequestWorld):
    world.deposit()
    released = send(world, push(world, fields=("subject.contact",)), HOMES_LIAISON, **{"subject.contact": "as-is"})
    told = released.answer["fields"]["subject.contact"]
    assert released.outcome == "refused"
    assert (told["rule"], [act["repair"] for act in told["change"]]) == ("line", ["new-version"])


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"reference": "NOT-OURS"}, "No record of yours"),
        ({"texts": {"necessity": "", "proportionality": ""}}, "necessary and proportionate"),
        ({"fields": ()}, "at least one thing"),
        ({"recipient": "model-homes"}, "another organisation"),
        ({"recipient": "model-council"}, "an officer of the organisation"),
    ],
)
def test_a_push_that_lacks_something_says_what(world: RequestWorld, changed, said):
    world.deposit()
    with pytest.raises(InvalidError, match=said):
        push(world, **changed)


# --- results and monitors (M05, M06, M72, M96) -------------------------------------------------------


def answered(world: RequestWorld, kind: str = "nomination-check", **changes) -> requests.Made:
    """The council asks the landlord about a nomination, and is answered."""
    world.deposit()
    fields = {"kind": kind, "purpose": "nomination-check", "fields": (("subject.name", None),), **changes}
    made = world.ask(COUNCIL, **fields)
    world.decide(made.request_id)
    return made


COUNCIL = "coordinator@council.example"


def end(world: RequestWorld, made: requests.Made, email: str = COUNCIL, monitor=None, **answers: str) -> None:
    given = {key.replace("_", "-"): value for key, value in answers.items()}
    with world.store.unit(world.actor(email)) as unit:
        requests.record_result(unit, RecordResult(made.request_id, world.version(made.request_id), given, monitor))


def monitors(world: RequestWorld, organisation: str = "model-council") -> tuple[requests.MonitorView, ...]:
    with world.store.reading() as session:
        return requests.monitors_of(session, PARTNERSHIP, organisation)


def test_a_nomination_check_stores_its_decision_and_starts_a_twelve_month_monitor_when_chosen(world: RequestWorld):
    made, today = answered(world), world.store.clock.today()
    end(world, made, nomination="accepted-watched", data_used="subject.name", monitor=StartMonitor(True, today, today))
    with world.store.reading() as session:
        (result,) = requests.results_of(session, PARTNERSHIP, made.request_id)
    assert result.answers == {"nomination": "accepted-watched", "data-used": "subject.name"}
    (monitor,) = monitors(world)
    assert monitor.subject_informed
    assert (monitor.ends_on - monitor.starts_on).days in {365, 366}
    assert monitors(world, "model-homes") == (monitor,)
    assert monitors(world, "model-police") == ()


def test_a_monitor_ends_by_itself(world: RequestWorld):
    made, today = answered(world), world.store.clock.today()
    end(
        world, made, nomination="accepted-watched", monitor=StartMonitor(True, today, today, today + timedelta(days=90))
    )
    assert monitors(world)[0].runs(today + timedelta(days=89))
    world.later(days=90)
    assert not monitors(world)[0].runs(world.store.clock.today())


DAY = date(2026, 11, 2)


@pytest.mark.parametrize(
    ("monitor", "said"),
    [
        (StartMonitor(False, DAY, DAY), "with the knowledge of whom"),
        (StartMonitor(True, None, DAY), "with the knowledge of whom"),
        (StartMonitor(True, DAY, DAY, date(2027, 11, 3)), "within twelve months"),
        (StartMonitor(True, DAY, DAY, DAY), "ends after it starts"),
        (StartMonitor(True, date(2990, 1, 1), DAY), "still to come"),
    ],
)
def test_a_monitor_that_is_longer_than_a_year_or_unknown_to_its_subject_does_not_start(
    world: RequestWorld, monitor, said
):
    made = answered(world)
    with pytest.raises(InvalidError, match=said):
        end(world, made, nomination="accepted-watched", monitor=monitor)
    assert monitors(world) == ()


def test_a_monitor_starts_once_and_only_from_a_kind_that_has_one(world: RequestWorld):
    made, today = answered(world), world.store.clock.today()
    end(world, made, nomination="accepted-watched", monitor=StartMonitor(True, today, today))
    with pytest.raises(InvalidError, match="started on this request before"):
        end(world, made, nomination="accepted", monitor=StartMonitor(True, today, today))
    world.deposit_at_police()
    other = world.ask_police()
    world.decide_as(
        other.request_id,
        POLICE_LIAISON,
        refuse=dict.fromkeys(("offence.arrests", "case.measures"), ("discretion", "x")),
    )
    with pytest.raises(InvalidError, match="No monitor follows"):
        end(world, other, HOMES, court_outcome="settled", monitor=StartMonitor(True, today, today))


def test_a_housing_decision_stores_the_decision_the_data_used_and_its_reasons_sealed(world: RequestWorld):
    made = answered(world, "housing-decision", answers={"decision-about": "exchange"})
    end(world, made, decision="refused", data_used="subject.name", reasons="He drums at three")
    with world.store.reading() as session:
        (result,) = requests.results_of(session, PARTNERSHIP, made.request_id)
        assert requests.details_of(session, PARTNERSHIP, made.request_id).answers == {"decision-about": "exchange"}
        stored = session.connection().execute(text("SELECT answers, words FROM request_result")).one()
    assert result.answers == {"decision": "refused", "data-used": "subject.name"}
    assert "drums" not in str(stored)
    assert "drums" not in str(facts_of(world, Event.RESULT_RECORDED))
    with world.store.unit(world.actor(HOMES)) as unit:
        assert requests.view_result(unit, made.request_id) == {"reasons": "He drums at three"}


def test_a_disclosure_for_possession_shows_purpose_items_and_what_the_court_did(world: RequestWorld):
    world.deposit_at_police()
    made = world.ask_police()
    world.decide_as(made.request_id, POLICE_LIAISON, allow={"offence.arrests": "yes-no", "case.measures": "as-is"})
    end(world, made, HOMES, court_outcome="order-made", decided_on="2026-11-20", data_used="offence.arrests")
    with world.store.reading() as session:
        (made_,) = disclosures.of_request(session, PARTNERSHIP, made.request_id)
        (result,) = requests.results_of(session, PARTNERSHIP, made.request_id)
    assert made_.purpose == "possession-injunction"
    assert {each.code for each in made_.fields if each.result != "withheld"} == {"offence.arrests", "case.measures"}
    assert result.answers["court-outcome"] == "order-made"


def test_a_result_names_no_field_that_was_not_asked_for_and_none_is_written_on_an_open_request(world: RequestWorld):
    made = answered(world)
    with pytest.raises(InvalidError, match="not asked for"):
        end(world, made, nomination="refused", data_used="subject.name offence.arrests")
    open_one = world.ask(COUNCIL, kind="nomination-check", purpose="nomination-check", fields=(("subject.name", None),))
    with pytest.raises(InvalidError, match="still open"):
        end(world, open_one, nomination="refused")
    with pytest.raises(NotPermittedError):
        end(world, made, HOMES, nomination="refused")


def test_a_request_for_footage_records_holder_times_retention_and_decision(world: RequestWorld):
    world.deposit()
    answers = {
        "camera-holder": "landlord",
        "recorded-on": "2026-11-20",
        "from-time": "21:30",
        "to-time": "22:15",
        "overwritten-on": "2026-12-20",
        "camera-place": "Stairwell of 14 Marmalade Row",
    }
    made = world.ask(POLICE, kind="footage", fields=(("image.still", None), ("case.reference", None)), answers=answers)
    world.decide_as(
        made.request_id,
        HOMES_LIAISON,
        allow={"case.reference": "as-is"},
        left=frozenset({"image.still"}),
    )
    with world.store.reading() as session:
        details = requests.details_of(session, PARTNERSHIP, made.request_id)
        (decision,) = requests.decisions(session, PARTNERSHIP, made.request_id)
        (given,) = disclosures.of_request(session, PARTNERSHIP, made.request_id)
    assert details.answers == {code: answers[code] for code in answers if code != "camera-place"}
    assert details.has_words
    assert decision.allow == {"case.reference": "as-is"}
    still = next(each for each in given.fields if each.code == "image.still")
    assert (still.result, still.rule) == ("withheld", "line")
    assert still.answer["change"]  # nothing was decided on it, so the smallest lawful change stays to be seen
    end(world, made, POLICE, recording="kept", kept_until="2027-05-01")
    with world.store.unit(world.actor(HOMES_LIAISON)) as unit:
        assert ADDRESS[:15] in requests.view_words(unit, made.request_id)["camera-place"]
