"""This module knows the made-up files that landlords send: an incident sheet and a quarterly form that agree with each other."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta

from portal.demo import files, people
from portal.demo.ground import Place
from sharing.returns import Quarter

RATE = 0.016
"""Incidents a home and quarter: made up."""
FEWEST = 4
_FAVOURITE_SHARE, _FAVOURITES, _HOMES_FOR_ONE_MORE = 0.3, 3, 1200
"""Part of a landlord's incidents gather at a few places: a list of hotspots drawn from even spread would show nothing."""
_AREA_ONLY_SHARE = 0.05
_SHEET = (
    "Reference", "Date reported", "Date it happened", "Time it happened", "Category", "Postcode", "Area or place", "Address",
    "Note", "How it was reported", "Hate-related", "Repeat", "Action taken",
)  # fmt: skip
_FORM = (
    "Part", "Line", "Category", "Area or place", "Number", "Out of", "Trend", "Busiest time", "Partners involved",
    "What you ask or want to say",
)  # fmt: skip
_HATE = "Hate-related incident"
_HOURS = (0, 1, 2, 7, 8, 12, 15, 16, 17, 18, 19, 20, 21, 22, 22, 23, 23)
_TOOLS = {
    "warning": "Warnings given",
    "acceptable behaviour contract": "Acceptable behaviour contracts signed",
    "mediation": "Cases sent to mediation",
    "referral": "Households given floating support",
}


@dataclass(frozen=True)
class Landlord:
    """A landlord: its homes by ward, and the made-up case flow that one quarter hands on to the next."""

    code: str
    homes: Mapping[str, int]
    ward_names: Mapping[str, str] = field(repr=False)
    rng: random.Random = field(repr=False)
    favourites: Sequence[Place] = field(repr=False, default=())

    @property
    def prefix(self) -> str:
        """The beginning of its references."""
        return "".join(word[0] for word in self.code.split("-")).upper()


@dataclass(frozen=True)
class Incident:
    """A made-up incident, before it becomes a row."""

    reported: date
    category: str
    place: Place
    row: tuple[object, ...] = field(repr=False)
    action: str = ""


def make_landlord(
    code: str,
    homes: Mapping[str, int],
    ward_names: Mapping[str, str],
    by_ward: Mapping[str, tuple[Place, ...]],
    seed: int,
) -> Landlord:
    """A landlord with a random stream of its own, so that another landlord's change leaves its figures alone."""
    rng = random.Random(f"{seed} {code}")  # noqa: S311  made-up figures, not secrets
    wards = [ward for ward in homes if by_ward.get(ward)]
    favourites = [
        rng.choice(by_ward[rng.choice(wards)]) for _ in range(_FAVOURITES + sum(homes.values()) // _HOMES_FOR_ONE_MORE)
    ]
    return Landlord(code, homes, ward_names, rng, favourites)


def incidents(landlord: Landlord, quarter: Quarter, by_ward: Mapping[str, tuple[Place, ...]]) -> tuple[Incident, ...]:
    """A quarter's incidents, in the order in which they were reported."""
    rng = landlord.rng
    mean = max(FEWEST, sum(landlord.homes.values()) * RATE)
    count = round(mean * rng.uniform(0.85, 1.15))
    days = sorted(rng.randrange((quarter.ends_on - quarter.starts_on).days + 1) for _ in range(count))
    return tuple(
        _incident(landlord, quarter, quarter.starts_on + timedelta(days=day), number, by_ward)
        for number, day in enumerate(days, 1)
    )


def _incident(
    landlord: Landlord, quarter: Quarter, reported: date, number: int, by_ward: Mapping[str, tuple[Place, ...]]
) -> Incident:
    rng = landlord.rng
    place, kind = _place(landlord, by_ward), people.category(rng)
    happened = max(quarter.starts_on, reported - timedelta(days=rng.choice((0, 0, 1, 1, 2, 5))))
    action = rng.choice(people.ACTIONS)
    only_area = rng.random() < _AREA_ONLY_SHARE
    row = (
        f"{landlord.prefix}-{quarter.year % 100}{quarter.number}{number:04d}",
        reported.isoformat(),
        happened.isoformat(),
        f"{rng.choice(_HOURS):02d}:{rng.choice((0, 10, 15, 30, 45)):02d}",
        kind,
        "" if only_area else place.postcode,
        landlord.ward_names[place.ward] if only_area else "",
        people.address(rng, place.postcode),
        people.note(rng, kind),
        rng.choice(people.CHANNELS),
        "yes" if kind == _HATE else "no",
        rng.choice(("yes", "no", "no", "no")),
        action,
    )
    return Incident(reported, kind, place, row, action)


def _place(landlord: Landlord, by_ward: Mapping[str, tuple[Place, ...]]) -> Place:
    if landlord.rng.random() < _FAVOURITE_SHARE:
        return landlord.rng.choice(landlord.favourites)
    wards = [ward for ward in landlord.homes if by_ward.get(ward)]
    ward = landlord.rng.choices(wards, [landlord.homes[each] for each in wards])[0]
    return landlord.rng.choice(by_ward[ward])


def incident_sheet(found: Sequence[Incident]) -> bytes:
    """The incident sheet as CSV."""
    return files.as_csv(_SHEET, (each.row for each in found))


def quarterly_form(landlord: Landlord, quarter: Quarter, found: Sequence[Incident], opening: int) -> tuple[bytes, int]:
    """The quarterly form as CSV, and how many cases it leaves open."""
    rng = landlord.rng
    closed = min(opening + len(found), round((opening + len(found)) * rng.uniform(0.55, 0.75)))
    closing = opening + len(found) - closed
    hate = sum(each.category == _HATE for each in found)
    flow = (
        ("Homes in the area", sum(landlord.homes.values())),
        ("Cases open at the start of the quarter", opening),
        ("New cases in the quarter", len(found)),
        ("Cases closed in the quarter", closed),
        ("Cases open at the end of the quarter", closing),
        ("New cases that were hate-related", hate),
    )
    lines: list[dict[str, object]] = [
        {"Part": "A", "Line": "Quarter of this return", "What you ask or want to say": str(quarter)}
    ]
    lines += [{"Part": "A", "Line": label, "Number": number} for label, number in flow]
    kinds = Counter(each.category for each in found)
    lines += [
        {"Part": "B", "Line": "New cases by category and area", "Category": kind, "Number": kinds[kind]}
        for kind in people.WEIGHTS
    ]
    lines += [*_tools(found), *_service(rng, len(found), closed), *_words(landlord, found)]
    return files.as_csv(_FORM, ([line.get(heading, "") for heading in _FORM] for line in lines)), closing


def _tools(found: Sequence[Incident]) -> Iterator[dict[str, object]]:
    used = Counter(each.action for each in found)
    for action, label in _TOOLS.items():
        yield {"Part": "C", "Line": label, "Number": used[action]}


def _service(rng: random.Random, new: int, closed: int) -> Iterator[dict[str, object]]:
    surveyed = closed // 2
    for label, base, share in (
        ("First contact made within target", new, rng.uniform(0.8, 1)),
        ("Complainants updated on time", new, rng.uniform(0.6, 0.95)),
        ("Closed cases: complainant satisfied", surveyed, rng.uniform(0.5, 0.9)),
    ):
        yield {"Part": "D", "Line": label, "Number": round(base * share), "Out of": base}


def _words(landlord: Landlord, found: Sequence[Incident]) -> Iterator[dict[str, object]]:
    rng = landlord.rng
    wards = Counter(each.place.ward for each in found)
    for ward, count in sorted(wards.items(), key=lambda pair: (-pair[1], pair[0]))[:2]:
        yield {
            "Part": "E",
            "Line": "Hotspot",
            "Category": people.category(rng),
            "Area or place": f"{landlord.ward_names[ward]} ward",
            "Number": count,
            "Trend": rng.choice(("better", "same", "worse")),
            "Busiest time": rng.choice(
                ("Friday and Saturday evenings", "After school", "Late evenings", "Weekend afternoons")
            ),
            "Partners involved": rng.choice(("Police", "Police, council", "Council", "Fire service")),
            "What you ask or want to say": rng.choice(
                (
                    "Joint patrol and a lighting survey",
                    "A bid for new gates",
                    "A walk with residents",
                    "Cameras for three months",
                )
            ),
        }
    yield {
        "Part": "F",
        "Line": "Good news",
        "What you ask or want to say": rng.choice(
            (
                "The youth club opened two more evenings a week",
                "Residents planted the strip behind the garages and look after it",
                "Entry doors were mended within a week of the report",
                "Thirty residents came to the summer walk",
            )
        ),
    }
