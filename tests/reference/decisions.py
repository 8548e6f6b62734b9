"""This module knows rule 9: who may decide for the supplier, and what an earlier release still carries (page, section 3)."""

from __future__ import annotations

from .asks import NOBODY, Ask, Fault, Repair, whatever_the_channel
from .model import Authorisation, Line, Organisation, Version
from .times import days_after, years_after

# --- rule 9 -----------------------------------------------------------------------------------------------------------


def refused(ask: Ask) -> bool:
    decision = ask.case.decision
    return decision is not None and "refuse" in decision.fields.get(ask.field, {})


def allowed_form(ask: Ask, form: str) -> bool:
    """The decision allows the field in this form or a finer one, and it is not the asker's own."""
    decision = ask.case.decision
    if decision is None or decision.officer == ask.case.officer:
        return False
    allowed = decision.fields.get(ask.field, {}).get("allow")
    return allowed is not None and ask.known.rank(allowed) <= ask.known.rank(form)


def authorisation_end(supplier: Organisation, given: Authorisation) -> int:
    """At most a year; 28 days from the first moment at which nobody trained is left in the liaison post."""
    changes = [post.span.end for post in supplier.liaison]
    changes += [years_after(day, 2) for post in supplier.liaison for day in post.trained]
    vacant = [at for at in changes if at >= given.start and not supplier.liaison_filled(at)]
    ends = [given.end, years_after(given.start, 1)]
    ends += [days_after(min(vacant), 28)] if vacant and min(vacant) < ends[1] else []
    return min(ends)


def may_decide(ask: Ask, officer: str, at: int, version: Version, line: Line | None) -> bool:
    """In the liaison post and trained; or an officer of the supplier with a standing authorisation for this line."""
    supplier = ask.supplier
    if any(post.officer == officer and post.trained_at(at) for post in supplier.liaison):
        return True
    found = ask.world.officers.get(officer)
    if line is None or found is None or found.organisation != supplier.code or not found.span.covers(at):
        return False
    return any(
        (given.officer, given.protocol, given.line) == (officer, version.ref, line.id)
        and supplier.liaison_filled(given.start)
        and given.start <= at < authorisation_end(supplier, given)
        for given in supplier.authorisations
    )


@whatever_the_channel
def decided(ask: Ask, form: str, version: Version, line: Line | None) -> bool:
    decision = ask.case.decision
    return (
        decision is not None
        and allowed_form(ask, form)
        and decision.at <= ask.at < days_after(decision.at, version.reply_days)
        and may_decide(ask, decision.officer, decision.at, version, line)
    )


def retention_days(ask: Ask, version: Version, line: Line, number: int | None) -> int:
    """Of the line that the earlier release went under, in the version it names; none named: of this one."""
    if number is None:
        return line.retention_days
    for other in ask.world.protocols[version.partnership, version.ref]:
        for same in other.lines:
            if other.number == number and same.id == line.id:
                return same.retention_days
    return 0  # that line no longer stands: the release carries nothing


def released_before(ask: Ask, form: str, version: Version, line: Line | None) -> bool:
    if ask.channel != "view" or line is None:
        return False
    return any(
        (e.field, e.purpose, e.protocol, e.line) == (ask.field, ask.case.purpose, version.ref, line.id)
        and e.decided
        and not e.recalled
        and e.recipient in (None, ask.recipient)
        and ask.known.rank(e.form) <= ask.known.rank(form)
        and e.at <= ask.at < days_after(e.at, retention_days(ask, version, line, e.version))
        for e in ask.case.earlier
    )


@whatever_the_channel
def somebody_could_decide(ask: Ask, version: Version, line: Line | None) -> bool:
    supplier = ask.supplier
    people = {post.officer for post in supplier.liaison} | {given.officer for given in supplier.authorisations}
    return any(may_decide(ask, who, ask.at, version, line) for who in people - {ask.case.officer})


def decision_faults(ask: Ask, form: str, personal: bool, version: Version, line: Line | None) -> list[Fault]:
    if refused(ask):
        return [Fault("decision", NOBODY)]
    if not personal or released_before(ask, form, version, line) or decided(ask, form, version, line):
        return []
    act = "decide" if somebody_could_decide(ask, version, line) else "name-and-train"
    return [Fault("decision", Repair(act, ask.supplier.code, version.ref))]


def refusal_faults(ask: Ask) -> list[Fault]:
    return [Fault("decision", NOBODY)] if refused(ask) else []
