"""This module knows how a question becomes a case for the rulebook, and puts it to the one decision point."""

from __future__ import annotations

import json
import uuid
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from protocols.decision import NOTHING_TO_TELL
from protocols.world import answer as answer_case
from sharing import partners
from sharing.disclosures.model import CaseRecord, Disclosure, DisclosureField
from sharing.disclosures.records import facts_of

WITHHELD = "withheld"


@dataclass(frozen=True)
class Ask:
    """What somebody wants of a record: the case of release-rules §1 but for the record itself and the decision.

    `fields` are (code, form asked for or None). `officer_id` asks, or pushes when the supplier began it.
    """

    record_id: uuid.UUID
    recipient: str
    purpose: str
    fields: tuple[tuple[str, str | None], ...]
    officer_id: uuid.UUID
    provision: str | None = None
    channel: str = "view"
    urgency: str = "routine"
    initiated_by: str = "recipient"
    assigned: bool = False
    statement: Mapping[str, bool] = field(default_factory=dict)
    onward_allowed: bool = False
    called_back: bool = False
    request_id: uuid.UUID | None = None
    visit_id: uuid.UUID | None = None


@dataclass(frozen=True)
class SupplierDecision:
    """What an officer of the supplier has decided, field by field: a form to allow, or a class and reason to refuse."""

    officer_id: uuid.UUID
    decided_at: datetime
    allow: Mapping[str, str] = field(default_factory=dict)
    refuse: Mapping[str, tuple[str, str]] = field(default_factory=dict)

    def as_case(self) -> dict[str, Any]:
        """The decision as the schema of cases has it."""
        fields: dict[str, Any] = {code: {"allow": form} for code, form in self.allow.items()}
        fields |= {code: {"refuse": kind, "reason": reason} for code, (kind, reason) in self.refuse.items()}
        return {"officer": str(self.officer_id), "decided_at": self.decided_at.isoformat(), "fields": fields}


def case_of(
    session: Session, row: CaseRecord, ask: Ask, decision: SupplierDecision | None, moment: datetime
) -> dict[str, Any]:
    """Put record, question, decision and earlier releases together (docs/schema/cases.schema.json)."""
    return {
        "case": str(ask.request_id or row.id),
        "record": facts_of(row),
        "recipient": ask.recipient,
        "purpose": ask.purpose,
        "provision": ask.provision,
        "fields": [{"code": code, "form": form} for code, form in ask.fields],
        "moment": moment.isoformat(),
        "channel": ask.channel,
        "urgency": ask.urgency,
        "initiated_by": ask.initiated_by,
        "officer": str(ask.officer_id),
        "assigned": ask.assigned,
        "statement": {name: bool(ask.statement.get(name)) for name in ("necessity", "proportionality", "harm")},
        "decision": decision.as_case() if decision else None,
        "earlier_releases": earlier_releases(session, row.partnership, row.id, ask.recipient),
        "onward_allowed": ask.onward_allowed,
        "emergency": {"called_back": True} if ask.called_back else None,
    }


def earlier_releases(session: Session, partnership: str, record_id: uuid.UUID, recipient: str) -> list[dict[str, Any]]:
    """Every earlier release of this record to this recipient, as the rules read it."""
    rows = session.execute(
        select(Disclosure, DisclosureField)
        .join(DisclosureField, DisclosureField.disclosure_id == Disclosure.id)
        .where(
            Disclosure.partnership == partnership,
            Disclosure.record_id == record_id,
            Disclosure.recipient == recipient,
            DisclosureField.result != WITHHELD,
        )
        .order_by(Disclosure.recorded_at)
    )
    return [
        {
            "field": given.code,
            "form": given.form,
            "purpose": made.purpose,
            "protocol": given.protocol,
            "version": given.version,
            "line": given.line,
            "day": made.decided_at.isoformat(),
            "recalled": made.recalled_at is not None,
            "decided": True,
        }
        for made, given in rows
    ]


def judge(session: Session, case: Mapping[str, Any]) -> dict[str, Any]:
    """Ask the rulebook; return its whole answer (docs/schema/answers.schema.json)."""
    world = partners.compiled_world(session, str(case["record"]["partnership"]))
    answer: dict[str, Any] = json.loads(answer_case(world, json.dumps(case)))
    return answer


def leaving(answer: Mapping[str, Any]) -> dict[str, Any]:
    """The fields that may leave, with what the rulebook says of each."""
    return {code: told for code, told in answer["fields"].items() if told["result"] != WITHHELD}


def nothing_known(fields: Iterable[str]) -> list[dict[str, Any]]:
    """What an asker is told when no record has been found: the same bytes as for a record that must not show itself."""
    return [{"field": code, **NOTHING_TO_TELL.as_json()} for code in fields]


def told_of(answer: Mapping[str, Any]) -> list[dict[str, Any]]:
    """What the asker may be told of each withheld field, and nothing that the rulebook keeps from the asker."""
    return [{"field": code, **told["told"]} for code, told in answer["fields"].items() if told["told"]]
