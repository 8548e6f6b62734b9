"""This module knows the covers under which a field may leave, and finds the finest form that each of them allows.

One's own record comes first; then a line of a protocol, the duty of section 17A, what is open, and the emergency. Each finder
asks the rules that its cover has to pass and no others.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from protocols.actions import Action
from protocols.law import CDA17A, FieldKind, Gateway, Prescribed
from protocols.routes import Clause
from protocols.rules import CDA115, Setting
from protocols.vocabulary import EMERGENCY_HOURS, NEED_CONDITION, Cover, Rule

_HOUR = 3_600_000_000
ORDER = {cover: place for place, cover in enumerate(Cover)}


@dataclass(frozen=True, slots=True)
class Leave:
    """A field may leave in this form (place in the registry), under this cover."""

    cover: Cover
    form: int
    clause: Clause | None = None
    gateway: str | None = None
    basis: str | None = None
    principal: str | None = None


def forms(kind: FieldKind, asked: int | None, finest: int = 0) -> Iterable[int]:
    """The forms to try, finest first: the one asked for (or the cover's, if coarser); all of them if none was asked for."""
    if asked is None:
        return range(finest, len(kind.forms))
    return (max(asked, finest),)


def find(setting: Setting, code: str, asked: int | None) -> Leave | None:
    """The best cover for one field going to one recipient: the finest form, then the order of covers, then of lines."""
    kind = setting.world.law.registry[code]
    if setting.own:
        return _own(setting, asked)
    if not setting.may_answer() or setting.is_refused(code):
        return None
    best, finest = by_line(setting, kind, asked), asked or 0
    for other in _OTHERS:
        if best is not None and best.form == finest:
            return best  # nothing can be finer, and what comes first in order wins among the equal
        found = other(setting, kind, asked)
        if found is not None and (best is None or found.form < best.form):
            best = found
    return best


def _own(setting: Setting, asked: int | None) -> Leave | None:
    if setting.has_role() and setting.is_assigned(None) and setting.may_keep_own():
        return Leave(Cover.OWN, asked or 0)
    return None


# --- a line of a protocol -----------------------------------------------------------------------


def by_line(setting: Setting, kind: FieldKind, asked: int | None) -> Leave | None:
    """The finest form that a line allows, the first of such lines in tie order (rules 1 to 12, and 13 for this recipient)."""
    code, end = kind.code, len(kind.forms)
    barred = not setting.may_carry_personal(code) and not setting.route.is_stood_in_for(code)
    finest = asked or 0
    while barred and finest < end and kind.forms[finest].personal:
        finest += 1  # no line carries these forms, and asking for one of them is asking in vain
    if asked is not None and finest > asked:
        return _coarser_by_line(setting, kind, asked)
    best: Leave | None = None
    for clause in setting.route.clauses(code):
        form = max(finest, clause.form)
        stop = end if asked is None else form + 1
        if best is not None and best.form < stop:
            stop = best.form
        if form < stop and may_go(setting, clause, code):
            best = _finest(setting, clause, kind, range(form, stop)) or best
            if best is not None and best.form == finest:
                break
    return best


def _coarser_by_line(setting: Setting, kind: FieldKind, asked: int) -> Leave | None:
    """The form asked for is barred to every line: only those that make it coarser than that are looked at."""
    best: Leave | None = None
    for clause in setting.route.clauses(kind.code):
        if clause.form > asked and (best is None or clause.form < best.form) and may_go(setting, clause, kind.code):
            best = _finest(setting, clause, kind, range(clause.form, clause.form + 1)) or best
    return best


def _finest(setting: Setting, clause: Clause, kind: FieldKind, places: range) -> Leave | None:
    for form in places:
        basis = may_leave(setting, clause, kind, form)
        if basis is not None:
            return Leave(Cover.LINE, form, clause, clause.gateway.code, basis or None, principal(setting, clause))
    return None


def principal(setting: Setting, clause: Clause) -> str | None:
    """To whom a disclosure under section 115 is recorded as made, where the recipient acts for somebody."""
    return setting.route.standing[1] if clause.gateway.standing else None


def may_go(setting: Setting, clause: Clause, code: str) -> bool:
    """What is left of the rules that do not depend on the form, for a clause of the route: 4, 5, 6 and 11."""
    case, line, stands_in = setting.case, clause.line, clause.gateway.stands_in_for
    return (
        case.channel in line.channels
        and setting.line_reaches(line)
        and (not clause.gateway.needs or setting.admits(clause.gateway, code))
        and (setting.may_pass_on(code) or Rule.ONWARD in stands_in)
        and (
            (case.record.marking <= clause.version.marking and (case.channel != "meeting" or setting.is_confidential()))
            or Rule.MARKING in stands_in
        )
    )


def may_leave(setting: Setting, clause: Clause, kind: FieldKind, form: int) -> str | None:
    """The rules that depend on what leaves: 1's assignment, 7, 8, 9 and 13. The basis ("" where none is needed), or None."""
    what = setting.class_of(kind, form)
    if what is None:
        return ""
    stands_in = clause.gateway.stands_in_for
    if (
        setting.is_assigned(what)
        and setting.may_be_spoken(what)
        and (states_enough(setting, clause.gateway, clause) or Rule.STATEMENT in stands_in)
        and (setting.is_decided(clause.version, clause.line, kind.code, form) or Rule.DECISION in stands_in)
    ):
        return "" if Rule.BASIS in stands_in else _line_basis(setting, clause, what, kind.code)
    return None


def _line_basis(setting: Setting, clause: Clause, what: str, code: str) -> str | None:
    """Rule 7 for what is personal: the first valid basis of the line, if a needed condition and authority are there."""
    line = clause.line
    if what in NEED_CONDITION and not setting.condition_among(line.conditions, what, code):
        return None
    if setting.case.record.regime == "PART3" and not setting.part3_is_answered(clause.version):
        return None
    return setting.basis_among(line.basis, code)


def states_enough(setting: Setting, gateway: Gateway, clause: Clause) -> bool:
    """Rule 8 for what is personal as it leaves."""
    return setting.is_stated() and (gateway.code != CDA115 or setting.provision_is_listed(clause.version))


# --- the duty of section 17A --------------------------------------------------------------------


def prescribed(setting: Setting, code: str) -> Prescribed | None:
    """The prescribed data set that makes it a duty to give this field to this recipient (CDA 1998 s17A; SI 2007/1831)."""
    case, law = setting.case, setting.world.law
    row = law.prescribed.get(case.record.data_set or "")
    if row is None or not law.duty.stands(case.moment) or not row.stands(case.moment):
        return None
    both = (setting.supplier.body_type, setting.recipient.body_type)
    if code not in row.fields or both[0] not in row.holders:
        return None
    return row if all(law.bodies[each].stands(case.moment) for each in both) else None


def may_go_freely(setting: Setting, kind: FieldKind, form: int) -> bool:
    """What covers 2 and 3 ask besides their own facts: membership, confidentiality, and that nobody is identified."""
    return setting.route.are_members(None) and setting.is_confidential() and setting.class_of(kind, form) is None


def by_duty(setting: Setting, kind: FieldKind, asked: int | None) -> Leave | None:
    """The finest form in which section 17A makes the supplier give the field."""
    row = prescribed(setting, kind.code)
    if row is None:
        return None
    for form in forms(kind, asked, row.finest.get(kind.code, 0)):
        if may_go_freely(setting, kind, form):
            return Leave(Cover.CDA17A, form, gateway=CDA17A)
    return None


# --- what is open -------------------------------------------------------------------------------


def is_open(setting: Setting, code: str, form: int) -> bool:
    """Whether the field in this form is on the supplier's open list, or on any line of a complete version."""
    on_line = setting.world.open_forms.get((setting.case.record.partnership, code))
    return (on_line is not None and on_line <= form) or form in setting.supplier.open_list.get(code, ())


def by_openness(setting: Setting, kind: FieldKind, asked: int | None) -> Leave | None:
    """The finest open form."""
    for form in forms(kind, asked):
        if is_open(setting, kind.code, form) and may_go_freely(setting, kind, form):
            return Leave(Cover.OPEN, form)
    return None


# --- the emergency ------------------------------------------------------------------------------


def is_emergency(setting: Setting) -> bool:
    """What the emergency asks of the case, whatever the field."""
    case = setting.case
    return case.emergency and case.called_back and case.statement.harm and case.channel in ("view", "verbal")


def is_allowed_in_emergency(setting: Setting, code: str, form: int) -> bool:
    """An officer of the supplier with the emergency action has allowed the field within the last 24 hours."""
    case, decision = setting.case, setting.case.decision
    if decision is None or decision.allowed.get(code, form + 1) > form or decision.officer == case.officer:
        return False
    officer = setting.supplier.officers.get(decision.officer)
    if officer is None or decision.decided_at not in officer.span or Action.ALLOW_EMERGENCY not in officer.actions:
        return False
    return decision.decided_at <= case.moment < decision.decided_at + EMERGENCY_HOURS * _HOUR


def emergency_basis(setting: Setting, what: str | None, code: str) -> str | None:
    """Rule 7 where no line lists anything: any basis and condition of the law. "" if none is needed, None if none is valid."""
    if what is None:
        return ""
    law = setting.world.law
    if not setting.condition_among(tuple(law.conditions), what, code) or not setting.part3_is_answered(None):
        return None
    return setting.basis_among(tuple(law.bases), code)


def by_emergency(setting: Setting, kind: FieldKind, asked: int | None) -> Leave | None:
    """The finest form that the emergency allows (rules 1, 2, 5, 7, 10 and what counts as personal)."""
    if not is_emergency(setting) or not setting.route.are_members(None) or not setting.may_pass_on(kind.code):
        return None
    for form in forms(kind, asked):
        what = setting.class_of(kind, form)
        basis = emergency_basis(setting, what, kind.code)
        if basis is not None and setting.is_assigned(what) and is_allowed_in_emergency(setting, kind.code, form):
            return Leave(Cover.EMERGENCY, form, basis=basis or None)
    return None


_OTHERS = (by_duty, by_openness, by_emergency)
