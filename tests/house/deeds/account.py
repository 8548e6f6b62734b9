"""This module knows the forms of the front door, of one's own account and of an agency's people."""

from __future__ import annotations

import re

from protocols.actions import Event
from sharing import partners
from tests.house.deeds.partnership import AISHA, COLIN, DANIEL, MAX, PAT
from tests.house.deeds.registry import Sending, leaves
from tests.house.deeds.world import DeedWorld, code_of
from tests.portal.conftest import PASSWORD, TODAY, Visitor
from tests.portal.coordinator_world import day

NEW_PASSWORD = "tangerine glacier waltz"


def _with_letter(world: DeedWorld, token: str) -> Visitor:
    visitor = world.counter.anonymous()
    assert visitor.get(f"/account/letter/{token}").status_code == 302
    return visitor


@leaves("/account/sign-in")
def a_password_is_given(world: DeedWorld) -> Sending:
    return Sending(world.counter.anonymous(), "/account/sign-in", {"email": COLIN, "password": PASSWORD})


@leaves("/account/code", Event.SIGNED_IN)
def a_code_signs_in(world: DeedWorld) -> Sending:
    visitor, seed = world.password_given(COLIN)
    return Sending(visitor, "/account/code", {"code": code_of(seed)})


@leaves("/account/confirm", Event.SIGNED_IN)
def somebody_says_again_who_they_are(world: DeedWorld) -> Sending:
    visitor = world.as_(MAX)
    code = code_of(world.new_phone(MAX))
    return Sending(visitor, "/account/confirm", {"password": PASSWORD, "code": code})


@leaves("/account/sign-out", Event.SIGNED_OUT)
def somebody_signs_out(world: DeedWorld) -> Sending:
    visitor = world.sign_in_anew(PAT)
    del world.visitors[PAT]
    return Sending(visitor, "/account/sign-out")


@leaves("/account/post", Event.POST_SWITCHED)
def another_post_is_chosen(world: DeedWorld) -> Sending:
    visitor = world.sign_in_anew(PAT)
    del world.visitors[PAT]
    post = re.search(r'value="([0-9a-f]{8}-[0-9a-f-]{27})"', visitor.get("/account/post").text)
    assert post
    return Sending(visitor, "/account/post", {"post": post.group(1)})


@leaves("/account/forgotten")
def a_letter_is_asked_for(world: DeedWorld) -> Sending:
    return Sending(world.counter.anonymous(), "/account/forgotten", {"email": COLIN})


@leaves("/account/password", Event.PASSWORD_CHOSEN)
def a_password_is_chosen(world: DeedWorld) -> Sending:
    _, _, token = world.newcomer()
    return Sending(_with_letter(world, token), "/account/password", {"password": NEW_PASSWORD, "code": ""})


@leaves("/account/phone/password")
def a_password_is_shown_before_a_new_phone(world: DeedWorld) -> Sending:
    officer_id, email, _ = world.newcomer()
    world.new_phone(email)
    with world.unit(AISHA) as unit:
        letter = partners.reset_phone(unit, partners.ResetPhone(officer_id))
    return Sending(_with_letter(world, str(letter.token)), "/account/phone/password", {"password": PASSWORD})


@leaves("/account/phone", Event.SECOND_FACTOR_ENROLLED)
def a_phone_is_set_up(world: DeedWorld) -> Sending:
    _, _, token = world.newcomer()
    visitor = _with_letter(world, token)
    assert visitor.send("/account/password", password=NEW_PASSWORD, code="").status_code == 302
    seed = visitor.get("/account/phone").text.split('accord-code">')[1].split("<")[0]
    return Sending(visitor, "/account/phone", {"code": code_of(seed)})


# --- an agency's people ----------------------------------------------------------------------------


@leaves("/account/people/invite", Event.OFFICER_INVITED)
def a_colleague_is_invited(world: DeedWorld) -> Sending:
    fields = {
        "name": "Nia Okafor",
        "email": f"nia{world.number()}@council.example",
        "post": "Officer",
        "phone": "",
        "role": "officer",
    }
    return Sending(world.as_(DANIEL), "/account/people/invite", fields)


@leaves("/account/people/<uuid:officer_id>/training", Event.TRAINING_RECORDED)
def training_is_recorded(world: DeedWorld) -> Sending:
    officer_id, *_ = world.newcomer()
    return Sending(world.as_(AISHA), f"/account/people/{officer_id}/training", day("trained_on", TODAY))


@leaves("/account/people/<uuid:officer_id>/liaison", Event.LIAISON_OFFICER_NAMED)
def a_deputy_is_named(world: DeedWorld) -> Sending:
    officer_id, *_ = world.newcomer()
    fields = {"kind": "deputy", **day("from_on", TODAY)}
    return Sending(world.as_(AISHA), f"/account/people/{officer_id}/liaison", fields)


@leaves("/account/people/<uuid:officer_id>/phone", Event.SECOND_FACTOR_RESET)
def a_lost_phone_is_made_useless(world: DeedWorld) -> Sending:
    officer_id, email, _ = world.newcomer()
    world.new_phone(email)
    return Sending(world.as_(AISHA), f"/account/people/{officer_id}/phone")


@leaves("/account/people/<uuid:officer_id>/end", Event.OFFICER_DISABLED, Event.OFFICER_DISABLED)
def the_last_post_of_somebody_ends(world: DeedWorld) -> Sending:
    officer_id, *_ = world.newcomer()
    return Sending(world.as_(AISHA), f"/account/people/{officer_id}/end")
