"""A database of a bench's own, empty and thrown away at its end; or the one that it is given."""

import asyncio
import os
import sys
import tempfile
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parent.parent
sys.path.insert(0, str(ROOT))

from server.kit import embedded_postgres  # noqa: E402 -- after the path
from server.kit.settings import settings  # noqa: E402


def on_a_database(
    main: Callable[[str, int], Awaitable[None]],
    usual: int,
    *,
    durable: bool = False,
    run: Callable[[Any], None] = asyncio.run,
) -> None:
    """Run ``bench [how many] [database URL, of an empty database]``; without a number it is the usual one."""
    how_many = int(sys.argv[1]) if len(sys.argv) > 1 else usual
    with tempfile.TemporaryDirectory(prefix="tawasul-bench-") as folder:
        Path(folder).chmod(0o755)
        given = sys.argv[2] if len(sys.argv) > 2 else None
        server = None if given else embedded_postgres.start(Path(folder) / "data", durable=durable)
        url = given or (server.url if server else "")
        os.environ |= {
            "TAWASUL_DATABASE_URL": url,
            "TAWASUL_DATA_DIR": folder,
            "TAWASUL_SECRET_KEY": "a key for measuring, forty characters long",
        }
        settings.cache_clear()
        try:
            run(main(url, how_many))
        finally:
            if server is not None:
                server.stop()
