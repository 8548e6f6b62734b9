"""This module knows a partnership at work, whose log's heads go out to its partners and come back co-signed."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from portal import cli
from sharing.ledger import checkpoint, read
from tests.integration.backup_world import Place
from tests.integration.disclosure_world import PARTNERSHIP, World, make_world
from tests.unit.partner_world import Officer

P = PARTNERSHIP
POLICE, COUNCIL, HOMES = "model-police", "model-council", "model-homes"


@dataclass
class Public:
    """The installation's command line, and the officers of two partners who are witnesses."""

    world: World
    place: Place
    police: Officer
    council: Officer
    folder: Path

    @property
    def key(self) -> str:
        return str(self.world.store.signer.verifier)

    @property
    def log(self) -> str:
        with self.world.store.reading() as session:
            return read.logs(session, P)[0].origin

    def run(self, *arguments: object) -> int:
        code = self.place.run("ledger", *arguments)
        self.out, self.err = self.place.capsys.readouterr()
        return code

    def said(self) -> Any:
        return json.loads(self.out)

    def head(self, *more: object) -> str:
        assert self.run("head", "--partnership", P, *more) == cli.DONE, self.err
        return str(self.out)

    def size(self) -> int:
        return checkpoint.parse(self.head().encode())[0].size

    def export(self, *more: object) -> Path:
        directory = self.folder / f"export-{len(list(self.folder.iterdir()))}"
        assert self.run("export", "--partnership", P, directory, *more) == cli.DONE, self.err
        return directory

    def register(self, officer: Officer, organisation: str, *more: object) -> str:
        """Make a partner's key, and register it."""
        vkey = officer.make_key(f"{organisation}.example")
        assert self.run("witness", vkey, "--partnership", P, "--organisation", organisation, *more) == cli.DONE, (
            self.err
        )
        return vkey

    def cosigned(self, *officers: Officer, name: str = "out.head") -> Path:
        """The head of now, with these partners' co-signatures under it."""
        head = officers[0].keep(name, self.head())
        bundle = self.export()
        for officer in officers:
            assert officer.cosign(head, "--log-key", self.key, "--bundle", bundle, "-o", head) == cli.DONE, officer.err
        return head

    def take(self, *files: Path) -> int:
        return self.run("cosigned", "--partnership", P, *files)

    def standing(self) -> Any:
        assert self.run("standing", "--partnership", P, "--json") == cli.DONE, self.err
        (found,) = self.said()
        return found

    def policy(self, police: str, council: str) -> Path:
        """A policy that wants both."""
        path = self.folder / "policy"
        witnesses = f"witness police {police}\nwitness council {council}\n"
        path.write_text(f"log {self.key}\n{witnesses}group partners all police council\nquorum partners\n")
        return path

    def entries(self, kind: str) -> list[dict[str, Any]]:
        """The facts of the log's entries of a type."""
        self.world.store.integrate()
        with self.world.store.reading() as session:
            found = read.entries(session, self.log, limit=500)
        return [each.entry.facts for each in found if each.entry.type == kind]


def make_public(store: Any, database_url: str, tmp_path: Path, monkeypatch: Any, capsys: Any) -> Public:
    """Load the partnership and let it work."""
    (tmp_path / "files").mkdir()
    return Public(
        make_world(store),
        Place(tmp_path / "home", database_url, monkeypatch, capsys),
        Officer(tmp_path / "police", capsys),
        Officer(tmp_path / "council", capsys),
        tmp_path / "files",
    )
