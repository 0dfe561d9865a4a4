"""How long a file of a hundred thousand promises takes, to its first bytes and to its last, and what memory it takes.

python bench/export.py [tickets] [database URL, of an empty database]

At a million tickets; through every layer but the network. A workbook is a whole before its first byte leaves.
"""

import asyncio
import resource
import time
from datetime import timedelta
from typing import Any

from _million import Looks, measured

from agent_ui import urls
from server.kit import clock

PROMISES, A_DAY = 100_000, 4_600
FIRST_BYTES = {".csv": 0.3, ".xlsx": 60.0}
WHOLE = {".csv": 15.0, ".xlsx": 60.0}
MEMORY = 64.0
"""Megabytes on top of what the process takes anyway, however long the file."""


async def main(url: str) -> None:
    async with Looks(url) as looks:
        last = clock.now().date() - timedelta(days=1)
        ends = {
            "first": (last - timedelta(days=PROMISES // A_DAY)).isoformat(),
            "last": last.isoformat(),
        }
        await look(
            looks,
            urls.report_file("promises.csv", kind="days", first=ends["last"], last=ends["last"]),
        )
        for suffix, longest in WHOLE.items():
            before = _memory()
            first, whole, size = await look(
                looks, urls.report_file(f"promises{suffix}", kind="days", **ends)
            )
            for said, took, bound, unit in (
                ("first byte", first, FIRST_BYTES[suffix], "s"),
                ("whole file", whole, longest, "s"),
                ("memory", _memory() - before, MEMORY, "MB"),
            ):
                verdict = "" if took <= bound else "  MISSED"
                print(
                    f"{suffix:6} of {size / 1e6:5.1f} MB  {said:10} {took:7.2f} {unit}  bound {bound:.1f} {unit}  "
                    f"ratio {took / bound:.2f}{verdict}",
                    flush=True,
                )


async def look(looks: Looks, path: str) -> tuple[float, float, int]:
    """Fetch a file; return after how many seconds its first and its last bytes came, and how many they were."""
    request = looks.browsers[0].client.build_request("GET", path)
    where, _, query = path.partition("?")
    scope = {
        "type": "http",
        "asgi": {"version": "3.0"},
        "http_version": "1.1",
        "method": "GET",
        "scheme": "http",
        "path": where,
        "raw_path": where.encode(),
        "root_path": "",
        "query_string": query.encode(),
        "headers": [(name.lower(), value) for name, value in request.headers.raw],
        "client": ("127.0.0.1", 1),
        "server": ("desk.example", 80),
    }
    begun = time.perf_counter()
    first, size, asked, done = 0.0, 0, iter((True,)), asyncio.Event()

    async def receive() -> dict[str, Any]:
        if next(asked, False):
            return {"type": "http.request", "body": b"", "more_body": False}
        await done.wait()
        return {"type": "http.disconnect"}

    async def send(message: Any) -> None:
        nonlocal first, size
        if message["type"] == "http.response.start":
            assert message["status"] == 200, message
            return
        first = first or time.perf_counter() - begun
        size += len(message.get("body", b""))
        if not message.get("more_body"):
            done.set()

    await looks.app(scope, receive, send)  # type: ignore[arg-type]  # Litestar's ASGI types are its own
    return first, time.perf_counter() - begun, size


def _memory() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


if __name__ == "__main__":
    measured(main)
