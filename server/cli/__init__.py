"""The command `tawasul`: read the words, do one thing, say plainly what went wrong.

Each command imports what it needs when it runs, so that all of them start fast.
"""

import argparse
import os
import sys
from collections.abc import Sequence

from server.cli import (
    accounts,
    copies,
    database,
    inspect,
    journal,
    people,
    processes,
    tokens,
    up,
)
from server.cli.failure import Failed, sentence

GROUPS = (up, processes, database, copies, people, tokens, accounts, journal, inspect)


def parser() -> argparse.ArgumentParser:
    """Return the parser of every command."""
    every = argparse.ArgumentParser(
        prog="tawasul", description="Omnichannel contact-centre ticketing."
    )
    commands = every.add_subparsers(title="commands", metavar="COMMAND", required=True)
    for group in GROUPS:
        group.add(commands)
    return every


def main(words: Sequence[str] | None = None) -> int:
    """Run one command; 0 is done, 1 failed, 2 misused, 130 interrupted."""
    asked = parser().parse_args(words)
    try:
        done = asked.run(asked)
    except KeyboardInterrupt:
        return 130
    except BrokenPipeError:  # whoever read our output has seen enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1
    except Failed as failed:
        sys.stderr.write(f"tawasul: {failed}\n")
        return failed.code
    except Exception as error:  # noqa: BLE001 - a person at a terminal gets a line, not a traceback
        sys.stderr.write(f"tawasul: {sentence(error)}\n")
        return 1
    return int(done or 0)
