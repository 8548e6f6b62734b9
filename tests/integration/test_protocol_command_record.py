"""`accord protocol load` and `explain` over the record itself."""

from __future__ import annotations

from contextlib import contextmanager
from importlib import resources
from pathlib import Path

import pytest

from portal import cli
from portal.commands import opening
from sharing import partners

PARTNERSHIP = (Path(__file__).parents[1] / "data" / "partnership-example.toml").read_text(encoding="utf-8")
MODEL = resources.files("protocols").joinpath("data", "model-protocol.toml").read_text(encoding="utf-8")
PARTIES = '["lb-waltham-forest", "met-north-east", "ascham-homes", "forest-homes"]'


@pytest.fixture
def protocol(store, operator, tmp_path, monkeypatch):
    with store.unit(operator) as unit:
        partners.load_partnership(unit, PARTNERSHIP)

    @contextmanager
    def opened():
        yield store

    monkeypatch.setattr(opening, "opened", opened)
    start = MODEL.index("parties = [")
    text = MODEL[:start] + f"parties = {PARTIES}\n" + MODEL[MODEL.index("\n", start) + 1 :]
    path = tmp_path / "protocol.toml"
    path.write_text(text.replace('"model-csp"', '"waltham-forest"'), encoding="utf-8")
    return path


def test_a_protocol_is_loaded_and_explained_from_the_record(protocol, capsys):
    assert cli.main(["protocol", "load", str(protocol)]) == cli.DONE
    assert "Loaded MODEL-ISP, version 1: ready to be signed." in capsys.readouterr().out
    asked = [
        "--from",
        "lb-waltham-forest",
        "--to",
        "met-north-east",
        "--purpose",
        "asb-case",
        "--fields",
        "subject.name",
    ]
    assert cli.main(["protocol", "explain", *asked, "--at", "2026-05-01", "--partnership", "waltham-forest"]) == cli.NO
    printed = capsys.readouterr().out
    assert "subject.name: withheld (in-force)" in printed
    assert "signs MODEL-ISP version 1" in printed


def test_a_draft_is_loaded_with_what_it_lacks(protocol, capsys):
    protocol.write_text(protocol.read_text().replace("review_by = 2027-04-01", "review_by = 2028-04-01"))
    assert cli.main(["protocol", "load", str(protocol)]) == cli.DONE
    printed = capsys.readouterr().out
    assert "a draft that nobody can sign yet" in printed
    assert "review date: review within 12 months" in printed


def test_a_partnership_that_is_not_there_is_said_so(protocol, capsys):
    asked = ["--from", "a", "--to", "b", "--purpose", "p", "--fields", "subject.name"]
    assert cli.main(["protocol", "explain", *asked, "--partnership", "nowhere"]) == cli.NO
    assert "nowhere" in capsys.readouterr().err
