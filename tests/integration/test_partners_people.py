"""Officers in the record: their posts, roles and organisations."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pyotp
import pytest
from sqlalchemy import select

from protocols.actions import Event
from protocols.actor import Actor
from protocols.roles import Role
from sharing import access, partners
from sharing.access import Outcome
from sharing.access.model import SecondFactor
from sharing.errors import InvalidError, NotFoundError, NotPermittedError, StaleError
from sharing.ledger.model import LedgerEntry
from sharing.partners import LiaisonKind, WorkKind

EXAMPLE = (Path(__file__).parents[1] / "data" / "partnership-example.toml").read_text("utf-8")
PLACE, FOREST, COUNCIL, ASCHAM = "waltham-forest", "forest-homes", "lb-waltham-forest", "ascham-homes"
PASSWORD, NETWORK = "tin kettle orbit", "192.0.2.1"


class Room:
    """The example partnership: act as an officer, ask, or sign somebody in for real."""

    def __init__(self, store):
        self.store = store
        self.operator = Actor(operator="test")
        with store.unit(self.operator) as unit:
            loaded = partners.load_partnership(unit, EXAMPLE)
        self.letters = {post.email: post.token for post in loaded.invitations}

    @property
    def today(self):
        return self.store.clock.today()

    @property
    def now(self):
        return self.store.clock.business_now()

    def person(self, name, place=PLACE):
        with self.store.reading() as session:
            people = partners.officers(session, place, self.now, self.today, also_former=True)
        return next(view for view in people if view.name.endswith(name))

    def actor(self, name, place=PLACE):
        view = self.person(name, place)
        return Actor(view.user_id, view.id, view.organisation, place, view.roles)

    def do(self, name, service, command):
        with self.store.unit(self.operator if name is None else self.actor(name)) as unit:
            return service(unit, command)

    def ask(self, query, *args, **kwargs):
        with self.store.reading() as session:
            return query(session, *args, **kwargs)

    def who(self, token):
        return self.ask(partners.identify, self.store.clock, token)

    def sign_in(self, email):
        if email in self.letters:
            opened = access.open_letter(self.store, self.letters.pop(email))
            token = access.choose_password(self.store, opened.token, PASSWORD).token
            seed = access.start_enrolment(self.store, token).seed
            return access.confirm_enrolment(self.store, token, self.code(seed)).step.token
        raise AssertionError

    @staticmethod
    def code(seed):
        return pyotp.TOTP(seed).generate_otp(int(datetime.now(UTC).timestamp()) // 30)

    def entries(self, event):
        self.store.integrate()
        with self.store.reading() as session:
            return [
                row for row in session.scalars(select(LedgerEntry)) if f'"{event.value}"'.encode() in bytes(row.body)
            ]


@pytest.fixture
def room(store):
    return Room(store)


def invite(**changes):
    command = {
        "email": "new@foresthomes.example",
        "name": "Nia Rees",
        "post": "Neighbourhood officer",
        "roles": ["officer"],
    }
    return partners.InviteOfficer(**{**command, **changes})


# --- who acts ---------------------------------------------------------------------------------------


def test_an_invited_officer_signs_in_and_acts_in_the_post_that_was_given(room):
    who = room.who(room.sign_in("jo.whitfield@foresthomes.example"))
    assert (who.actor.organisation, who.actor.partnership) == (FOREST, PLACE)
    assert who.actor.roles == {Role.RETURNS_OFFICER, Role.SIGNATORY, Role.OFFICER, Role.AGENCY_ADMIN}
    assert who.post.post == "Housing services manager"


def test_the_role_of_liaison_officer_goes_with_the_post(room):
    assert Role.LIAISON_OFFICER in room.actor("Begum").roles
    assert Role.LIAISON_OFFICER not in room.actor("Whitfield").roles


def test_an_elected_member_has_the_readers_role_whatever_is_written(room):
    assert room.actor("Adeyemi").roles == {Role.READER}


def test_nobody_signed_in_is_nobody(room):
    assert room.who(None) is None
    assert room.who("x" * 43) is None


def test_a_person_with_two_posts_chooses_one_and_gets_a_new_token(room):
    room.do(
        None,
        partners.invite_officer,
        invite(email="aisha.begum@ascham.example", organisation=FOREST, partnership=PLACE),
    )
    token = room.sign_in("aisha.begum@ascham.example")
    who = room.who(token)
    assert (who.post, who.actor.organisation, who.actor.roles) == (None, None, frozenset())
    there = next(post for post in who.posts if post.organisation == FOREST)
    switched = partners.switch_post(room.store, token, there.officer_id)
    assert room.who(token) is None
    assert room.who(switched).actor.organisation == FOREST
    assert len(room.entries(Event.POST_SWITCHED)) == 1


def test_nobody_acts_in_anybody_elses_post(room):
    token = room.sign_in("jo.whitfield@foresthomes.example")
    with pytest.raises(NotFoundError):
        partners.switch_post(room.store, token, room.person("Osei").id)
    assert room.who(token).actor.organisation == FOREST


def test_a_role_that_is_taken_away_bites_at_the_next_request(room):
    token = room.sign_in("tom.hale@police.example")
    hale = room.person("Hale")
    room.do(
        "Lindqvist",
        partners.change_officer,
        partners.ChangeOfficer(hale.id, hale.version, hale.name, hale.post, ["reader"]),
    )
    assert room.who(token).actor.roles == {Role.READER}


def test_a_leaver_is_nobody_at_the_next_request_and_cannot_sign_in(room):
    token = room.sign_in("tom.hale@police.example")
    room.do("Lindqvist", partners.disable_officer, partners.DisableOfficer(room.person("Hale").id))
    assert room.who(token) is None
    assert access.begin_sign_in(room.store, "tom.hale@police.example", PASSWORD, NETWORK).outcome is Outcome.WRONG


def test_leaving_one_of_two_posts_leaves_the_other(room):
    room.do(
        None,
        partners.invite_officer,
        invite(email="aisha.begum@ascham.example", organisation=FOREST, partnership=PLACE),
    )
    token = room.sign_in("aisha.begum@ascham.example")
    there = next(post for post in room.who(token).posts if post.organisation == FOREST)
    token = partners.switch_post(room.store, token, there.officer_id)
    room.do("Whitfield", partners.disable_officer, partners.DisableOfficer(there.officer_id))
    who = room.who(token)
    assert who.actor.organisation == ASCHAM
    assert [post.organisation for post in who.posts] == [ASCHAM]


def test_an_operator_acts_for_an_officer_in_post_and_is_named(room):
    room.sign_in("jo.whitfield@foresthomes.example")
    actor = room.ask(partners.actor_by_email, room.store.clock, "jo.whitfield@foresthomes.example", operator="root")
    assert (actor.organisation, actor.operator, actor.pseudonym) == (FOREST, "root", "operator:root")
    with pytest.raises(NotFoundError):
        room.ask(partners.actor_by_email, room.store.clock, "tom.hale@police.example", operator="root")


# --- an agency's administrator ----------------------------------------------------------------------


def test_an_administrator_invites_to_the_own_organisation(room):
    invited = room.do("Whitfield", partners.invite_officer, invite())
    assert room.person("Rees").organisation == FOREST
    assert invited.post.token not in repr(invited)
    room.letters["new@foresthomes.example"] = invited.post.token
    assert room.who(room.sign_in("new@foresthomes.example")).actor.roles == {Role.OFFICER}
    entry = room.entries(Event.OFFICER_INVITED)[-1]
    assert b"Rees" not in bytes(entry.body)
    assert b"new@" not in bytes(entry.body)


@pytest.mark.parametrize("role", ["auditor", "coordinator", "operator", "liaison-officer", "superuser"])
def test_an_administrator_gives_no_role_that_reaches_upward(room, role):
    with pytest.raises(InvalidError):
        room.do("Whitfield", partners.invite_officer, invite(roles=["officer", role]))
    mine = room.person("Pereira")
    with pytest.raises(InvalidError):
        room.do(
            "Whitfield",
            partners.change_officer,
            partners.ChangeOfficer(mine.id, mine.version, mine.name, mine.post, [role]),
        )


def test_an_administrator_reaches_no_other_organisation(room):
    osei = room.person("Osei")
    for service, command in (
        (partners.invite_officer, invite(organisation=COUNCIL)),
        (partners.change_officer, partners.ChangeOfficer(osei.id, osei.version, "x", "y", ["reader"])),
        (partners.disable_officer, partners.DisableOfficer(osei.id)),
        (partners.reset_phone, partners.ResetPhone(osei.id)),
        (partners.record_training, partners.RecordTraining(osei.id, "course", room.today)),
        (
            partners.name_liaison_officer,
            partners.NameLiaisonOfficer(osei.id, LiaisonKind.LIAISON, room.today, organisation=COUNCIL),
        ),
        (partners.assign_officer, partners.AssignOfficer(osei.id, WorkKind.CASE, "C-1")),
    ):
        with pytest.raises(NotPermittedError) as refused:
            room.do("Whitfield", service, command)
        assert refused.value.rule == "own-organisation"
    assert room.person("Osei") == osei


def test_an_administrator_reaches_no_other_partnership(room):
    room.do(None, partners.load_partnership, EXAMPLE.replace('code = "waltham-forest"', 'code = "newham"'))
    abroad = room.person("Pereira", "newham")
    with pytest.raises(NotFoundError):
        room.do("Whitfield", partners.disable_officer, partners.DisableOfficer(abroad.id))
    with pytest.raises(NotPermittedError):
        room.do("Whitfield", partners.invite_officer, invite(partnership="newham"))


@pytest.mark.parametrize("name", ["Hale", "Sharma", "Marsh", "Adeyemi", "Katz"])
def test_who_is_no_administrator_changes_nobody(room, name):
    mine = room.person(name)
    for service, command in (
        (partners.invite_officer, invite()),
        (partners.disable_officer, partners.DisableOfficer(mine.id)),
        (partners.record_training, partners.RecordTraining(mine.id, "course", room.today)),
    ):
        with pytest.raises(NotPermittedError) as refused:
            room.do(name, service, command)
        assert refused.value.rule == "role"


def test_nobody_changes_their_own_roles_or_ends_their_own_post(room):
    me = room.person("Whitfield")
    with pytest.raises(NotPermittedError):
        room.do(
            "Whitfield",
            partners.change_officer,
            partners.ChangeOfficer(me.id, me.version, me.name, me.post, ["reader"]),
        )
    with pytest.raises(NotPermittedError):
        room.do("Whitfield", partners.disable_officer, partners.DisableOfficer(me.id))
    with pytest.raises(NotPermittedError):
        room.do("Whitfield", partners.reset_phone, partners.ResetPhone(me.id))


def test_a_role_given_by_the_operator_survives_an_administrators_change(room):
    sharma = room.person("Sharma")
    room.do(
        "Osei",
        partners.change_officer,
        partners.ChangeOfficer(sharma.id, sharma.version, sharma.name, "ASB lead", ["reader"]),
    )
    assert room.person("Sharma").roles == {Role.COORDINATOR, Role.READER}


def test_two_administrators_at_once_do_not_overwrite_each_other(room):
    hale = room.person("Hale")
    room.do(
        "Lindqvist",
        partners.change_officer,
        partners.ChangeOfficer(hale.id, hale.version, hale.name, "Sergeant", ["officer"]),
    )
    with pytest.raises(StaleError):
        room.do(
            "Lindqvist",
            partners.change_officer,
            partners.ChangeOfficer(hale.id, hale.version, hale.name, "PC", ["officer"]),
        )


def test_inviting_somebody_twice_is_refused_and_a_leaver_may_come_back(room):
    room.do("Whitfield", partners.invite_officer, invite())
    with pytest.raises(InvalidError):
        room.do("Whitfield", partners.invite_officer, invite(email="NEW@foresthomes.example "))
    first = room.person("Rees")
    room.do("Whitfield", partners.disable_officer, partners.DisableOfficer(first.id))
    with pytest.raises(NotPermittedError):
        room.do("Whitfield", partners.invite_officer, invite())
    with room.store.unit(room.operator) as unit:
        access.enable_account(unit, first.user_id)
    room.do("Whitfield", partners.invite_officer, invite(post="Caretaker"))
    again = room.person("Rees")
    assert (again.id, again.post, again.in_post) == (first.id, "Caretaker", True)


def test_an_invitation_to_an_account_in_use_is_news_without_a_token(room):
    room.sign_in("tom.hale@police.example")
    invited = room.do("Whitfield", partners.invite_officer, invite(email="tom.hale@police.example"))
    assert invited.post.token is None


def test_a_phone_is_reset_by_the_administrator_who_sees_no_secret(room):
    token = room.sign_in("tom.hale@police.example")
    post = room.do("Lindqvist", partners.reset_phone, partners.ResetPhone(room.person("Hale").id))
    assert post.email == "tom.hale@police.example"
    assert post.token not in repr(post)
    assert room.who(token) is None
    with room.store.reading() as session:
        assert session.get(SecondFactor, room.person("Hale").user_id) is None


def test_an_account_with_a_post_elsewhere_is_reset_by_the_operator_alone(room):
    room.sign_in("tom.hale@police.example")
    room.do(
        None, partners.invite_officer, invite(email="tom.hale@police.example", organisation=FOREST, partnership=PLACE)
    )
    command = partners.ResetPhone(room.person("Hale").id)
    with pytest.raises(NotPermittedError) as refused:
        room.do("Lindqvist", partners.reset_phone, command)
    assert refused.value.rule == "own-organisation"
    assert room.do(None, partners.reset_phone, partners.ResetPhone(command.officer_id, partnership=PLACE)).token


# --- posts, training, work --------------------------------------------------------------------------


def test_naming_a_liaison_officer_ends_the_one_before(room):
    marsh = room.person("Marsh")
    room.do(
        "Begum", partners.name_liaison_officer, partners.NameLiaisonOfficer(marsh.id, LiaisonKind.LIAISON, room.today)
    )
    assert room.person("Marsh").liaison is LiaisonKind.LIAISON
    assert room.person("Begum").liaison is None
    gaps = room.ask(partners.liaison_gaps, PLACE, room.now, room.today)
    assert ("training-lapsed", ASCHAM) in {(gap.kind, gap.organisation) for gap in gaps}
    room.do("Begum", partners.record_training, partners.RecordTraining(marsh.id, "Information sharing", room.today))
    gaps = room.ask(partners.liaison_gaps, PLACE, room.now, room.today)
    assert ASCHAM not in {gap.organisation for gap in gaps}


def test_a_consortium_shares_a_liaison_officer_through_a_post_in_each_organisation(room):
    begum = room.person("Begum")
    there = partners.NameLiaisonOfficer(begum.id, LiaisonKind.LIAISON, room.today)
    with pytest.raises(InvalidError, match="another organisation"):
        room.do("Whitfield", partners.name_liaison_officer, there)
    room.do("Whitfield", partners.invite_officer, invite(email=begum.email, name="Begum, for Forest", post="Shared"))
    room.do("Whitfield", partners.record_training, partners.RecordTraining(room.person("Forest").id, "x", room.today))
    named = partners.NameLiaisonOfficer(room.person("Forest").id, LiaisonKind.LIAISON, room.today)
    room.do("Whitfield", partners.name_liaison_officer, named)
    gaps = room.ask(partners.liaison_gaps, PLACE, room.now, room.today)
    assert FOREST not in {gap.organisation for gap in gaps}
    assert Role.LIAISON_OFFICER in room.actor("Forest").roles
    assert room.person("Begum").roles == begum.roles


def test_training_lapses_after_two_years(room):
    begum = room.person("Begum")
    with room.store.reading() as session:
        then = partners.officer(session, PLACE, begum.id, room.now, date(2027, 2, 10))
        after = partners.officer(session, PLACE, begum.id, room.now, date(2027, 2, 11))
    assert (then.training_is_current, after.training_is_current) == (True, False)


def test_training_in_the_future_or_twice_is_refused(room):
    begum = room.person("Begum")
    with pytest.raises(InvalidError):
        room.do("Begum", partners.record_training, partners.RecordTraining(begum.id, "x", room.today + timedelta(1)))
    room.do("Begum", partners.record_training, partners.RecordTraining(begum.id, "x", room.today))
    with pytest.raises(InvalidError):
        room.do("Begum", partners.record_training, partners.RecordTraining(begum.id, "x", room.today))


def test_only_the_principal_records_who_acts_for_it(room):
    def command(**changes):
        fields = {"organisation": ASCHAM, "purposes": ["asb-case"], "ref": "Deed 7", "from_on": room.today}
        return partners.RecordDelegation(**{**fields, **changes})

    with pytest.raises(NotPermittedError):
        room.do("Marsh", partners.record_delegation, command(principal=COUNCIL))
    with pytest.raises(InvalidError):
        room.do("Marsh", partners.record_delegation, command())
    room.do("Osei", partners.record_delegation, command())
    found = room.ask(partners.delegations, PLACE, room.today)
    assert ("Deed 7", COUNCIL) in {(view.ref, view.principal) for view in found}
    for wrong in (
        {"purposes": ["*"]},
        {"purposes": []},
        {"ref": " "},
        {"to_on": room.today},
        {"organisation": COUNCIL},
    ):
        with pytest.raises(InvalidError):
            room.do("Osei", partners.record_delegation, command(**wrong))


def test_an_assignment_is_made_once_and_ends(room):
    hale = room.person("Hale")
    command = partners.AssignOfficer(hale.id, WorkKind.REQUEST, "R-2026-1")
    first = room.do("Lindqvist", partners.assign_officer, command)
    assert room.do("Lindqvist", partners.assign_officer, command) == first
    assert room.ask(partners.is_assigned, PLACE, hale.id, WorkKind.REQUEST, "R-2026-1", room.now)
    assert not room.ask(partners.is_assigned, PLACE, hale.id, WorkKind.REQUEST, "R-2026-2", room.now)
    assert room.ask(partners.assigned_to, PLACE, hale.id, WorkKind.REQUEST, room.now) == {"R-2026-1"}
    with room.store.unit(room.actor("Lindqvist")) as unit:
        partners.end_assignment(unit, hale.id, WorkKind.REQUEST, "R-2026-1")
        unit.record(Event.REQUEST_DECIDED)
    assert not room.ask(partners.is_assigned, PLACE, hale.id, WorkKind.REQUEST, "R-2026-1", room.now)


def test_a_leaver_leaves_posts_authorisations_and_work_behind(room):
    begum = room.person("Begum")
    room.do("Begum", partners.assign_officer, partners.AssignOfficer(begum.id, WorkKind.CASE, "C-1"))
    room.do(None, partners.disable_officer, partners.DisableOfficer(begum.id, partnership=PLACE))
    assert not room.ask(partners.is_assigned, PLACE, begum.id, WorkKind.CASE, "C-1", room.now)
    assert room.person("Begum").liaison is None
    assert not room.person("Begum").in_post


def test_an_operator_names_where_a_command_acts(room):
    with pytest.raises(InvalidError):
        room.do(None, partners.disable_officer, partners.DisableOfficer(room.person("Hale").id))
    with pytest.raises(NotFoundError):
        room.do(None, partners.invite_officer, invite(organisation=FOREST, partnership="nowhere"))
    with pytest.raises(NotPermittedError):
        room.do(None, partners.assign_officer, partners.AssignOfficer(room.person("Hale").id, WorkKind.CASE, "C-1"))
