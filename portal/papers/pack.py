"""This module knows an agency's pack for a meeting: the agenda, what it owes, where it leads; as HTML or as PDF.

HTML is the accessible original. The PDF is set by typst from the same values, which it is given as data, never as markup.
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from functools import cache
from importlib import resources

from jinja2 import DictLoader, Environment, StrictUndefined, Template

from portal.papers.agenda import gather_agenda
from sharing import hotspots, meetings, partners
from sharing.errors import InvalidError, NotFoundError
from sharing.meetings import OPEN, ActionFilter, AgendaItem, MeetingView
from sharing.store import Clock, Session

KINDS = (".html", ".pdf")


@dataclass(frozen=True)
class Pack:
    """The pack of one agency for one meeting; `actions` and `leads` are its own."""

    marking: str
    title: str
    day: str
    place: str
    agency: str
    agenda: tuple[AgendaItem, ...]
    actions: tuple[str, ...]
    leads: tuple[str, ...]


def gather_pack(reading: Session, clock: Clock, partnership: str, held: MeetingView, organisation: str) -> Pack:
    """Gather the pack. Raises NotFoundError for an organisation that is no member."""
    agency = partners.member(reading, partnership, organisation, clock.today())
    mine = meetings.actions(
        reading, partnership, ActionFilter(owner_organisation=organisation, series_id=held.series_id, statuses=OPEN)
    )
    return Pack(
        marking=held.marking,
        title=f"{held.series_title}, meeting {held.number}",
        day=f"{held.held_on.day} {held.held_on:%B %Y}",
        place=held.place,
        agency=agency.name,
        agenda=held.agenda or gather_agenda(reading, clock, partnership, held),
        actions=tuple(f"{a.ref}: {a.text} Due {a.due_on.day} {a.due_on:%B %Y}; {a.status}." for a in mine),
        leads=_leads(reading, partnership, held, organisation),
    )


def _leads(reading: Session, partnership: str, held: MeetingView, organisation: str) -> tuple[str, ...]:
    """The places where an officer of the agency leads, explained; in bands where the meeting sees no counts."""
    try:
        found = hotspots.published_list(reading, partnership)
    except NotFoundError:
        return ()
    if not meetings.meeting_kinds()[held.kind].counts:
        public = hotspots.without_counts(found).entries
        return tuple(f"{s.rank}. {s.name}: {s.band} reports." for s in public if s.lead_organisation == organisation)
    return tuple(s.explanation for s in found.entries if s.lead and s.lead.organisation == organisation)


def pack_document(pack: Pack, kind: str) -> bytes:
    """The pack as a file of a kind. Raises InvalidError for any but HTML and PDF."""
    if kind not in KINDS:
        raise InvalidError.one("A pack is written as .html or .pdf", where=kind or "no ending")
    return _html(pack) if kind == ".html" else _pdf(pack)


def _html(pack: Pack) -> bytes:
    return _template().render(**asdict(pack)).encode()


@cache
def _template() -> Template:
    text = (resources.files("portal.papers") / "pack.html").read_text("utf-8")
    return Environment(loader=DictLoader({"pack": text}), autoescape=True, undefined=StrictUndefined).get_template(
        "pack"
    )


def _pdf(pack: Pack) -> bytes:
    source = (resources.files("portal.papers") / "pack.typ").read_bytes()
    import typst  # late: a start need not wait for it

    return bytes(typst.compile(source, sys_inputs={"pack": json.dumps(asdict(pack))}))
