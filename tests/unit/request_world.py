"""This module knows the model partnership in which requests go both ways: each side has a second officer who may decide."""

from __future__ import annotations

import uuid
from dataclasses import replace
from datetime import timedelta
from typing import Any

from protocols.actor import Actor
from protocols.roles import Role
from sharing import disclosures, partners, requests
from sharing.partners import LiaisonKind, WorkKind
from sharing.requests import RequestView, Say
from sharing.store import Clock, Store
from tests.integration.disclosure_world import PARTNERSHIP, World, make_world

POLICE, HOMES = "officer@police.example", "officer@homes.example"
POLICE_LIAISON, HOMES_LIAISON = "liaison@police.example", "liaison@homes.example"
DEPUTY = "officer@homes.example"
ARREST, CONVICTION = "Arrested 3 May for affray", "Affray, 2024"


class RequestWorld(World):
    """The partnership, with ways to record things at the police and to say things on a request."""

    def deputise(self) -> None:
        """Let the landlord's officer be the deputy of its liaison officer, trained this month."""
        today, officer = self.store.clock.today(), self.actor(DEPUTY).officer_id
        assert officer
        with self.store.unit(self.actor(HOMES_LIAISON)) as unit:
            partners.record_training(unit, partners.RecordTraining(officer, "Sharing", today - timedelta(days=9)))
        with self.store.unit(self.actor(HOMES_LIAISON)) as unit:
            partners.name_liaison_officer(
                unit, partners.NameLiaisonOfficer(officer, LiaisonKind.DEPUTY, today - timedelta(days=5))
            )

    def deposit_at_police(self, reference: str = "MP-2026-0001", **values: str) -> uuid.UUID:
        command = disclosures.DepositRecord(
            reference=reference,
            area="E05000001",
            category="NOIS",
            retain_until=self.store.clock.today() + timedelta(days=700),
            values={
                "subject.name": "Zebedee Quillfeather",
                "subject.address": "14 Marmalade Row, Modeltown, ZZ9 9ZZ",
                "subject.vulnerability": "Insulin, in the fridge",
                "offence.arrests": ARREST,
                "offence.convictions": CONVICTION,
                "case.measures": "Warned once",
                "case.reference": reference,
                **values,
            },
        )
        with self.store.unit(self.actor(POLICE)) as unit:
            return disclosures.deposit_record(unit, command)

    def seen(self, request_id: uuid.UUID) -> RequestView:
        return self.request(request_id)

    def say(self, command: Any, request_id: uuid.UUID, email: str, words: str = "Words of theirs") -> None:
        with self.store.unit(self.actor(email)) as unit:
            command(unit, Say(request_id, self.version(request_id), words))

    def version(self, request_id: uuid.UUID) -> int:
        with self.store.reading() as session:
            return next(r.version for r in requests.requests_of(session, PARTNERSHIP) if r.id == request_id)

    def confirm(self, request_id: uuid.UUID, email: str, *, agreed: bool = True) -> Any:
        with self.store.unit(self.actor(email)) as unit:
            return requests.confirm_decision(unit, request_id, self.version(request_id), agreed=agreed)

    def assign(self, email: str, ref: str) -> None:
        officer = self.actor(email).officer_id
        assert officer
        with self.store.unit(self.actor(POLICE_LIAISON)) as unit:
            partners.assign_officer(unit, partners.AssignOfficer(officer, WorkKind.REQUEST, ref))

    def admin(self) -> Actor:
        """The police liaison officer, with the administrator's role too for a moment: who gives roles."""
        actor = self.actor(POLICE_LIAISON)
        return replace(actor, roles=actor.roles | {Role.AGENCY_ADMIN})

    def later(self, **by: float) -> None:
        """Let business time go on; machine time stays, as in a demonstration."""
        offset = self.store.clock.offset + timedelta(**by)
        self.store.__class__ = type("LaterStore", (Store,), {"clock": property(lambda _: Clock(offset))})

    def ask_police(self, email: str = HOMES, **changes: Any) -> requests.Made:
        """The landlord asks the police about arrests, for possession."""
        fields = {
            "kind": "possession",
            "supplier": "model-police",
            "purpose": "possession-injunction",
            "fields": (("offence.arrests", "yes-no"), ("case.measures", None)),
            "texts": {"necessity": "The court has to see it", "proportionality": "Whether, not what"},
            "subject_ref": "MP-2026-0001",
            "answers": {"proceedings": "possession"},
        }
        return self.ask(email, **{**fields, **changes})

    def decide_as(self, request_id: uuid.UUID, email: str, **command: Any) -> requests.Decided:
        given = {"necessary": "They have to know", "proportionate": "No more than this", **command}
        with self.store.unit(self.actor(email)) as unit:
            return requests.decide(unit, requests.DecideRequest(request_id, self.version(request_id), **given))


def request_world(store: Store) -> RequestWorld:
    """The model partnership, its protocol signed by council, police and landlord."""
    return RequestWorld(make_world(store).store)
