"""This module knows the figures about what left: cover, clauses, volume, refusals, onward use, copies kept, gateways."""

from __future__ import annotations

from collections import Counter

from sharing import partners
from sharing.audit import rules
from sharing.audit.figure import Column, Figure, Scope
from sharing.disclosures import DisclosureView, audited
from sharing.store.clock import LONDON

_DECISION = (
    Column("Decision", "decision"),
    Column("When", "moment"),
    Column("From", "organisation"),
    Column("To", "organisation"),
)


def without_cover(scope: Scope) -> Figure:
    """Releases of which a field would not leave, or not so fine, by the rulebook's answer today of its day."""
    judged = audited.judge_again(scope.session, scope.partnership, scope.from_on, scope.to_on)
    wrong = [(each, code, rule) for each in judged for code, rule in each.uncovered]
    return Figure(
        code="without-cover",
        title="Releases without cover",
        number=len({each.id for each, _, _ in wrong}),
        out_of=len(judged),
        of_what="releases, each judged again as at its day",
        alarm=bool(wrong),
        columns=(*_DECISION, Column("Field", "field"), Column("Why it would not leave so", "rule")),
        rows=tuple(
            (each.ref, each.decided_at, each.supplier, each.recipient, code, rule or "only in a coarser form")
            for each, code, rule in wrong
        ),
        about=tuple(each.id for each, _, _ in wrong),
    )


def clauses_never_used(scope: Scope) -> Figure:
    """Each line of each version that anybody may rely on, with the releases of these days that rest on it."""
    made = scope.releases()
    used = Counter(
        line
        for each in made
        for line in {(cell.protocol, cell.version, cell.line) for cell in each.fields if cell.line}
    )
    rows = sorted(
        ((ref, number, line, used[ref, number, line]) for ref, number, line in _lines(scope)),
        key=lambda row: (row[0], row[1], row[2]),
    )
    unused = sum(not row[3] for row in rows)
    columns = (Column("Protocol"), Column("Version", "number"), Column("Line"), Column("Releases", "number"))
    return Figure(
        "clauses-never-used", "Clauses never used", unused, len(rows), "lines in force", False, columns, tuple(rows)
    )


def _lines(scope: Scope) -> set[tuple[str, int, str]]:
    at, day = scope.clock.business_now(), scope.today
    return {
        (line.ref, line.number, line.line)
        for body in partners.members(scope.session, scope.partnership, day)
        for line in partners.sharing_lines(scope.session, scope.partnership, body.code, at)
    }


def unusual_volume(scope: Scope) -> Figure:
    """Weeks in which one organisation gave another more than their own earlier weeks lead one to expect."""
    ever = audited.given_until(scope.session, scope.partnership, scope.to_on)
    given = [(supplier, recipient, at.astimezone(LONDON).date()) for supplier, recipient, at in ever]
    found = rules.unusual(given, scope.from_on, scope.to_on)
    return Figure(
        code="unusual-volume",
        title="Weeks of unusual volume",
        number=len(found),
        out_of=len({(supplier, recipient) for supplier, recipient, _ in given}),
        of_what="pairs of organisations between which anything was released",
        alarm=bool(found),
        columns=(
            Column("Week from", "day"),
            Column("From", "organisation"),
            Column("To", "organisation"),
            Column("Releases", "number"),
            Column("Usually", "number"),
            Column("Called unusual above", "number"),
        ),
        rows=tuple((u.week, u.supplier, u.recipient, u.count, round(u.usual, 1), round(u.limit, 1)) for u in found),
    )


def refusals(scope: Scope) -> Figure:
    """Fields that were withheld, by what withheld them: a rule, or the supplier, and then of which class."""
    made = scope.decisions()
    asked = sum(len(each.fields) for each in made)
    counted = Counter(reason for each in made for reason in _reasons(each))
    return Figure(
        code="refusals",
        title="Fields withheld",
        number=sum(counted.values()),
        out_of=asked,
        of_what="fields that were decided on",
        alarm=False,
        columns=(Column("Withheld by"), Column("Class or rule", "rule"), Column("Fields", "number")),
        rows=tuple((*reason, number) for reason, number in counted.most_common()),
    )


def _reasons(made: DisclosureView) -> list[tuple[str, str]]:
    found = []
    for cell in made.fields:
        if cell.result == "withheld":
            refusal = cell.answer.get("refusal")
            found.append(("the supplier", refusal["class"]) if refusal else ("the rules", cell.rule or "not-held"))
    return found


def onward(scope: Scope) -> Figure:
    """Decisions on what the holder had from somebody else."""
    found = audited.passed_on(scope.session, scope.partnership, scope.from_on, scope.to_on)
    made = scope.decisions()
    return Figure(
        code="onward",
        title="Onward use asked for",
        number=len(found),
        out_of=len(made),
        of_what="decisions",
        alarm=False,
        columns=(*_DECISION, Column("Outcome")),
        rows=tuple((d.ref, d.decided_at, d.supplier, d.recipient, d.outcome) for d in found),
        about=tuple(d.id for d in found),
    )


def over_retention(scope: Scope) -> Figure:
    """Copies past their last day whose key was not destroyed: they could still be opened by whoever had keys and database."""
    past, alive = audited.kept_too_long(scope.session, scope.partnership, scope.today)
    return Figure(
        code="over-retention",
        title="Copies kept past their day",
        number=len(alive),
        out_of=past,
        of_what="copies whose last day has passed",
        alarm=bool(alive),
        columns=(*_DECISION, Column("Should have gone on", "day")),
        rows=tuple((d.ref, d.decided_at, d.supplier, d.recipient, d.kept_until) for d in alive),
        about=tuple(d.id for d in alive),
    )


def by_gateway(scope: Scope) -> Figure:
    """What left, by legal gateway, purpose and pair of organisations."""
    made = scope.releases()
    counted = Counter(
        (gateway, each.purpose, each.supplier, each.recipient)
        for each in made
        for gateway in sorted({_gateway(cell.gateway, cell.cover) for cell in each.fields if cell.form})
    )
    return Figure(
        code="by-gateway",
        title="Releases by gateway, purpose and party",
        number=len(made),
        out_of=None,
        of_what="",
        alarm=False,
        columns=(
            Column("Gateway"),
            Column("Purpose", "purpose"),
            Column("From", "organisation"),
            Column("To", "organisation"),
            Column("Releases", "number"),
        ),
        rows=tuple((*key, number) for key, number in sorted(counted.items(), key=lambda item: (-item[1], item[0]))),
    )


def _gateway(gateway: str | None, cover: str | None) -> str:
    return gateway or {"own": "one’s own record", "open": "identifies nobody"}.get(cover or "", cover or "none")
