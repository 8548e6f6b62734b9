"""This module knows how a checked return is accepted.

One transaction, the earlier version kept, the same file counted once.
"""

from __future__ import annotations

import uuid
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from protocols.actions import Action, Event
from sharing.base import new_id
from sharing.errors import InvalidError, NotPermittedError, Problem
from sharing.returns.cells import add_cells, count_cells
from sharing.returns.checked import Checked, IncidentRow
from sharing.returns.compare import Difference
from sharing.returns.cover import Cover, InForce, cover_in_force
from sharing.returns.model import Incident, ReturnLine, Submission, table_of
from sharing.returns.period import WORKING_DAYS, Quarter, due_on
from sharing.returns.personal import hints
from sharing.returns.problems import Level, counted, grouped, of_level
from sharing.returns.rules import PURPOSE, Kind, retained_until
from sharing.returns.slot import Slot, found_elsewhere, in_line, supersede_in, what_changed
from sharing.store import Unit
from sharing.vault import insert_rows

LONGEST_REASON = 500
SEALED = ("reference", "postcode", "address", "note")


@dataclass(frozen=True)
class Certificate:
    """Who signed the return off. A second person, or alone where the landlord has only one, and then it says so."""

    officer_id: uuid.UUID | None = None
    is_alone: bool = False


@dataclass(frozen=True)
class SubmitReturn:
    """A return to accept. `replaces` is the version that the officer saw and means to replace; None for a first one.

    `council` is the council with which the landlord must have a protocol in force before rows with sealed fields are
    taken.
    """

    partnership: str
    organisation: str
    checked: Checked
    council: str = ""
    reasons: Mapping[str, str] = field(default_factory=dict)
    certificate: Certificate = Certificate()
    replaces: uuid.UUID | None = None
    working_days: int = WORKING_DAYS


@dataclass(frozen=True)
class SubmitNilReturn:
    """That there was nothing to report in a quarter."""

    partnership: str
    organisation: str
    quarter: Quarter
    certificate: Certificate = Certificate()
    replaces: uuid.UUID | None = None
    working_days: int = WORKING_DAYS


@dataclass(frozen=True)
class Submitted:
    """What was accepted: its id and version, the ledger entry that its receipt is of, and what changed from the version before.

    `is_repeat`: the same file was accepted before, so nothing was stored again.
    """

    id: uuid.UUID
    version: int
    entry_id: uuid.UUID | None
    is_repeat: bool = False
    difference: Difference | None = None


def submit_return(unit: Unit, command: SubmitReturn, *, in_force: InForce = cover_in_force) -> Submitted:
    """Accept a quarterly form or an incident sheet.

    A deposit, not a release: role and membership decide; rows with sealed fields also need a protocol in force that
    landlord
    and council both signed. Raises NotPermittedError, InvalidError (with every problem), StaleError.
    """
    unit.require(Action.SUBMIT_RETURN, partnership=command.partnership, organisation=command.organisation)
    checked = command.checked
    _must_be_fit(checked, command.reasons, unit.clock.today().year)
    kind = Kind(checked.kind)
    slot = Slot(command.partnership, command.organisation, kind.series, str(checked.quarter))
    earlier = in_line(unit.session, slot, checked.digest)
    if earlier is not None and earlier.digest == checked.digest:
        return Submitted(earlier.id, earlier.version, earlier.entry_id, is_repeat=True)
    elsewhere = found_elsewhere(unit.session, slot, checked.digest)
    if elsewhere is not None:
        raise InvalidError.one(
            f"This very file is already the return for {elsewhere}.",
            where="file",
            mend="Choose the file of this quarter.",
        )
    slot.must_replace(earlier, command.replaces)
    cover = _cover(unit, command, in_force) if checked.incidents else None
    row = _submission(unit, slot, kind, command.certificate, earlier)
    _describe(row, checked, command.reasons, cover, due_on(checked.quarter, command.working_days).on)
    difference = what_changed(unit.session, earlier, checked) if earlier else None
    supersede_in(unit, earlier, row)
    unit.session.add(row)
    unit.session.flush()
    _store_lines(unit, row, checked)
    _store_incidents(unit, row, checked, kind)
    return _recorded(unit, Event.RETURN_SUBMITTED, row, {"problems": counted(checked.problems)}, difference)


def supersede_return(unit: Unit, command: SubmitReturn, *, in_force: InForce = cover_in_force) -> Submitted:
    """Replace a return by a new version.

    The earlier one is kept. Raises InvalidError if the command does not say which.
    """
    if command.replaces is None:
        raise InvalidError.one(
            "It was not said which version is to be replaced.", mend="Open the return and choose Replace."
        )
    return submit_return(unit, command, in_force=in_force)


def submit_nil_return(unit: Unit, command: SubmitNilReturn) -> Submitted:
    """Accept that there was nothing to report. Raises as `submit_return` does."""
    unit.require(Action.SUBMIT_NIL_RETURN, partnership=command.partnership, organisation=command.organisation)
    slot = Slot(command.partnership, command.organisation, Kind.NIL.series, str(command.quarter))
    earlier = in_line(unit.session, slot, "nil")
    if earlier is not None and earlier.kind == Kind.NIL:
        return Submitted(earlier.id, earlier.version, earlier.entry_id, is_repeat=True)
    slot.must_replace(earlier, command.replaces)
    row = _submission(unit, slot, Kind.NIL, command.certificate, earlier)
    row.digest = "nil"
    row.due_on = due_on(command.quarter, command.working_days).on
    supersede_in(unit, earlier, row)
    unit.session.add(row)
    return _recorded(unit, Event.NIL_RETURN_SUBMITTED, row, {}, None)


def _must_be_fit(checked: Checked, reasons: Mapping[str, str], year: int) -> None:
    """Nothing that must be fixed is left, and each thing to be checked has a reason in which nobody is named."""
    must_fix = grouped(of_level(checked.problems, Level.MUST_FIX))
    problems = [each.as_problem() for each in must_fix]
    if not problems and not checked.accepted:
        problems.append(
            Problem("There is nothing in this file to submit.", "file", "Send a nil return if there is nothing.")
        )
    for rule in checked.asks:
        text = reasons.get(rule, "").strip()
        if not text or len(text) > LONGEST_REASON:
            problems.append(
                Problem("A reason is needed here.", rule, f"Write a sentence of at most {LONGEST_REASON} letters.")
            )
        elif any(rule_seen.startswith("looks-like") for rule_seen in hints(text, year)):
            problems.append(
                Problem("This reason seems to be about a person.", rule, "Write it without names or numbers.")
            )
    if problems:
        raise InvalidError(tuple(problems))


def _cover(unit: Unit, command: SubmitReturn, in_force: InForce) -> Cover:
    day = unit.clock.today()
    cover = in_force(unit.session, command.partnership, command.organisation, command.council, PURPOSE, day)
    if cover is None:
        raise NotPermittedError(
            "Rows with addresses and notes can be taken only under a protocol in force that your organisation and the "
            "council have both signed. The quarterly form needs none.",
            rule="in-force",
        )
    return cover


def _submission(unit: Unit, slot: Slot, kind: Kind, certificate: Certificate, earlier: Submission | None) -> Submission:
    return slot.new_row(
        kind,
        earlier,
        submitted_by=unit.actor.pseudonym,
        submitted_at=unit.clock.business_now(),
        submitted_on=unit.clock.today(),
        certified_by=certificate.officer_id,
        certified_alone=certificate.is_alone,
    )


def _describe(row: Submission, checked: Checked, reasons: Mapping[str, str], cover: Cover | None, due: date) -> None:
    row.digest, row.scheme, row.form_version, row.due_on = checked.digest, checked.scheme, checked.form_version, due
    row.rows_read, row.rows_stored = checked.rows_read, checked.accepted
    row.rows_placed = sum(1 for each in checked.incidents if each.spot.e is not None)
    row.left_out = dict(sorted(Counter(rule for _, rule in checked.left_out).items()))
    row.reasons = {rule: reasons[rule].strip() for rule in checked.asks}
    row.protocol, row.protocol_digest = (cover.protocol, cover.digest) if cover else (None, None)


def _store_lines(unit: Unit, row: Submission, checked: Checked) -> None:
    unit.session.add_all(
        ReturnLine(
            partnership=row.partnership,
            submission_id=row.id,
            **{name: getattr(line, name) for name in line.__dataclass_fields__},
        )
        for line in checked.lines
    )


_COLUMNS = (
    "id", "partnership", "organisation", "submission_id", "row", "period", "month", "day", "hour", "source", "category",
    "own_category",
    "cell_e", "cell_n", "precision", "lookup", "area", "channel", "hate", "repeat", "action", *SEALED,
)  # fmt: skip


def _store_incidents(unit: Unit, row: Submission, checked: Checked, kind: Kind) -> None:
    """Seal and store every row at the driver's own speed, and count the cells."""
    if not checked.incidents:
        return
    ids = [new_id() for _ in checked.incidents]
    sealed = unit.vault.seal_many(
        unit.session,
        table="incident",
        organisation=row.organisation,
        retain_until=retained_until(checked.quarter),
        rows=[(key, _to_seal(each)) for key, each in zip(ids, checked.incidents, strict=True)],
    )
    source = kind.source
    insert_rows(
        unit.session,
        table_of(Incident),
        _COLUMNS,
        [
            (
                key, row.partnership, row.organisation, row.id, each.row, row.period, each.month, each.day, each.hour,
                source, each.category,
                each.own_category, each.spot.e, each.spot.n, each.spot.precision, each.spot.lookup, each.area,
                each.channel, each.hate,
                each.repeat, each.action, *(fields.get(name) for name in SEALED),
            )
            for key, each, fields in zip(ids, checked.incidents, sealed, strict=True)
        ],
    )  # fmt: skip
    add_cells(
        unit.session,
        row.partnership,
        count_cells((each.month, each.spot.e, each.spot.n, source, each.category) for each in checked.incidents),
    )


def _to_seal(each: IncidentRow) -> dict[str, str | None]:
    return {name: getattr(each, name) or None for name in SEALED}


def _recorded(
    unit: Unit, event: Event, row: Submission, more: Mapping[str, object], difference: Difference | None
) -> Submitted:
    """Write the ledger's entry: digests and counts, never what a cell says."""
    facts: dict[str, object] = {
        "kind": row.kind,
        "period": row.period,
        "version": row.version,
        "supersedes": str(row.supersedes) if row.supersedes else None,
        "digest": row.digest,
        "form": row.form_version,
        "scheme": row.scheme,
        "rows_read": row.rows_read,
        "rows_stored": row.rows_stored,
        "rows_placed": row.rows_placed,
        "left_out": row.left_out,
        "reasons_for": sorted(row.reasons),
        "certified_by": str(row.certified_by) if row.certified_by else None,
        "certified_alone": row.certified_alone,
        "protocol": row.protocol,
        "protocol_digest": row.protocol_digest,
        **more,
    }
    entry = unit.record(event, about=row.id, facts=facts, partnership=row.partnership)
    row.entry_id = entry.id
    return Submitted(row.id, row.version, entry.id, difference=difference)
