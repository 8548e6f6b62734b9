"""This module knows how the portal is served: one process with threads over SQLite, several over PostgreSQL."""

from __future__ import annotations

import atexit
from typing import Any

from gunicorn.app.base import BaseApplication

from portal.app import create_app
from portal.config import Settings
from sharing.store import Store

THREADS = 8


class Server(BaseApplication):
    """Gunicorn, configured in code. The record is opened in the worker, after the fork."""

    def __init__(self, settings: Settings, host: str, port: int) -> None:
        """Keep what `load_config` and `load` need; the base class calls them."""
        self.settings = settings
        self.bind = f"{host}:{port}"
        super().__init__()

    def load_config(self) -> None:
        """Set gunicorn's settings. No access log: addresses of pages may name what somebody looked at."""
        options: dict[str, Any] = {
            "bind": self.bind,
            # SQLite has one writer: one process, whose threads wait in line inside it.
            "workers": 1 if self.settings.store.database_url.startswith("sqlite") else 2,
            "worker_class": "gthread",
            "threads": THREADS,
            "timeout": 120,
            "accesslog": None,
            "errorlog": "-",
            "loglevel": "warning",
            "limit_request_line": 4094,
            "limit_request_fields": 60,
            "worker_tmp_dir": None,
        }
        for name, value in options.items():
            self.cfg.set(name, value)

    def load(self) -> Any:  # noqa: ANN401  gunicorn asks for either kind of gateway; ours is WSGI
        """Open the record, let a thread put entries into the ledger, and put the application together."""
        store = Store.open(self.settings.store)
        store.start_sequencer()
        atexit.register(store.close)  # what still waits gets its place before the process ends
        return create_app(self.settings, store)
