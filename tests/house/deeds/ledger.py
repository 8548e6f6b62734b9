"""This module knows the forms by which the ledger is shown to others, and what they hand back."""

from __future__ import annotations

import time
from datetime import date, timedelta

from protocols.actions import Event
from protocols.actor import Actor
from sharing.ledger import cosignature, note, read, witnesses
from sharing.ledger.checkpoint import Signer
from tests.house.deeds.partnership import MIRIAM, POLICE, PRIYA
from tests.house.deeds.registry import Sending, leaves
from tests.house.deeds.world import DeedWorld
from tests.portal.coordinator_world import HERE, day


def _co_signed(world: DeedWorld) -> bytes:
    """The ledger's head, co-signed with a key that is registered for the police."""
    signer = Signer.load(note.new_signing_key(f"witness{world.number()}.example", note.COSIGNATURE))
    command = witnesses.RegisterWitness(HERE, POLICE, str(signer.verifier), date(2020, 1, 1))
    with world.store.unit(Actor(operator="test", partnership=HERE)) as unit:
        witnesses.register_witness(unit, command)
    world.store.integrate()
    with world.store.reading() as session:
        head = note.parse(read.head(session, read.logs(session, HERE)[0].origin).encode())
    return cosignature.cosign(head, signer, int(time.time())).render().encode()


@leaves("/auditor/ledger/vouched", Event.COSIGNATURE_TAKEN)
def a_co_signed_head_is_taken_in_by_the_auditor(world: DeedWorld) -> Sending:
    return Sending(world.as_(MIRIAM), "/auditor/ledger/vouched", files={"file": _co_signed(world)})


@leaves("/auditor/ledger/vouched", Event.COSIGNATURE_TAKEN)
def a_co_signed_head_is_taken_in_by_the_coordinator(world: DeedWorld) -> Sending:
    return Sending(world.as_(PRIYA), "/auditor/ledger/vouched", files={"file": _co_signed(world)})


@leaves("/auditor/ledger/absence", Event.ABSENCE_STATED)
def it_is_asked_whether_anything_left(world: DeedWorld) -> Sending:
    ended = world.store.clock.now().date() - timedelta(days=2)
    fields = {"reference": "WF-2026-0001", **day("first", ended), **day("last", ended)}
    return Sending(world.as_(MIRIAM), "/auditor/ledger/absence", fields)
