"""No release without a protocol in force that both have signed: every state refused, and a machine that tries all orders."""

from __future__ import annotations

import json
import shutil
import tempfile
import uuid
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)
from sqlalchemy import update

from protocols.actor import Actor
from sharing import disclosures, partners, requests
from sharing.disclosures import LogQuery
from sharing.errors import NotPermittedError
from sharing.partners.model import ProtocolVersion, WorldVersion
from sharing.store import Store, StoreSettings, set_up
from tests.integration.disclosure_world import PARTNERSHIP, World, make_world


def unsigned(store: Store) -> World:
    return make_world(store, signed=False)


def signed_by_one(store: Store) -> World:
    world = make_world(store, signed=False)
    world.sign("signatory@police.example")
    world.sign("signatory@council.example")
    return world


def withdrawn(store: Store) -> World:
    world = make_world(store)
    with store.unit(world.actor("signatory@homes.example")) as unit:
        partners.withdraw_from_protocol(unit, partners.WithdrawFromProtocol("MODEL-ISP"))
    return world


def suspended(store: Store) -> World:
    world = make_world(store)
    with store.unit(world.actor("coordinator@council.example")) as unit:
        partners.suspend_protocol(unit, partners.SuspendProtocol("MODEL-ISP"))
    return world


def _moved(store: Store, **days: object) -> World:
    """The signed protocol, with a date of its text moved: as if that day had come."""
    world = make_world(store)
    with store.engine.begin() as connection:
        row = connection.execute(ProtocolVersion.__table__.select()).mappings().one()
        terms = json.loads(row["terms_json"]) | {name: str(day) for name, day in days.items()}
        connection.execute(update(ProtocolVersion).values(terms_json=json.dumps(terms)))
        connection.execute(update(WorldVersion).values(stamp=uuid.uuid4()))
    return world


def in_the_future(store: Store) -> World:
    return _moved(store, starts_on=store.clock.today() + timedelta(days=30))


def expired(store: Store) -> World:
    return _moved(store, ends_on=store.clock.today() - timedelta(days=1))


def review_overdue(store: Store) -> World:
    return _moved(store, review_by=store.clock.today() - timedelta(days=1))


STATES: tuple[Callable[[Store], World], ...] = (
    unsigned,
    signed_by_one,
    withdrawn,
    suspended,
    in_the_future,
    expired,
    review_overdue,
)


@pytest.mark.parametrize("state", STATES, ids=lambda state: state.__name__)
def test_nothing_personal_leaves_and_the_refusal_is_logged_with_its_reason(
    store: Store, state: Callable[[Store], World]
):
    world = state(store)
    world.deposit()
    try:
        made = world.ask(fields=(("subject.name", None), ("subject.address", None)))
    except NotPermittedError as refused:
        assert refused.rule == "signed-protocol"  # noqa: PT017  either way nothing leaves; here nobody could even ask
        return
    outcome = world.decide(made.request_id)
    assert outcome.outcome == "refused"
    assert all(told["rule"] in {"in-force", "line", "complete"} for told in outcome.answer["fields"].values())
    with world.store.reading() as session:
        count, found = disclosures.search_log(session, PARTNERSHIP, LogQuery(outcome="refused"))
    assert count == 1
    assert found[0].refused_by == "rules"
    with pytest.raises(NotPermittedError):
        world.view(made.request_id)


class Agreement(RuleBasedStateMachine):
    """The product against a model of five facts: who has signed, who has withdrawn, whether it is suspended, what was given."""

    template: Path

    @initialize()
    def begin(self) -> None:
        self.folder = Path(tempfile.mkdtemp())
        shutil.copytree(self.template, self.folder / "home")
        url = f"sqlite:///{self.folder / 'home' / 'accord.sqlite'}"
        self.world = World(Store.open(StoreSettings(url, self.folder / "home")))
        self.signed = dict.fromkeys(("model-police", "model-homes"), False)
        self.suspended = False
        self.given: list = []

    def teardown(self) -> None:
        if hasattr(self, "world"):
            self.world.store.close()
            shutil.rmtree(self.folder)

    @property
    def stands(self) -> bool:
        return all(self.signed.values()) and not self.suspended

    def _signs(self, organisation: str, email: str) -> None:
        self.world.sign(email)
        self.signed[organisation] = True

    def _withdraws(self, organisation: str, email: str) -> None:
        with self.world.store.unit(self.world.actor(email)) as unit:
            partners.withdraw_from_protocol(unit, partners.WithdrawFromProtocol("MODEL-ISP"))
        self.signed[organisation] = False

    @precondition(lambda self: not self.signed["model-police"])
    @rule()
    def police_sign(self) -> None:
        self._signs("model-police", "signatory@police.example")

    @precondition(lambda self: not self.signed["model-homes"])
    @rule()
    def landlord_signs(self) -> None:
        self._signs("model-homes", "signatory@homes.example")

    @precondition(lambda self: self.signed["model-police"])
    @rule()
    def police_withdraw(self) -> None:
        self._withdraws("model-police", "signatory@police.example")

    @precondition(lambda self: self.signed["model-homes"])
    @rule()
    def landlord_withdraws(self) -> None:
        self._withdraws("model-homes", "signatory@homes.example")

    @precondition(lambda self: not self.suspended)
    @rule()
    def suspend(self) -> None:
        with self.world.store.unit(self.world.actor("coordinator@council.example")) as unit:
            partners.suspend_protocol(unit, partners.SuspendProtocol("MODEL-ISP"))
        self.suspended = True

    @precondition(lambda self: self.suspended)
    @rule()
    def resume(self) -> None:
        with self.world.store.unit(self.world.actor("coordinator@council.example")) as unit:
            partners.resume_protocol(unit, partners.ResumeProtocol("MODEL-ISP"))
        self.suspended = False

    @precondition(lambda self: self.signed["model-police"] and not self.suspended)
    @rule()
    def ask_and_decide(self) -> None:
        made = self.world.ask(fields=(("subject.name", None),))
        released = self.world.decide(made.request_id)
        assert (released.outcome == "released") == self.stands
        if released.outcome == "released":
            self.given.append(made.request_id)

    @precondition(lambda self: self.given)
    @rule()
    def open_again(self) -> None:
        try:
            self.world.view(self.given[-1])
            opened = True
        except NotPermittedError:
            opened = False
        assert opened == self.stands

    @rule()
    def restart(self) -> None:
        """A new process sees the same."""
        settings_ = StoreSettings(str(self.world.store.engine.url), self.folder / "home")
        self.world.store.close()
        self.world = World(Store.open(settings_))

    @invariant()
    def nothing_is_given_that_was_not_counted(self) -> None:
        if not hasattr(self, "world"):
            return
        with self.world.store.reading() as session:
            count = disclosures.search_log(session, PARTNERSHIP, LogQuery(outcome="released"))[0]
            closed = requests.requests_of(session, PARTNERSHIP)
        assert count == len(self.given)
        assert all(request.disclosure_id for request in closed if request.closed_at)


@pytest.mark.timeout(900)
def test_the_product_equals_a_small_model_in_every_order(
    make_database: Callable[[str], str], tmp_path: Path, operator: Actor
):
    home = tmp_path / "template"
    home.mkdir()
    url = make_database("sqlite")
    shutil.copy(url.removeprefix("sqlite:///"), home / "accord.sqlite")
    ready = StoreSettings(f"sqlite:///{home / 'accord.sqlite'}", home)
    set_up(ready, "accord.test")
    store = Store.open(ready)
    world = make_world(store, signed=False)
    world.sign("signatory@council.example")
    world.deposit()
    store.close()
    assert operator.operator
    Agreement.template = home
    run_state_machine_as_test(
        Agreement,
        settings=settings(
            max_examples=100, stateful_step_count=30, deadline=None, suppress_health_check=list(HealthCheck)
        ),
    )
