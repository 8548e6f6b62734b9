"""A partner at the command line: a folder of files, a key, and no installation anywhere near."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from portal import cli


@dataclass
class Officer:
    """A partner's officer with a folder of their own."""

    folder: Path
    capsys: pytest.CaptureFixture[str]

    def __post_init__(self) -> None:
        self.folder.mkdir()
        self.out = self.err = ""

    @property
    def key(self) -> Path:
        return self.folder / "police.key"

    @property
    def memory(self) -> Path:
        return self.folder / "police.key.seen"

    def keep(self, name: str, head: str) -> Path:
        path = self.folder / name
        path.write_text(head)
        return path

    def run(self, *arguments: object) -> int:
        """Run a command and keep what it says."""
        self.capsys.readouterr()
        code = cli.main([str(each) for each in arguments])
        self.out, self.err = self.capsys.readouterr()
        return code

    def make_key(self, name: str = "police.example") -> str:
        """Make a key; return the public half."""
        assert self.run("ledger", "new-key", name, "-o", self.key) == cli.DONE, self.err
        return self.out.strip()

    def cosign(self, head: Path, *arguments: object) -> int:
        return self.run("ledger", "cosign", head, "--key", self.key, *arguments)

    def compare(self, *arguments: object) -> int:
        return self.run("ledger", "compare", *arguments)

    def said(self) -> Any:
        return json.loads(self.out)
