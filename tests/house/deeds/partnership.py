"""This module knows the people of the partnership in which the deeds are done, and the texts that it is loaded from."""

from __future__ import annotations

import json
import re
from pathlib import Path

from sharing import returns
from tests.portal.coordinator_world import HERE

PRIYA, DANIEL = "priya.sharma@council.example", "daniel.osei@council.example"
RUTH, MIRIAM = "ruth.adeyemi@council.example", "miriam.katz@council.example"
TOM, GRACE = "tom.hale@police.example", "grace.lindqvist@police.example"
AISHA, COLIN, JO = "aisha.begum@ascham.example", "colin.marsh@ascham.example", "jo.whitfield@foresthomes.example"
PAT = "pat.twice@twin.example"
LENAS = tuple(f"lena.brook@landlord{number}.example" for number in range(1, 6))
MAX = "max.field@landlord1.example"
PEOPLE = (PRIYA, DANIEL, RUTH, MIRIAM, TOM, GRACE, AISHA, COLIN)
COUNCIL, POLICE, ALMO, BYSTANDER = "lb-waltham-forest", "met-north-east", "ascham-homes", "forest-homes"
ELSEWHERE = "model-csp"
REF = "MODEL-ISP"

_EXAMPLE = Path(__file__).parents[2] / "data" / "partnership-example.toml"
_PROTOCOL = Path(__file__).parents[3] / "protocols" / "data" / "model-protocol.toml"
TWINS = """
[partnership]
code = "twin-csp"
name = "Twin CSP"
kind = "CSP"
area = "Twinshire"
""" + "".join(
    f"""
[[organisation]]
code = "twin-{kind}"
name = "Twin {kind}"
body_type = "{kind}"
[[organisation.tier]]
tier = "responsible"
from = 2010-04-01
[[organisation.officer]]
name = "Pat Twice"
post = "Officer at the {kind}"
email = "{PAT}"
roles = ["officer"]
from = 2015-01-01
"""
    for kind in ("council", "police")
)


MORE_LANDLORDS = "".join(
    f"""
[[organisation]]
code = "landlord-{number}"
name = "Landlord {number}"
body_type = "housing-association"
[[organisation.tier]]
tier = "co-operating"
from = 2007-08-01
[[organisation.officer]]
name = "Lena Brook"
post = "Housing manager"
email = "lena.brook@landlord{number}.example"
roles = ["returns-officer"]
from = 2015-01-01
[[organisation.officer]]
name = "Max Field"
post = "Chief executive"
email = "max.field@landlord{number}.example"
roles = ["signatory"]
from = 2015-01-01
"""
    for number in range(1, 6)
)
"""Other landlords, so that there is always a quarter for which no return was sent yet."""


def partnership_text() -> str:
    """The example partnership, with Tom and Priya as those who load, and with more landlords."""
    text = _EXAMPLE.read_text()
    text = text.replace('roles = ["officer"]', 'roles = ["officer", "returns-officer"]')
    text = text.replace('roles = ["coordinator", "officer"]', 'roles = ["coordinator", "officer", "returns-officer"]')
    return text + MORE_LANDLORDS


def protocol_text(ref: str, number: int) -> str:
    """The model protocol between the members, with the purpose of returns; under another ref, one between two of them."""
    parties = (COUNCIL, POLICE, ALMO, BYSTANDER) if ref == REF else (COUNCIL, ALMO)
    text = _PROTOCOL.read_text().replace('partnership = "model-csp"', f'partnership = "{HERE}"')
    text = re.sub(r"parties = \[.*?\]", f"parties = {json.dumps(parties)}", text, flags=re.DOTALL)
    if ref != REF:
        text = text.replace(f'ref = "{REF}"', f'ref = "{ref}"\nparent = "{REF}"', 1)
        text = text.replace('kind = "statutory"', 'kind = "bilateral"').replace("version = 1", f"version = {number}", 1)
    return text.replace('"hotspot-analysis"', f'"{returns.PURPOSE}"')
