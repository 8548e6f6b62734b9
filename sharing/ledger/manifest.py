"""This module knows a bundle's manifest: the digest of every file. It is not signed; it finds accidents, and names the file."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from sharing.ledger import base64_strict
from sharing.ledger.checkpoint import Checkpoint
from sharing.ledger.report import Finding, Verdict

FORMAT = "accord-ledger-bundle@v1"
NAME = "manifest.json"


def _about(head: Checkpoint) -> dict[str, Any]:
    return {"format": FORMAT, "log": head.origin, "size": head.size, "root": base64_strict.encode(head.root)}


def write(directory: Path, head: Checkpoint, digests: Mapping[str, str]) -> None:
    """Write the manifest: path within the bundle to SHA-256 in hexadecimal."""
    text = json.dumps({**_about(head), "files": dict(sorted(digests.items()))}, indent=1, ensure_ascii=False)
    (directory / NAME).write_text(text + "\n", encoding="utf-8")


def check(directory: Path, head: Checkpoint) -> list[Finding]:
    """Compare every file with the manifest, and the manifest with the head."""
    if not (directory / NAME).exists():
        message = "There is no manifest, so a damaged file cannot be named."
        return [Finding("no-manifest", message, weight=Verdict.TRUE)]
    try:
        said = json.loads((directory / NAME).read_bytes())
        files: dict[Any, Any] = dict(said.pop("files"))
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return [Finding("manifest", "The manifest cannot be read.")]
    findings = []
    if said != _about(head):
        findings.append(Finding("manifest", "The manifest is of another head than the one that lies beside it."))
    for path, digest in files.items():
        if not _fits(directory, path, digest):
            message = f"{path} is not the file that the manifest lists: it was changed or is missing."
            findings.append(Finding("manifest-file", message))
    for path in _present(directory):
        if path not in files:
            message = f"{path} is not in the manifest; it was not looked at."
            findings.append(Finding("stray-file", message, weight=Verdict.TRUE))
    return findings


def _fits(directory: Path, path: object, digest: object) -> bool:
    if not isinstance(path, str) or path.startswith("/") or ".." in path.split("/"):
        return False
    try:
        with (directory / path).open("rb") as file:
            return bool(hashlib.file_digest(file, "sha256").hexdigest() == digest)
    except (OSError, ValueError):
        return False


def _present(directory: Path) -> Iterator[str]:
    for file in sorted(directory.rglob("*")):
        if file.is_file() and file.name != NAME:
            yield file.relative_to(directory).as_posix()
