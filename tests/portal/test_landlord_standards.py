"""The standards pages: judged item by item, signed step by step, and joint only when every member has signed."""

from __future__ import annotations

import json

import pytest
from landlord_desk import AISHA, COLIN, JO, PRIYA, words

from portal.landlord.standards_forms import input_name
from protocols.standards import frameworks
from sharing import standards

PLACE = "waltham-forest"
RSHM = "/landlord/standards/RSHM"
CHARTER = "/landlord/standards/CHARTER"
DECIDED = {
    "decided_ref": "Board, minute 7",
    "decided_on-day": "14",
    "decided_on-month": "3",
    "decided_on-year": "2026",
    "champion": "Chair of the board",
}
CONSENT = {f"parent_consented_on-{part}": value for part, value in (("day", "1"), ("month", "4"), ("year", "2026"))}
JOINT = {"consortium_box": "y", "satisfied_area": "Waltham Forest"}


def judged(code: str, status: str, **texts: str) -> dict[str, str]:
    return {input_name(code, part): text for part, text in {"status": status, **texts}.items()}


def form_consortium(counter):
    priya = counter.sign_in(PRIYA)
    done = priya.send(
        "/landlord/standards/consortia/new",
        code="wf-landlords",
        name="Waltham Forest landlords",
        area="Waltham Forest",
        members=["ascham-homes", "forest-homes"],
    )
    assert done.status_code == 302, priya.errors(done)
    return priya


def test_both_frameworks_are_listed_with_how_far_we_have_come(counter):
    said = words(counter.sign_in(JO).get("/landlord/standards"))
    assert "Respect Standard for Housing Management" in said
    assert "Respect: ASB Charter for Housing" in said
    assert "Not begun" in said


def test_not_relevant_without_reason_and_alternative_is_rejected_at_that_item(counter):
    jo = counter.sign_in(JO)
    refused = jo.send(f"{RSHM}/3", **judged("RSHM-3.P4", "not-relevant"), version="")
    assert refused.status_code == 422
    assert jo.errors(refused) == ["Say why the item is not relevant here.", "Say what you do instead."]
    whole = judged("RSHM-3.P4", "not-relevant", reason="No wardens here", alternative="We offer to sponsor patrols")
    assert jo.send(f"{RSHM}/3", **whole, version="").status_code == 302
    assert "1 of 67 items judged" in words(jo.get(RSHM))


def test_an_element_of_deeper_without_anything_is_flagged(counter):
    jo = counter.sign_in(JO)
    assert words(jo.get(RSHM)).count("Nothing yet") == 6
    jo.send(f"{RSHM}/1", **judged("RSHM-1.B7", "met", evidence="Policy of 2025"), version="")
    assert words(jo.get(RSHM)).count("Nothing yet") == 5


def test_a_page_that_somebody_else_has_overtaken_stores_nothing(counter):
    jo = counter.sign_in(JO)
    item = judged("RSHM-1.B7", "met", evidence="Policy of 2025")
    jo.send(f"{RSHM}/1", **item, version="")
    assert jo.send(f"{RSHM}/1", **judged("RSHM-1.B7", "not-met"), version="99").status_code == 409


def test_a_deferred_assessment_stays_and_is_compared_with_the_later_one(counter):
    jo = counter.sign_in(JO)
    on = {"assessed_on-day": "1", "assessed_on-month": "10", "assessed_on-year": "2020"}
    assert jo.send(RSHM, to=f"{RSHM}/begin", **on).status_code == 302
    jo.send(f"{RSHM}/1", **judged("RSHM-1.B7", "not-met"))
    with counter.store.reading() as session:
        first = standards.assessments(session, PLACE, "forest-homes", "RSHM")[0]
    conclude = f"{RSHM}/conclude/{first.id}"
    early = jo.send(RSHM, to=conclude, outcome="sign", version=str(first.version))
    assert early.status_code == 422
    assert "66 of 67 items are not judged yet" in words(early)
    assert jo.send(RSHM, to=conclude, outcome="defer", version=str(first.version)).status_code == 302
    jo.send(f"{RSHM}/1", **judged("RSHM-1.B7", "met", evidence="Policy of 2025"))
    with counter.store.reading() as session:
        later, earlier = standards.assessments(session, PLACE, "forest-homes", "RSHM")
    assert (earlier.outcome, later.outcome) == ("defer", "open")
    said = words(jo.get(f"{RSHM}/assessments/{later.id}?with={earlier.id}"))
    assert "1 October 2020 (deferred) against 24 November 2026: 1 item judged differently" in said
    assert "No abuse tolerated against staff, resident reps or volunteers Not met Met" in said


def test_the_whole_standard_can_be_judged_and_signed_for(counter):
    jo = counter.sign_in(JO)
    framework = frameworks()["CHARTER"]
    for number in range(1, len(framework.commitments) + 1):
        items = [item for item in framework.scored() if item.commitment == number]
        given = {k: v for item in items for k, v in judged(item.code, "met", evidence="Policy of 2025").items()}
        assert jo.send(f"{CHARTER}/{number}", **given).status_code == 302
    with counter.store.reading() as session:
        view = standards.assessments(session, PLACE, "forest-homes", "CHARTER")[0]
    assert view.progress.is_whole
    done = jo.send(CHARTER, to=f"{CHARTER}/conclude/{view.id}", outcome="sign", version=str(view.version))
    assert done.status_code == 302


def test_nobody_signs_up_before_the_decision_and_the_champion_are_recorded(counter):
    jo = counter.sign_in(JO)
    refused = jo.send(f"{RSHM}/sign-up", register="y")
    assert refused.status_code == 422
    assert "No champion at board level is named." in words(refused)
    assert "The board's or cabinet's decision (reference and date) is not recorded." in words(refused)
    assert jo.send(f"{RSHM}/sign-up", **DECIDED, register="y").status_code == 302
    assert "Signed up 24 November 2026 Assessment outstanding" in words(jo.get(RSHM))


def test_an_almo_signs_only_with_its_parents_agreement(counter):
    colin = counter.sign_in(COLIN)
    refused = colin.send(f"{RSHM}/sign-up", **DECIDED, register="y")
    assert refused.status_code == 422
    assert "The parent authority's agreement is not recorded." in words(refused)
    assert colin.send(f"{RSHM}/sign-up", **DECIDED, **CONSENT, register="y").status_code == 302


def test_one_blank_declaration_holds_the_joint_sign_up_back_and_names_the_member(counter):
    form_consortium(counter)
    jo, colin = counter.sign_in(JO), counter.sign_in(COLIN)
    jo.send(f"{RSHM}/sign-up", **DECIDED, **JOINT, register="y")
    colin.send(f"{RSHM}/sign-up", **DECIDED, **CONSENT, consortium_box="y", register="y")
    said = words(jo.get("/landlord/standards/consortia/wf-landlords"))
    assert "Not complete Waiting for Ascham Homes." in said
    assert "Ascham Homes has not declared itself satisfied for all residents of Waltham Forest." in said
    assert "Signed up" in words(jo.get(RSHM))  # each member's own stands by itself
    colin.send(f"{RSHM}/sign-up", **DECIDED, **CONSENT, **JOINT)
    assert "Complete Every member has signed for Waltham Forest." in words(jo.get("/landlord/standards"))


def test_the_command_says_who_holds_the_joint_sign_up_back(counter, monkeypatch, capsys):
    from portal import cli

    form_consortium(counter)
    for name, value in _environment(counter).items():
        monkeypatch.setenv(name, value)
    words_ = ["standards", "status", "--partnership", PLACE, "--consortium", "wf-landlords"]
    assert cli.main([*words_, "--json"]) == cli.NO
    found = json.loads(capsys.readouterr().out)
    assert found["complete"] is False
    assert [member["name"] for member in found["members"]] == ["Ascham Homes", "Forest Homes Housing Association"]
    assert cli.main(words_) == cli.NO
    assert "has not signed for itself" in capsys.readouterr().out


def _environment(counter) -> dict[str, str]:
    settings = counter.app.extensions["accord.settings"]
    return {"ACCORD_HOME": str(settings.home), "ACCORD_DATABASE_URL": settings.database_url}


@pytest.mark.parametrize("email", [AISHA, PRIYA])
def test_who_is_no_signatory_cannot_sign(counter, email: str):
    assert counter.sign_in(email).get(f"{RSHM}/sign-up").status_code == 403
