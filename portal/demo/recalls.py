"""This module knows the story's recall: a name that was given was somebody else's, and the council has not answered yet.

On the demonstration's day the answer is due, the next meeting's agenda has it, and a breach runs against its 72 hours.
"""

from __future__ import annotations

import uuid
from datetime import date, timedelta

from portal.demo.programme import Programme
from portal.demo.stage import Stage
from sharing import disclosures, recalls, requests
from sharing.disclosures import DepositRecord
from sharing.recalls import BreachKind, MakeRecall, Reason, ReportBreach
from sharing.requests import DecideRequest, MakeRequest, RequestView

WHERE = "preston"
LANDLORD, OFFICER, LIAISON = "ribble-bank", "farah.starling@ribblebank.example", "bernard.rook@ribblebank.example"
ASKER = "mina.dunnock@preston.example"
REFERENCE = "RB-22-1147"
VALUES = {
    "subject.name": "Wilf Moquette",
    "subject.address": "31 Whimbrel Court, PR97 0AA",
    "case.reference": REFERENCE,
}
WHAT = "A name was copied from the case of a neighbour; found when the two files were laid side by side"
_ON = "a recall and a breach"


def plan_recalls(stage: Stage, programme: Programme) -> None:
    """Add the record, the release, its recall and the breach on their days. Only one partnership has them."""
    if stage.partnership != WHERE:
        return
    programme.add(date(2022, 12, 12), _ON, lambda: _deposit(stage))
    programme.add(date(2022, 12, 13), _ON, lambda: _ask(stage))
    programme.add(date(2022, 12, 15), _ON, lambda: _give(stage))
    programme.add(date(2023, 1, 11), _ON, lambda: _take_back(stage))
    programme.add(date(2023, 1, 15), _ON, lambda: _report(stage))


def _deposit(stage: Stage) -> None:
    with stage.by(OFFICER) as unit:
        disclosures.deposit_record(unit, DepositRecord(REFERENCE, "E05012202", "NOIS", date(2024, 12, 31), VALUES))


def _ask(stage: Stage) -> None:
    words = {"necessity": "Two letters about one noise need one answer", "proportionality": "A name and no more"}
    fields = (("subject.name", None),)
    with stage.by(ASKER) as unit:
        requests.make_request(
            unit, MakeRequest("tenant-identity", LANDLORD, "asb-case", fields, words, subject_ref=REFERENCE)
        )


def _asked(stage: Stage) -> RequestView:
    with stage.reading() as session:
        put = requests.requests_of(session, WHERE, supplier=LANDLORD)
    return next(each for each in put if each.subject_ref == REFERENCE)


def _give(stage: Stage) -> None:
    found = _asked(stage)
    command = DecideRequest(found.id, found.version, {"subject.name": "as-is"}, {}, "One answer", "One field")
    with stage.by(LIAISON) as unit:
        requests.decide_request(unit, command)


def _given(stage: Stage) -> tuple[uuid.UUID, uuid.UUID]:
    """The record, and the disclosure of its name."""
    with stage.reading() as session:
        record_id = disclosures.find_record(session, WHERE, LANDLORD, REFERENCE)
        (given,) = disclosures.of_request(session, WHERE, _asked(stage).id)
    if record_id is None:
        raise LookupError(f"{REFERENCE} was not deposited")
    return record_id, given.id


def _take_back(stage: Stage) -> None:
    record_id, disclosure_id = _given(stage)
    with stage.by(LIAISON) as unit:
        recalls.make_recall(unit, MakeRecall(record_id, (disclosure_id,), Reason.WRONG_PERSON, WHAT))


def _report(stage: Stage) -> None:
    _, disclosure_id = _given(stage)
    aware = stage.store.clock.business_now() - timedelta(hours=1)
    report = ReportBreach(BreachKind.OTHER, date(2023, 1, 11), aware, WHAT, (disclosure_id,))
    with stage.by(LIAISON) as unit:
        recalls.report_breach(unit, report)
