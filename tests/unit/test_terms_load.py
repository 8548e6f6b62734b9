"""A protocol is read whole or not at all: everything that is wrong is said at once, each at its place and line."""

from __future__ import annotations

import json
from dataclasses import FrozenInstanceError, replace
from importlib import resources
from pathlib import Path

import jsonschema
import pytest

from protocols import world
from protocols.lawbook import rows
from protocols.terms import TermsError, load, signed_form, to_world

MODEL = resources.files("protocols").joinpath("data", "model-protocol.toml").read_text(encoding="utf-8")
SCHEMA = json.loads((Path(__file__).parents[2] / "docs/schema/world.schema.json").read_text(encoding="utf-8"))

SMALL = """
[protocol]
ref = "P"
title = "A protocol"
partnership = "wf"
kind = "statutory"
version = 2
starts_on = 2026-04-01
review_by = 2027-04-01
marking = "OFFICIAL"
parties = ["a", "b"]

[[purpose]]
code = "asb-case"
text = "Cases"
provision = "CDA1998-s6"
strategy_area = "crime-and-disorder"

[[line]]
id = "1"
purposes = ["asb-case"]
fields = ["subject.name", "subject.dob"]
form = { "subject.dob" = "age-band" }
from = ["a"]
to = ["kind:police"]
gateway = "CDA115"
"""


def problems(text: str) -> list[str]:
    with pytest.raises(TermsError) as caught:
        load(text)
    return [str(problem) for problem in caught.value.problems]


def test_a_protocol_is_read_with_its_defaults():
    protocol = load(SMALL)
    line = protocol.line("1")
    assert (protocol.overlap_days, protocol.reply_days, protocol.aliases, protocol.parent) == (180, 10, (), None)
    assert (line.channels, line.categories, line.areas, line.flags) == (("view",), ("*",), ("*",), ())
    assert (line.retention_days, line.onward) == (365, "never")
    assert (line.form_of("subject.dob"), line.form_of("subject.name")) == ("age-band", "as-is")
    with pytest.raises(KeyError):
        protocol.line("2")


def test_a_protocol_cannot_be_changed():
    protocol = load(SMALL)
    with pytest.raises(FrozenInstanceError):
        protocol.version = 3
    with pytest.raises(TypeError):
        protocol.line("1").form["subject.name"] = "initials"


def test_everything_that_is_wrong_is_said_at_once_with_its_line():
    wrong = (
        SMALL.replace("version = 2", 'version = "2"\nversoin = 2')
        .replace("starts_on = 2026-04-01", 'starts_on = "2026-04-01"')
        .replace('"OFFICIAL"', '"SECRET"')
        .replace('"CDA1998-s6"', '"CDA1998-s99"')
        .replace('fields = ["subject.name", ', 'fields = ["subject.nmae", ')
        .replace('"age-band" }', '"age" }')
        .replace("kind:police", "kind:polis")
        .replace('"CDA115"', '"CDA116"')
        + "\n[extra]\nx = 1\n"
    )
    assert problems(wrong) == [
        "protocol.version (line 7): a whole number is wanted, not a text",
        (
            "protocol.versoin (line 8): there is no such key; the keys here are adopted_on, aliases, ends_on, kind, marking, "
            "overlap_days, parent, parties, partnership, ref, reply_days, review_by, starts_on, title, version"
        ),
        "protocol.starts_on (line 9): a day such as 2026-04-01 is wanted, without quotation marks, not a text",
        "protocol.marking (line 11): “SECRET” is not known; it can be OFFICIAL, OFFICIAL-SENSITIVE",
        "purpose[0].provision (line 17): “CDA1998-s99” is not known; it can be "
        + ", ".join(sorted(rows("provisions"))),
        "line[0].fields (line 23): “subject.nmae” is not known; did you mean subject.name?",
        "line[0].form.subject.dob (line 24): “subject.dob” has no form “age”; its forms are as-is, age-band",
        "line[0].to (line 26): there is no kind of body “polis”",
        (
            "line[0].gateway (line 27): “CDA116” is not known; it can be ASB2014_SCH4, CDA115, CDA17A, CONSENT, OMA14, "
            "ORDER, PCSC16, POLICE_CL"
        ),
        "extra (line 29): there is no such table; the tables are protocol, purpose, line, text",
    ]


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ('ref = "P"', "", "protocol.ref (line 2): this has to be there"),
        ('ref = "P"', 'ref = "  "', "protocol.ref (line 3): a text is wanted, not an empty text"),
        ('parties = ["a", "b"]', 'parties = ["a", "a"]', "protocol.parties (line 11): “a” stands here twice"),
        ('parties = ["a", "b"]', 'parties = "a"', "protocol.parties (line 11): a list of texts is wanted, not a text"),
        ("version = 2", "version = 0", "protocol.version (line 7): 0 is too small; at least 1 is wanted"),
        ("version = 2", "version = true", "protocol.version (line 7): a whole number is wanted, not true or false"),
        (
            "2027-04-01",
            "2027-04-01T09:00:00",
            "protocol.review_by (line 9): a day such as 2026-04-01 is wanted, without",
        ),
        ('id = "1"', 'id = "1"\nretention_days = 0', "line[0].retention_days (line 21): 0 is too small"),
        ('{ "subject.dob" = "age-band" }', "3", "line[0].form (line 23): a table of texts is wanted"),
        (
            'purposes = ["asb-case"]',
            'purposes = ["tenure"]',
            "line[0].purposes (line 21): “tenure” is not known; it can be asb-case",
        ),
        (
            '"subject.dob" = "age-band"',
            '"subject.address" = "ward"',
            "line[0].form.subject.address (line 23): a form is given for",
        ),
        ("[[purpose]]", "[purpose]", "purpose (line 13): write this with two brackets: [[purpose]], once for each"),
        ("[[line]]", '[text]\nsecurty = "x"\n[[line]]', "text.securty (line 20): there is no such key"),
        ('text = "Cases"', "text = 3", "purpose[0].text (line 15): a text is wanted, not a whole number"),
        (
            'code = "asb-case"',
            'code = "asb-case"\nlaw_enforcement = "yes"',
            "purpose[0].law_enforcement (line 15): true or false is wanted",
        ),
    ],
)
def test_one_wrong_thing_is_named_at_its_place(old, new, said):
    assert any(problem.startswith(said) for problem in problems(SMALL.replace(old, new, 1)))


def test_ids_are_used_once():
    twice = SMALL + SMALL[SMALL.index("[[line]]") :]
    assert problems(twice) == ["line[1].id (line 28): “1” has been used before"]


def test_a_file_that_is_not_toml_says_so():
    assert problems("[protocol\n")[0].startswith("the file: this is not TOML")
    assert any("protocol.ref" in problem for problem in problems(""))


def test_the_digest_covers_everything_that_is_signed_and_nothing_else():
    protocol = load(MODEL)
    assert protocol.digest == load("# a remark\n" + MODEL.replace("version = 1", "version   =   1")).digest
    assert len(protocol.digest) == 64
    changed = [
        replace(protocol, title="Another"),
        replace(protocol, text={**protocol.text, "indemnity": "All."}),
        replace(protocol, lines=protocol.lines[1:]),
        replace(protocol, purposes=(replace(protocol.purposes[0], text="x"), *protocol.purposes[1:])),
        replace(protocol, lines=(replace(protocol.lines[0], retention_days=1), *protocol.lines[1:])),
    ]
    assert len({protocol.digest, *(each.digest for each in changed)}) == len(changed) + 1


def test_the_digest_does_not_change_between_versions_of_this_program():
    assert load(SMALL).digest == "b9e2fb001cdded7a8d1f691569f79759040ac55967260b6897d3bfdc357963c5"


def test_defaults_are_signed_as_if_they_had_been_written_out():
    assert load(SMALL) == load(SMALL.replace("version = 2", "version = 2\nreply_days = 10\noverlap_days = 180"))
    assert signed_form(load(SMALL))["reply_days"] == 10


@pytest.mark.parametrize("text", [SMALL, MODEL])
def test_a_protocol_goes_into_a_world_and_the_rulebook_reads_it(text):
    protocol = load(text)
    form = to_world(protocol, complete=True)
    organisations = [{"code": code, "body_type": "council"} for code in protocol.parties]
    mapping = {"organisations": organisations, "protocols": [form]}
    jsonschema.validate(mapping, SCHEMA)
    clauses = world.load(mapping).law
    assert clauses
    assert form["lines"][0]["from"]
    assert "from_" not in form["lines"][0]


def test_a_draft_that_fails_the_gate_goes_into_the_world_as_incomplete():
    assert to_world(load(SMALL))["complete"] is False
    assert to_world(load(MODEL))["complete"] is True
