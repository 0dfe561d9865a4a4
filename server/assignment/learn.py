"""The child process that learns topics: examples come in as JSON lines, a model and a verdict go out.

python -m server.assignment.learn NEW_FILE [FORMER_FILE]

One example in five is held back from learning, always the same ones, so that no model is judged by what it has
seen. A model that does worse on them than the one in use is not kept.
"""

import json
import sys
import zlib
from typing import Any

HELD_BACK = 5
LEAST = 20


def main(new: str, former: str = "") -> dict[str, Any]:
    """Learn from standard input; return what came of it."""
    from routing import DamagedModel, TooFewExamples, TopicModel

    pairs = [
        (row["text"], row["topic"]) for row in map(json.loads, sys.stdin) if row["text"].strip()
    ]
    told = [pair for pair in pairs if zlib.crc32(pair[0].encode()) % HELD_BACK]
    held = [pair for pair in pairs if not zlib.crc32(pair[0].encode()) % HELD_BACK]
    if len(pairs) < LEAST or not held:
        return {"examples": len(pairs), "kept": False, "error": "too_few_examples"}
    try:
        model = TopicModel.train(told)
    except TooFewExamples:
        return {"examples": len(pairs), "kept": False, "error": "too_few_examples"}
    accuracy, before = model.accuracy(held), None
    if former:
        try:
            before = TopicModel.load(former).accuracy(held)
        except DamagedModel:
            before = None
    kept = before is None or accuracy >= before
    if kept:
        model.save(new)
    return {"examples": len(pairs), "accuracy": accuracy, "former_accuracy": before, "kept": kept}


if __name__ == "__main__":
    sys.stdout.write(json.dumps(main(*sys.argv[1:])))
