"""This module knows that the documentation names what there is: settings, commands, actions, events, folders, files."""

from __future__ import annotations

import re
from dataclasses import fields
from pathlib import Path

import pytest

from portal import cli
from portal.config import PREFIX, Settings
from protocols import lawbook, terms
from protocols.actions import Action, Event
from protocols.permit_rules import NAMED_RULES
from sharing.partners.partnership_schema import SCHEMA
from tests.house import written

ROOT = Path(__file__).resolve().parents[2]
DOCS = ROOT / "docs"
PAGES = sorted([*ROOT.glob("*.md"), *DOCS.rglob("*.md")])

SETTINGS = [PREFIX + field.name.upper() for field in fields(Settings)]
FOLDERS = ("protocols", "sharing", "portal")


def first_cells(page: Path) -> list[str]:
    """The first cell of each row of a page's tables."""
    return [line.split("|")[1].strip() for line in page.read_text().splitlines() if line.startswith("|")]


def tree() -> list[str]:
    """The paths of README's map, in its order."""
    block = (ROOT / "README.md").read_text().split("## The map")[1].split("```")[1]
    found, parent = [], ""
    for line in block.strip().splitlines():
        name = line.split()[0]
        parent, path = (parent, parent + name) if line.startswith(" ") else (name, name)
        found.append(path)
    return found


def journey() -> list[str]:
    """The file of each step of the journey in architecture.md."""
    text = (DOCS / "architecture.md").read_text().split("## One record's journey")[1].split("\n## ")[0]
    return re.findall(r"^\| \d+ \|.*\| `([^`]+)` \|$", text, re.MULTILINE)


# --- each thing has its line -----------------------------------------------------------------------


def test_there_is_enough_to_check():
    counts = [len(each) for each in (SETTINGS, cli.COMMANDS, list(Action), list(Event), PAGES)]
    assert [count >= least for count, least in zip(counts, (9, 20, 60, 60, 25), strict=True)] == [True] * 5, counts


@pytest.mark.parametrize("name", SETTINGS)
def test_every_setting_has_its_line(name: str):
    assert first_cells(DOCS / "settings.md").count(f"`{name}`") == 1


def test_no_line_is_about_a_setting_that_is_gone():
    named = {cell.strip("`") for cell in first_cells(DOCS / "settings.md") if cell.startswith("`")}
    assert named == set(SETTINGS)


@pytest.mark.parametrize("name", sorted(cli.COMMANDS))
def test_every_command_has_its_line(name: str):
    assert any(re.match(rf"`accord {name}\b", cell) for cell in first_cells(DOCS / "commands.md"))


def test_no_line_is_about_a_command_that_is_gone():
    cells = first_cells(DOCS / "commands.md")
    named = {cell.removeprefix("`accord ").split()[0].strip("`") for cell in cells if cell.startswith("`accord ")}
    assert named == set(cli.COMMANDS)


@pytest.mark.parametrize("code", [cli.DONE, cli.NO, cli.USAGE, cli.UNREACHABLE, cli.CANNOT_TELL])
def test_every_exit_code_has_its_line(code: int):
    assert first_cells(DOCS / "commands.md").count(str(code)) == 1


@pytest.mark.parametrize("action", sorted(Action))
def test_every_action_has_its_line_with_its_roles_and_rules(action: Action):
    assert written.action_row(action) in (DOCS / "actions.md").read_text().splitlines(), written.__doc__


@pytest.mark.parametrize("event", sorted(Event))
def test_every_event_has_its_line(event: Event):
    assert f"`{event}`" in first_cells(DOCS / "actions.md")


def test_no_line_is_about_an_action_or_event_that_is_gone():
    named = {cell.strip("`") for cell in first_cells(DOCS / "actions.md") if re.fullmatch(r"`\w+:\w+`", cell)}
    assert named == {*Action, *Event}


@pytest.mark.parametrize("rule", sorted(NAMED_RULES))
def test_every_rule_of_permission_is_explained(rule: str):
    assert f"`{rule}`" in first_cells(DOCS / "actions.md")


@pytest.mark.parametrize("table", sorted(set(SCHEMA) - {""}))
def test_every_key_of_the_partnership_file_is_explained(table: str):
    text = (DOCS / "partnership-file.md").read_text()
    assert f"`[{table}]`" in text or f"`[[{table}]]`" in text
    part = re.split(r"`\[+" + re.escape(table) + r"\]+`", text, maxsplit=1)[1]
    part = re.split(r"^\| `\[", part, maxsplit=1, flags=re.MULTILINE)[0]
    nested = {name.rpartition(".")[2] for name in SCHEMA}
    for key in set(SCHEMA[table]) - nested | ({"homes"} if table == "organisation.homes" else set()):
        assert f"`{key}`" in part, key


@pytest.mark.parametrize(
    ("heading", "keys"), [("[protocol]", terms._PROTOCOL), ("[[purpose]]", terms._PURPOSE), ("[[line]]", terms._LINE)]
)
def test_every_key_of_the_protocol_file_is_explained(heading: str, keys: tuple[str, ...]):
    part = (DOCS / "protocol-file.md").read_text().split(f"## `{heading}`")[1].split("\n## ")[0]
    assert len(keys) >= 5
    for key in keys:
        assert f"`{key}`" in part, key


def test_the_model_protocol_that_the_page_names_can_be_read():
    assert terms.load((ROOT / "protocols/data/model-protocol.toml").read_text()).parties
    assert lawbook.rows("gateways")


# --- the map and the journey -----------------------------------------------------------------------


def test_the_map_names_only_what_there_is():
    named = tree()
    assert len(named) >= 30
    assert [path for path in named if not (ROOT / path).is_dir()] == []
    assert len(set(named)) == len(named)


@pytest.mark.parametrize("top", FOLDERS)
def test_the_map_leaves_out_no_folder_that_holds_code(top: str):
    there = {path.relative_to(ROOT).parts[1] for path in (ROOT / top).glob("*/**/*.py")}
    there -= {"__pycache__", "static"}
    assert {f"{top}/{name}/" for name in there} <= set(tree())


def test_the_journey_has_fifteen_steps_each_done_by_one_file_that_exists():
    files = journey()
    assert len(files) == len(set(files)) == 15
    assert [file for file in files if not (ROOT / file).is_file()] == []


@pytest.mark.parametrize("file", journey())
def test_each_step_of_the_journey_stands_in_a_folder_of_the_map(file: str):
    assert any(file.startswith(folder) and folder.count("/") == 2 for folder in tree())


# --- references ------------------------------------------------------------------------------------


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_every_link_and_every_file_that_a_page_names_exists(page: Path):
    text = page.read_text()
    links = [link for link in re.findall(r"\]\(([^)\s]+)\)", text) if "://" not in link]
    for link in links:
        path, _, anchor = link.partition("#")
        target = (page.parent / path).resolve() if path else page
        assert target.exists(), link
        if anchor:
            headings = re.findall(r"^#+ (.+)$", target.read_text(), re.MULTILINE)
            assert anchor in {re.sub(r"[^\w\- ]", "", each.lower()).replace(" ", "-") for each in headings}, link
    for named in re.findall(r"`((?:protocols|sharing|portal|templates|tests|docs|migrations|assets)/[\w/.-]+)`", text):
        assert (ROOT / named).exists(), named


def test_the_readme_answers_in_its_order():
    headings = re.findall(r"^## (.+)$", (ROOT / "README.md").read_text(), re.MULTILINE)
    wanted = ["Run it", "The map", "The vocabulary", "Verify a receipt", "Where decisions live", "Licence"]
    assert headings == wanted
