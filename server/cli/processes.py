"""`tawasul serve`, `work`, `listen`: one kind of process each, for many machines or under `up`."""

import argparse
from collections.abc import Callable
from typing import Any

from server.cli.environment import complete
from server.cli.failure import is_foreseen
from server.kit.settings import Settings, settings


def add(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    kinds = {
        "serve": (run_serve, "run the web process alone"),
        "work": (run_work, "run the worker alone: it does the jobs"),
        "listen": (run_listen, "run the listeners and the scheduler alone"),
    }
    for word, (run, does) in kinds.items():
        commands.add_parser(word, help=does).set_defaults(run=run)


def run_serve(_asked: Any) -> None:
    from server.app import serve

    _run(serve)


def run_work(_asked: Any) -> None:
    from server.worker import run

    _run(run)


def run_listen(_asked: Any) -> None:
    from server.listener import run

    _run(run)


def _run(process: Callable[[Settings], None]) -> None:
    """Run until told to stop; what nobody foresaw also leaves its traceback in the log."""
    from server.kit import log

    complete()
    log.configure(settings())
    try:
        process(settings())
    except Exception as error:
        if not is_foreseen(error):
            log.get(__name__).exception("ended by an error")
        raise
