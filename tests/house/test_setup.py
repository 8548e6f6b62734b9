"""This module knows what a fresh clone may rely on: locks, assets, and a set-up that does nothing twice."""

from __future__ import annotations

import importlib.machinery
import importlib.util
import json
import os
import re
import subprocess
import sys
import tomllib
from itertools import pairwise
from pathlib import Path
from types import ModuleType

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).resolve().parents[2]
LOCKS = sorted((ROOT / "locks").glob("*.txt"))
DIST = ROOT / "portal" / "static" / "dist"
HOST_OR_PATH = re.compile(r"https?://|file:|--(extra-)?index-url|--find-links|(^|\s)/\w", re.MULTILINE)


def pins(lock: str) -> list[Requirement]:
    """What a lock pins, markers included: one name may stand there for several Pythons."""
    lines = (ROOT / "locks" / lock).read_text().splitlines()
    return [Requirement(line.rstrip(" \\")) for line in lines if "==" in line and not line.startswith(" ")]


def wanted(extra: str | None = None) -> list[Requirement]:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    return [
        Requirement(line) for line in (project["optional-dependencies"][extra] if extra else project["dependencies"])
    ]


# --- locks -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("lock", LOCKS, ids=lambda path: path.name)
def test_every_line_of_a_lock_is_pinned_and_hashed(lock: Path) -> None:
    entries = re.split(r"\n(?=\S)", lock.read_text().strip())
    assert entries
    for entry in entries:
        assert re.match(r"[\w.-]+(\[[\w,-]+\])?==[\w.+!-]+", entry), entry
        assert "--hash=sha256:" in entry, entry


@pytest.mark.parametrize("lock", LOCKS, ids=lambda path: path.name)
def test_a_lock_names_no_host_and_no_path(lock: Path) -> None:
    assert not HOST_OR_PATH.search(lock.read_text())


@pytest.mark.parametrize(("lock", "extra"), [("runtime.txt", None), ("test.txt", None), ("test.txt", "test")])
def test_a_lock_holds_what_the_project_asks_for(lock: str, extra: str | None) -> None:
    pinned: dict[str, list[str]] = {}
    for pin in pins(lock):
        pinned.setdefault(canonicalize_name(pin.name), []).extend(spec.version for spec in pin.specifier)
    for requirement in wanted(extra):
        versions = pinned.get(canonicalize_name(requirement.name))
        assert versions, f"{requirement.name} is not in {lock}: run `make locks`"
        assert all(requirement.specifier.contains(version) for version in versions), f"{requirement}: {versions}"


def test_tests_run_on_the_very_releases_that_are_deployed() -> None:
    assert {str(pin) for pin in pins("runtime.txt")} <= {str(pin) for pin in pins("test.txt")}


def test_pages_and_their_macros_come_from_matching_releases() -> None:
    packages = json.loads((ROOT / "assets" / "package.json").read_text())["dependencies"]
    macros = next(requirement for requirement in wanted() if requirement.name == "govuk-frontend-jinja")
    assert (packages["govuk-frontend"], str(macros.specifier)) == ("6.3.0", "==4.1.0")


def test_the_node_lock_names_no_registry_and_hashes_everything() -> None:
    lock = json.loads((ROOT / "assets" / "package-lock.json").read_text())
    for name, package in lock["packages"].items():
        assert "resolved" not in package, name
        assert name == "" or package["integrity"].startswith("sha512-"), name


# --- assets ----------------------------------------------------------------------------------------


def built(name: str) -> str:
    manifest = json.loads((DIST / "manifest.json").read_text())
    return (DIST / manifest[name]).read_text()


@pytest.mark.parametrize("emblem", ["@font-face", "GDS Transport", "crown", "crest"])
def test_the_styles_carry_nobody_elses_brand(emblem: str) -> None:
    assert emblem.lower() not in built("accord.css").lower()


def test_the_styles_fetch_nothing_from_elsewhere() -> None:
    assert not re.search(r"""@import|url\(\s*["']?(https?:)?//""", built("accord.css"))


def test_every_file_that_a_built_file_names_is_shipped() -> None:
    named = re.findall(r"url\(([\w.-]+\.\w+)\)", built("accord.css"))
    named += re.findall(r'"\./([\w.-]+\.js)"', built("accord.js"))
    assert len(named) > 3
    assert [name for name in named if not (DIST / name).exists()] == []


def test_the_security_policy_can_hold_no_built_script_is_inline_or_evaluated() -> None:
    assert not re.search(r"\beval\(|new Function\(", built("accord.js"))


def luminance(colour: str) -> float:
    channels = [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    dark, light = sorted((luminance(one), luminance(other)))
    return (light + 0.05) / (dark + 0.05)


def palette() -> dict[str, str]:
    source = (ROOT / "assets" / "scss" / "_palette.scss").read_text()
    return dict(re.findall(r"^\$([\w-]+): (#[0-9a-f]{6});", source, re.MULTILINE))


@pytest.mark.parametrize("text", ["ink", "quiet", "teal", "teal-dark", "warning"])
@pytest.mark.parametrize("ground", ["paper", "mist"])
def test_text_can_be_read_on_its_ground(text: str, ground: str) -> None:
    assert contrast(palette()[text], palette()[ground]) >= 4.5


def test_map_areas_keep_their_outline_and_their_order() -> None:
    source = (ROOT / "assets" / "scss" / "_palette.scss").read_text()
    steps = re.findall(r"#[0-9a-f]{6}", re.search(r"\$steps: \((.*?)\)", source)[1])
    assert len(steps) == 6
    assert all(contrast(palette()["ink"], step) >= 3 for step in steps)
    assert all(contrast(lighter, darker) >= 1.15 for lighter, darker in pairwise(steps))
    assert sorted(steps, key=luminance, reverse=True) == steps


# --- ./accord --------------------------------------------------------------------------------------


@pytest.fixture
def accord(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    """The script, with a clone of its own whose steps are written down instead of done."""
    loader = importlib.machinery.SourceFileLoader("accord_script", str(ROOT / "accord"))
    spec = importlib.util.spec_from_loader(loader.name, loader)
    script = importlib.util.module_from_spec(spec)
    monkeypatch.setitem(sys.modules, loader.name, script)
    monkeypatch.setattr(sys, "dont_write_bytecode", True)
    loader.exec_module(script)

    places = {"ROOT": "", "VENV": ".venv", "TOOLS": ".venv-tools", "LOCKS": "locks", "ASSETS": "assets"}
    for name, place in places.items():
        monkeypatch.setattr(script, name, tmp_path / place)
    monkeypatch.setattr(script, "MANIFEST", tmp_path / "dist" / "manifest.json")
    for file in ("locks/runtime.txt", "locks/test.txt", "assets/scss/accord.scss"):
        (tmp_path / file).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / file).write_text(file)

    def touch(path: Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch()

    monkeypatch.setattr(script, "make_environment", lambda: touch(script.python_in(script.VENV)))
    monkeypatch.setattr(script, "install_packages", lambda lock: None)
    monkeypatch.setattr(script, "build_assets", lambda: touch(script.MANIFEST))
    monkeypatch.setattr(script, "find_browser", lambda: "chromium")
    return script


def test_a_second_set_up_does_nothing(accord: ModuleType) -> None:
    assert accord.set_up(testing=False) == ["environment", "runtime", "assets"]
    assert accord.set_up(testing=False) == []


def test_tests_add_their_packages_and_the_demonstration_keeps_them(accord: ModuleType) -> None:
    accord.set_up(testing=False)
    assert accord.set_up(testing=True) == ["test"]
    assert accord.set_up(testing=False) == []


@pytest.mark.parametrize(
    ("changed", "redone"),
    [
        ("locks/runtime.txt", ["runtime"]),
        ("locks/test.txt", []),
        ("assets/scss/accord.scss", ["assets"]),
        ("assets/js/new.js", ["assets"]),
        ("assets/node_modules/any.js", []),
    ],
)
def test_only_what_depends_on_a_change_is_done_again(accord: ModuleType, changed: str, redone: list[str]) -> None:
    accord.set_up(testing=False)
    path = accord.ROOT / changed
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("changed")
    assert accord.set_up(testing=False) == redone


def test_a_lost_result_is_made_again(accord: ModuleType) -> None:
    accord.set_up(testing=False)
    accord.MANIFEST.unlink()
    assert accord.set_up(testing=False) == ["assets"]


def test_an_interrupted_step_runs_again(accord: ModuleType, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupted(lock: Path) -> None:
        raise accord.SetupError(f"stopped at {lock.name}")

    with monkeypatch.context() as patch:
        patch.setattr(accord, "install_packages", interrupted)
        with pytest.raises(accord.SetupError):
            accord.set_up(testing=False)
    assert accord.set_up(testing=False) == ["runtime", "assets"]


def test_without_a_browser_the_tests_stop_and_name_the_command(
    accord: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(accord, "find_browser", lambda: None)
    monkeypatch.setattr(accord.os, "geteuid", lambda: 1000)
    with pytest.raises(accord.SetupError, match="apt-get install chromium"):
        accord.set_up(testing=True)
    assert accord.set_up(testing=False) == []


def test_an_old_node_counts_as_none(accord: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for program, answer in (("node", "v18.20.4"), ("npm", "9.2.0")):
        (tmp_path / program).write_text(f"#!/bin/sh\necho {answer}\n")
        (tmp_path / program).chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}{os.pathsep}/bin")
    assert not accord.has_node()
    (tmp_path / "node").write_text("#!/bin/sh\necho v22.1.0\n")
    assert accord.has_node()


def test_the_script_answers_an_old_python_in_words() -> None:
    """Its first lines must parse anywhere: the check stands before anything new."""
    head = (ROOT / "accord").read_text().split("\nimport fcntl")[0]
    code = head.replace("(3, 11)", "(99, 0)")
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert "needs Python" in done.stderr
