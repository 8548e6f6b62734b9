"""This module knows what is due to go today in every sealed table, what a hold keeps, and counts both. It opens nothing."""

from __future__ import annotations

import uuid
from collections import Counter, defaultdict
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import date

from sqlalchemy import String, Uuid, column, select, table
from sqlalchemy.orm import Session

from sharing.disclosures import endings
from sharing.retention import rules
from sharing.retention.holding import RECORD_HOLD, live_holds
from sharing.vault.epoch import QUARTERS, epoch_of
from sharing.vault.keyed import Keyed, keyed

_SOME = 500


@dataclass(frozen=True)
class Item:
    """A sealed row that is due: `ref` is what people know it by, `hold` why it stays all the same (a code, or nothing)."""

    table: str
    id: uuid.UUID
    partnership: str
    organisation: str
    ref: str
    due_on: date
    hold: str = ""


@dataclass(frozen=True)
class Count:
    """How many rows of an organisation's table go, and how many a hold keeps."""

    organisation: str
    table: str
    title: str
    goes: int
    stays: int


@dataclass(frozen=True)
class Preview:
    """What would go today and what a hold keeps, oldest first. `code` names exactly what would go."""

    day: date
    goes: tuple[Item, ...]
    stays: tuple[Item, ...]

    @property
    def code(self) -> str:
        """What whoever runs it has to name."""
        return rules.code_of([each.id for each in self.goes])

    @property
    def counts(self) -> tuple[Count, ...]:
        """Both, by organisation and table."""
        going = Counter((each.organisation, each.table) for each in self.goes)
        staying = Counter((each.organisation, each.table) for each in self.stays)
        return tuple(
            Count(place[0], place[1], title_of(place[1]), going[place], staying[place])
            for place in sorted(going.keys() | staying.keys())
        )


def title_of(name: str) -> str:
    """What a sealed table is called in front of people."""
    rule = rules.RULES.get(name)
    return rule.title if rule else name


def preview(session: Session, today: date, *, partnership: str = "", organisation: str = "") -> Preview:
    """What is due today, of a partnership or an organisation in it where they are given. Changes nothing."""
    found = sorted(_due(session, today), key=lambda each: (each.due_on, each.table, each.id))
    wanted = [
        each for each in found if partnership in {"", each.partnership} and organisation in {"", each.organisation}
    ]
    return Preview(today, tuple(each for each in wanted if not each.hold), tuple(each for each in wanted if each.hold))


def _due(session: Session, today: date) -> Iterator[Item]:
    holds = {each.row_id: each.reason for each in live_holds(session)}
    for each in endings.ending(session, today):
        hold = holds.get(each.id) or (RECORD_HOLD if each.held else "")
        yield Item(each.table, each.id, each.partnership, each.organisation, each.ref, each.due_on, hold)
    by_table: dict[str, list[Keyed]] = defaultdict(list)
    for key in keyed(session, before=epoch_of(today)):
        if not _has_own_day(key.table):
            by_table[key.table].append(key)
    for name, keys in sorted(by_table.items()):
        known = rows_of(session, name, [key.record_id for key in keys])
        for key in keys:
            partnership = known.get(key.record_id, "")
            hold = holds.get(key.record_id, "")
            due_on = quarter_end(key.epoch)
            yield Item(name, key.record_id, partnership, key.organisation, "", due_on, hold)


def _has_own_day(name: str) -> bool:
    rule = rules.RULES.get(name)
    return rule is not None and rule.by == rules.OWN_DAY


def quarter_end(epoch: int) -> date:
    """The first day after a quarter."""
    following = epoch + 1
    return date(following // QUARTERS, following % QUARTERS * 3 + 1, 1)


def rows_of(session: Session, name: str, ids: Collection[uuid.UUID]) -> Mapping[uuid.UUID, str]:
    """Row id → partnership, of a sealed table. A key whose row is gone is not in it; a table without a rule has no rows."""
    found: dict[uuid.UUID, str] = {}
    if name not in rules.RULES:
        return found
    rows, wanted = table(name, column("id", Uuid()), column("partnership", String())), sorted(ids)
    for start in range(0, len(wanted), _SOME):
        query = select(rows.c.id, rows.c.partnership).where(rows.c.id.in_(wanted[start : start + _SOME]))
        found.update((row.id, row.partnership) for row in session.execute(query))
    return found
