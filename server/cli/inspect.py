"""`tawasul inspect`: show what the parser makes of raw deliveries; no database, no web server."""

import argparse
import json
import sys
from pathlib import Path
from typing import Any

from channels.registry import REGISTRY


def add(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    inspect = commands.add_parser(
        "inspect", help="show what the parser makes of raw deliveries, one JSON object a line"
    )
    inspect.add_argument(
        "kind", choices=list(REGISTRY), metavar="KIND", help=f"one of: {', '.join(REGISTRY)}"
    )
    inspect.add_argument("files", nargs="+", type=Path, metavar="FILE")
    inspect.set_defaults(run=run_inspect)


def run_inspect(asked: Any) -> int:
    """Print one line a file, in order; a file that cannot be read keeps its line."""
    channel = REGISTRY[asked.kind]
    code = 0
    for path in asked.files:
        try:
            found = channel.inspect(path.read_bytes())
        except OSError as error:
            found = {"error": f"{path}: {error.strerror}"}
            sys.stderr.write(f"tawasul: {path}: {error.strerror}\n")
            code = 1
        line = json.dumps(found, ensure_ascii=False)
        sys.stdout.buffer.write(line.encode("utf-8", "replace") + b"\n")
    sys.stdout.buffer.flush()
    return code
