"""The child process that learns topics: examples come in as JSON lines, a model and a verdict go out.

python -m server.assignment.learn NEW_FILE [FORMER_FILE]

One example in five is held back from learning, always the same ones, so that no model is judged by what it has
seen. A model that does worse on them than the one in use is not kept. The examples that administrators wrote are
judged apart: wrong corrections, however many, must not outvote them. What people only let stand is learnt from but
judges nothing, because it is what the model in use has said itself.
"""

import json
import os
import sys
import zlib
from collections import Counter
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from routing import TopicModel

HELD_BACK = 5
LEAST = 20
# Few sentences were written by hand; one answer more or less among them is chance.
CHANCE = 0.02

Pair = tuple[str, int]


def main(new: str, former: str = "") -> dict[str, Any]:
    """Learn from standard input; return what came of it."""
    from routing import DamagedModel, TooFewExamples, TopicModel

    rows = [row for row in map(json.loads, sys.stdin) if row["text"].strip()]
    counts = Counter(row["source"] for row in rows)
    verdict: dict[str, Any] = {
        "examples": len(rows),
        "kept": False,
        **{source: counts[source] for source in ("seeded", "corrected", "confirmed")},
    }
    held = [row for row in rows if row["source"] != "confirmed" and _is_held_back(row["text"])]
    apart = {row["text"] for row in held}
    told = [(row["text"], row["topic"]) for row in rows if row["text"] not in apart]
    if len(rows) < LEAST or not held:
        return verdict | {"error": "too_few_examples"}
    try:
        model = TopicModel.train(told)
    except TooFewExamples:
        return verdict | {"error": "too_few_examples"}
    everything = [(row["text"], row["topic"]) for row in held]
    written = [(row["text"], row["topic"]) for row in held if row["source"] == "seeded"]
    verdict |= {
        "accuracy": model.accuracy(everything),
        "seeded_accuracy": model.accuracy(written) if written else None,
        "report": {**model.report, "judged": judged(model, everything)},
    }
    if former:
        try:
            before = TopicModel.load(former)
        except DamagedModel:
            before = None
        if before is not None:
            verdict |= {
                "former_accuracy": before.accuracy(everything),
                "former_seeded_accuracy": before.accuracy(written) if written else None,
            }
    error = _worse(verdict, len(written))
    if error:
        return verdict | {"error": error}
    model.save(new)
    return verdict | {"kept": True}


def _is_held_back(text: str) -> bool:
    return not zlib.crc32(text.encode()) % HELD_BACK


def _worse(verdict: dict[str, Any], written: int) -> str | None:
    """Say in which way a new model is worse than the one in use, if it is."""
    before = verdict.get("former_accuracy")
    if before is not None and verdict["accuracy"] < before:
        return "worse"
    own = verdict.get("former_seeded_accuracy")
    if own is not None and verdict["seeded_accuracy"] < own - max(CHANCE, 1.01 / written):
        return "worse_on_seeded"
    return None


def judged(model: "TopicModel", pairs: Sequence[Pair]) -> dict[str, Any]:
    """Count, on held-back examples, what each topic was taken for, and how right the sure answers were."""
    answers = [ranked[0] for ranked in model.predict_many([text for text, _ in pairs])]
    table = Counter(
        (topic, int(taken)) for (taken, _), (_, topic) in zip(answers, pairs, strict=True)
    )
    sure = [
        taken == topic
        for (taken, chance), (_, topic) in zip(answers, pairs, strict=True)
        if chance >= model.threshold
    ]
    return {
        "held_back": len(pairs),
        "answered": len(sure),
        "answered_right": sum(sure),
        "threshold": model.threshold,
        "taken_for": [[topic, taken, count] for (topic, taken), count in sorted(table.items())],
    }


if __name__ == "__main__":
    os.nice(10)  # nobody waits for it, and agents wait for everything else
    sys.stdout.write(json.dumps(main(*sys.argv[1:])))
