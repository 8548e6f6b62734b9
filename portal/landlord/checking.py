"""This module knows what a file that waits looks like once it has been checked: the verdict, and all that is needed to go on."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from flask import current_app

from portal.desk import desk
from portal.landlord import held
from portal.landlord.cover import Footing, footing
from sharing import places, returns
from sharing.returns import Checked, Difference, Kind, Limits, Quarter, SavedMapping, Setting
from sharing.returns import read as stored
from sharing.returns.read import ReturnView
from sharing.store import Session


@dataclass(frozen=True)
class Looked:
    """A checked file with its surroundings; nothing of it is stored."""

    quarter: Quarter
    kind: str
    name: str
    checked: Checked = field(repr=False)
    mapping: SavedMapping
    earlier: ReturnView | None
    difference: Difference | None
    footing: Footing | None
    accented: str = field(default="", repr=False)

    @property
    def is_same_again(self) -> bool:
        """Whether this very file is the return already."""
        return self.earlier is not None and self.earlier.digest == self.checked.digest

    @property
    def is_covered(self) -> bool:
        """Whether rows with sealed fields may be taken, or there are none."""
        return self.footing is None or self.footing.cover is not None

    @property
    def can_be_submitted(self) -> bool:
        """Whether nothing stands against submitting it."""
        return self.checked.is_fit and bool(self.checked.accepted) and self.is_covered and not self.is_same_again


def limits() -> Limits:
    """What a file may be: the installation's own size limit with the form's other limits."""
    return replace(
        returns.LIMITS, bytes=min(returns.LIMITS.bytes, current_app.extensions["accord.settings"].max_upload_bytes)
    )


def setting(reading: Session, quarter: Quarter, kind: str) -> Setting:
    """What a file of one's own organisation is checked against."""
    partnership, organisation = desk().partnership, desk().organisation
    mapping = stored.kept_mapping(reading, partnership, organisation, kind)
    is_sheet = kind == Kind.INCIDENTS
    return Setting(
        quarter=quarter,
        today=desk().store.clock.today(),
        scheme=returns.scheme(mapping.scheme, mapping.categories),
        mapping=mapping,
        locator=places.locator(reading, partnership) if is_sheet else None,
        previous={} if is_sheet else stored.previous_numbers(reading, partnership, organisation, quarter),
        limits=limits(),
    )


def look(reading: Session, quarter: Quarter, kind: str) -> Looked:
    """Check the file that waits. Raises NotFoundError when none does."""
    file = held.held(reading, str(quarter), kind)
    settled = setting(reading, quarter, kind)
    checked = returns.check_return(kind, file.name, file.data, settled)
    partnership, organisation = desk().partnership, desk().organisation
    earlier = stored.current_return(reading, partnership, organisation, quarter, Kind(kind))
    difference = None
    if earlier and checked.is_fit:
        difference = returns.what_would_change(reading, partnership, earlier.id, checked)
    is_sheet = kind == Kind.INCIDENTS
    return Looked(
        quarter,
        kind,
        file.name,
        checked,
        settled.mapping,
        earlier,
        difference,
        footing(reading, desk().store.clock, partnership, organisation) if is_sheet else None,
        _accented(checked),
    )


def _accented(checked: Checked) -> str:
    """The first cell that a wrongly guessed encoding would have spoilt, for its sender to look at."""
    grid = checked.table.grid
    if grid.first_accented is None:
        return ""
    row, column = grid.first_accented
    return str(grid.rows[row][column])
