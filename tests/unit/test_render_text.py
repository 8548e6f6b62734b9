"""What people sign: one source for every output, every rule in plain English, and nothing that a text can smuggle in."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from datetime import date
from html.parser import HTMLParser
from importlib import resources

import pytest
from markdown_it import MarkdownIt

from protocols.odrl import policy
from protocols.render import Table, document, html_fragment, html_page, markdown
from protocols.terms import load

MODEL = load(resources.files("protocols").joinpath("data", "model-protocol.toml").read_text(encoding="utf-8"))
NASTY = "<script>alert(1)</script> | **bold** [x](javascript:y) & `code` # 1. - ~~no~~ <!-- \\ _u_"


class Words(HTMLParser):
    """The text of an HTML document, and the tags that it uses."""

    def __init__(self, text):
        super().__init__()
        self.words, self.tags = [], []
        self.feed(text)

    def handle_data(self, data):
        self.words.append(data)

    def handle_starttag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))


def words(text):
    return " ".join(" ".join(Words(text).words).split())


def test_the_clauses_are_numbered_without_a_gap():
    numbers = [clause.number for clause in document(MODEL)]
    tops = [int(number) for number in numbers if "." not in number]
    assert tops == list(range(1, len(tops) + 1))
    assert [number for number in numbers if "." in number] == [
        f"{tops[-1]}.{n}" for n in range(1, len(MODEL.lines) + 1)
    ]


def test_every_line_is_a_clause_that_answers_the_five_questions():
    rules = [clause for clause in document(MODEL) if clause.level == 3]
    for clause, line in zip(rules, MODEL.lines, strict=True):
        (table,) = clause.body
        assert isinstance(table, Table)
        names = [name for name, _ in table.rows]
        assert names[:5] == ["What", "By whom", "With whom", "For what", "With which safeguards"]
        assert clause.heading.startswith(f"Rule {line.id}: ")
        assert all(value for _, value in table.rows)


def test_the_first_rule_reads_in_plain_english():
    rule = next(clause for clause in document(MODEL) if clause.heading.startswith("Rule 1.1"))
    rows = dict(rule.body[0].rows)
    assert rows["What"].startswith(
        "name of the person; date of birth of the person, as age band of ten years; address of the person"
    )
    assert rows["By whom"].startswith("every party of the kind “housing association (non-profit registered provider)”")
    assert rows["Kept for"] == "at most 365 days"
    assert rows["Passing on"] == "Only with the leave of the party that supplied it"
    assert rows["Records with a safety flag"] == "Not covered"


def test_a_line_with_limits_says_them():
    line = replace(
        MODEL.lines[0],
        categories=("NOIS",),
        areas=("higham-hill",),
        flags=("hate",),
        starts_on=date(2026, 5, 1),
        ends_on=date(2026, 6, 1),
        retention_days=1,
        onward="never",
    )
    rows = dict(document(replace(MODEL, lines=(line,)))[-1].body[0].rows)
    assert rows["Only for"] == "Noise"
    assert rows["Only in"] == "higham-hill"
    assert rows["Records with a safety flag"] == "only: hate"
    assert rows["In force"] == "from 1 May 2026 until 1 June 2026, that day not included"
    assert rows["Kept for"] == "at most 1 day"
    assert rows["Passing on"] == "Never"


@pytest.mark.parametrize("name", ["MODEL-ISP, version 1", "1 April 2026", "OFFICIAL-SENSITIVE", MODEL.digest])
def test_parties_days_marking_and_digest_stand_in_both_texts(name):
    assert name in words(html_page(MODEL))
    assert name in words(MarkdownIt().enable("table").render(markdown(MODEL)))


def test_markdown_and_html_say_the_same():
    from_markdown = words(MarkdownIt("commonmark").enable("table").render(markdown(MODEL)))
    from_html = words(html_fragment(MODEL))
    assert from_markdown == from_html


def test_a_text_can_smuggle_nothing_into_either_output():
    protocol = replace(
        MODEL, title=NASTY, text={**MODEL.text, "roles": f"{NASTY}\n\n1. one\n\n- two\n\n+ three\n\n    code"}
    )
    fragment = html_fragment(protocol)
    allowed = {"h1", "h2", "h3", "p", "strong", "table", "tbody", "tr", "th", "td", "code"}
    assert {tag for tag, _ in Words(fragment).tags} <= allowed
    rendered = MarkdownIt("commonmark").enable("table").render(markdown(protocol))
    assert "<script" not in rendered
    assert {tag for tag, _ in Words(rendered).tags} <= allowed | {"hr", "thead"}
    assert words(rendered) == words(fragment)
    assert NASTY in words(fragment)


def test_a_page_stands_on_its_own():
    page = html_page(MODEL)
    assert page.startswith("<!DOCTYPE html>")
    assert not re.search(r"https?://", page)
    ids = [attributes["id"] for _, attributes in Words(page).tags if "id" in attributes]
    assert len(ids) == len(set(ids)) == len(document(MODEL))


def test_the_odrl_form_has_a_permission_for_every_line_and_is_json():
    form = json.loads(json.dumps(policy(MODEL)))
    assert form["@type"] == "Agreement"
    assert form["dcterms:identifier"] == f"sha256:{MODEL.digest}"
    assert [each["uid"].rpartition(":")[2] for each in form["permission"]] == [line.id for line in MODEL.lines]
    first = form["permission"][0]
    assert {
        "@type": "Asset",
        "uid": "urn:accord:odrl:field:subject.name",
        "dcterms:title": "name of the person",
    } in first["target"]
    assert [each["uid"] for each in first["assignee"]] == [
        "urn:accord:odrl:kind:police",
        "urn:accord:odrl:kind:council",
    ]
    never = {line.id for line in MODEL.lines if line.onward == "never"}
    assert {each["uid"].split(":")[-2] for each in form["prohibition"]} == never
    operands = {each["leftOperand"] for each in first["constraint"]}
    assert operands == {"purpose", "dateTime", "accord:flag"}


def test_the_odrl_form_carries_a_lines_limits():
    line = replace(
        MODEL.lines[0], categories=("NOIS",), areas=("higham-hill",), flags=("hate",), ends_on=date(2027, 1, 1)
    )
    constraints = policy(replace(MODEL, lines=(line,)))["permission"][0]["constraint"]
    assert {"leftOperand": "spatial", "operator": "isAnyOf", "rightOperand": ["higham-hill"]} in constraints
    assert {"leftOperand": "accord:flag", "operator": "isAllOf", "rightOperand": ["hate"]} in constraints
    assert any(each["operator"] == "lt" and each["rightOperand"]["@value"] == "2027-01-01" for each in constraints)
