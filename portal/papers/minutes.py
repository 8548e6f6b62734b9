"""This module knows how minutes are drafted from what is recorded of a meeting, and how they become a Word document."""

from __future__ import annotations

import io
import re
from typing import TYPE_CHECKING

from portal.papers.agenda import gather_agenda
from sharing import meetings, partners
from sharing.meetings import ActionFilter, ActionLine, Attendee, MeetingView, Presence
from sharing.store import Clock, Session

if TYPE_CHECKING:
    from docx.document import Document as WordDocument

HEADING = re.compile(r"\d+\. ")


def drafted(reading: Session, clock: Clock, partnership: str, held: MeetingView) -> str:
    """The minutes as they are kept, or a draft from agenda, attendance and the actions that the meeting set."""
    if held.minutes:
        return held.minutes
    agenda = held.agenda or gather_agenda(reading, clock, partnership, held)
    title = f"{held.series_title}, meeting {held.number}"
    return meetings.draft_minutes(
        title,
        held.held_on,
        agenda,
        attendees(reading, clock, partnership, held),
        _actions(reading, clock, partnership, held),
    )


def attendees(reading: Session, clock: Clock, partnership: str, held: MeetingView) -> list[Attendee]:
    """Everybody of whom something is recorded for the meeting, by organisation and name."""
    officers = partners.officers(reading, partnership, clock.business_now(), clock.today(), also_former=True)
    people = {person.id: person.name for person in officers}
    bodies = _names(reading, clock, partnership)
    found = [
        Attendee(
            people.get(row.officer_id, ""),
            bodies.get(row.organisation, row.organisation),
            Presence(row.state),
            row.confidentiality_accepted_at is not None,
        )
        for row in meetings.attendance(reading, partnership, held.id)
    ]
    return sorted(found, key=lambda each: (each.organisation, each.name))


def _names(reading: Session, clock: Clock, partnership: str) -> dict[str, str]:
    return {body.code: body.name for body in partners.members(reading, partnership, clock.today(), also_former=True)}


def _actions(reading: Session, clock: Clock, partnership: str, held: MeetingView) -> list[ActionLine]:
    bodies = _names(reading, clock, partnership)
    found = meetings.actions(reading, partnership, ActionFilter(meeting_id=held.id))
    return [
        ActionLine(a.ref, a.text, bodies.get(a.owner_organisation, a.owner_organisation), a.due_on)
        for a in sorted(found, key=lambda action: (len(action.ref), action.ref))
    ]


def minutes_document(held: MeetingView, text: str, *, agreed: bool) -> bytes:
    """The minutes as a Word document: the marking on every page, headings that Word's own navigation finds."""
    from docx import Document  # late: a start need not wait for it
    from docx.enum.text import WD_ALIGN_PARAGRAPH
    from docx.shared import Pt

    document = Document()
    document.core_properties.author = ""
    document.core_properties.title = f"{held.series_title}, meeting {held.number}"
    document.styles["Normal"].font.name = "Arial"
    document.styles["Normal"].font.size = Pt(11)
    marking = document.sections[0].header.paragraphs[0]
    marking.text = held.marking
    marking.alignment = WD_ALIGN_PARAGRAPH.CENTER
    title, _, rest = text.partition("\n")
    document.add_heading(title, level=1)
    if not agreed:
        document.add_paragraph("Draft, not yet agreed.")
    for line in rest.splitlines():
        _add_line(document, line.strip())
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()


def _add_line(document: WordDocument, line: str) -> None:
    if not line:
        return
    if HEADING.match(line):
        document.add_heading(line, level=2)
    elif line.startswith("- "):
        document.add_paragraph(line[2:], style="List Bullet")
    else:
        document.add_paragraph(line)
