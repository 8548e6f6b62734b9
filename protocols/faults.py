"""This module knows everything that keeps one field from leaving under one candidate, each fault with what mends it.

A fault is mended by an act of somebody, by a new version of the protocol's text, by either, or by nobody here.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from protocols import covers
from protocols.actions import Action
from protocols.in_force import Lapse
from protocols.law import FieldKind, Gateway
from protocols.repairs import Act, Repair, merged, weight
from protocols.routes import Clause
from protocols.rules import CDA115, Setting
from protocols.versions import Line, Protocol, Version
from protocols.vocabulary import Rule


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing that fails: its rule, the act that mends it (None: no act), and whether a new version's text mends it."""

    rule: Rule
    act: Act | None = None
    by_text: bool = False


def of_case(setting: Setting, what: str | None) -> Iterator[Fault]:
    """Rules 1, 10 and the supplier's refusal: the same for every candidate."""
    if not setting.has_role():
        yield Fault(Rule.ROLE, Act(Repair.ANOTHER_OFFICER, asking_side(setting)))
    if not setting.is_assigned(what):
        yield Fault(Rule.ROLE, Act(Repair.BE_ASSIGNED, asking_side(setting)))
    if setting.own:
        if not setting.may_keep_own():
            yield Fault(Rule.RETENTION)
        return
    if not setting.retained:
        yield Fault(Rule.RETENTION)


def asking_side(setting: Setting) -> str:
    """The organisation whose officer asks or pushes."""
    if setting.case.pushed:
        return setting.supplier.code
    officer = setting.world.officers.get(setting.case.officer)
    if officer is not None and officer.organisation in setting.case.recipients:
        return officer.organisation
    return min(setting.case.recipients)


def of_agreement(setting: Setting, version: Version) -> Iterator[Fault]:
    """Rule 3, and the completeness gate before it. A new version mends all of it, with its parent."""
    if not version.complete:
        yield Fault(Rule.COMPLETE, by_text=True)
    yield from (Fault(Rule.IN_FORCE, act, by_text=True) for act in _acts_on(setting, version))


def _acts_on(setting: Setting, version: Version) -> tuple[Act | None, ...]:
    """What puts a version in force as it stands, one entry for each thing that keeps it from it; None where nothing does."""
    route = setting.route
    known = route.mending.get(version)
    if known is not None:
        return known
    agreements = setting.world.partnerships[version.partnership]
    found: list[Act | None] = []
    for lapse in agreements.lapses(version, route.supplier.code, route.recipient.code, setting.case.moment):
        if lapse.letter == "g" and version.parent:
            found += _acts_on_parent(setting, agreements.protocols[version.parent])
        else:
            found.append(_act_on(version, lapse))
    return route.mending.setdefault(version, tuple(found))


def _acts_on_parent(setting: Setting, parent: Protocol) -> list[Act | None]:
    """The cheapest acts that put some version of the parent in force as it stands; the newest of those that cost the same."""
    versions = parent.candidates(setting.supplier.code, setting.recipient.code, setting.case.moment)
    each = [
        _acts_on(setting, version)
        for version in sorted(versions, key=lambda version: -version.number)
        if version.complete
    ]
    open_ones = [[act for act in acts if act is not None] for acts in each if None not in acts]
    best = min(open_ones, key=lambda acts: (weight(acts), len(merged(acts))), default=None)
    return [None] if best is None else [*best]


def _act_on(version: Version, lapse: Lapse) -> Act | None:
    repair = {"a": Repair.SIGN, "b": Repair.SIGN, "c": Repair.SIGN, "e": Repair.REVIEW, "f": Repair.LIFT_SUSPENSION}
    found = repair.get(lapse.letter)
    if found is None or (found is Repair.SIGN and (lapse.organisation not in version.parties or not version.complete)):
        return None
    return Act(found, lapse.organisation, version.ref, version.number)


def of_line(setting: Setting, line: Line, kind: FieldKind) -> Iterator[Fault]:
    """Rule 4. A flag that the line does not name is for nobody here to add; raw free text may stand on no line."""
    case = setting.case
    if kind.free_text or not case.record.flags <= line.flags:
        yield Fault(Rule.LINE)
    if case.channel not in line.channels or not reaches(setting, line, kind.code):
        yield Fault(Rule.LINE, by_text=True)


def reaches(setting: Setting, line: Line, code: str) -> bool:
    """Rule 4 but for flags and channel."""
    case = setting.case
    return (
        case.purpose in line.purposes
        and code in line.fields
        and setting.route.names(line)
        and (case.record.category in line.categories or "*" in line.categories)
        and (case.record.area in line.areas or "*" in line.areas)
        and case.moment in line.span
    )


def of_members(setting: Setting, gateway: Gateway | None, *, admitted: bool) -> Iterator[Fault]:
    """Rule 2."""
    if not setting.route.are_members(gateway if admitted else None):
        yield Fault(Rule.MEMBERSHIP)


def of_onward(setting: Setting, code: str) -> Iterator[Fault]:
    """Rule 5."""
    if not setting.may_pass_on(code):
        yield Fault(Rule.ONWARD, Act(Repair.ASK_ORIGIN, setting.supplier.code))


def of_gateway(setting: Setting, gateway: Gateway, code: str) -> Iterator[Fault]:
    """Rule 6. Standing can be borrowed by a delegation where the kind may act for another and there is another."""
    if not setting.opens(gateway, code):
        yield Fault(Rule.GATEWAY)
    if gateway.standing and not setting.route.standing[0]:
        world = setting.world
        others = (
            one for one in world.organisations if one != setting.recipient.code and setting.route.is_principal(one)
        )
        may_act_for = world.law.bodies[setting.recipient.body_type].may_act_for and any(True for _ in others)
        yield Fault(Rule.GATEWAY, Act(Repair.DELEGATE, setting.recipient.code) if may_act_for else None)


def of_basis(setting: Setting, version: Version, line: Line | None, what: str, code: str) -> Iterator[Fault]:
    """Rule 7 for what is personal as it leaves. `line` None: a new line, which lists whatever is valid."""
    law = setting.world.law
    if line is None or setting.basis_among(line.basis, code) is None:
        valid = setting.basis_among(tuple(law.bases), code) is not None
        if line is not None or not valid:
            yield Fault(Rule.BASIS, by_text=valid)
    if line is None or not setting.condition_among(line.conditions, what, code):
        valid = setting.condition_among(tuple(law.conditions), what, code)
        if line is not None or not valid:
            yield Fault(Rule.BASIS, by_text=valid)
    if not setting.part3_is_answered(version):
        yield Fault(Rule.BASIS)


def of_statement(setting: Setting, version: Version, gateway: Gateway) -> Iterator[Fault]:
    """Rule 8 for what is personal as it leaves."""
    asks_provision = gateway.code == CDA115
    provision = not asks_provision or setting.provision_is_listed(version)
    if setting.is_stated() and provision:
        return
    provisions = setting.world.law.provisions.values()
    can = provision or any(row.stands(setting.case.moment) for row in provisions)
    yield Fault(Rule.STATEMENT, Act(Repair.GIVE_STATEMENT, asking_side(setting)) if can else None)


def of_decision(setting: Setting, clause: Clause, kind: FieldKind, what: str | None) -> Iterator[Fault]:
    """Rule 9 for a line that stands."""
    version, line = clause.version, clause.line
    if setting.is_refused(kind.code):
        yield Fault(Rule.DECISION)
    elif what is not None and not setting.is_decided(version, line, kind.code, clause.form):
        yield _undecided(setting, version, line.id)


def of_new_decision(setting: Setting, version: Version, kind: FieldKind, form: int) -> Iterator[Fault]:
    """Rule 9 for a line yet to be written: only holders of the liaison post can have decided, or can decide."""
    if setting.is_refused(kind.code):
        yield Fault(Rule.DECISION)
    elif setting.class_of(kind, form) is not None and not setting.was_decided(version, None, kind.code, form):
        yield _undecided(setting, version, None)


def _undecided(setting: Setting, version: Version, line: str | None) -> Fault:
    asker, deciders = setting.case.officer, setting.supplier.deciders(version.ref, line, setting.case.moment)
    repair = Repair.DECIDE if any(one != asker for one in deciders) else Repair.NAME_AND_TRAIN
    return Fault(Rule.DECISION, Act(repair, setting.supplier.code, version.ref))


def of_marking(setting: Setting, version: Version) -> Iterator[Fault]:
    """Rule 11."""
    if setting.case.record.marking > version.marking:
        yield Fault(Rule.MARKING)
    yield from of_confidence(setting)


def of_confidence(setting: Setting) -> Iterator[Fault]:
    """Rule 11's second half."""
    if not setting.is_confidential():
        yield Fault(Rule.MARKING, Act(Repair.ACCEPT_CONFIDENTIALITY, setting.recipient.code))


def of_audience(setting: Setting, what: str | None) -> Iterator[Fault]:
    """Rule 13's second half."""
    if not setting.may_be_spoken(what):
        yield Fault(Rule.AUDIENCE)


def under_line(setting: Setting, clause: Clause, kind: FieldKind) -> Iterator[Fault]:
    """Everything that fails for a field leaving in `clause.form` under a line as its version stands."""
    version, line, gateway, code = clause.version, clause.line, clause.gateway, kind.code
    admitted = setting.admits(gateway, code)
    stands_in = gateway.stands_in_for if admitted else frozenset()
    what = setting.class_of(kind, clause.form)
    yield from of_case(setting, what)
    yield from of_members(setting, gateway, admitted=admitted)
    yield from of_agreement(setting, version)
    yield from of_line(setting, line, kind)
    if Rule.ONWARD not in stands_in:
        yield from of_onward(setting, code)
    yield from of_gateway(setting, gateway, code)
    if what is not None and Rule.BASIS not in stands_in:
        yield from of_basis(setting, version, line, what, code)
    if what is not None and Rule.STATEMENT not in stands_in:
        yield from of_statement(setting, version, gateway)
    if Rule.DECISION not in stands_in or setting.is_refused(code):
        yield from of_decision(setting, clause, kind, what)
    if Rule.MARKING not in stands_in:
        yield from of_marking(setting, version)
    yield from of_audience(setting, what)


def under_new_line(setting: Setting, version: Version, kind: FieldKind, form: int) -> Iterator[Fault]:
    """Everything that fails for a line yet to be written: what is asked, section 115, any valid basis and condition."""
    code, gateway = kind.code, setting.world.law.gateways.get(CDA115)
    what = setting.class_of(kind, form)
    yield from of_case(setting, what)
    yield from of_members(setting, None, admitted=False)
    yield from of_agreement(setting, version)
    yield Fault(Rule.LINE, by_text=True)
    if setting.case.record.flags or kind.free_text:
        yield Fault(Rule.LINE)
    yield from of_onward(setting, code)
    if gateway is None:
        yield Fault(Rule.GATEWAY)
        return
    yield from of_gateway(setting, gateway, code)
    if what is not None:
        yield from of_basis(setting, version, None, what, code)
        yield from of_statement(setting, version, gateway)
    yield from of_new_decision(setting, version, kind, form)
    yield from of_marking(setting, version)
    yield from of_audience(setting, what)


def under_free_cover(setting: Setting, kind: FieldKind, form: int, *, open_form: bool) -> Iterator[Fault]:
    """Everything that fails for section 17A, or for what is open (`open_form`: whether this form is)."""
    what = setting.class_of(kind, form)
    yield from of_case(setting, what)
    yield from of_members(setting, None, admitted=False)
    if setting.is_refused(kind.code):
        yield Fault(Rule.DECISION)
    yield from of_confidence(setting)
    if not open_form or what is not None:
        yield Fault(Rule.IDENTIFY)
    yield from of_audience(setting, what)


def under_listing(setting: Setting, kind: FieldKind, form: int) -> Iterator[Fault]:
    """Everything that fails for what would be open if a new version listed the field."""
    yield from under_free_cover(setting, kind, form, open_form=True)
    yield Fault(Rule.LINE, by_text=True)


def under_emergency(setting: Setting, kind: FieldKind, form: int) -> Iterator[Fault]:
    """Everything that fails for a confirmed emergency."""
    case, what = setting.case, setting.class_of(kind, form)
    yield from of_case(setting, what)
    yield from of_members(setting, None, admitted=False)
    if case.channel not in ("view", "verbal"):
        yield Fault(Rule.LINE)
    yield from of_onward(setting, kind.code)
    if covers.emergency_basis(setting, what, kind.code) is None:
        yield Fault(Rule.BASIS)
    if not case.statement.harm:
        yield Fault(Rule.STATEMENT, Act(Repair.GIVE_STATEMENT, asking_side(setting)))
    if setting.is_refused(kind.code):
        yield Fault(Rule.DECISION)
    elif not covers.is_allowed_in_emergency(setting, kind.code, form):
        officers = setting.supplier.officers.values()
        can = any(
            case.moment in one.span and Action.ALLOW_EMERGENCY in one.actions and one.code != case.officer
            for one in officers
        )
        yield Fault(Rule.DECISION, Act(Repair.DECIDE, setting.supplier.code) if can else None)
