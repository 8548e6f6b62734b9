"""This module knows every setting: read once from the environment, frozen, and wrong settings stop the start, never a page.

`docs/settings.md` lists each of them; a test holds the two together.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace
from pathlib import Path
from typing import Any

from sharing.errors import InvalidError, Problem
from sharing.store import StoreSettings

PREFIX = "ACCORD_"
_TESTS = PREFIX + "TEST_"  # read by the tests, never by the portal


@dataclass(frozen=True)
class Settings:
    """The settings. A default is both fit for production and public; secrets live in files under `home`."""

    home: Path = field(default_factory=lambda: Path("var"))
    database_url: str = ""
    trusted_hosts: tuple[str, ...] = ("localhost", "127.0.0.1", "[::1]")
    proxies: int = 0
    max_upload_bytes: int = 10 * 1024 * 1024
    smtp_host: str = ""
    smtp_port: int = 25
    mail_from: str = "accord@localhost"
    contact: str = ""

    @property
    def store(self) -> StoreSettings:
        """The part of the settings that the record needs."""
        url = self.database_url or f"sqlite:///{(self.home / 'accord.sqlite').absolute()}"
        return StoreSettings(url, self.home)


def read_settings(environment: Mapping[str, str]) -> Settings:
    """Read the settings from the environment.

    Raises InvalidError with every unknown name and every value that cannot be read, at once.
    """
    known = {PREFIX + f.name.upper(): f.name for f in fields(Settings)}
    values: dict[str, Any] = {}
    problems: list[Problem] = []
    for name, text in environment.items():
        if not name.startswith(PREFIX) or name.startswith(_TESTS):
            continue
        if name not in known:
            problems.append(Problem("is not a setting of Accord", where=name, mend="See docs/settings.md."))
            continue
        try:
            values[known[name]] = _parse(known[name], text)
        except ValueError:
            problems.append(Problem("must be a whole number", where=name, mend="See docs/settings.md."))
    if problems:
        raise InvalidError(tuple(problems))
    return replace(Settings(), **values)


def _parse(name: str, text: str) -> object:
    if name == "home":
        return Path(text)
    if name in {"proxies", "max_upload_bytes", "smtp_port"}:
        return int(text)
    if name == "trusted_hosts":
        return tuple(host.strip() for host in text.split(",") if host.strip())
    return text
