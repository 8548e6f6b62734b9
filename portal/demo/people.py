"""This module knows made-up residents and what they report. Residents are named after cloth, blocks after birds."""

from __future__ import annotations

import random
from collections.abc import Mapping

FORENAMES = (
    "Ada", "Bilal", "Carys", "Dev", "Elsie", "Femi", "Gwen", "Hamza", "Iris", "Jonah", "Kofi", "Lottie", "Maya", "Noor", "Otis",
    "Pearl", "Quentin", "Rhian", "Samir", "Thea", "Umar", "Vashti", "Wilf", "Xanthe", "Yusuf", "Zadie",
)  # fmt: skip
SURNAMES = (
    "Bombazine", "Buckram", "Calico", "Cambric", "Candlewick", "Chenille", "Corduroy", "Damask", "Dimity", "Fustian", "Gabardine",
    "Gingham", "Grosgrain", "Hessian", "Jacquard", "Kersey", "Lisle", "Moleskin", "Moquette", "Muslin", "Nankeen", "Organdie",
    "Poplin", "Sackcloth", "Seersucker", "Taffeta", "Ticking", "Velveteen", "Voile", "Worsted",
)  # fmt: skip
BLOCKS = (
    "Avocet",
    "Crossbill",
    "Dabchick",
    "Firecrest",
    "Garganey",
    "Ouzel",
    "Petrel",
    "Sandpiper",
    "Turnstone",
    "Whimbrel",
)
WEIGHTS: Mapping[str, int] = {
    "Noise": 27,
    "Verbal abuse, harassment or intimidation": 16,
    "Misuse of communal or public space": 14,
    "Litter, rubbish or fly-tipping": 11,
    "Drugs or substance misuse": 10,
    "Vandalism or damage": 7,
    "Pets and animals": 5,
    "Vehicle nuisance": 4,
    "Alcohol related": 3,
    "Hate-related incident": 2,
    "Domestic abuse": 1,
}
"""Kinds of the common list, and how often each comes: in the order in which landlords report them."""
_NOTES: Mapping[str, tuple[str, ...]] = {
    "Noise": ("{who} below plays music until two", "Shouting and doors at night, third time this month, says {who}"),
    "Verbal abuse, harassment or intimidation": ("{who} was sworn at on the stairs", "{who} is afraid to use the lift"),
    "Misuse of communal or public space": ("A group sits on the stairs every evening; {who} rang",),
    "Litter, rubbish or fly-tipping": ("Mattress and bags by the bin store, seen by {who}",),
    "Drugs or substance misuse": ("Smell of cannabis from the flat of {who}, short visits all day",),
    "Vandalism or damage": ("Entry door forced again; {who} saw two people run",),
    "Pets and animals": ("The dog of {who} barks from seven to six",),
    "Vehicle nuisance": ("Moped on the footpath after ten, {who} has the number",),
    "Alcohol related": ("Drinking on the wall by the shops, {who} cannot pass",),
    "Hate-related incident": ("{who} found words painted on the door",),
    "Domestic abuse": ("{who} came to the office; safe contact agreed",),
}
CHANNELS = ("telephone", "telephone", "online", "e-mail", "in person", "officer", "partner")
ACTIONS = (
    "none",
    "advice",
    "advice",
    "warning",
    "warning",
    "acceptable behaviour contract",
    "mediation",
    "referral",
    "clean-up",
    "other",
)


def name(rng: random.Random) -> str:
    """Somebody who does not exist."""
    return f"{rng.choice(FORENAMES)} {rng.choice(SURNAMES)}"


def address(rng: random.Random, postcode: str = "") -> str:
    """A flat in a block that does not exist."""
    place = f"{rng.randint(1, 48)} {rng.choice(BLOCKS)} Court"
    return f"{place}, {postcode}" if postcode else place


def note(rng: random.Random, category: str) -> str:
    """What was reported, in a caller's words."""
    return rng.choice(_NOTES[category]).format(who=name(rng))


def category(rng: random.Random) -> str:
    """A kind of behaviour."""
    return rng.choices(tuple(WEIGHTS), tuple(WEIGHTS.values()))[0]
