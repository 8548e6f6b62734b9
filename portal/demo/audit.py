"""This module knows the story's audit: a sample from a seed fixed beforehand, another that waits, something told by phone."""

from __future__ import annotations

from datetime import date, timedelta

from portal.demo.programme import Programme
from portal.demo.stage import Stage
from sharing import audit
from sharing.audit import CommitSample, ReportOutside

WHERE = "preston"
AUDITOR = "philip.siskin@preston.example"
OFFICER = "farah.starling@ribblebank.example"
SEED = "four herons wade a slow river"
"""Told here because the demonstration is open to everybody; a real one is told to nobody."""
NEXT_SEED = "nine dippers bob on wet stones"
_ON = "an audit"


def plan_audit(stage: Stage, programme: Programme) -> None:
    """Add the commitment, the draw and the report on their days. Only one partnership has them."""
    if stage.partnership != WHERE:
        return
    programme.add(date(2022, 11, 1), _ON, lambda: _commit(stage, date(2022, 11, 1), date(2022, 12, 31), SEED))
    programme.add(date(2023, 1, 3), _ON, lambda: _draw(stage))
    programme.add(date(2023, 1, 3), _ON, lambda: _commit(stage, date(2023, 1, 1), date(2023, 3, 31), NEXT_SEED))
    programme.add(date(2023, 1, 12), _ON, lambda: _report(stage))


def _commit(stage: Stage, from_on: date, to_on: date, seed: str) -> None:
    with stage.by(AUDITOR) as unit:
        audit.commit_sample(unit, CommitSample(from_on, to_on, seed))


def _draw(stage: Stage) -> None:
    with stage.reading() as session:
        (waiting,) = audit.samples(session, WHERE)
    with stage.by(AUDITOR) as unit:
        audit.draw_sample(unit, waiting.id, SEED)


def _report(stage: Stage) -> None:
    told = ReportOutside(
        told_at=stage.store.clock.business_now() - timedelta(hours=15),
        recipient="",
        channel="phone",
        purpose="asb-case",
        fields=("case.stage",),
        why="A neighbour rang again and asked whether anything was being done",
        told_to="A neighbour in Whimbrel Court",
        subject_ref="RB-22-1147",
    )
    with stage.by(OFFICER) as unit:
        audit.report_outside(unit, told)
