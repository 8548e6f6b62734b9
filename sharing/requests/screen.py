"""This module knows what a decider needs on one screen: what the rules say to each field, its clause, the least that will do."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy.orm import Session

from protocols import lawbook, wording
from protocols.request_kinds import kind_of, reason_for
from protocols.vocabulary import NEED_CONDITION
from sharing.requests.offered import line_of
from sharing.requests.read import as_it_would_be
from sharing.requests.views import RequestView
from sharing.store import Clock

RULES = "rules"
"""The choice to decide nothing on a field that the rules withhold anyway."""


@dataclass(frozen=True)
class FieldChoice:
    """One field on the screen. `finest` is the finest form that the rules would let leave now, None where none may.

    `preselected` is a form, or `RULES`. `conditions` are those of the line, for a form that is special or criminal. `steps` is
    the smallest lawful change in words, each with who has to do it.
    """

    code: str
    asked_as: str | None
    finest: str | None
    preselected: str
    kind: str
    protocol: str | None
    version: int | None
    line: str | None
    cover: str | None
    gateway: str
    basis: str
    conditions: tuple[str, ...]
    second_officer: bool
    rule: str | None
    why_not: str
    likely_reason: str
    steps: tuple[str, ...]

    @property
    def leaves(self) -> bool:
        """Whether the rules would let it leave."""
        return self.finest is not None


@dataclass(frozen=True)
class Screen:
    """What the rules would say to every field as it was asked, before anything is decided; `is_known`: the record was found."""

    is_known: bool
    fields: tuple[FieldChoice, ...]
    case_steps: tuple[str, ...] = ()


def decision_screen(
    session: Session,
    clock: Clock,
    found: RequestView,
    officer_id: uuid.UUID | None,
    names: Mapping[str, str],
    open_fields: tuple[tuple[str, str | None], ...] | None = None,
) -> Screen:
    """Put the screen together for this officer. `names` turns organisation codes into names; nothing is decided or recorded."""
    fields = found.fields if open_fields is None else open_fields
    answer = as_it_would_be(session, clock, found, officer_id)
    if answer is None:
        return Screen(is_known=False, fields=tuple(_unknown(found, code, form) for code, form in fields))
    steps = tuple(wording.repair(act, names) for act in answer["case_change"])
    made = tuple(_choice(session, found, code, form, answer["fields"][code], names) for code, form in fields)
    return Screen(is_known=True, fields=made, case_steps=steps)


def _choice(
    session: Session,
    found: RequestView,
    code: str,
    asked: str | None,
    told: Mapping[str, Any],
    names: Mapping[str, str],
) -> FieldChoice:
    leaves = told["result"] != "withheld"
    finest = str(told["form"]) if leaves else None
    line = line_of(session, found.partnership, told["protocol"], told["version"], told["line"]) or {}
    kind = lawbook.form_class(code, finest or asked or lawbook.forms(code)[0])
    return FieldChoice(
        code=code,
        asked_as=asked,
        finest=finest,
        preselected=kind_of(found.kind).enough_of(code, finest) if finest else RULES,
        kind=kind,
        protocol=told["protocol"],
        version=told["version"],
        line=told["line"],
        cover=told["cover"],
        gateway=lawbook.title("gateways", told["gateway"]) if told["gateway"] else "",
        basis=lawbook.title("bases", told["basis"]) if told["basis"] else "",
        conditions=_conditions(line, kind) if leaves else (),
        second_officer="second-officer" in line.get("safeguards", ()),
        rule=told["rule"],
        why_not="" if leaves else wording.reason(told["rule"]),
        likely_reason=reason_for(told["rule"]),
        steps=tuple(wording.repair(act, names) for act in told["change"]),
    )


def _conditions(line: Mapping[str, Any], kind: str) -> tuple[str, ...]:
    """The conditions of the line that allow this class of data: only special and criminal data need one."""
    if kind not in NEED_CONDITION:
        return ()
    rows = lawbook.rows("conditions")
    fitting = [code for code in line.get("conditions", ()) if kind in rows[code].get("classes", NEED_CONDITION)]
    return tuple(f"{lawbook.title('conditions', code)} ({rows[code]['source']})" for code in fitting)


def _unknown(found: RequestView, code: str, asked: str | None) -> FieldChoice:
    """Before a record is found nothing can be said of it: what was asked for is preselected, as coarse as is enough."""
    return FieldChoice(
        code=code,
        asked_as=asked,
        finest=None,
        preselected=kind_of(found.kind).enough_of(code, asked or lawbook.forms(code)[0]),
        kind=lawbook.form_class(code, asked or lawbook.forms(code)[0]),
        protocol=None,
        version=None,
        line=None,
        cover=None,
        gateway="",
        basis="",
        conditions=(),
        second_officer=False,
        rule=None,
        why_not="",
        likely_reason="not-held",
        steps=(),
    )
