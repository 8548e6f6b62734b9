"""What a partner's commands need, and where they are written down."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest
from partner_world import Officer

from portal.commands import ledger, witness
from sharing.ledger import checkpoint
from sharing.ledger.checkpoint import Checkpoint, Signer, new_signing_key

ROOT = Path(__file__).resolve().parents[2]


def test_a_partner_needs_nothing_but_cryptography(tmp_path, capsys):
    officer = Officer(tmp_path / "officer", capsys)
    officer.make_key()
    text = checkpoint.sign(
        Checkpoint("accord.test/northtown/2026", 1, bytes(32)), Signer.load(new_signing_key("accord.test"))
    )
    head = officer.keep("a.head", text.render())
    code = (
        "import sys; from portal import cli; code = cli.main(sys.argv[1:]);"
        "print(sorted({'sqlalchemy', 'flask', 'alembic', 'psycopg'} & set(sys.modules)), file=sys.stderr); sys.exit(code)"
    )
    for arguments in (("cosign", head, "--key", officer.key), ("compare", head, head)):
        command = [sys.executable, "-c", code, "ledger", *map(str, arguments)]
        done = subprocess.run(command, capture_output=True, text=True, cwd=ROOT, check=False)
        assert (done.returncode, done.stderr.splitlines()[-1]) == (0, "[]"), done.stderr


@pytest.mark.parametrize("name", sorted({*witness.WHAT, *ledger._WHAT}))
def test_every_command_of_the_ledger_has_its_line(name):
    cells = [line.split("|")[1].strip() for line in (ROOT / "docs/commands.md").read_text().splitlines() if "|" in line]
    assert len([cell for cell in cells if re.match(rf"`accord ledger {name}\b", cell)]) == 1
