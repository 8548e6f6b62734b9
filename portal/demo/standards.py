"""This module knows the story's self-assessments, in the shapes of the two founding ones, the sign-ups, and the consortium."""

from __future__ import annotations

import random
from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any

from portal.demo.programme import Programme
from portal.demo.stage import Stage
from protocols.standards import Item, Judgement, Outcome, Status, frameworks
from sharing import standards
from sharing.standards import AssessStandard, ConcludeAssessment, FormConsortium, SignUpStandard

_ON = "self-assessments and sign-ups"
_EVIDENCE = (
    "Policy adopted in {year}, looked at again each spring",
    "Residents' panel, minutes of {year}",
    "Survey of {year}: {share} per cent satisfied",
    "Service agreement with the police, {year}",
    "Training log of {year}: {number} staff",
    "Case files, sample of {number} read in {year}",
    "Report to the board, autumn {year}",
)
"""Made up, in the manner of such documents; no sentence of them."""


def plan_standards(stage: Stage, programme: Programme, story: Mapping[str, Any], seed: int) -> None:
    """Add every assessment, the consortium and every sign-up of the story."""
    for assessed in story["assessment"]:
        programme.add(assessed["on"], _ON, lambda a=assessed: _assess(stage, a, seed))  # type: ignore[misc]
    for formed in story.get("consortium", []):
        programme.add(formed["on"], _ON, lambda f=formed: _form(stage, story["coordinator"], f))  # type: ignore[misc]
    for signed in story.get("sign_up", []):
        programme.add(signed["on"], _ON, lambda s=signed: _sign_up(stage, s))  # type: ignore[misc]


def _assess(stage: Stage, assessed: Mapping[str, Any], seed: int) -> None:
    """Judge every item, and conclude: sign, defer, or leave the assessment open."""
    with stage.by(assessed["by"], assessed["organisation"]) as unit:
        made = standards.assess_standard(
            unit, AssessStandard(assessed["framework"], tuple(_judgements(assessed, seed)), assessed["assessed_on"])
        )
    if "outcome" in assessed:
        with stage.reading() as session:
            version = standards.assessment(session, stage.partnership, assessed["organisation"], made).version
        with stage.by(assessed["by"], assessed["organisation"]) as unit:
            standards.conclude_assessment(unit, ConcludeAssessment(made, version, Outcome(assessed["outcome"])))


def _judgements(assessed: Mapping[str, Any], seed: int) -> Iterator[Judgement]:
    """A judgement of each item: what the story says of it, else one that is drawn by the assessment's own weights."""
    rng = random.Random(f"{seed} {assessed['organisation']} {assessed['assessed_on']}")  # noqa: S311  not secrets
    weights = assessed["weights"]
    said = {each["code"]: each for each in assessed.get("item", [])}
    for item in frameworks()[assessed["framework"]].scored():
        drawn = Status(rng.choices(tuple(weights), tuple(weights.values()))[0])
        yield _said(said[item.code]) if item.code in said else _drawn(rng, item, drawn, assessed["assessed_on"])


def _said(given: Mapping[str, Any]) -> Judgement:
    texts = {name: given.get(name, "") for name in ("evidence", "reason", "alternative")}
    return Judgement(given["code"], Status(given["status"]), **texts)


def _drawn(rng: random.Random, item: Item, status: Status, on: date) -> Judgement:
    if status is Status.NOT_MET:
        return Judgement(item.code, status)
    words = rng.choice(_EVIDENCE).format(
        year=on.year - rng.randint(0, 1), share=rng.randint(61, 88), number=rng.randint(8, 40)
    )
    return Judgement(item.code, status, evidence=words)


def _form(stage: Stage, coordinator: str, formed: Mapping[str, Any]) -> None:
    facts = {name: value for name, value in formed.items() if name != "on"}
    with stage.by(coordinator) as unit:
        standards.form_consortium(unit, stage.partnership, FormConsortium(**facts))


def _sign_up(stage: Stage, signed: Mapping[str, Any]) -> None:
    facts = {name: value for name, value in signed.items() if name not in {"on", "by", "organisation"}}
    with stage.by(signed["by"], signed["organisation"]) as unit:
        standards.sign_up_standard(unit, SignUpStandard(**facts))
