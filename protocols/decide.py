"""This module knows what may be released: `release(world, case)`, the one decision point for fields that leave a holder.

Pure: the same world and case give the same decision, byte for byte. The rules stand in docs/release-rules.md.
"""

from __future__ import annotations

from protocols import covers, explain, moments
from protocols.cases import Case
from protocols.covers import Leave
from protocols.decision import Decision, FieldDecision, told
from protocols.explain import Reason
from protocols.facts import World
from protocols.moments import LATEST, Instant
from protocols.rules import Setting
from protocols.vocabulary import EMERGENCY_HOURS, Cover, Result

__all__ = ["Case", "Decision", "FieldDecision", "World", "outcome", "release"]


def release(world: World, case: Case) -> Decision:
    """Decide a case: per field whether it leaves, in which form, under which cover; why not, and what would change it."""
    settings = [Setting.of(world, case, recipient) for recipient in case.recipients]
    fields: dict[str, FieldDecision] = {}
    reasons: list[Reason] = []
    for code, asked in case.fields.items():
        found = [covers.find(setting, code, asked) for setting in settings]
        leave = _spoken(found)
        if leave is not None:
            fields[code] = _released(world, case, code, leave)
            continue
        covered = {setting.recipient.code: each is not None for setting, each in zip(settings, found, strict=True)}
        why = explain.reason(world, case, code, covered)
        reasons.append(why)
        fields[code] = _withheld(case, code, why, own=all(setting.own for setting in settings))
    change, weight = explain.case_change(reasons)
    return Decision(case.id, fields, change, weight)


def outcome(world: World, case: Case) -> dict[str, Leave | None]:
    """What leaves and under which cover, without reasons: field → how it leaves, or None. Agrees with `release`."""
    if len(case.recipients) == 1:
        setting = Setting.of(world, case, case.recipients[0])
        return {code: covers.find(setting, code, asked) for code, asked in case.fields.items()}
    settings = [Setting.of(world, case, recipient) for recipient in case.recipients]
    return {code: _spoken([covers.find(one, code, asked) for one in settings]) for code, asked in case.fields.items()}


def _spoken(found: list[Leave | None]) -> Leave | None:
    """Rule 13: it goes to every attending organisation or to none, in the coarsest of their forms."""
    if len(found) == 1:
        return found[0]
    covered = [leave for leave in found if leave is not None]
    return max(covered, key=lambda leave: leave.form) if len(covered) == len(found) else None


def _released(world: World, case: Case, code: str, leave: Leave) -> FieldDecision:
    clause = leave.clause
    return FieldDecision(
        code=code,
        result=Result.RELEASED if leave.form == 0 else Result.GENERALISED,
        form=world.law.registry[code].forms[leave.form].name,
        cover=leave.cover,
        protocol=clause.version.ref if clause else None,
        version=clause.version.number if clause else None,
        line=clause.line.id if clause else None,
        gateway=leave.gateway,
        basis=leave.basis,
        principal=leave.principal,
        keep_until=_keep_until(case, leave),
    )


def _keep_until(case: Case, leave: Leave) -> Instant | None:
    """Until when the recipient may keep it: the line's days or the record's end, the earlier; a hold outlasts both.

    It does not outlast the 24 hours of an emergency.
    """
    hold = case.record.hold
    until = LATEST if hold else case.record.retain_until
    if leave.cover is Cover.EMERGENCY and case.decision is not None:
        until = min(until, case.decision.decided_at + EMERGENCY_HOURS * moments.HOUR)
    if leave.clause is not None and not hold:
        until = min(until, moments.days_on(case.moment, leave.clause.line.retention_days))
    return None if until == LATEST else until


def _withheld(case: Case, code: str, why: Reason, *, own: bool) -> FieldDecision:
    decision = case.decision
    return FieldDecision(
        code=code,
        result=Result.WITHHELD,
        rule=why.rule,
        failing=why.failing,
        change=why.change,
        weight=why.weight,
        refusal=None if decision is None or own else decision.refused.get(code),
        other_gateways=why.other_gateways,
        told=told(why.change, secret=why.secret),
    )
