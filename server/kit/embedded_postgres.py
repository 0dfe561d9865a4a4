"""PostgreSQL 18 from PyPI, run in the data folder for this machine alone.

Only a unix socket, in a folder closed to everyone else, and a random password kept in ``secrets``.
Whoever holds the lock owns the server: one left over by a killed owner is stopped and started afresh.
"""

import os
import secrets
import shutil
import signal
import subprocess
import time
from collections.abc import Iterable
from pathlib import Path
from typing import Any
from urllib.parse import quote

from server.kit.database_user import (
    CannotStart,
    database_user,
    home_from_inside,
    program,
    refuse_private_home,
)
from server.kit.folder_lock import FolderLock, Taken
from server.kit.parent import die_with

LONGEST_SOCKET = 107
START_SECONDS = 120
"""Replaying the log after a crash may take a while; a plain start takes a fraction of a second."""

STOP_SECONDS = 20

LEAN = {
    "listen_addresses": "",
    "unix_socket_permissions": "0700",
    "shared_buffers": "64MB",
    "max_connections": "100",
    "jit": "off",
    "io_method": "sync",
    "autovacuum_max_workers": "2",
    "autovacuum_worker_slots": "2",
    "max_worker_processes": "4",
    "max_parallel_workers_per_gather": "1",
    "max_logical_replication_workers": "0",
    "log_checkpoints": "off",
    "timezone": "UTC",
    "log_timezone": "UTC",
}
NOT_DURABLE = {
    "fsync": "off",
    "full_page_writes": "off",
    "synchronous_commit": "off",
    # What is thrown away needs no cleaning, and its owner may not drop a database while one cleans it.
    "autovacuum": "off",
}


class EmbeddedPostgres:
    """One server in one data folder, owned by this process from construction until :meth:`stop`."""

    name = "database"

    def __init__(self, data: Path, *, durable: bool = True) -> None:
        self._data = data.resolve()
        refuse_too_long(self._data)
        refuse_private_home(self._data)
        self._folder = self._data / "postgres"
        self._durable = durable
        self._user = database_user()
        self._program = program(self._user)
        self._inside = home_from_inside(self._folder, self._user)
        self._process: subprocess.Popen[bytes] | None = None
        self._data.mkdir(mode=0o700, parents=True, exist_ok=True)
        try:
            self._lock = FolderLock(self._data / "postgres.lock")
        except Taken as taken:
            raise CannotStart(
                f"the database in {self._data} is in use by process {taken.holder}"
            ) from taken
        try:
            _stop_left_over(self._folder)
            self.url = self._prepare()
        except CannotStart:
            self._lock.release()
            raise

    @property
    def pid(self) -> int | None:
        return self._process.pid if self._process else None

    def launch(self) -> None:
        """Start the server and wait until it answers; also after it died."""
        _stop_left_over(self._folder)
        log = self._data / "postgres.log"
        options = (
            LEAN
            | ({} if self._durable else NOT_DURABLE)
            | {"unix_socket_directories": self._inside}
        )
        flags = [word for name, value in options.items() for word in ("-c", f"{name}={value}")]
        with log.open("ab") as out:
            written = out.tell()
            self._process = subprocess.Popen(  # noqa: S603 - our own program and words
                [self._program / "bin" / "postgres", "-D", self._inside, *flags],
                stdin=subprocess.DEVNULL,
                stdout=out,
                stderr=out,
                start_new_session=True,
                preexec_fn=die_with(os.getpid(), signal.SIGINT),  # noqa: PLW1509 - started from one thread
                **self._as_user(),
            )
        deadline = time.monotonic() + START_SECONDS
        while not _ready(self._folder, self._process.pid):
            if self._process.poll() is not None:
                raise CannotStart(
                    f"PostgreSQL did not start: {_last_words(log, written)} (see {log})"
                )
            if time.monotonic() > deadline:
                raise CannotStart(f"PostgreSQL is not ready after {START_SECONDS} s (see {log})")
            time.sleep(0.01)

    def is_alive(self) -> bool:
        return self._process is not None and self._process.poll() is None

    def ending(self) -> str:
        """Say how it ended."""
        return f"see {self._data / 'postgres.log'}"

    def interrupt(self) -> None:
        """Ask for a fast, clean stop: open transactions are rolled back."""
        if self.is_alive() and self._process is not None:
            self._process.send_signal(signal.SIGINT)

    def kill(self) -> None:
        """Stop at once; the next start replays the log."""
        if self.is_alive() and self._process is not None:
            self._process.send_signal(signal.SIGQUIT)

    def stop(self) -> None:
        """End the server and give the folder free."""
        if self._process is not None:
            self.interrupt()
            try:
                self._process.wait(STOP_SECONDS)
            except subprocess.TimeoutExpired:
                self.kill()
                self._process.wait()
        self._lock.release()

    def _prepare(self) -> str:
        """Make the cluster on first start, and the password whenever there is none; return the URL."""
        secret = self._data / "secrets" / "database"
        is_new = not self._folder.is_dir()
        if is_new:
            self._make_cluster()
        if is_new or not secret.is_file():
            password = secrets.token_urlsafe(32)
            self._give_access(password, is_new=is_new)
            write_secret(secret, password)
        return url(self._data)

    def _make_cluster(self) -> None:
        fresh = self._data / "postgres.new"
        shutil.rmtree(fresh, ignore_errors=True)
        fresh.mkdir(mode=0o700)
        self._user.owns(fresh)
        words = [
            "--username=postgres",
            "--auth=reject",
            "--encoding=UTF8",
            "--locale=C",
            "--locale-provider=builtin",
        ]
        words += ["--builtin-locale=C.UTF-8", *([] if self._durable else ["--no-sync"])]
        self._run("initdb", "-D", home_from_inside(fresh, self._user), *words, inside=fresh)
        # The superuser signs in nowhere; our own role only with its password.
        (fresh / "pg_hba.conf").write_text("local all tawasul scram-sha-256\n", encoding="ascii")
        fresh.rename(self._folder)

    def _give_access(self, password: str, *, is_new: bool) -> None:
        statements = [f"ALTER ROLE tawasul PASSWORD '{password}';"]
        if is_new:
            statements.insert(0, "CREATE ROLE tawasul LOGIN CREATEDB;")
            statements.append("CREATE DATABASE tawasul OWNER tawasul;")
        self._run(
            "postgres",
            "--single",
            "-D",
            self._inside,
            "postgres",
            inside=self._folder,
            said="\n".join(statements),
        )

    def _run(self, name: str, *words: str, inside: Path, said: str = "") -> None:
        done = subprocess.run(  # noqa: S603 - our own program and words
            [self._program / "bin" / name, *words],
            input=f"{said}\n",
            capture_output=True,
            text=True,
            check=False,
            **(self._as_user() | {"cwd": inside}),
        )
        if done.returncode:
            raise CannotStart(f"{name} failed: {_last_line(done.stderr)}")

    def _as_user(self) -> dict[str, Any]:
        environment = {"PATH": "/usr/bin:/bin", "LC_ALL": "C", "TZ": "UTC"}
        ids: dict[str, Any] = {}
        if self._user.uid is not None:
            ids = {"user": self._user.uid, "group": self._user.gid, "extra_groups": []}
        return {"cwd": self._folder, "env": environment, **ids}


def start(data: Path, *, durable: bool = True) -> EmbeddedPostgres:
    """Make the database in ``data`` if there is none, start it, and return it ready."""
    server = EmbeddedPostgres(data, durable=durable)
    try:
        server.launch()
    except CannotStart:
        server.stop()
        raise
    return server


def url(data: Path) -> str:
    """Return the address of the database in ``data``, whether or not it runs just now."""
    try:
        password = (data / "secrets" / "database").read_text(encoding="ascii").strip()
    except OSError as error:
        raise CannotStart(
            f"there is no database in {data} that this user may use: {error.strerror}"
        ) from error
    host = quote(str(data.resolve() / "postgres"), safe="")
    return f"postgresql://tawasul:{quote(password)}@/tawasul?host={host}&port=5432"


def is_running(data: Path) -> bool:
    """Tell whether somebody's server is ready in ``data``."""
    folder = data.resolve() / "postgres"
    return any(_ready(folder, pid) for pid in _pids(folder))


def refuse_too_long(data: Path) -> None:
    """Raise when the socket in ``data`` could not be given a path."""
    room = LONGEST_SOCKET - len("/postgres/.s.PGSQL.5432")
    if len(os.fsencode(data)) > room:
        raise CannotStart(
            f"the path of the data folder is too long for a socket (over {room} bytes): {data}"
        )


def write_secret(path: Path, text: str) -> None:
    """Keep a secret on disk for its owner alone; the file is there whole or not at all."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    fresh = path.with_name(f"{path.name}.new")
    fresh.unlink(missing_ok=True)
    closed = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(closed, "w", encoding="ascii") as file:
        file.write(f"{text}\n")
        file.flush()
        os.fsync(file.fileno())
    fresh.rename(path)


def _ready(folder: Path, pid: int) -> bool:
    try:
        lines = (folder / "postmaster.pid").read_text(encoding="utf-8").splitlines()
    except OSError:
        return False
    return len(lines) >= 8 and lines[0].strip() == str(pid) and lines[7].strip() == "ready"


def _pids(folder: Path) -> list[int]:
    """Return the processes of the server in ``folder``: each of them lives in that folder."""
    import psutil

    found = []
    for process in psutil.process_iter(["name"]):
        try:
            if process.info["name"] == "postgres" and process.cwd() == str(folder):
                found.append(process.pid)
        except psutil.Error:
            continue
    return found


def _stop_left_over(folder: Path) -> None:
    """End what a killed owner left running; the lock says that nobody else owns it."""
    note = folder / "postmaster.pid"
    if not note.exists():
        return
    main = note.read_text(encoding="utf-8").split("\n", 1)[0].strip()
    for sign, seconds in ((signal.SIGINT, STOP_SECONDS), (signal.SIGQUIT, 5), (signal.SIGKILL, 5)):
        pids = _pids(folder)
        _send([pid for pid in pids if str(pid) == main] or pids, sign)
        deadline = time.monotonic() + seconds
        while _pids(folder) and time.monotonic() < deadline:
            time.sleep(0.02)
        if not _pids(folder):
            note.unlink(missing_ok=True)
            return
    raise CannotStart(f"an earlier database in {folder} does not end")


def _send(pids: Iterable[int], sign: signal.Signals) -> None:
    for pid in pids:
        try:
            os.kill(pid, sign)
        except ProcessLookupError:
            continue


def _last_words(log: Path, since: int) -> str:
    with log.open("rb") as file:
        file.seek(since)
        return _last_line(file.read().decode("utf-8", "replace"))


def _last_line(text: str) -> str:
    """Return the line that says most: the last fatal one, or simply the last."""
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    worst = [line for line in lines if "FATAL" in line or "error:" in line]
    return (worst or lines or ["it said nothing"])[-1]
