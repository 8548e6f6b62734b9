"""A request's whole course as a browser without scripts meets it: both directions, questions, escalation, emergency, push."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest

from tests.integration.disclosure_world import ADDRESS, NAME, PARTNERSHIP
from tests.portal.coordinator_world import day
from tests.portal.test_request_pages import ASK, request_path
from tests.unit.request_world import RequestWorld

NEW = "/officer/requests/new"
WORDS = {"necessary": "They have to know who it is", "proportionate": "One person, two fields"}


@pytest.fixture
def people(model):
    """Both sides' browsers, each with a record of its own to be asked for."""
    counter, base = model
    world = RequestWorld(base.store)
    world.deposit()
    world.deposit_at_police()
    return counter, world


def version_of(page: str) -> str:
    return re.search(r'name="version" value="(\d+)"', page).group(1)


def ticks(page: str) -> set[str]:
    return set(re.findall(r'name="fields" type="checkbox" value="([^"]+)"', page))


def chosen(page: str, name: str) -> str:
    select = re.search(rf'<select[^>]*name="{name}".*?</select>', page, re.DOTALL).group(0)
    return re.search(r'<option value="([^"]*)" selected', select).group(1)


def decide_path(path: str) -> str:
    return path.replace("/officer/", "/liaison/")


# --- asking ----------------------------------------------------------------------------------------


def test_the_first_page_asks_whom_and_what_kind_and_the_second_shows_a_handful_of_ticks(people):
    counter, _ = people
    police = counter.sign_in("officer@police.example")
    first = police.get(NEW).text
    assert "Tenure check" in first
    assert 'name="fields"' not in first
    second = police.get(f"{NEW}?supplier=model-homes&kind=tenant-identity").text
    assert ticks(second) == {"subject.name", "subject.dob", "subject.dob|age-band", "subject.address"}
    assert len(ticks(police.get(f"{NEW}?supplier=model-homes&kind=other").text)) > 10
    nothing = police.get(f"{NEW}?supplier=model-homes&kind=conviction").text
    assert "No line of a protocol lets Model Homes give you anything of this kind" in nothing


def test_a_first_page_that_is_not_filled_in_says_so(people):
    counter, _ = people
    police = counter.sign_in("officer@police.example")
    page = police.get(f"{NEW}?supplier=&kind=tenant-identity").text
    assert "Choose whom you ask" in page
    assert "Choose the kind of request" in police.get(f"{NEW}?supplier=").text
    assert "Not a valid choice" in police.get(f"{NEW}?supplier=model-homes&kind=gossip").text


def test_a_kind_that_is_not_for_this_direction_is_refused_with_the_reason(people):
    counter, _ = people
    landlord = counter.sign_in("officer@homes.example")
    asked = {**ASK, "supplier": "model-police", "kind": "tenant-identity", "fields": ["subject.name"]}
    answer = landlord.send(NEW, **asked)
    assert answer.status_code == 422
    assert "is not asked of such a body" in answer.text


def test_the_questions_of_a_kind_are_asked_checked_and_shown(people):
    counter, _ = people
    landlord = counter.sign_in("officer@homes.example")
    page = landlord.get(f"{NEW}?supplier=model-police&kind=possession").text
    assert "Which proceedings?" in page
    asked = {
        "supplier": "model-police",
        "kind": "possession",
        "purpose": "possession-injunction",
        "fields": ["offence.arrests|yes-no"],
        "subject_ref": "MP-2026-0001",
        "necessity": "The court",
        "proportionality": "Whether, not what",
    }
    missing = landlord.send(NEW, **asked)
    assert missing.status_code == 422
    assert "Say which proceedings" in missing.text
    path = request_path(
        landlord.send(NEW, **asked, q_proceedings="possession", **day("q_hearing_on", _in_a_month(people)))
    )
    shown = landlord.get(path).text
    assert "Possession" in shown
    assert "Day of the hearing" in shown


def _in_a_month(people):
    return people[1].store.clock.today() + timedelta(days=30)


def test_a_draft_is_kept_sealed_and_comes_back_to_its_writer_alone(people):
    counter, _ = people
    police = counter.sign_in("officer@police.example")
    kept = police.send(NEW, **{**ASK, "fields": ["subject.name"], "necessity": "Half of a thought", "save": "y"})
    assert kept.status_code == 302
    listed = police.get("/officer/requests").text
    assert "Who the tenant is, to Model Homes" in listed
    assert "Half of a thought" not in listed
    draft = "/officer/requests/drafts/tenant-identity/model-homes"
    again = police.send("/officer/requests", to=draft).text
    assert "Half of a thought" in again
    assert re.search(r'value="subject.name" checked', again)
    colleague = counter.sign_in("second@police.example")
    assert colleague.send("/officer/requests", to=draft).status_code == 404
    request_path(police.send(NEW, **{**ASK, "fields": ["subject.name"]}))
    assert "Go on:" not in police.get("/officer/requests").text


# --- deciding --------------------------------------------------------------------------------------


def test_the_decision_screen_says_each_clause_and_condition_and_preselects_the_least_that_will_do(people):
    counter, world = people
    made = world.ask_police(
        fields=(("offence.arrests", None), ("case.measures", None), ("subject.name", None)),
    )
    page = counter.sign_in("liaison@police.example").get(f"/liaison/requests/{made.request_id}").text
    assert "MODEL-ISP version 1, line 3.2" in page
    assert "Criminal offence data. The line relies on:" in page
    assert "Sch 1 para" in page
    assert chosen(page, "field_offence_arrests") == "yes-no"
    assert chosen(page, "field_case_measures") == "as-is"
    assert chosen(page, "field_subject_name") == "rules"
    assert "Withheld by the rules" in page
    assert "The smallest lawful change" in page
    assert "new version of MODEL-ISP" in page


def test_a_field_that_the_rules_withhold_is_left_to_them_and_a_refusal_takes_its_reason_from_the_list(people):
    counter, world = people
    made = world.ask_police(
        fields=(("offence.arrests", "yes-no"), ("case.measures", None), ("subject.name", None)),
    )
    path = f"/liaison/requests/{made.request_id}"
    police = counter.sign_in("liaison@police.example")
    done = police.send(
        path,
        field_offence_arrests="yes-no",
        field_case_measures="prejudice",
        field_subject_name="rules",
        version=version_of(police.get(path).text),
        **WORDS,
    )
    assert done.status_code == 302
    page = police.get(path).text
    assert "The supplier’s choice: It would prejudice a case or a source" in page
    assert "agree a new version" in page
    asker = counter.sign_in("officer@homes.example").get(f"/officer/requests/{made.request_id}").text
    assert "Have it looked at again" in asker
    assert "would prejudice a case" not in asker


def test_a_finding_or_a_reason_that_names_somebody_is_refused_at_its_input_and_nothing_leaves(people):
    counter, world = people
    made = world.ask()
    path = f"/liaison/requests/{made.request_id}"
    landlord = counter.sign_in("liaison@homes.example")
    fields = {f"field_subject_{name}": "as-is" for name in ("name", "address")} | {"field_subject_dob": "discretion"}
    version = version_of(landlord.get(path).text)
    words = {"necessary": "Mr Quillfeather is dangerous", "proportionate": "Ring 07700 900123"}
    refused = landlord.send(path, **fields, **words, reason="Born 12/04/1987", version=version)
    assert refused.status_code == 422
    errors = landlord.errors(refused)
    assert [sum(hint in each for each in errors) for hint in ("name", "telephone number", "date of birth")] == [1, 1, 1]
    assert "Mr Quillfeather is dangerous" in refused.text  # what was typed is still there
    assert world.request(made.request_id, "model-homes").status == "waiting"


def test_a_page_of_another_organisation_is_not_found(people):
    counter, world = people
    made = world.ask(fields=(("subject.name", None),))
    stranger = counter.sign_in("officer@charity.example")
    for path in ("/officer/requests/{}", "/officer/emergencies/{}", "/officer/pushes/{}"):
        assert stranger.get(path.format(made.request_id)).status_code == 404
    assert counter.sign_in("liaison@council.example").get(f"/liaison/requests/{made.request_id}").status_code == 404


def test_a_record_that_must_stay_hidden_and_one_that_is_not_there_look_the_same_to_whoever_asked(people):
    counter, world = people
    world.deposit("MH-HIDDEN-1", flags=("safe-address",))
    pages = []
    for reference, reason in (("MH-HIDDEN-1", "safety"), ("MH-NOWHERE", "not-held")):
        made = world.ask(subject_ref=reference)
        refusal = dict.fromkeys(("subject.name", "subject.dob", "subject.address"), ("discretion", reason))
        world.decide_as(made.request_id, "liaison@homes.example", refuse=refusal)
        pages.append(made)
    police = counter.sign_in("officer@police.example")
    seen = []
    for made in pages:
        page = police.get(f"/officer/requests/{made.request_id}").text
        main = re.search(r"<main.*?</main>", page, re.DOTALL).group(0)
        main = re.sub(r"[0-9a-f]{8}-[0-9a-f-]{27}|[RD]\d{4}-\d{5}|MH-\w+(-1)?|\d+:\d\d[ap]m", "X", main)
        seen.append(re.sub(r'value="[^"]{20,}"', "", main))
    assert seen[0] == seen[1]


# --- the loop --------------------------------------------------------------------------------------


def test_a_question_is_asked_answered_and_decided_and_a_refusal_escalated_to_a_colleague(people):
    counter, world = people
    world.deputise()
    made = world.ask(fields=(("subject.name", None),))
    path, decide = f"/officer/requests/{made.request_id}", f"/liaison/requests/{made.request_id}"
    police, landlord = counter.sign_in("officer@police.example"), counter.sign_in("liaison@homes.example")
    asked = landlord.send(
        decide, to=f"{decide}/ask", words="Which Zebedee?", version=version_of(landlord.get(decide).text)
    )
    assert asked.status_code == 302
    page = police.get(path).text
    assert "Waits for the asker" in page
    assert "Which Zebedee?" not in page
    opened = police.send(path, to=re.search(r'action="([^"]*/messages/[^"]*)"', page).group(1)).text
    assert "Which Zebedee?" in opened
    assert police.send(path, to=f"{path}/answer", words="The elder", version=version_of(page)).status_code == 302
    refuse = {
        "field_subject_name": "discretion",
        "reason": "Too busy",
        "version": version_of(landlord.get(decide).text),
    }
    assert landlord.send(decide, **refuse).status_code == 302
    escalate = {"words": "A child is there", "version": version_of(police.get(path).text)}
    assert police.send(path, to=f"{path}/escalate", **escalate).status_code == 302
    assert "A colleague who may decide looks at it" in landlord.get(decide).text
    deputy = counter.sign_in("officer@homes.example")
    again = deputy.send(decide, field_subject_name="as-is", version=version_of(deputy.get(decide).text), **WORDS)
    assert again.status_code == 302
    assert NAME in police.send(path, to=f"{path}/open").text


def test_a_request_is_taken_back(people):
    counter, world = people
    made = world.ask(fields=(("subject.name", None),))
    path = f"/officer/requests/{made.request_id}"
    police = counter.sign_in("officer@police.example")
    assert (
        police.send(path, to=f"{path}/withdraw", words="", version=version_of(police.get(path).text)).status_code == 302
    )
    assert "Taken back" in police.get(path).text


# --- how it ended ----------------------------------------------------------------------------------


def test_a_disclosure_for_possession_shows_purpose_items_and_court_outcome_to_both(people):
    counter, world = people
    made = world.ask_police()
    world.decide_as(
        made.request_id, "liaison@police.example", allow={"offence.arrests": "yes-no", "case.measures": "as-is"}
    )
    path = f"/officer/requests/{made.request_id}"
    landlord = counter.sign_in("officer@homes.example")
    fields = {"q_court_outcome": "suspended", "q_data_used": ["offence.arrests"], "q_outcome_words": "Adjourned once"}
    answer = landlord.send(path, to=f"{path}/result", version=version_of(landlord.get(path).text), **fields)
    assert answer.status_code == 302, landlord.errors(answer)
    for page in (
        landlord.get(path).text,
        counter.sign_in("liaison@police.example").get(decide_path(path)).text,
    ):
        assert "possession-injunction" in page
        assert "Earlier arrests" in page
        assert "Suspended or postponed order" in page
        assert "Adjourned once" not in page
    assert "Adjourned once" in landlord.send(path, to=f"{path}/result-words").text


def test_a_nomination_check_starts_a_monitor_that_both_parties_see_and_its_subject_knows_of(people):
    counter, world = people
    council = "coordinator@council.example"
    made = world.ask(council, kind="nomination-check", purpose="nomination-check", fields=(("subject.name", None),))
    world.decide(made.request_id)
    path, visitor = f"/officer/requests/{made.request_id}", counter.sign_in(council)
    version = version_of(visitor.get(path).text)
    unknown = visitor.send(
        path,
        to=f"{path}/result",
        version=version,
        q_nomination="accepted-watched",
        start_monitor="y",
        subject_informed="no",
    )
    assert unknown.status_code == 422
    assert "only with the knowledge of whom it is about" in unknown.text
    told = {**day("informed_on", world.store.clock.today()), "subject_informed": "yes"}
    done = visitor.send(
        path, to=f"{path}/result", version=version, q_nomination="accepted-watched", start_monitor="y", **told
    )
    assert done.status_code == 302
    for each in (visitor, counter.sign_in("officer@homes.example")):
        page = each.get("/officer/monitors").text
        assert "Runs</strong> until" in page
    assert "There is none" in counter.sign_in("officer@police.example").get("/officer/monitors").text


# --- emergency, push, reply times ------------------------------------------------------------------


def test_an_emergency_is_asked_on_a_phone_allowed_after_a_call_back_seen_written_up_and_listed(people):
    counter, _ = people
    landlord, duty = counter.sign_in("officer@homes.example"), counter.sign_in("liaison@police.example")
    form = landlord.get("/officer/emergencies/new").text
    assert (
        len(
            set(re.findall(r'<(?:input|select|textarea)[^>]* name="([^"]+)"', form)) - {"csrf_token", "idempotency_key"}
        )
        <= 6
    )
    asked = landlord.send(
        "/officer/emergencies/new",
        supplier="model-police",
        harm="Does not answer",
        subject_ref="MP-2026-0001",
        fields=["subject.vulnerability"],
        channel="view",
    )
    path = request_path(asked)
    assert path in duty.get("/officer/emergencies").text
    page = duty.get(path).text
    assert "01632 960000" in page
    assert "Does not answer" not in page
    assert "Does not answer" in duty.send(path, to=f"{path}/words").text
    allow = {"allow": ["subject.vulnerability|yes-no"], "version": version_of(page)}
    unrung = duty.send(path, to=f"{path}/allow", **allow)
    assert unrung.status_code == 422
    assert "Ring them back" in unrung.text
    assert duty.send(path, to=f"{path}/allow", called_back="y", **allow).status_code == 302
    shown = path.replace("/emergencies/", "/requests/")
    assert ">yes<" in landlord.send(shown, to=f"{shown}/open").text
    auditor = counter.sign_in("auditor@council.example").get("/officer/emergencies").text
    assert "Model Police to Model Homes" in auditor
    wrote = duty.send(
        path, to=f"{path}/write-up", words="Whether, nothing more", version=version_of(duty.get(path).text)
    )
    assert wrote.status_code == 302
    assert "Whether, nothing more" in landlord.send(path, to=f"{path}/write-up/open").text


def test_something_is_given_unasked_decided_by_a_colleague_and_opened_by_whom_it_was_given_to(people):
    counter, world = people
    officer, liaison = counter.sign_in("officer@homes.example"), counter.sign_in("liaison@homes.example")
    assert "Continue" in officer.get("/officer/pushes/new").text
    proposed = officer.send(
        "/officer/pushes/new?recipient=model-police",
        to="/officer/pushes/new",
        recipient="model-police",
        reference="MH-2026-0001",
        purpose="asb-case",
        contact=str(world.actor("officer@police.example").officer_id),
        fields=["subject.name", "subject.address"],
        necessity="They look for him",
        proportionality="Who and where",
    )
    path = request_path(proposed)
    police = counter.sign_in("officer@police.example")
    assert police.get(path).status_code == 404  # nothing has left: nothing is known of it
    decide = decide_path(path)
    assert path.rsplit("/", 1)[1] in liaison.get("/liaison/requests").text
    page = liaison.get(decide).text
    assert "May leave" in page
    done = liaison.send(decide, field_subject_name="as-is", field_subject_address="", version=version_of(page))
    assert done.status_code == 302
    assert f'href="{path}"' in police.get("/officer/requests").text
    opened = police.send(path, to=f"{path}/open").text
    assert NAME in opened
    assert ADDRESS not in opened


def test_how_long_replies_take_is_a_page_with_its_denominator(people):
    counter, world = people
    first = world.ask(fields=(("subject.name", None),))
    world.ask(fields=(("subject.name", None),))
    world.decide(first.request_id)
    for who in ("coordinator@council.example", "liaison@homes.example", "auditor@council.example"):
        page = counter.sign_in(who).get("/liaison/reply-times").text
        assert "1 of 2 requests" in page
        assert first.ref not in page
    assert counter.sign_in("officer@police.example").get("/liaison/reply-times").status_code == 403
    assert PARTNERSHIP not in page
