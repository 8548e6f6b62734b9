"""This module knows the pages of the disclosure log: searched by organisation, purpose, protocol, reference and day."""

from __future__ import annotations

import uuid
from datetime import date

from flask import render_template, request
from flask.typing import ResponseReturnValue

from portal.auditor import words
from portal.auditor.room import room
from portal.desk import declare, desk
from portal.directory import directory
from protocols.actions import Action
from sharing import audit, disclosures, partners
from sharing.disclosures import LogQuery

PAGE = 25


@room.get("/log")
@declare(Action.READ_LEDGER)
def search_log() -> ResponseReturnValue:
    """Search the log. Nothing that is searched by is about a person: references are the holders' own case numbers."""
    wanted, problems = _query()
    page = max(1, int(request.args.get("page", "1")) if request.args.get("page", "1").isdecimal() else 1)
    with desk().reading() as reading:
        count, found = disclosures.search_log(reading, desk().partnership, wanted, first=(page - 1) * PAGE, most=PAGE)
        names = directory(reading)
        purposes = disclosures.offers(reading, desk().partnership)
        protocols = partners.protocols(reading, desk().partnership, desk().store.clock.business_now())
    return render_template(
        "auditor/search_log.html",
        found=found,
        count=count,
        page=page,
        pages=-(-count // PAGE),
        names=names,
        purposes=purposes,
        protocols=protocols,
        wanted=wanted,
        problems=problems,
        filters={name: value for name, value in request.args.items() if name != "page" and value},
    )


def _query() -> tuple[LogQuery, list[str]]:
    problems: list[str] = []
    given = {name: request.args.get(name, "").strip() for name in LogQuery.__dataclass_fields__}
    return (
        LogQuery(
            organisation=given["organisation"],
            purpose=given["purpose"],
            protocol=given["protocol"],
            subject_ref=given["subject_ref"],
            ref=given["ref"],
            outcome=given["outcome"],
            from_on=_day(given["from_on"], "From", problems),
            to_on=_day(given["to_on"], "To", problems),
        ),
        problems,
    )


def _day(text: str, label: str, problems: list[str]) -> date | None:
    if not text:
        return None
    try:
        return date.fromisoformat(text)
    except ValueError:
        problems.append(f"{label} must be a real date, like 2023-01-16")
        return None


@room.get("/log/<uuid:disclosure_id>")
@declare(Action.READ_LEDGER)
def read_disclosure(disclosure_id: uuid.UUID) -> ResponseReturnValue:
    """One disclosure or refusal, field by field, with the entry that proves it. No value is shown to an auditor."""
    with desk().reading() as reading:
        made = disclosures.disclosure(reading, desk().partnership, disclosure_id)
        names = directory(reading)
        purposes = dict(disclosures.offers(reading, desk().partnership))
        decision = audit.decision_of(reading, desk().partnership, made)
        again = disclosures.judge_again(reading, desk().partnership, made.ref)
    return render_template(
        "auditor/read_disclosure.html",
        made=made,
        names=names,
        purpose=words.purpose(made.purpose, purposes),
        decision=decision,
        again=again,
    )
