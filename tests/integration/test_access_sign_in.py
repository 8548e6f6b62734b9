"""Invitations, passwords, codes and sessions, from the first letter to being signed out."""

from __future__ import annotations

import threading
from datetime import UTC, datetime, timedelta

import pyotp
import pytest
from sqlalchemy import select, text, update

from protocols.actions import Event
from protocols.actor import Actor
from sharing import access
from sharing.access import Outcome
from sharing.access.model import RecoveryCode, SecondFactor, SignInSession, Throttle, User
from sharing.access.tokens import new_seed
from sharing.errors import InvalidError, NotPermittedError
from sharing.ledger.model import LedgerEntry

PASSWORD = "tin kettle orbit"
HOME = "192.0.2.1"
EMAIL = "ann@forest.example"


class Person:
    """Somebody with a phone: knows the password, and the code of any half minute."""

    def __init__(self, store, email=EMAIL):
        self.store, self.email, self.seed = store, email, new_seed()
        with store.unit(Actor(operator="test")) as unit:
            invited = access.invite(unit, email)
            unit.record(Event.OFFICER_INVITED, about=invited.user_id)
        self.user_id, self.invitation = invited.user_id, invited.post.token

    def set_up(self):
        opened = access.open_letter(self.store, self.invitation)
        step = access.choose_password(self.store, opened.token, PASSWORD)
        assert step.outcome is Outcome.PASSED
        self.seed = access.start_enrolment(self.store, step.token).seed
        enrolled = access.confirm_enrolment(self.store, step.token, self.code(-1))
        assert enrolled.step.outcome is Outcome.PASSED
        self.recovery = enrolled.recovery_codes
        return enrolled.step.token

    def code(self, half_minutes=0):
        return pyotp.TOTP(self.seed).generate_otp(int(datetime.now(UTC).timestamp()) // 30 + half_minutes)

    def forget_code(self):
        with self.store.engine.begin() as connection:
            connection.execute(update(SecondFactor).values(last_counter=0))

    def sign_in(self, network=HOME):
        self.forget_code()
        half = access.begin_sign_in(self.store, self.email, PASSWORD, network)
        assert half.outcome is Outcome.PASSED
        whole = access.verify_code(self.store, half.token, self.code())
        assert whole.outcome is Outcome.PASSED
        return whole.token


def who(store, token):
    with store.reading() as session:
        return access.resolve(session, token)


def age(store, **moved):
    """Move a session's moments into the past."""
    with store.engine.begin() as connection:
        for column, by in moved.items():
            attribute = getattr(SignInSession, column)
            for row_id, value in connection.execute(select(SignInSession.id, attribute)).all():
                connection.execute(update(SignInSession).where(SignInSession.id == row_id).values({column: value - by}))


def clear_throttles(store):
    with store.engine.begin() as connection:
        connection.execute(Throttle.__table__.delete())


def entries(store, event):
    store.integrate()
    with store.reading() as session:
        rows = session.scalars(select(LedgerEntry)).all()
    return [row for row in rows if event.value.encode() in bytes(row.body)]


@pytest.fixture
def ann(store):
    person = Person(store)
    person.set_up()
    return person


def test_an_invited_person_chooses_a_password_proves_a_phone_and_is_signed_in(store):
    person = Person(store)
    token = person.set_up()
    assert who(store, token).email == EMAIL
    assert len(person.recovery) == 10


def test_an_invitation_works_once(store, ann):
    assert access.open_letter(store, ann.invitation) is None


def test_an_invitation_expires_after_seven_days(store):
    person = Person(store)
    with store.engine.begin() as connection:
        connection.execute(text("UPDATE letter SET expires_at = created_at"))
    assert access.open_letter(store, person.invitation) is None


def test_password_and_code_open_a_session(store, ann):
    assert who(store, ann.sign_in()).user_id == ann.user_id


def test_the_password_alone_opens_nothing(store, ann):
    half = access.begin_sign_in(store, EMAIL, PASSWORD, HOME)
    assert who(store, half.token) is None
    assert access.confirm_identity(store, half.token, PASSWORD, ann.code()).outcome is Outcome.START_AGAIN
    assert access.choose_password(store, half.token, "another kettle orbit").outcome is Outcome.START_AGAIN
    assert access.start_enrolment(store, half.token) is None


def test_a_wrong_password_and_an_unknown_account_get_the_same_answer(store, ann):
    wrong = access.begin_sign_in(store, EMAIL, "not my password", HOME)
    unknown = access.begin_sign_in(store, "nobody@forest.example", "not my password", HOME)
    assert wrong == unknown
    assert wrong.words == unknown.words


def test_an_unknown_account_costs_a_hash_like_a_known_one(store, ann, monkeypatch):
    from sharing.access import passwords

    hashed = []
    verify = passwords._HASHER.verify

    class Counting:
        def verify(self, stored, password):
            hashed.append(stored[: stored.rindex("$")][:30])
            return verify(stored, password)

    monkeypatch.setattr(passwords, "_HASHER", Counting())
    access.begin_sign_in(store, EMAIL, "not my password", HOME)
    access.begin_sign_in(store, "nobody@forest.example", "not my password", HOME)
    assert len(hashed) == 2
    assert hashed[0] == hashed[1]


@pytest.mark.parametrize("spelling", ["ANN@forest.example", " ann@forest.example ", "\uff41nn@forest.example"])
def test_the_throttle_counts_every_spelling_of_an_account(store, ann, spelling):
    for n in range(10):
        assert access.begin_sign_in(store, EMAIL, "wrong", f"198.51.100.{n}").outcome is Outcome.WRONG
    assert access.begin_sign_in(store, spelling, PASSWORD, "203.0.113.9").outcome is Outcome.TOO_MANY


def test_the_throttle_counts_a_network_over_many_accounts(store, ann):
    for n in range(10):
        assert access.begin_sign_in(store, f"guess{n}@forest.example", "wrong", HOME).outcome is Outcome.WRONG
    assert access.begin_sign_in(store, EMAIL, PASSWORD, HOME).outcome is Outcome.TOO_MANY
    assert access.begin_sign_in(store, EMAIL, PASSWORD, "203.0.113.9").outcome is Outcome.PASSED


def test_nothing_is_hashed_once_the_guesses_are_used_up(store, ann, monkeypatch):
    from sharing.access import sign_in

    for n in range(10):
        access.begin_sign_in(store, EMAIL, "wrong", f"198.51.100.{n}")
    monkeypatch.setattr(sign_in, "matches", lambda *_: pytest.fail("hashed"))
    assert access.begin_sign_in(store, EMAIL, "wrong", HOME).outcome is Outcome.TOO_MANY


def test_signing_in_often_uses_up_nothing(store, ann):
    for _ in range(12):
        assert access.begin_sign_in(store, EMAIL, PASSWORD, HOME).outcome is Outcome.PASSED


def test_ten_guesses_at_once_are_counted_as_ten(store, ann):
    outcomes = []
    guesses = [
        threading.Thread(target=lambda: outcomes.append(access.begin_sign_in(store, EMAIL, "wrong", HOME).outcome))
        for _ in range(14)
    ]
    for guess in guesses:
        guess.start()
    for guess in guesses:
        guess.join()
    assert outcomes.count(Outcome.WRONG) == 10
    assert outcomes.count(Outcome.TOO_MANY) == 4


def test_a_code_works_once(store, ann):
    ann.forget_code()
    code = ann.code()
    first = access.begin_sign_in(store, EMAIL, PASSWORD, HOME)
    assert access.verify_code(store, first.token, code).outcome is Outcome.PASSED
    second = access.begin_sign_in(store, EMAIL, PASSWORD, HOME)
    for replay in (code, f" {code[:3]} {code[3:]} ", f"{code}\n"):
        assert access.verify_code(store, second.token, replay).outcome is Outcome.WRONG


def test_five_wrong_codes_end_the_sign_in(store, ann):
    half = access.begin_sign_in(store, EMAIL, PASSWORD, HOME)
    outcomes = [access.verify_code(store, half.token, "000000").outcome for _ in range(5)]
    assert outcomes == [Outcome.WRONG] * 4 + [Outcome.START_AGAIN]
    ann.forget_code()
    assert access.verify_code(store, half.token, ann.code()).outcome is Outcome.START_AGAIN
    assert who(store, ann.sign_in()) is not None


def test_starting_again_does_not_give_endless_codes(store, ann):
    wrong = 0
    for _ in range(4):
        half = access.begin_sign_in(store, EMAIL, PASSWORD, HOME)
        wrong += sum(access.verify_code(store, half.token, "000000").outcome is not Outcome.TOO_MANY for _ in range(4))
    assert wrong == 10


def test_a_code_far_from_now_is_refused(store, ann):
    ann.forget_code()
    half = access.begin_sign_in(store, EMAIL, PASSWORD, HOME)
    assert access.verify_code(store, half.token, ann.code(-4)).outcome is Outcome.WRONG
    assert access.verify_code(store, half.token, ann.code(4)).outcome is Outcome.WRONG


def test_a_recovery_code_stands_in_for_a_lost_phone_once(store, ann):
    half = access.begin_sign_in(store, EMAIL, PASSWORD, HOME)
    assert access.verify_code(store, half.token, ann.recovery[0].lower()).outcome is Outcome.PASSED
    again = access.begin_sign_in(store, EMAIL, PASSWORD, HOME)
    assert access.verify_code(store, again.token, ann.recovery[0]).outcome is Outcome.WRONG
    with store.reading() as session:
        assert access.recovery_codes_left(session, ann.user_id) == 9


def test_every_step_has_a_new_token_and_the_old_one_is_dead(store, ann):
    ann.forget_code()
    half = access.begin_sign_in(store, EMAIL, PASSWORD, HOME)
    whole = access.verify_code(store, half.token, ann.code())
    ann.forget_code()
    again = access.confirm_identity(store, whole.token, PASSWORD, ann.code())
    changed = access.choose_password(store, again.token, "another kettle orbit")
    tokens = [half.token, whole.token, again.token, changed.token]
    assert len(set(tokens)) == 4
    assert [who(store, token) is not None for token in tokens] == [False, False, False, True]


def test_two_sessions_have_different_form_secrets(store, ann):
    assert who(store, ann.sign_in()).csrf_secret != who(store, ann.sign_in()).csrf_secret


@pytest.mark.parametrize("token", [None, "", "x" * 43, "\x00", "\ud800"])
def test_a_token_that_nobody_was_given_signs_nobody_in(store, ann, token):
    assert who(store, token) is None


def test_a_session_ends_after_thirty_idle_minutes(store, ann):
    token = ann.sign_in()
    age(store, seen_at=timedelta(minutes=29))
    assert who(store, token) is not None
    age(store, seen_at=timedelta(minutes=2))
    assert who(store, token) is None


def test_using_a_session_keeps_it_alive_but_not_for_more_than_twelve_hours(store, ann):
    token = ann.sign_in()
    age(store, seen_at=timedelta(minutes=20))
    access.touch(store, who(store, token))
    age(store, seen_at=timedelta(minutes=20))
    assert who(store, token) is not None
    age(store, created_at=timedelta(hours=12))
    assert who(store, token) is None


def test_confirming_who_one_is_does_not_lengthen_the_twelve_hours(store, ann):
    token = ann.sign_in()
    age(store, created_at=timedelta(hours=11))
    ann.forget_code()
    token = access.confirm_identity(store, token, PASSWORD, ann.code()).token
    age(store, created_at=timedelta(hours=1, seconds=5))
    assert who(store, token) is None


def test_an_authentication_is_fresh_for_fifteen_minutes(store, ann):
    token = ann.sign_in()
    assert who(store, token).is_fresh
    age(store, authenticated_at=timedelta(minutes=16))
    assert not who(store, token).is_fresh
    ann.forget_code()
    token = access.confirm_identity(store, token, PASSWORD, ann.code()).token
    assert who(store, token).is_fresh


def test_confirming_needs_both_password_and_code(store, ann):
    token = ann.sign_in()
    ann.forget_code()
    assert access.confirm_identity(store, token, "wrong", ann.code()).outcome is Outcome.WRONG
    assert access.confirm_identity(store, token, PASSWORD, "000000").outcome is Outcome.WRONG
    assert who(store, token) is not None


def test_signing_out_ends_the_session_on_the_server(store, ann):
    token = ann.sign_in()
    access.sign_out(store, token)
    assert who(store, token) is None
    access.sign_out(store, token)


def test_disabling_an_account_ends_it_at_the_next_request(store, ann):
    token = ann.sign_in()
    with store.unit(Actor(operator="test")) as unit:
        access.disable_account(unit, ann.user_id)
    assert who(store, token) is None
    assert access.begin_sign_in(store, EMAIL, PASSWORD, HOME).outcome is Outcome.WRONG


def test_choosing_a_password_ends_the_other_sessions(store, ann):
    other, here = ann.sign_in(), ann.sign_in()
    step = access.choose_password(store, here, "another kettle orbit")
    assert who(store, other) is None
    assert who(store, step.token) is not None
    assert access.begin_sign_in(store, EMAIL, PASSWORD, HOME).outcome is Outcome.WRONG


def test_a_password_is_changed_only_after_a_fresh_authentication(store, ann):
    token = ann.sign_in()
    age(store, authenticated_at=timedelta(minutes=16))
    with pytest.raises(NotPermittedError) as refused:
        access.choose_password(store, token, "another kettle orbit")
    assert refused.value.rule == "step-up"
    with pytest.raises(NotPermittedError):
        access.start_enrolment(store, token)


@pytest.mark.parametrize("weak", ["Password2024!", "ann forest example", "short"])
def test_a_weak_password_is_refused_with_a_reason(store, weak):
    person = Person(store)
    opened = access.open_letter(store, person.invitation)
    with pytest.raises(InvalidError) as refused:
        access.choose_password(store, opened.token, weak)
    assert weak not in str(refused.value)
    assert refused.value.problems[0].where == "password"


def test_a_forgotten_password_needs_the_letter_and_a_code(store, ann):
    token = ann.sign_in()
    post = access.ask_for_new_password(store, EMAIL, HOME)
    opened = access.open_letter(store, post.token)
    assert access.choose_password(store, opened.token, "another kettle orbit", code="000000").outcome is Outcome.WRONG
    assert (
        access.start_enrolment(store, opened.token) is None
        or access.confirm_enrolment(store, opened.token, "000000").step.outcome is Outcome.START_AGAIN
    )
    ann.forget_code()
    step = access.choose_password(store, opened.token, "another kettle orbit", code=ann.code())
    assert step.outcome is Outcome.PASSED
    assert step.token is None
    assert who(store, token) is None
    assert access.open_letter(store, post.token) is None
    assert access.begin_sign_in(store, EMAIL, "another kettle orbit", HOME).outcome is Outcome.PASSED


def test_asking_for_a_new_password_says_nothing_about_who_has_an_account(store, ann):
    assert access.ask_for_new_password(store, "nobody@forest.example", HOME) is None
    with store.reading() as session:
        assert session.scalar(text("SELECT count(*) FROM letter WHERE kind = 'password'")) == 1
    for _ in range(12):
        access.ask_for_new_password(store, EMAIL, HOME)
    assert access.ask_for_new_password(store, EMAIL, HOME) is None


def test_a_newer_letter_makes_the_older_one_useless(store, ann):
    first = access.ask_for_new_password(store, EMAIL, HOME)
    second = access.ask_for_new_password(store, EMAIL, HOME)
    assert access.open_letter(store, first.token) is None
    assert access.open_letter(store, second.token) is not None


def test_a_new_phone_needs_the_letter_and_the_password(store, ann):
    token = ann.sign_in()
    with store.unit(Actor(operator="test")) as unit:
        post = access.reset_phone(unit, ann.user_id)
    assert who(store, token) is None
    half = access.begin_sign_in(store, EMAIL, PASSWORD, HOME)
    assert access.verify_code(store, half.token, ann.code()).outcome is Outcome.WRONG
    assert access.verify_code(store, half.token, ann.recovery[0]).outcome is Outcome.WRONG
    opened = access.open_letter(store, post.token)
    assert access.start_enrolment(store, opened.token, password="wrong") is None
    assert access.choose_password(store, opened.token, "another kettle orbit").outcome is Outcome.START_AGAIN
    ann.seed = access.start_enrolment(store, opened.token, password=PASSWORD).seed
    assert access.confirm_enrolment(store, opened.token, ann.code()).step.outcome is Outcome.PASSED
    assert access.open_letter(store, post.token) is None


def test_a_new_phone_is_in_use_only_once_it_has_been_proved(store, ann):
    token = ann.sign_in()
    access.start_enrolment(store, token)
    assert who(store, ann.sign_in()) is not None


def test_starting_over_leaves_neither_password_nor_phone(store, ann):
    with store.unit(Actor(operator="test")) as unit:
        invited = access.start_over(unit, ann.user_id)
    assert access.begin_sign_in(store, EMAIL, PASSWORD, HOME).outcome is Outcome.WRONG
    ann.invitation = invited.post.token
    assert who(store, ann.set_up()) is not None


def test_failures_reach_the_operators_log_once_in_five_minutes(store, ann):
    for _ in range(3):
        access.begin_sign_in(store, EMAIL, "wrong", HOME)
    assert len(entries(store, Event.SIGN_IN_FAILED)) == 1
    with store.engine.begin() as connection:
        connection.execute(
            text("UPDATE throttle SET recorded_at = :then WHERE recorded_at IS NOT NULL"),
            {"then": "2020-01-01 00:00:00"},
        )
    access.begin_sign_in(store, EMAIL, "wrong", HOME)
    failed = entries(store, Event.SIGN_IN_FAILED)
    assert len(failed) == 2
    assert b'"failures":3' in bytes(failed[1].body)
    assert all("operator" in row.log for row in failed)


def test_a_lock_out_is_recorded_once(store, ann):
    for n in range(13):
        access.begin_sign_in(store, EMAIL, "wrong", f"198.51.100.{n}")
    assert len(entries(store, Event.LOCKED_OUT)) == 1


def test_signing_in_and_out_are_recorded_without_a_name(store, ann):
    token = ann.sign_in()
    access.sign_out(store, token)
    rows = entries(store, Event.SIGNED_IN) + entries(store, Event.SIGNED_OUT)
    assert len(rows) == 2
    assert not any(EMAIL.encode() in bytes(row.body) for row in rows)


def test_the_database_holds_no_token_no_code_and_no_password(store, ann):
    token = ann.sign_in()
    letter = access.ask_for_new_password(store, EMAIL, HOME).token
    secrets = [token, letter, PASSWORD, ann.seed, *ann.recovery, *(code.replace("-", "") for code in ann.recovery)]
    with store.reading() as session:
        for model in (User, SecondFactor, RecoveryCode, SignInSession, Throttle):
            dump = repr([dict(row._mapping) for row in session.execute(select(model.__table__))])
            assert not [secret for secret in secrets if secret in dump]
        assert session.scalars(select(User.password_hash)).one().startswith("$argon2id$v=19$m=32768,t=2,p=1$")


def test_secrets_do_not_show_in_representations(store, ann):
    token = ann.sign_in()
    signed_in = who(store, token)
    assert signed_in.csrf_secret not in repr(signed_in)
    assert ann.seed not in repr(access.start_enrolment(store, token))


def test_a_known_sign_in_is_made_in_a_demonstration_alone(store):
    with pytest.raises(NotPermittedError):
        access.open_demonstration_account(store, "demo@forest.example", PASSWORD, new_seed())


def test_a_demonstrations_sign_in_works_at_once(store):
    with store.engine.begin() as connection:
        connection.execute(text("UPDATE installation SET demonstration = true"))
    made = access.open_demonstration_account(store, "demo@forest.example", PASSWORD, new_seed())
    assert made.seed not in repr(made)
    half = access.begin_sign_in(store, made.email, made.password, HOME)
    code = pyotp.TOTP(made.seed).now()
    assert access.verify_code(store, half.token, code).outcome is Outcome.PASSED


def test_the_sweep_deletes_what_has_ended_and_nothing_else(store, ann):
    token = ann.sign_in()
    clear_throttles(store)
    age(store, seen_at=timedelta(hours=1))
    live = ann.sign_in()
    with store.unit(Actor(operator="test")) as unit:
        assert access.sweep(unit) >= 1
    assert who(store, token) is None
    assert who(store, live) is not None
