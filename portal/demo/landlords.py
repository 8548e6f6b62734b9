"""This module knows how the made-up landlords send their returns: one late, one with nothing to report, one not at all."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from portal.demo import landlord_files
from portal.demo.ground import QUARTERS, Ground
from portal.demo.landlord_files import Landlord
from portal.demo.programme import Programme
from portal.demo.stage import Stage
from sharing import returns
from sharing.returns import Certificate, Checked, Quarter, Setting, SubmitNilReturn, SubmitReturn
from sharing.returns import read as returns_read

_REASON = "Counted again: the figure is right"
_FIRST_DAY, _EACH = timedelta(days=9), timedelta(days=1)
"""The first landlord sends some days after the quarter, the others a day later each; all well inside twenty working days."""
_LATE = timedelta(days=45)


@dataclass
class Desk:
    """What the landlords of one partnership have in hand, from one quarter to the next."""

    stage: Stage
    ground: Ground
    council: str
    certifiers: Mapping[str, tuple[str, str]]
    """Landlord -> who fills in, and who signs off."""
    open_cases: dict[str, int] = field(default_factory=dict)

    def send(self, landlord: Landlord, quarter: Quarter) -> None:
        """Make a quarter's two files, have them checked and submit both."""
        found = landlord_files.incidents(landlord, quarter, self.ground.by_ward)
        opening = self.open_cases.get(landlord.code, max(3, len(found) // 3))
        form, self.open_cases[landlord.code] = landlord_files.quarterly_form(landlord, quarter, found, opening)
        self._submit(landlord.code, quarter, "quarterly", form)
        self._submit(landlord.code, quarter, "incidents", landlord_files.incident_sheet(found))

    def send_nothing(self, landlord: Landlord, quarter: Quarter) -> None:
        """Say that there was nothing to report."""
        clerk, _ = self.certifiers[landlord.code]
        with self.stage.by(clerk, landlord.code) as unit:
            returns.submit_nil_return(
                unit, SubmitNilReturn(self.stage.partnership, landlord.code, quarter, self._certificate(landlord.code))
            )

    def _submit(self, landlord: str, quarter: Quarter, kind: str, data: bytes) -> None:
        checked = self._check(landlord, quarter, kind, data)
        clerk, _ = self.certifiers[landlord]
        with self.stage.by(clerk, landlord) as unit:
            returns.submit_return(
                unit,
                SubmitReturn(
                    self.stage.partnership,
                    landlord,
                    checked,
                    self.council,
                    reasons=dict.fromkeys(checked.asks, _REASON),
                    certificate=self._certificate(landlord),
                ),
            )

    def _check(self, landlord: str, quarter: Quarter, kind: str, data: bytes) -> Checked:
        here = self.stage.partnership
        with self.stage.reading() as session:
            previous = returns_read.previous_numbers(session, here, landlord, quarter)
        setting = Setting(quarter, self.stage.today, returns.scheme(), locator=self.ground.locator, previous=previous)
        return returns.check_return(kind, "return.csv", data, setting)

    def _certificate(self, landlord: str) -> Certificate:
        clerk, signer = self.certifiers[landlord]
        return Certificate(self.stage.officer_id(signer, landlord), is_alone=clerk == signer)


def plan_returns(
    stage: Stage,
    programme: Programme,
    ground: Ground,
    table: Mapping[str, Any],
    exceptions: Mapping[str, Any],
    seed: int,
) -> None:
    """Add every landlord's return of every quarter, but for those that the story leaves out, delays or has say nothing."""
    council = next(each["code"] for each in table["organisation"] if each["body_type"] == "council")
    landlords = _landlords(table, ground, seed)
    desk = Desk(stage, ground, council, {each["code"]: _who(each) for each in table["organisation"] if "homes" in each})
    for quarter in QUARTERS:
        for turn, landlord in enumerate(landlords):
            how = exceptions.get(landlord.code, {}).get(str(quarter), "in time")
            if how == "not sent":
                continue
            on = quarter.ends_on + (_LATE if how == "late" else _FIRST_DAY + turn % 5 * _EACH)
            send = desk.send_nothing if how == "nothing" else desk.send
            programme.add(on, "landlords' returns", lambda a=send, b=landlord, c=quarter: a(b, c))  # type: ignore[misc]


def _landlords(table: Mapping[str, Any], ground: Ground, seed: int) -> Sequence[Landlord]:
    names = {area["code"]: area["name"] for area in table["area"]}
    homes: dict[str, dict[str, int]] = defaultdict(dict)
    for organisation in table["organisation"]:
        for held in organisation.get("homes", []):
            homes[organisation["code"]][held["area"]] = held["homes"]
    return [
        landlord_files.make_landlord(code, held, names, ground.by_ward, seed) for code, held in sorted(homes.items())
    ]


def _who(organisation: Mapping[str, Any]) -> tuple[str, str]:
    """Who fills in the return, and who signs it off: a second person wherever there is one."""
    clerk = next(each["email"] for each in organisation["officer"] if "returns-officer" in each["roles"])
    signers = [each["email"] for each in organisation["officer"] if "signatory" in each["roles"]]
    return clerk, next((each for each in signers if each != clerk), clerk)
