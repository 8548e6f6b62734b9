"""This module knows how a test finds a person and answers them, in the model partnership."""

from __future__ import annotations

import shutil
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

from protocols.actor import Actor
from sharing import disclosures, subjects
from sharing.disclosures import DepositRecord, Found, Person
from sharing.store import Store, StoreSettings, set_up
from sharing.subjects import SubjectRequestView
from tests.integration.disclosure_world import ADDRESS, BORN, NAME, PARTNERSHIP, World, make_world

HOMES, POLICE, COUNCIL = "model-homes", "model-police", "model-council"
LIAISON = {HOMES: "liaison@homes.example", POLICE: "liaison@police.example", COUNCIL: "liaison@council.example"}
DEPOSITOR = {HOMES: "officer@homes.example", POLICE: "officer@police.example", COUNCIL: "coordinator@council.example"}
ZEBEDEE = Person((NAME,), BORN, (ADDRESS,))


class Answering:
    """Short ways to deposit, find, tie and answer; `world` is the model partnership."""

    def __init__(self, world: World) -> None:
        self.world, self.store = world, world.store

    def actor(self, email: str) -> Actor:
        return self.world.actor(email)

    @contextmanager
    def unit(self, organisation: str):
        """A unit of an organisation's liaison officer."""
        with self.store.unit(self.actor(LIAISON[organisation])) as unit:
            yield unit

    def deposit(
        self,
        reference: str,
        name: str = NAME,
        born: str = BORN,
        address: str = "",
        *,
        organisation: str = HOMES,
        days: int = 700,
        **facts,
    ) -> uuid.UUID:
        values = {"subject.name": name, "subject.dob": born, "subject.address": address, "case.reference": reference}
        kept = self.store.clock.today() + timedelta(days=days)
        command = DepositRecord(reference, "E05000001", "NOIS", kept, values, **facts)
        with self.store.unit(self.actor(DEPOSITOR[organisation])) as unit:
            return disclosures.deposit_record(unit, command)

    def find(self, person: Person = ZEBEDEE, organisation: str = HOMES) -> Found:
        with self.unit(organisation) as unit:
            return disclosures.find_person(unit, person, reason="access")

    def grades(self, person: Person, organisation: str = HOMES) -> dict[str, str]:
        """The best grade of each record found, by its reference."""
        return {each.record.reference: each.ways[0] for each in self.find(person, organisation).records}

    def received(self, person: Person = ZEBEDEE, organisation: str = HOMES, *, gathered: bool = True) -> uuid.UUID:
        """A request whose person is known, and for which everything was gathered."""
        today = self.store.clock.today()
        with self.unit(organisation) as unit:
            made = subjects.receive_request(unit, subjects.ReceiveRequest(today, person, identity="known"))
        if gathered:
            with self.unit(organisation) as unit:
                subjects.gather_items(unit, made)
        return made

    def request(self, request_id: uuid.UUID, organisation: str = HOMES) -> SubjectRequestView:
        with self.store.reading() as session:
            return subjects.subject_request(session, PARTNERSHIP, organisation, request_id)

    def decide(self, request_id: uuid.UUID, outcome: str, *refs: str, organisation: str = HOMES, **facts) -> None:
        """Decide on the items of these references, or on all that wait."""
        for item in self.request(request_id, organisation).items:
            if item.ref in refs or (not refs and not item.outcome):
                with self.unit(organisation) as unit:
                    subjects.decide_item(unit, subjects.DecideItem(item.id, item.version, outcome, **facts))

    def withhold(self, request_id: uuid.UUID, *refs: str, days: int = 30, **facts) -> None:
        fields = {"reason": "crime", "why": "It would tell them that they are watched", **facts}
        on = self.store.clock.today() + timedelta(days=days)
        self.decide(request_id, "withhold", *refs, re_examine_on=on, **fields)

    def pack(self, request_id: uuid.UUID, organisation: str = HOMES) -> subjects.SubjectPack:
        with self.unit(organisation) as unit:
            return subjects.make_pack(unit, request_id, ".json")

    def link(self, reference: str, kind: str, other: str, organisation: str = HOMES) -> None:
        with self.unit(organisation) as unit:
            subjects.link_subjects(unit, subjects.LinkSubjects(reference, kind, other))

    def tell(self, kind: str, topic: str, reference: str, recipient: str = "") -> subjects.Refused:
        with self.store.unit(self.actor(DEPOSITOR[HOMES])) as unit:
            return subjects.tell_outside(unit, subjects.TellOutside(kind, topic, reference, recipient))

    def given_to_police(self, reference: str = "MH-2026-0001") -> None:
        """Name, date of birth and address of a record of the landlord's, given to the police."""
        made = self.world.ask(subject_ref=reference)
        assert self.world.decide(made.request_id).outcome == "released"


def _settings(folder: Path) -> StoreSettings:
    return StoreSettings(f"sqlite:///{folder / 'accord.sqlite'}", folder / "home")


def prepare(folder: Path, schema: Path) -> Path:
    """Load the model partnership into a folder once, for tests that each work on a copy of it."""
    shutil.copy(schema, folder / "accord.sqlite")
    set_up(_settings(folder), "accord.test")
    store = Store.open(_settings(folder))
    make_world(store)
    store.close()
    return folder


@contextmanager
def copied(prepared: Path, tmp_path: Path) -> Iterator[Answering]:
    """The partnership as it was prepared, for one test."""
    folder = tmp_path / "one"
    shutil.copytree(prepared, folder)
    store = Store.open(_settings(folder))
    yield Answering(World(store))
    store.close()
