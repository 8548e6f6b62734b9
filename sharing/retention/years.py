"""This module knows how a whole year's keys are destroyed: the quarters that are over, with everything that was sealed in them.

After it no backup opens anything of that year, however old: its keys were never in the database. It is for good.
"""

from __future__ import annotations

import uuid
from collections import Counter, defaultdict
from dataclasses import dataclass
from datetime import date

from sqlalchemy.orm import Session

from protocols.actions import Action, Event
from sharing.errors import NotPermittedError, StaleError
from sharing.retention.due import Count, preview, rows_of, title_of
from sharing.retention.erasing import clear
from sharing.store import Store, Unit
from sharing.vault import shred
from sharing.vault.epoch import QUARTERS, label, year_end
from sharing.vault.keyed import Keyed, keyed_in


@dataclass(frozen=True)
class Year:
    """What is still sealed in the quarters of a year, what a hold keeps of it, and what is not due yet."""

    year: int
    counts: tuple[Count, ...]
    held: tuple[str, ...]
    not_due: int

    @property
    def records(self) -> int:
        """How many sealed rows would go."""
        return sum(each.goes for each in self.counts)


def epochs_of(year: int) -> tuple[int, ...]:
    """The four quarters of a year, as epochs."""
    return tuple(range(year_end(year) - QUARTERS + 1, year_end(year) + 1))


def preview_year(session: Session, today: date, year: int) -> Year:
    """Look at a year without a change."""
    keys = keyed_in(session, epochs_of(year))
    due = preview(session, today)
    going, staying = {each.id for each in due.goes}, {each.id: each for each in due.stays}
    count = Counter((each.organisation, each.table) for each in keys)
    stays = Counter((each.organisation, each.table) for each in keys if each.record_id in staying)
    return Year(
        year,
        tuple(Count(place[0], place[1], title_of(place[1]), count[place], stays[place]) for place in sorted(count)),
        tuple(
            sorted(staying[each.record_id].ref or title_of(each.table) for each in keys if each.record_id in staying)
        ),
        sum(each.record_id not in going and each.record_id not in staying for each in keys),
    )


def shred_year(unit: Unit, year: int, records: int) -> int:
    """Erase everything that was sealed in a year's quarters, in the database; `destroy_year` then destroys the keys themselves.

    `records` is how many the preview counted: StaleError if there are more or fewer by now. Raises NotPermittedError while the
    year is not over, while something in it is not due, or while a hold lives in it (rule `hold`).
    """
    unit.require(Action.SHRED_QUARTERS)
    today = unit.clock.today()
    if today.year <= year:
        raise NotPermittedError(f"{year} is not over: what is sealed in it is still in use.", rule="retention")
    found = preview_year(unit.session, today, year)
    if found.held:
        raise NotPermittedError(
            f"A hold lives in {year}: {', '.join(found.held)}. Lift it first, or keep the year.", rule="hold"
        )
    if found.not_due:
        raise NotPermittedError(f"{found.not_due} records sealed in {year} are not due yet.", rule="retention")
    if found.records != records:
        raise StaleError(f"{found.records} records are sealed in {year}, not {records}. Look again.")
    for epoch in epochs_of(year):
        _shred_quarter(unit, epoch)
    return found.records


def _shred_quarter(unit: Unit, epoch: int) -> None:
    """Empty the rows, forget the keys, and say so in the log of every partnership that had something in the quarter."""
    by_table: dict[str, list[Keyed]] = defaultdict(list)
    for key in keyed_in(unit.session, [epoch]):
        by_table[key.table].append(key)
    counted: Counter[tuple[str, str, str]] = Counter()
    for name, keys in sorted(by_table.items()):
        ids: list[uuid.UUID] = [key.record_id for key in keys]
        known = rows_of(unit.session, name, ids)
        counted.update((known.get(key.record_id, ""), key.organisation, name) for key in keys)
        clear(unit, name, [each for each in ids if each in known])
    shred.forget_epoch(unit.session, epoch)
    for partnership in sorted({place[0] for place in counted} | {""}):
        gone = [[place[1], place[2], number] for place, number in sorted(counted.items()) if place[0] == partnership]
        unit.record(
            Event.RECORD_SHREDDED,
            about=label(epoch),
            partnership=partnership or None,
            facts={"quarter": label(epoch), "records": sum(each[2] for each in gone), "counts": gone},
        )


def destroy_year(store: Store, year: int) -> int:
    """Destroy the keys of a year's quarters in the keyring, for good. Can be asked again. Returns how many there were."""
    with store.reading() as session:
        return sum(shred.destroy_epoch(session, store.keyring, epoch) for epoch in epochs_of(year))
