"""This module knows `accord meeting`: a series' agenda, an agency's pack, a meeting's minutes."""

from __future__ import annotations

import hashlib
from argparse import Namespace
from collections.abc import Sequence
from dataclasses import asdict
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from portal import cli
from portal.commands import opening
from sharing.errors import InvalidError, NotFoundError

if TYPE_CHECKING:
    from sharing.meetings import MeetingView
    from sharing.store import Session, Store


def run(_name: str, arguments: Sequence[str]) -> int:
    """Run `accord meeting agenda|pack|minutes`."""
    parser = cli.Parser(prog="accord meeting", description="The papers of a meeting, computed from the record.")
    actions = parser.add_subparsers(dest="action", required=True)
    agenda = actions.add_parser("agenda", help="the agenda of a series' next meeting, or of a day's; nothing is stored")
    agenda.add_argument("meeting", metavar="SERIES", help="the series' short name, like JOG")
    agenda.add_argument("--date", type=date.fromisoformat, metavar="D", help="the meeting's day, as YYYY-MM-DD")
    pack = actions.add_parser("pack", help="the pack for one agency: agenda, its actions, its hotspots")
    minutes = actions.add_parser("minutes", help="the minutes as Word (.docx) or text, a draft until they are agreed")
    for one in (pack, minutes):
        one.add_argument("meeting", metavar="MEETING", help="series and number, like JOG-3")
        one.add_argument("-o", dest="output", type=Path, required=True, metavar="OUT")
    pack.add_argument("--for", dest="organisation", required=True, metavar="ORG", help="the agency's code")
    for one in (agenda, pack, minutes):
        one.add_argument("--partnership", required=one is agenda, metavar="P", help="needed where there are several")
        one.add_json()
    options = parser.parse_args(arguments)
    with opening.opened() as store:
        return _ACTIONS[options.action](store, options)


def _partnership(session: Session, options: Namespace) -> str:
    """The partnership that is named, or the only one. Raises NotFoundError."""
    from sharing import partners

    if options.partnership:
        return partners.partnership(session, options.partnership).code
    found = partners.partnerships(session)
    if len(found) != 1:
        raise NotFoundError(f"There are {len(found)} partnerships here. Name one with --partnership.")
    return found[0].code


def _meeting(session: Session, partnership: str, ref: str) -> MeetingView:
    """A meeting by its series and number. Raises NotFoundError."""
    from sharing import meetings

    code, _, number = ref.rpartition("-")
    for held in meetings.meetings_of(session, partnership):
        if (held.series_code, str(held.number)) == (code, number):
            return held
    raise NotFoundError(f"There is no meeting {ref}. Write series and number, like JOG-3.")


def _agenda(store: Store, options: Namespace) -> int:
    from portal.papers.agenda import agenda_text, gather_agenda
    from sharing import meetings

    with store.reading() as session:
        partnership = _partnership(session, options)
        held = meetings.meeting_on(session, partnership, options.meeting, store.clock.today(), options.date)
        agenda = gather_agenda(session, store.clock, partnership, held)
    result = {
        "series": held.series_code,
        "meeting": held.number,
        "held_on": held.held_on.isoformat(),
        "items": [asdict(item) for item in agenda],
    }
    opening.show(result, as_json=options.json, lines=agenda_text(held, agenda))
    return cli.DONE


def _pack(store: Store, options: Namespace) -> int:
    from portal.papers.pack import gather_pack, pack_document
    from protocols.actions import Action, Event

    with store.reading() as session:
        partnership = _partnership(session, options)
        held = _meeting(session, partnership, options.meeting)
        pack = gather_pack(session, store.clock, partnership, held, options.organisation)
    packed = pack_document(pack, options.output.suffix.lower())
    digest = hashlib.sha256(packed).hexdigest()
    with store.unit(opening.operator(partnership)) as unit:
        unit.require(Action.READ_MEETING, partnership=partnership)
        facts = {"paper": "pack", "for": options.organisation, "sha256": digest, "bytes": len(packed)}
        unit.record(Event.EXPORTED, about=held.id, facts=facts)
    options.output.write_bytes(packed)
    return _written(options, len(packed), digest)


def _minutes(store: Store, options: Namespace) -> int:
    from portal.papers.minutes import drafted, minutes_document

    with store.reading() as session:
        partnership = _partnership(session, options)
        held = _meeting(session, partnership, options.meeting)
        text = drafted(session, store.clock, partnership, held)
    agreed = held.minutes_agreed_at is not None
    suffix = options.output.suffix.lower()
    if suffix not in {".docx", ".txt"}:
        raise InvalidError.one("Minutes are written as .docx or .txt", where=str(options.output))
    plain = text if agreed else f"Draft, not yet agreed.\n\n{text}"
    packed = minutes_document(held, text, agreed=agreed) if suffix == ".docx" else f"{plain}\n".encode()
    options.output.write_bytes(packed)
    return _written(options, len(packed), hashlib.sha256(packed).hexdigest())


def _written(options: Namespace, size: int, digest: str) -> int:
    result = {"file": str(options.output), "bytes": size, "sha256": digest}
    opening.show(result, as_json=options.json, lines=[f"Written to {options.output}: {size:,} bytes, SHA-256 {digest}"])
    return cli.DONE


_ACTIONS = {"agenda": _agenda, "pack": _pack, "minutes": _minutes}
