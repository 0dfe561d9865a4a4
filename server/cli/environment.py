"""Where a command finds the data folder, the database and the key, unless the environment says it."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from server.cli.failure import Failed


def data_folder() -> Path:
    """Return the data folder and let every later reader of the settings find the same one."""
    from server.kit.database_user import default_data

    folder = Path(os.environ.get("TAWASUL_DATA_DIR") or default_data()).absolute()
    os.environ["TAWASUL_DATA_DIR"] = str(folder)
    return folder


def is_set(name: str) -> bool:
    """Tell whether the environment gives this setting, itself or as a file."""
    return bool(os.environ.get(f"TAWASUL_{name}") or os.environ.get(f"TAWASUL_{name}_FILE"))


def complete() -> None:
    """Fill in what an embedded installation keeps in its data folder."""
    from server.kit import embedded_postgres

    folder = data_folder()
    if not is_set("DATABASE_URL"):
        if not (folder / "secrets" / "database").exists():
            raise Failed(
                f"no database: {folder} holds none and TAWASUL_DATABASE_URL is not set "
                "(start with `tawasul up`, or name its folder in TAWASUL_DATA_DIR)"
            )
        os.environ["TAWASUL_DATABASE_URL"] = embedded_postgres.url(folder)
    key = folder / "secrets" / "key"
    if not is_set("SECRET_KEY") and key.exists():
        os.environ["TAWASUL_SECRET_KEY_FILE"] = str(key)


@contextmanager
def database() -> Iterator[str]:
    """Yield the database's address; an embedded one that is not running runs meanwhile."""
    from server.kit import embedded_postgres

    embedded = not is_set("DATABASE_URL")
    complete()
    if not embedded:
        from server.kit.settings import settings

        yield settings().database_url
        return
    folder = data_folder()
    if embedded_postgres.is_running(folder):
        yield embedded_postgres.url(folder)
        return
    server = embedded_postgres.start(folder)
    try:
        yield server.url
    finally:
        server.stop()
