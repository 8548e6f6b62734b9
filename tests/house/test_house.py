"""This module knows the rules of this repository that no linter knows: what may stand in which file, and what in none."""

from __future__ import annotations

import ast
import re
import subprocess
import tomllib
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
FACES = "__init__.py"

TEXT_SQL = {
    "sharing/store/unit.py": "PostgreSQL's set_config has no other form",
    "sharing/ledger/audit.py": "the catalogue of triggers, which differs by database",
    "sharing/ledger/sequencer.py": "PostgreSQL's advisory lock",
    "sharing/store/copied.py": "PostgreSQL's counters and settings, which SQLAlchemy has no words for",
    "sharing/returns/model.py": "the condition of a partial index",
    "sharing/vault/model.py": "the condition of a partial index",
}
"""Files that may write SQL as text, and why."""

UNUSED = {
    "psycopg": "the driver of a postgresql+psycopg URL, imported by SQLAlchemy",
    "tzdata": "read by zoneinfo where a machine has no zone database",
    "python-calamine": "imported by name within the process that may die of a workbook",
    "govuk-frontend-jinja": "its templates are found by name, by Jinja",
}
"""Locked packages that no module of ours imports, and why they stand in the lock; the list may only become shorter."""

IMPORT_NAMES = {
    "flask-login": "flask_login",
    "flask-wtf": "flask_wtf",
    "argon2-cffi": "argon2",
    "python-docx": "docx",
    "govuk-bank-holidays": "govuk_bank_holidays",
}


@cache
def files() -> tuple[Path, ...]:
    """Every file that is part of the repository, tracked or about to be."""
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z"],
        cwd=ROOT,
        capture_output=True,
        check=True,
    )
    named = [ROOT / name for name in listed.stdout.decode().split("\0") if name]
    return tuple(path for path in named if path.is_file())


def name(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def sources(*tops: str) -> list[Path]:
    return [path for path in files() if path.suffix == ".py" and name(path).split("/")[0] in tops]


def code() -> list[Path]:
    return sources("protocols", "sharing", "portal")


def templates() -> list[Path]:
    return [path for path in files() if name(path).startswith("templates/") and path.suffix == ".html"]


def calls(path: Path) -> set[str]:
    """The names of everything that a module calls."""
    found = set()
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Call):
            found.add(node.func.id if isinstance(node.func, ast.Name) else getattr(node.func, "attr", ""))
    return found


def test_there_is_enough_to_check():
    assert len(code()) >= 180
    assert len(templates()) >= 45
    assert len(files()) >= 400


def test_nothing_is_marked_as_safe_html():
    assert [name(path) for path in code() if {"Markup", "mark_safe"} & calls(path)] == []
    unescaped = re.compile(r"\|\s*safe\b|autoescape\s+false|Markup\(")
    assert [name(path) for path in templates() if unescaped.search(path.read_text())] == []


def test_sql_is_written_as_text_in_named_files_alone():
    assert {name(path) for path in code() if "text" in imported_from(path, "sqlalchemy")} <= set(TEXT_SQL)
    for path in sources("portal"):
        assert "exec_driver_sql" not in calls(path), name(path)


def imported_from(path: Path, package: str) -> set[str]:
    return {
        alias.name
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.ImportFrom) and (node.module or "").split(".")[0] == package
        for alias in node.names
    }


def test_only_commands_print():
    may = re.compile(r"portal/(cli\.py|commands/|demo/)|sharing/ledger/verify\.py")
    assert [name(path) for path in code() if "print" in calls(path) and not may.match(name(path))] == []


def test_nothing_outside_the_store_commits():
    commits = {name(path) for path in code() if "commit" in calls(path)}
    assert commits
    assert {path.rpartition("/")[0] for path in commits} == {"sharing/store"}


def test_every_module_says_what_it_knows():
    for path in code():
        told = ast.get_docstring(ast.parse(path.read_text())) or ""
        known = told.startswith("This module knows")
        assert known or (path.name == FACES and told), f"{name(path)} begins: {told[:60]!r}"


def test_a_rooms_face_holds_nothing_of_its_own():
    for path in code():
        if path.name == FACES and name(path).count("/") == 2 and name(path).startswith("sharing/"):
            body = ast.parse(path.read_text()).body
            allowed = (ast.Expr, ast.Import, ast.ImportFrom, ast.Assign)
            if path.parent.name != "ledger":
                assert all(isinstance(node, allowed) for node in body), name(path)


def test_no_file_is_named_after_nothing():
    vague = re.compile(r"(^|/)(utils?|helpers?|common|misc|managers?)(\.\w+)?(/|$)")
    assert [name(path) for path in files() if vague.search(name(path))] == []


def test_nothing_promises_to_be_done_later():
    later = re.compile(r"\b(TO" + r"DO|FIX" + r"ME|XX" + r"X)\b")
    assert [name(path) for path in [*sources("protocols", "sharing", "portal", "tests", "bench"), *templates()]
            if later.search(path.read_text())] == []  # fmt: skip


# --- pages -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("path", templates(), ids=name)
def test_a_template_has_no_inline_style_or_script(path: Path):
    text = path.read_text()
    assert not re.search(r"\sstyle\s*=|<style\b", text, re.IGNORECASE)
    assert not re.search(r"\son\w+\s*=\s*[\"']", text, re.IGNORECASE)
    assert "javascript:" not in text.lower()
    for attributes, content in re.findall(r"<script\b([^>]*)>(.*?)</script>", text, re.IGNORECASE | re.DOTALL):
        assert "src=" in attributes
        assert not content.strip()


def test_nothing_that_a_page_loads_is_fetched_from_elsewhere():
    loads = re.compile(
        r"<(?:script|link|img|iframe|source|object)\b[^>]*(?:src|href)\s*=\s*[\"'](?:https?:)?//", re.IGNORECASE
    )
    assert [name(path) for path in templates() if loads.search(path.read_text())] == []


# --- what must not be in the repository ------------------------------------------------------------


def texts() -> list[tuple[str, str]]:
    """Every file of ours that is text; data of others is theirs."""
    found = []
    for path in files():
        if re.match(r"(tests/(data|vectors)|portal/demo/data)/", name(path)) or path == Path(__file__):
            continue
        try:
            found.append((name(path), path.read_text()))
        except UnicodeDecodeError:
            continue
    return found


def test_no_file_names_a_machine_or_a_registry():
    elsewhere = re.compile(
        r"/(?:work|home|Users)/\w|/root/|files\.pythonhosted\.org|(?:index-url|registry)\s*=\s*https?://|\b10\.\d+\.\d+\.\d+\b"
    )
    assert len(texts()) >= 300
    assert [(where, found.group()) for where, text in texts() if (found := elsewhere.search(text))] == []


def test_no_file_holds_a_private_key():
    key = re.compile(r"-----BEGIN [A-Z ]*PRIVATE KEY|PRIVATE\+KEY\+\S+\+[0-9a-f]{8}\+[A-Za-z0-9+/]{40}")
    published = {"tests/unit/test_ledger_note.py"}  # the key of the signed-note specification's own example
    assert {where for where, text in texts() if key.search(text)} <= published


def test_every_package_that_is_asked_for_is_used_or_has_its_reason():
    wanted = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["dependencies"]
    names = {re.match(r"[\w-]+", each).group().lower() for each in wanted}
    used = {module.split(".")[0] for path in code() for module in imports(path)}
    idle = {each for each in names if IMPORT_NAMES.get(each, each.replace("-", "_")) not in used}
    assert len(names) >= 15
    assert idle - set(UNUSED) == set()


def imports(path: Path) -> set[str]:
    found = set()
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found.add(node.module)
    return found
