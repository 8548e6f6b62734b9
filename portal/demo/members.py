"""This module knows how the partnership itself begins: its members, its places, its sign-ins, and the protocol that they sign."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import Any

from portal.demo import files
from portal.demo.programme import Programme
from portal.demo.sign_ins import Post, SignIn, open_sign_in
from portal.demo.stage import Stage
from sharing import partners
from sharing.partners import AuthoriseDecider, LoadProtocol, SignProtocol
from sharing.store import Store

BEGINS = date(2022, 3, 1)
_SIGNED_FROM = date(2022, 3, 22)
_BETWEEN = timedelta(days=1)


def load_members(stage: Stage) -> None:
    """Load the partnership's file, as `accord partnership load` does."""
    with stage.by_operator() as unit:
        partners.load_partnership(unit, files.text(stage.partnership, "partnership"))


def open_sign_ins(store: Store, tables: Sequence[Mapping[str, Any]]) -> list[SignIn]:
    """Put the account of every made-up officer with an address in use; one with several posts gets one account."""
    people: dict[str, tuple[str, list[Post]]] = {}
    for table in tables:
        for organisation in table["organisation"]:
            for officer in organisation.get("officer", []):
                if "email" in officer:
                    posts = people.setdefault(officer["email"], (officer["name"], []))[1]
                    posts.append(_post(table["partnership"]["code"], organisation["code"], officer))
    return [open_sign_in(store, email, name, posts) for email, (name, posts) in people.items()]


def _post(partnership: str, organisation: str, officer: Mapping[str, Any]) -> Post:
    roles = {*officer["roles"], *(["liaison-officer"] if "liaison" in officer else [])}
    return Post(partnership, organisation, officer["post"], tuple(sorted(roles)))


def plan_protocol(stage: Stage, programme: Programme, table: Mapping[str, Any]) -> None:
    """Add loading the protocol by the co-ordinator, and the signature of each party's signatory, a day after another."""
    text = files.text(stage.partnership, "protocol")
    head = tomllib.loads(text)["protocol"]
    coordinator = _holder(table["organisation"], "coordinator")
    programme.add(BEGINS, "protocol loaded", lambda: _load(stage, coordinator, text))
    bodies = {each["code"]: each for each in table["organisation"]}
    for turn, party in enumerate(head["parties"]):
        began = bodies[party]["tier"][-1]["from"]
        on = max(_SIGNED_FROM + turn * _BETWEEN, began + _BETWEEN)
        signer = _holder([bodies[party]], "signatory")
        programme.add(
            on,
            "protocol signed",
            lambda s=signer, p=party: _sign(stage, s, p, head["ref"], head["version"]),  # type: ignore[misc]
        )


def plan_authorisations(stage: Stage, programme: Programme, story: Mapping[str, Any], ref: str) -> None:
    """Add every standing authorisation of the story on its day."""
    for each in story["authorisation"]:
        programme.add(each["on"], "an officer authorised", lambda a=each: _authorise(stage, a, ref))  # type: ignore[misc]


def _authorise(stage: Stage, given: Mapping[str, Any], ref: str) -> None:
    officer = stage.officer(given["officer"], given["organisation"])
    with stage.by(given["by"], given["organisation"]) as unit:
        partners.authorise_decider(unit, AuthoriseDecider(officer.id, ref, given["line"]))


def _holder(bodies: Sequence[Mapping[str, Any]], role: str) -> str:
    return next(
        str(officer["email"]) for body in bodies for officer in body.get("officer", []) if role in officer["roles"]
    )


def _load(stage: Stage, coordinator: str, text: str) -> None:
    with stage.by(coordinator) as unit:
        partners.load_protocol(unit, LoadProtocol(text))


def _sign(stage: Stage, signer: str, organisation: str, ref: str, number: int) -> None:
    with stage.reading() as session:
        head = partners.protocol(session, stage.partnership, ref, stage.store.clock.business_now(), number=number)
    officer = stage.officer(signer, organisation)
    with stage.by(signer, organisation) as unit:
        partners.sign_protocol(unit, SignProtocol(ref, number, head.digest, officer.post))
