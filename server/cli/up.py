"""`tawasul up`: everything on one machine."""

import argparse
from pathlib import Path
from typing import Any


def add(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    up = commands.add_parser(
        "up", help="run everything on this machine: database, web, worker, listeners"
    )
    up.add_argument(
        "--data", type=Path, metavar="DIR", help="the data folder (default: TAWASUL_DATA_DIR)"
    )
    up.add_argument("--host", metavar="H", help="the address to listen on (default: 127.0.0.1)")
    up.add_argument(
        "--port", type=port, metavar="N", help="the port to listen on (default: 8000; 0: any)"
    )
    up.add_argument(
        "--demo", action="store_true", help="fill an empty database with a believable day"
    )
    up.set_defaults(run=run_up)
    steps = commands.add_parser("first-steps")  # for `up` itself; not in the list of commands
    steps.add_argument("--demo", action="store_true")
    steps.set_defaults(run=run_first_steps)


def port(text: str) -> int:
    """Read a port number."""
    number = int(text)
    if not 0 <= number <= 65535:
        raise ValueError(text)
    return number


def run_up(asked: Any) -> int:
    import os

    from server.cli.environment import data_folder
    from server.up.up import up

    if asked.data is not None:
        os.environ["TAWASUL_DATA_DIR"] = str(asked.data.absolute())
    if asked.host is not None:
        os.environ["TAWASUL_HOST"] = asked.host
    if asked.port is not None:
        os.environ["TAWASUL_PORT"] = str(asked.port)
    return up(data_folder(), demo=asked.demo)


def run_first_steps(asked: Any) -> None:
    import asyncio
    import sys

    from server.up.first_steps import first_steps

    sys.stdout.write(asyncio.run(first_steps(demo=asked.demo)))
