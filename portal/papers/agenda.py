"""This module knows how an agenda is gathered from every room, the ones above the tasking room included, and how it reads."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence

from protocols.standards import Status, frameworks
from sharing import meetings, returns, standards
from sharing.meetings import AgendaItem, AgendaLine, MeetingView
from sharing.returns import Quarter
from sharing.store import Clock, Session

FORUM = "FORUM"
WEAKEST = 5


def gather_agenda(reading: Session, clock: Clock, partnership: str, held: MeetingView) -> tuple[AgendaItem, ...]:
    """Compute a meeting's agenda; a landlord forum also sees which items of the standards its members find hardest."""
    further = tuple(_weakest(reading, clock, partnership)) if held.kind == FORUM else ()
    return meetings.compute_agenda(reading, clock, partnership, held.id, further)


def _weakest(reading: Session, clock: Clock, partnership: str) -> Iterator[AgendaItem]:
    """For each framework that is assessed: the items that the fewest landlords meet, by their latest assessments."""
    landlords = returns.expected_landlords(reading, partnership, Quarter.of(clock.today()))
    for framework in frameworks().values():
        latest = [
            found[0]
            for landlord in landlords
            if (found := standards.assessments(reading, partnership, landlord.organisation, framework.code))
        ]
        unmet: Counter[str] = Counter()
        for assessment in latest:
            short = [j.code for j in assessment.judgements.values() if j.status in {Status.PART, Status.NOT_MET}]
            unmet.update(short)
        if latest:
            labels = {item.code: item.label for item in framework.items}
            lines = [
                AgendaLine(f"{labels.get(code, code)}: not yet met by {count} of {len(latest)}.", about=code)
                for code, count in sorted(unmet.items(), key=lambda item: (-item[1], item[0]))[:WEAKEST]
            ]
            note = "" if lines else "Every item that was assessed is met."
            yield AgendaItem(f"{framework.title}: the weakest items across members", tuple(lines), note)


def agenda_text(held: MeetingView, agenda: Sequence[AgendaItem]) -> list[str]:
    """The agenda as plain lines."""
    day = f"{held.held_on.day} {held.held_on:%B %Y}"
    lines = [
        held.marking,
        f"{held.series_title}, meeting {held.number}",
        f"{day}{f', {held.place}' if held.place else ''}",
    ]
    for number, item in enumerate(agenda, 1):
        lines += ["", f"{number}. {item.heading}"]
        lines += [f"   {item.note}"] if item.note else []
        lines += [f"   - {line.text}{f' Ring: {line.contact}.' if line.contact else ''}" for line in item.lines]
    return lines
