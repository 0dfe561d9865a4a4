"""`tawasul up`: lock, ports, key, database, schema, then the tree until somebody stops it."""

import json
import os
import secrets
import sys
import threading
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path

from server.kit import embedded_postgres
from server.kit.database_user import CannotStart, refuse_private_home
from server.kit.folder_lock import FolderLock, Taken
from server.kit.settings import Settings, read
from server.up.announcement import announce
from server.up.child import Command
from server.up.ports import PortTaken, free_port
from server.up.signals import Signals
from server.up.tree import Tree

COMMANDS = {"web": "serve", "worker": "work", "listener": "listen"}
"""In the order of starting; they stop in the other."""

TAWASUL = (sys.executable, "-P", "-m", "server.cli")
"""``-P``: a folder named ``server`` where we happen to stand is not ours."""


def up(data: Path, *, demo: bool) -> int:
    """Run until told to stop; 0 after an orderly end."""
    refuse_private_home(data)
    embedded_postgres.refuse_too_long(data)
    data.mkdir(mode=0o700, parents=True, exist_ok=True)
    try:
        lock = FolderLock(data / "up.lock")
    except Taken as taken:
        raise CannotStart(f"already running on {data} (process {taken.holder})") from taken
    try:
        environment = _environment(data, demo=demo)
        with Signals() as signals:
            return _run(environment, signals, demo=demo)
    finally:
        lock.release()


def _environment(data: Path, *, demo: bool) -> dict[str, str]:
    """Return what the children run with: what we were given, completed."""
    found = dict(os.environ) | {"TAWASUL_DATA_DIR": str(data)}
    key = data / "secrets" / "key"
    if not {"TAWASUL_SECRET_KEY", "TAWASUL_SECRET_KEY_FILE"} & found.keys():
        if not key.exists():
            embedded_postgres.write_secret(key, secrets.token_urlsafe(48))
        found["TAWASUL_SECRET_KEY_FILE"] = str(key)
    # Read once with a stand-in, so that a wrong setting is refused before anything starts.
    given = read({"TAWASUL_DATABASE_URL": ""} | found)
    port = free_port(given.host, given.port)
    found["TAWASUL_PORT"] = str(port)
    found.setdefault("TAWASUL_BASE_URL", f"http://localhost:{port}")
    found["TAWASUL_SMTP_PORT"] = str(
        _smtp_port(given, is_free_to_move=demo and "TAWASUL_SMTP_PORT" not in found)
    )
    found.setdefault("MALLOC_ARENA_MAX", "2")  # threads share memory they gave back
    return found


def _smtp_port(given: Settings, *, is_free_to_move: bool) -> int:
    try:
        return free_port(given.smtp_host, given.smtp_port)
    except PortTaken:
        if not is_free_to_move:  # a mail server may be sending there
            raise
        return free_port(given.smtp_host, 0)


def _run(environment: dict[str, str], signals: Signals, *, demo: bool) -> int:
    def say(text: str) -> None:
        sys.stderr.write(_line(text, environment.get("TAWASUL_LOG_FORMAT", "console")))

    database = None
    if not {"TAWASUL_DATABASE_URL", "TAWASUL_DATABASE_URL_FILE"} & environment.keys():
        database = embedded_postgres.start(Path(environment["TAWASUL_DATA_DIR"]))
        environment["TAWASUL_DATABASE_URL"] = database.url
    commands = [
        Command(name, (*TAWASUL, word), environment=environment) for name, word in COMMANDS.items()
    ]
    tree = Tree(database=database, commands=commands, say=say)
    try:
        news = _first_steps(environment, signals, demo=demo)
        if news is not None:
            threading.Thread(target=announce, args=(read(environment), news), daemon=True).start()
            tree.run(signals)
    finally:
        tree.stop(signals)
        if database is not None:
            database.stop()
    return 0


def _first_steps(environment: Mapping[str, str], signals: Signals, *, demo: bool) -> str | None:
    """Bring the schema up to date and fill what is empty; return what people should read, None if stopped."""
    words = [*TAWASUL, "first-steps", *(["--demo"] if demo else [])]
    steps = Command("first steps", words, environment=environment, keeps_output=True)
    steps.launch()
    while steps.is_alive() and not signals.stop:
        signals.wait(None)
    if signals.stop:
        steps.kill()
        return None
    if steps.ending() != "exit 0":
        raise CannotStart("the database could not be prepared, so nothing was started")
    return steps.output()


def _line(text: str, log_format: str) -> str:
    if log_format != "json":
        return f"tawasul: {text}\n"
    entry = {"event": text, "level": "info", "timestamp": datetime.now(UTC).isoformat()}
    return f"{json.dumps(entry)}\n"
