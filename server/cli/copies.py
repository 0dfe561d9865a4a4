"""`tawasul backup` and `restore`: the database first, then the files; the key only when asked."""

import argparse
import os
import shutil
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, LiteralString

from server.cli.failure import Failed

DUMP = "database.dump"
FILES = "files"
KEY = "key"


def add(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    backup = commands.add_parser("backup", help="copy the database and the files into a folder")
    backup.add_argument("folder", type=Path, metavar="DIR")
    backup.add_argument(
        "--with-key",
        action="store_true",
        help="also copy the secret key, which opens the stored passwords",
    )
    backup.set_defaults(run=run_backup)
    restore = commands.add_parser("restore", help="put a backup in the place of what is here")
    restore.add_argument("folder", type=Path, metavar="DIR")
    restore.set_defaults(run=run_restore)


def run_backup(asked: Any) -> None:
    """Copy so that the folder never holds half a database; files already there are kept."""
    from server.cli.environment import database
    from server.kit import blobs
    from server.kit.embedded_postgres import write_secret
    from server.kit.settings import settings

    folder: Path = asked.folder.absolute()
    with database() as url:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        fresh = folder / f"{DUMP}.new"
        _postgres("pg_dump", url, "--format=custom", "--no-owner", "--no-acl", f"--file={fresh}")
        fresh.chmod(0o600)
        fresh.rename(folder / DUMP)
    # After the database: whatever file its rows name was on disk before them.
    copied = _copy_files(blobs.folder(), folder / FILES)
    if asked.with_key:
        write_secret(folder / KEY, settings().secret_key.decode())
    sys.stdout.write(
        f"backed up to {folder}: the database, {copied} new files{', the key' if asked.with_key else ''}\n"
    )


def run_restore(asked: Any) -> None:
    """Build the copy beside the database that is here, then swap their names: all or nothing."""
    import asyncio

    from server.cli.environment import complete, data_folder, is_set
    from server.db.migrate import migrate
    from server.kit import blobs, embedded_postgres
    from server.kit.folder_lock import FolderLock, Taken
    from server.kit.settings import settings

    folder: Path = asked.folder.absolute()
    if not (folder / DUMP).is_file():
        raise Failed(f"{folder} holds no backup (no {DUMP})")
    data = data_folder()
    data.mkdir(mode=0o700, parents=True, exist_ok=True)
    try:
        lock = FolderLock(data / "up.lock")
    except Taken as taken:
        raise Failed(
            f"tawasul is running on {data} (process {taken.holder}); stop it first"
        ) from taken
    try:
        server = None if is_set("DATABASE_URL") else embedded_postgres.start(data)
        try:
            _restore_key(folder, data)
            complete()
            url = settings().database_url
            kept = _swap_database(folder / DUMP, url)
            asyncio.run(migrate(url))
        finally:
            if server is not None:
                server.stop()
    finally:
        lock.release()
    copied = _copy_files(folder / FILES, blobs.folder())
    sys.stdout.write(f"restored from {folder}: the database, {copied} files\n")
    if kept:
        sys.stdout.write(f"what was here before is kept as the database {kept}\n")


def _restore_key(folder: Path, data: Path) -> None:
    """Take the backup's key, keeping the one that is here beside it."""
    from server.cli.environment import is_set
    from server.kit.embedded_postgres import write_secret

    saved, here = folder / KEY, data / "secrets" / "key"
    if not saved.is_file():
        if not here.exists() and not is_set("SECRET_KEY"):
            raise Failed(
                "the backup was made without its key: put the key into TAWASUL_SECRET_KEY_FILE"
            )
        return
    if is_set("SECRET_KEY"):
        return
    key = saved.read_text(encoding="ascii").strip()
    if here.exists() and here.read_text(encoding="ascii").strip() != key:
        here.rename(here.with_name(f"key.before-{_stamp()}"))
    write_secret(here, key)


def _swap_database(dump: Path, url: str) -> str | None:
    """Return under which name the former database is kept, if it held anything."""
    import psycopg
    from psycopg import sql

    from server.db.engine import connection_arguments

    name = str(connection_arguments(url)["database"])
    fresh = f"{name}_restoring"
    with psycopg.connect(url, dbname="postgres", autocommit=True) as connection:

        def tell(statement: LiteralString, *names: str) -> None:
            connection.execute(sql.SQL(statement).format(*map(sql.Identifier, names)))

        others = connection.execute(
            "SELECT count(*) FROM pg_stat_activity WHERE datname = %s", (name,)
        ).fetchone()
        if others and others[0]:
            raise Failed(
                f"{others[0]} connections use the database {name}; stop tawasul everywhere first"
            )
        tell("DROP DATABASE IF EXISTS {}", fresh)
        tell("CREATE DATABASE {} TEMPLATE template0", fresh)
        _postgres(
            "pg_restore",
            url,
            "--no-owner",
            "--no-acl",
            "--exit-on-error",
            "--single-transaction",
            dump,
            database=fresh,
        )
        _begin_again(url, fresh)
        kept = f"{name}_before_{_stamp()}" if _holds_anything(url) else None
        if kept:
            tell("ALTER DATABASE {} RENAME TO {}", name, kept)
        else:
            tell("DROP DATABASE {}", name)
        tell("ALTER DATABASE {} RENAME TO {}", fresh, name)
    return kept


def _begin_again(url: str, name: str) -> None:
    """Move events of another server's future transactions to now, or followers would wait for them for ever."""
    import psycopg

    with psycopg.connect(url, dbname=name) as connection:
        connection.execute(
            "UPDATE events SET xid = pg_current_xact_id() WHERE xid > pg_current_xact_id()"
        )


def _holds_anything(url: str) -> bool:
    import psycopg

    with psycopg.connect(url) as connection:
        row = connection.execute(
            "SELECT count(*) FROM pg_class WHERE relnamespace = 'public'::regnamespace"
        ).fetchone()
    return bool(row and row[0])


def _postgres(program: str, url: str, *words: str | Path, database: str | None = None) -> None:
    """Run one of PostgreSQL's own programs; the password travels where no list of processes shows it."""
    from server.db.engine import connection_arguments
    from server.kit.database_user import bundled_program

    to = connection_arguments(url)
    where = [
        f"--host={to['host']}",
        f"--port={to['port']}",
        f"--username={to['user']}",
        "--no-password",
    ]
    password = {"PGPASSWORD": str(to["password"])} if "password" in to else {}
    done = subprocess.run(  # noqa: S603 - our own program and words
        [
            bundled_program() / "bin" / program,
            *where,
            f"--dbname={database or to['database']}",
            *words,
        ],
        env=os.environ | password,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise Failed(f"{program}: {(done.stderr.strip().splitlines() or ['it failed'])[-1]}")


def _copy_files(source: Path, target: Path) -> int:
    """Copy what is not there yet; a file's name is its content's digest, so a name once there is right."""
    copied = 0
    for path in source.rglob("*") if source.is_dir() else ():
        there = target / path.relative_to(source)
        if path.name.startswith(".") or not path.is_file() or there.exists():
            continue
        there.parent.mkdir(parents=True, exist_ok=True)
        fresh = there.with_name(f".{there.name}.{os.getpid()}")
        shutil.copyfile(path, fresh)
        fresh.rename(there)
        copied += 1
    return copied


def _stamp() -> str:
    return datetime.now(UTC).strftime("%Y%m%dt%H%M%S")
