"""This module knows whether a case could be made that lets a field go: what could be stated, held or decided.

It is the existential side of the rules, for `protocols.scope`: facts of a case are free, facts of the world are not.
"""

from __future__ import annotations

from collections.abc import Sequence

from protocols import moments
from protocols.actions import Action
from protocols.law import FieldKind, Form
from protocols.moments import HOUR, Instant
from protocols.reading import Span
from protocols.routes import Clause, Route
from protocols.rules import CDA115
from protocols.vocabulary import EMERGENCY_HOURS, NEED_CONDITION, Rule


def can_carry_personal(route: Route, clause: Clause, kind: FieldKind, asker: str, channel: str, now: Instant) -> bool:
    """Whether a clause of the route could carry the field as personal data: some case states, holds and decides enough."""
    stands_in = clause.gateway.stands_in_for
    asks_provision = Rule.STATEMENT not in stands_in and clause.gateway.code == CDA115
    if asks_provision and not any(row.stands(now) for row in route.world.law.provisions.values()):
        return False
    if Rule.DECISION not in stands_in and not _can_be_decided(route, clause, asker, channel, now):
        return False
    line, forms = clause.line, kind.forms[clause.form :]
    if Rule.BASIS in stands_in:
        return any(form.personal or kind.location for form in forms)
    return _has_basis(route, kind, forms, (line.basis, line.conditions), now)


def can_be_told_in_emergency(route: Route, kind: FieldKind, now: Instant) -> bool:
    """Whether the law data has a basis, and a condition where one is needed, for the field in an emergency."""
    law = route.world.law
    return _has_basis(route, kind, kind.forms, (tuple(law.bases), tuple(law.conditions)), now)


def _has_basis(
    route: Route, kind: FieldKind, forms: Sequence[Form], listed: tuple[tuple[str, ...], tuple[str, ...]], now: Instant
) -> bool:
    """A valid basis, and some form that is or may count as personal, with a condition if its class needs one."""
    law, (bases, conditions) = route.world.law, listed
    if not any(route.is_valid(law.bases[code]) for code in bases):
        return False
    allowed = {each for code in conditions if law.conditions[code].stands(now) for each in law.conditions[code].classes}
    return any(
        form.kind not in NEED_CONDITION or form.kind in allowed for form in forms if form.personal or kind.location
    )


def _can_be_decided(route: Route, clause: Clause, asker: str, channel: str, now: Instant) -> bool:
    """Somebody other than the asker could have decided in time, or a view rests on an earlier release that was so decided."""
    if channel == "view" and clause.line.retention_days > 0:
        return True
    earliest = moments.day_start(moments.day_of(now) - clause.version.reply_days + 1)
    supplier = route.supplier
    posts = [span for who, spans in supplier.liaison.items() if who != asker for span in spans]
    for one in supplier.authorisations:
        post = supplier.officers.get(one.officer)
        if post and one.officer != asker and (one.protocol, one.line) == (clause.version.ref, clause.line.id):
            posts.append(Span(max(one.span.start, post.span.start), min(one.span.end, post.span.end)))
    return any(_meets(span.start, span.end, earliest, now) for span in posts)


def _meets(start: Instant, end: Instant, earliest: Instant, latest: Instant) -> bool:
    """Whether the validity [start, end) and the stretch [earliest, latest] have an instant in common."""
    return start < end and start <= latest and end > earliest


def can_allow_emergency(route: Route, asker: str, now: Instant) -> bool:
    """Whether an officer of the supplier with the emergency action, other than the asker, was in post in the last 24 hours."""
    earliest = now - EMERGENCY_HOURS * HOUR + 1
    return any(
        Action.ALLOW_EMERGENCY in one.actions
        and one.code != asker
        and _meets(one.span.start, one.span.end, earliest, now)
        for one in route.supplier.officers.values()
    )


def prescribed_form(route: Route, data_set: str, code: str, now: Instant) -> int | None:
    """The finest form in which a field of a prescribed data set has to be given to the recipient, if it has (section 17A)."""
    law = route.world.law
    row = law.prescribed[data_set]
    if not law.duty.stands(now) or not row.stands(now) or code not in row.fields:
        return None
    both = (route.supplier.body_type, route.recipient.body_type)
    if both[0] not in row.holders or not all(law.bodies[each].stands(now) for each in both):
        return None
    return row.finest.get(code, 0)
