"""This module knows the covers: a line, section 17A, what is open, an emergency, and one's own record (page, section 3)."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from .asks import (
    ACTIONS,
    COVERS,
    KINDS,
    NOBODY,
    Ask,
    Candidate,
    Fault,
    Repair,
    data_set,
    leaves,
    non_personal,
)
from .cases import Case
from .decisions import allowed_form, decision_faults, refusal_faults, refused
from .force import candidates, remembered
from .law_rules import basis_faults, gateway_faults, has_standing, statement_faults
from .lawbook import Field, Gateway
from .model import Version, World
from .rules import (
    asking_organisation,
    audience_faults,
    in_force_faults,
    line_faults,
    marking_faults,
    may_act,
    membership_faults,
    new_version,
    onward_faults,
    retention_faults,
    role_faults,
)
from .times import HOUR

# --- the covers -------------------------------------------------------------------------------------------------------


def text_faults(ask: Ask, candidate: Candidate, form: str) -> Iterator[Fault]:
    """Rules 1 to 13 for a line, as it stands or of a new version, or for a new line: one after the other."""
    version, line = candidate.version, candidate.line
    assert version is not None
    personal = not non_personal(ask, form)
    renew = new_version(ask.world, version)
    code = "CDA115" if line is None else line.gateway
    gateway = gateway_faults(ask, code)
    row: Gateway | None = None if gateway else ask.world.law.gateways[code]
    stood_in_for = () if row is None else row.stands_in_for
    rules: tuple[tuple[str, Callable[[], list[Fault]]], ...] = (
        ("complete", lambda: [] if version.complete or candidate.new_text else [Fault("complete", renew)]),
        ("role", lambda: role_faults(ask, ACTIONS[ask.channel], personal)),
        ("membership", lambda: membership_faults(ask, row is not None and row.external)),
        ("in-force", lambda: [] if candidate.new_text else between_them(ask, version)),
        ("line", lambda: line_faults(ask, candidate, renew)),
        ("onward", lambda: onward_faults(ask)),
        ("gateway", lambda: gateway),
        ("basis", lambda: basis_faults(ask, candidate, form, renew) if personal else []),
        ("statement", lambda: statement_faults(ask, version, code) if personal else []),
        ("decision", lambda: decision_faults(ask, form, personal, version, line)),
        ("retention", lambda: retention_faults(ask)),
        ("marking", lambda: marking_faults(ask, version)),
        ("audience", lambda: audience_faults(ask, personal)),
    )
    for rule, faults in rules:
        if rule not in stood_in_for:
            yield from faults()
        elif rule == "decision":
            yield from refusal_faults(ask)


def between_them(ask: Ask, version: Version) -> list[Fault]:
    found: list[Fault] = in_force_faults(ask.world, version, ask.case.record.holder, ask.recipient, ask.at)
    return found


def duty(ask: Ask) -> bool:
    """The facts of section 17A: nobody's agreement is among them."""
    found = data_set(ask)
    return (
        ask.world.law.duty.covers(ask.at)
        and found is not None
        and ask.field in found.fields
        and has_standing(ask, ask.supplier)
        and has_standing(ask, ask.receiver)
    )


@remembered
def on_a_line(world: World, partnership: str, field: str) -> int | None:
    """The rank of the finest form in which the field stands on any line of a complete version."""
    known = world.registry[field]
    ranks = [
        known.rank(line.form.get(field, known.forms[0].name))
        for version in world.listed
        for line in version.lines
        if version.partnership == partnership and version.complete and field in line.fields
    ]
    return min(ranks, default=None)


def is_open(ask: Ask, form: str) -> bool:
    """Not personal, and on the supplier's open list in this form or on any line that permits it."""
    finest = on_a_line(ask.world, ask.case.record.partnership, ask.field)
    on_line = finest is not None and ask.known.rank(form) >= finest
    return non_personal(ask, form) and ((ask.field, form) in ask.supplier.open_list or on_line)


def agreed_by_nobody_faults(ask: Ask, fits: bool, form: str) -> list[Fault]:
    """17A and open: they pass 3 to 9, but a refusal stands."""
    personal = not non_personal(ask, form)
    return [
        *role_faults(ask, ACTIONS[ask.channel], personal),
        *membership_faults(ask, False),
        *refusal_faults(ask),
        *retention_faults(ask),
        *marking_faults(ask, None),
        *([] if fits else [Fault("identify", NOBODY)]),
        *audience_faults(ask, personal),
    ]


def listing_faults(ask: Ask, candidate: Candidate, form: str) -> list[Fault]:
    """What would be open if a new version listed the field: until one does, it stands on no line."""
    faults = agreed_by_nobody_faults(ask, non_personal(ask, form), form)
    if not candidate.new_text and candidate.version is not None:
        faults.append(Fault("line", new_version(ask.world, candidate.version)))
    return faults


def emergency_decided(ask: Ask, form: str) -> bool:
    decision = ask.case.decision
    return (
        decision is not None
        and allowed_form(ask, form)
        and decision.at <= ask.at < decision.at + 24 * HOUR
        and may_act(ask.world, decision.officer, (ask.supplier.code,), "request:allow_emergency", decision.at)
    )


def emergency_faults(ask: Ask, candidate: Candidate, form: str) -> list[Fault]:
    supplier = ask.supplier.code
    personal = not non_personal(ask, form)
    faults = role_faults(ask, ACTIONS[ask.channel], personal) + membership_faults(ask, False)
    if ask.channel not in ("view", "verbal"):
        faults.append(Fault("line", NOBODY))
    faults += onward_faults(ask)
    if personal:
        faults += basis_faults(ask, candidate, form, Repair("new-version"))
    if not ask.case.harm:
        faults.append(Fault("statement", Repair("give-statement", asking_organisation(ask))))
    if refused(ask):
        faults.append(Fault("decision", NOBODY))
    elif not emergency_decided(ask, form):
        could = any(
            may_act(ask.world, who, (supplier,), "request:allow_emergency", ask.at)
            for who in ask.world.officers
            if who != ask.case.officer
        )
        faults.append(Fault("decision", Repair("decide", supplier) if could else NOBODY))
    return faults + retention_faults(ask)


def own_faults(ask: Ask) -> list[Fault]:
    action = "record:view_own" if ask.channel == "view" else ACTIONS[ask.channel]
    return role_faults(ask, action, bool(ask.case.record.flags)) + retention_faults(ask, frozen_may_be_viewed=True)


def faults_of(ask: Ask, candidate: Candidate, form: str) -> Iterable[Fault]:
    """Every rule that fails for what would leave, in the order of the table, worked out as far as it is read."""
    leaving = leaves(ask, candidate, form)
    if candidate.cover == "line":
        return text_faults(ask, candidate, leaving)
    if candidate.cover == "law:CDA17A":
        return agreed_by_nobody_faults(ask, non_personal(ask, leaving), leaving)
    if candidate.cover == "open":
        return agreed_by_nobody_faults(ask, is_open(ask, leaving), leaving)
    if candidate.cover == "listing":
        return listing_faults(ask, candidate, leaving)
    if candidate.cover == "law:EMERGENCY":
        return emergency_faults(ask, candidate, leaving)
    return own_faults(ask)


def is_own(case: Case, recipient: str) -> bool:
    return case.record.holder in case.record.controllers and recipient in case.record.controllers


def versions_looked_at(ask: Ask) -> Iterator[Version]:
    record = ask.case.record
    for partnership, ref in sorted(ask.world.protocols):
        if partnership == record.partnership:
            yield from candidates(ask.world, partnership, ref, record.holder, ask.recipient, ask.at)


def lines_looked_at(ask: Ask) -> list[Candidate]:
    return [Candidate("line", version, line) for version in versions_looked_at(ask) for line in version.lines]


def beside_lines(ask: Ask, forms: Iterable[str]) -> list[Candidate]:
    found = []
    if duty(ask):
        found.append(Candidate("law:CDA17A"))
    if any(is_open(ask, form) for form in forms):
        found.append(Candidate("open"))
    if ask.case.urgency == "emergency" and ask.case.called_back:
        found.append(Candidate("law:EMERGENCY"))
    return found


def forms_asked(known: Field, asked: str | None) -> list[str]:
    """The form asked for alone; where none is asked for, every form, finest first."""
    return [form.name for form in known.forms] if asked is None else [asked]


# --- the answer -------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Cover:
    """What lets one field go to one organisation, and in which form."""

    candidate: Candidate
    form: str
    rank: int

    @property
    def order(self) -> tuple[Any, ...]:
        """The finest form wins, then the order of the covers, then bilateral, purpose, statutory; ref; line id."""
        version, line = self.candidate.version, self.candidate.line
        place = COVERS.index(self.candidate.cover)
        if version is None or line is None:
            return (self.rank, place)
        return (self.rank, place, KINDS.index(version.kind), version.ref, line.id, -version.number)


def cover(ask: Ask, asked: str | None) -> Cover | None:
    """The finest cover of the field for this recipient, or none."""
    forms = forms_asked(ask.known, asked)
    looked_at = (
        [Candidate("own")] if is_own(ask.case, ask.recipient) else lines_looked_at(ask) + beside_lines(ask, forms)
    )
    found = []
    for candidate in looked_at:
        for form in forms:
            if next(iter(faults_of(ask, candidate, form)), None) is None:
                leaving = leaves(ask, candidate, form)
                found.append(Cover(candidate, leaving, ask.known.rank(leaving)))
    return min(found, key=lambda one: one.order, default=None)


def covers(world: World, case: Case, field: str, asked: str | None) -> dict[str, Cover | None]:
    """The cover for each organisation to whom the field would go."""
    return {who: cover(Ask(world, case, who, field, case.channel), asked) for who in case.recipients}


def spoken(found: Mapping[str, Cover | None]) -> tuple[str, Cover] | None:
    """Rule 13: every one of them has a cover; the coarsest form is spoken, and the first who has no finer one names it."""
    every = [(who, one) for who, one in found.items() if one is not None]
    if len(every) < len(found):
        return None
    return max(every, key=lambda named: named[1].rank)
