"""This module knows the figures about who opened sealed data: without an open task, and how much."""

from __future__ import annotations

import uuid
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, time, timedelta

from protocols.actions import Event
from sharing import disclosures, partners, requests
from sharing.audit.figure import Column, Figure, Scope
from sharing.disclosures import audited
from sharing.ledger.entry import Entry
from sharing.ledger.of_kind import entries_of_kind
from sharing.partners import OfficerView, WorkKind
from sharing.store.clock import LONDON

COPY, RECORD = "disclosure", "case_record"
"""Tables whose records belong to a piece of work that somebody can be assigned to."""


@dataclass(frozen=True)
class Read:
    """One opening of sealed data: by whom, when (business time), of what, and on which work it should rest.

    `work` is None where the kind of data belongs to no work that somebody could be assigned to.
    """

    at: datetime
    organisation: str
    officer: OfficerView | None
    table: str
    ref: str
    about: uuid.UUID | None
    work: tuple[tuple[WorkKind, str], ...] | None


def without_task(scope: Scope) -> Figure:
    """Openings of copies and of cases by somebody who was not assigned to the case or request at that moment."""
    due = [each for each in _reads(scope) if each.work is not None]
    idle = [each for each in due if not _had_task(scope, each)]
    return Figure(
        code="reads-without-task",
        title="Reads without an open task",
        number=len(idle),
        out_of=len(due),
        of_what="openings of cases and of what was given",
        alarm=bool(idle),
        columns=(Column("When", "moment"), Column("Officer"), Column("Of", "organisation"), Column("Opened")),
        rows=tuple((each.at, _name(each), each.organisation, f"{_KIND[each.table]} {each.ref}") for each in idle),
        about=tuple(each.about for each in idle),
    )


_KIND = {COPY: "what was given,", RECORD: "case"}


def most_reads(scope: Scope) -> Figure:
    """Officers by how often they opened sealed data, the ten with the most."""
    reads = _reads(scope)
    counted = Counter((_name(each), each.organisation) for each in reads)
    return Figure(
        code="most-reads",
        title="Openings of sealed data",
        number=len(reads),
        out_of=None,
        of_what="",
        alarm=False,
        columns=(Column("Officer"), Column("Of", "organisation"), Column("Openings", "number")),
        rows=tuple((*who, number) for who, number in counted.most_common(10)),
    )


def _name(read: Read) -> str:
    return f"{read.officer.name}, {read.officer.post}" if read.officer else "somebody whose account was erased"


def _had_task(scope: Scope, read: Read) -> bool:
    if read.officer is None:
        return False
    return any(
        partners.is_assigned(scope.session, scope.partnership, read.officer.id, kind, ref, read.at)
        for kind, ref in read.work or ()
    )


def _reads(scope: Scope) -> list[Read]:
    """Every opening of these days but those that a release itself makes: there the decision is the task."""
    since = datetime.combine(scope.from_on, time(0), LONDON) - scope.ahead
    until = datetime.combine(scope.to_on + timedelta(days=1), time(0), LONDON) - scope.ahead
    entries = [
        entry
        for entry in entries_of_kind(scope.session, scope.partnership, Event.RECORD_VIEWED, since, until)
        if not entry.facts.get("release")
    ]
    people = _people(scope)
    copies = audited.disclosures_by_id(
        scope.session, scope.partnership, {uuid.UUID(e.about) for e in entries if e.about and e.facts["table"] == COPY}
    )
    asked = {each.id: each for each in requests.requests_of(scope.session, scope.partnership)}
    cases = _cases(scope, entries)
    return [_read(scope, entry, people, copies, asked, cases) for entry in entries]


def _people(scope: Scope) -> Mapping[tuple[str, str], OfficerView]:
    found = partners.officers(
        scope.session, scope.partnership, scope.clock.business_now(), scope.today, also_former=True
    )
    return {(f"u_{each.user_id.hex}", each.organisation): each for each in found if each.user_id}


def _cases(scope: Scope, entries: list[Entry]) -> Mapping[str, str]:
    """The holders' own references of the records that were opened, by id."""
    holders = {entry.organisation for entry in entries if entry.facts["table"] == RECORD and entry.organisation}
    return {
        str(record.id): record.reference
        for holder in sorted(holders)
        for record in disclosures.records_of(scope.session, scope.partnership, holder)
    }


def _read(
    scope: Scope,
    entry: Entry,
    people: Mapping[tuple[str, str], OfficerView],
    copies: Mapping[uuid.UUID, disclosures.DisclosureView],
    asked: Mapping[uuid.UUID, requests.RequestView],
    cases: Mapping[str, str],
) -> Read:
    organisation, table, about = entry.organisation or "", str(entry.facts["table"]), None
    ref, work = "", None
    if table == COPY and entry.about and not entry.facts.get("break_glass"):
        made = copies.get(uuid.UUID(entry.about))
        if made is not None:
            about, ref = made.id, made.ref
            work = _work_of(asked.get(made.request_id) if made.request_id else None)
    elif table == RECORD and entry.about in cases:
        ref = cases[entry.about or ""]
        work = ((WorkKind.CASE, ref),)
    return Read(
        entry.at + scope.ahead, organisation, people.get((entry.actor or "", organisation)), table, ref, about, work
    )


def _work_of(request: requests.RequestView | None) -> tuple[tuple[WorkKind, str], ...] | None:
    """What somebody has to work on to open what a request brought: the request, or what it is linked to."""
    if request is None:
        return None
    own = ((WorkKind.REQUEST, request.ref),)
    return (*own, (WorkKind(request.linked_kind), request.linked_ref)) if request.linked_ref else own
