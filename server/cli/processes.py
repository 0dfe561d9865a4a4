"""`tawasul serve`, `work`, `listen`: one kind of process each, for many machines or under `up`."""

import argparse
from typing import Any


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

    serve(_settings())


def run_work(_asked: Any) -> None:
    from server.worker import run

    run(_settings())


def run_listen(_asked: Any) -> None:
    from server.listener import run

    run(_settings())


def _settings() -> Any:
    from server.cli.environment import complete
    from server.kit import log
    from server.kit.settings import settings

    complete()
    log.configure(settings())
    return settings()
