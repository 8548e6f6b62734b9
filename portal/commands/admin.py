"""This module knows the commands that set an installation up, serve it and say how it is."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Sequence

from portal import cli
from portal.commands import opening
from sharing.errors import AccordError, InvalidError


def run(name: str, arguments: Sequence[str]) -> int:
    """Run `accord init`, `migrate`, `serve`, `worker`, `doctor`, `routes` or `paths`."""
    return _COMMANDS[name](arguments)


def _init(arguments: Sequence[str]) -> int:
    from portal.app import WEB_KEY
    from sharing.store import set_up

    parser = cli.Parser(prog="accord init", description="Make the keys and the database in ACCORD_HOME.")
    parser.add_argument(
        "--name", required=True, help="the installation's name, as it stands in every ledger: accord.example.org"
    )
    parser.add_json()
    options = parser.parse_args(arguments)
    settings = opening.settings()
    settings.home.mkdir(mode=0o700, parents=True, exist_ok=True)
    _upgrade()
    set_up(settings.store, options.name, secrets=(WEB_KEY,))
    with opening.opened() as store:
        key = store.verifier_key
    opening.show(
        {"name": options.name, "home": str(settings.home), "key": key},
        as_json=options.json,
        lines=[
            f"Set up {options.name} in {settings.home}.",
            "Give this key to every partner and auditor now; it is what they verify receipts with:",
            f"  {key}",
            "Next: accord partnership load FILE.toml, then accord user add.",
        ],
    )
    return cli.DONE


def _upgrade() -> None:
    from sharing.store import migrate

    migrate.upgrade(opening.settings().store.database_url)


def _migrate(arguments: Sequence[str]) -> int:
    from sharing.store import migrate

    parser = cli.Parser(prog="accord migrate", description="Bring the database to this version.")
    parser.add_argument("--check", action="store_true", help="change nothing; say whether migrations and models agree")
    parser.add_json()
    options = parser.parse_args(arguments)
    if options.check:
        found = _check_on_empty()
        opening.show({"differences": found}, as_json=options.json, lines=found or ["Migrations and models agree."])
        return cli.NO if found else cli.DONE
    _upgrade()
    found = migrate.differences(opening.settings().store.database_url)
    opening.show({"differences": found}, as_json=options.json, lines=found or ["The database is at this version."])
    return cli.NO if found else cli.DONE


def _check_on_empty() -> list[str]:
    """Compare the models with a database made by the migrations alone."""
    from sharing import tables  # noqa: F401  importing it makes the metadata whole
    from sharing.store import migrate

    with tempfile.TemporaryDirectory() as folder:
        url = f"sqlite:///{folder}/empty.sqlite"
        migrate.upgrade(url)
        return migrate.differences(url)


def _serve(arguments: Sequence[str]) -> int:
    parser = cli.Parser(prog="accord serve", description="Serve the portal.")
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=8000)
    options = parser.parse_args(arguments)
    return serve(options.host, options.port)


def serve(host: str, port: int) -> int:
    """Serve until stopped."""
    from portal.serve import Server

    with opening.opened():
        pass  # fail here, in words, and not in a worker's log
    Server(opening.settings(), host, port).run()
    return cli.DONE


def _worker(arguments: Sequence[str]) -> int:
    parser = cli.Parser(
        prog="accord worker", description="Integrate what other processes left in the outbox, until stopped."
    )
    parser.add_argument("--once", action="store_true", help="do what is there and stop")
    options = parser.parse_args(arguments)
    if opening.settings().store.database_url.startswith("sqlite"):
        raise InvalidError.one(
            "Over SQLite the server does the background work itself; a second writer would only wait."
        )
    with opening.opened() as store:
        return _work(store.integrate, once=options.once)


def _work(step: Callable[[], None], *, once: bool) -> int:
    import time

    step()
    while not once:
        time.sleep(0.25)
        step()
    return cli.DONE


def _doctor(arguments: Sequence[str]) -> int:
    parser = cli.Parser(prog="accord doctor", description="Check everything that a running portal stands on.")
    parser.add_json()
    options = parser.parse_args(arguments)
    results = {name: _try(check) for name, check in _CHECKS.items()}
    opening.show(results, as_json=options.json, lines=[f"{name}: {result}" for name, result in results.items()])
    return cli.DONE if all(result == "well" for result in results.values()) else cli.NO


def _try(check: Callable[[], None]) -> str:
    try:
        check()
    except (AccordError, OSError) as error:
        return str(error)
    return "well"


def _check_home() -> None:
    home = opening.settings().home
    if not home.is_dir():
        raise InvalidError.one(f"{home} is not a folder.", mend="Run `accord init`.")


def _check_record() -> None:
    with opening.opened() as store, store.reading() as session:
        session.connection()


def _check_keys() -> None:
    with opening.opened() as store:
        _ = store.signer


def _check_schema() -> None:
    from sharing import tables  # noqa: F401  importing it makes the metadata whole
    from sharing.store import migrate

    found = migrate.differences(opening.settings().store.database_url)
    if found:
        raise InvalidError.one(f"{len(found)} differences from this version.", mend="Run `accord migrate`.")


def _check_assets() -> None:
    from portal.assets import manifest

    manifest()


_CHECKS: dict[str, Callable[[], None]] = {
    "settings and home": _check_home,
    "database": _check_record,
    "keys": _check_keys,
    "schema": _check_schema,
    "page assets": _check_assets,
}


def _routes(arguments: Sequence[str]) -> int:
    from portal.routes_table import table

    parser = cli.Parser(
        prog="accord routes", description="List every route with its action and the roles that hold it."
    )
    parser.add_json()
    options = parser.parse_args(arguments)
    rows = table()
    opening.show(
        rows,
        as_json=options.json,
        lines=[f"{r['method']:<5} {r['path']:<60} {r['action']:<28} {', '.join(r['roles'])}" for r in rows],
    )
    return cli.DONE


def _paths(arguments: Sequence[str]) -> int:
    parser = cli.Parser(prog="accord paths", description="List every folder and file that Accord writes.")
    parser.add_json()
    options = parser.parse_args(arguments)
    home = opening.settings().home.absolute()
    rows = [
        {"path": str(home / name), "what": what}
        for name, what in (
            ("accord.sqlite", "the record, unless ACCORD_DATABASE_URL names a PostgreSQL database"),
            ("accord.sqlite-wal", "SQLite's write-ahead log"),
            ("accord.sqlite-shm", "SQLite's shared index of that log"),
            ("keys/", "the keyring: mode 0600, outside the database and its backups"),
            (".accord.sqlite.copying/", "there while a backup of SQLite is being made: mode 0700"),
            (".accord.sqlite.restoring/", "there while a backup is being restored into SQLite"),
            ("mail/", "letters, where no SMTP server is set: for the operator to hand over"),
            ("demo-sign-ins.json", "a demonstration's sign-ins, mode 0600; a real installation has no such file"),
            ("demo-loading", "there while a demonstration is being loaded"),
        )
    ]
    rows.append({"path": ".FILE.part/", "what": "beside each FILE of `accord backup` while it is written: mode 0700"})
    rows.append({"path": tempfile.gettempdir(), "what": "uploads over 500 kB while they are read; unlinked at once"})
    opening.show(rows, as_json=options.json, lines=[f"{r['path']}  {r['what']}" for r in rows])
    return cli.DONE


_COMMANDS: dict[str, Callable[[Sequence[str]], int]] = {
    "init": _init,
    "migrate": _migrate,
    "serve": _serve,
    "worker": _worker,
    "doctor": _doctor,
    "routes": _routes,
    "paths": _paths,
}
