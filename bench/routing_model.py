"""Seconds and memory to train on 20,000 texts of 77 topics, bounds 30 s and 1 GB; milliseconds to predict, bound 1.

Made-up texts measure speed only. How well new phrasings are understood is told on the questions of the unit
tests: three phrasings of each of 36 topics are learnt, the fourth is asked, four times over.
"""

import random
import re
import resource
import sys
import time
from pathlib import Path

from routing import TopicModel

QUESTIONS = Path(__file__).parent.parent / "tests" / "unit" / "routing" / "data" / "questions.txt"
EXAMPLES, TOPICS = 20_000, 77
TRAIN_S, MEMORY_MB, PREDICT_MS = 30.0, 1_000.0, 1.0


def spun(template: str, chance: random.Random) -> str:
    while "{" in template:
        template = re.sub(
            r"\{([^{}]*)\}", lambda found: chance.choice(found[1].split("|")), template
        )
    return " ".join(template.split())


def phrasings() -> list[tuple[str, list[str]]]:
    blocks = QUESTIONS.read_text(encoding="utf-8").strip().split("\n\n")
    return [(topic, templates) for topic, *templates in (block.split("\n") for block in blocks)]


def made_up(chance: random.Random) -> list[tuple[str, str]]:
    known = [template for _, templates in phrasings() for template in templates]
    words = sorted(
        {word for template in known for _ in range(10) for word in spun(template, chance).split()}
    )
    weights = [1 / (rank + 2) for rank in range(len(words))]
    own = [
        [chance.choice(words) + chance.choice(("", "s", "ed", "ات", "ي")) for _ in range(25)]
        for _ in range(TOPICS)
    ]
    pairs = []
    for at in range(EXAMPLES):
        text = chance.choices(words, weights, k=chance.randint(5, 12))
        text += chance.choices(own[at % TOPICS], k=chance.randint(1, 4))
        chance.shuffle(text)
        pairs.append((" ".join(text), f"topic {at % TOPICS}"))
    return pairs


def understood(language: slice, chance: random.Random) -> tuple[float, float, float]:
    """Share of right answers, share of answers with 0.9 and more, and right among those."""
    right: list[bool] = []
    sure: list[bool] = []
    for asked in range(4):
        taught: list[tuple[str, str]] = []
        questions: list[tuple[str, str]] = []
        for topic, templates in phrasings():
            for at, template in enumerate(templates[language]):
                pairs = [(spun(template, chance), topic) for _ in range(6)]
                (questions if at == asked else taught).extend(pairs)
        model = TopicModel.train(taught)
        for answer, (_, topic) in zip(
            model.predict_many([text for text, _ in questions]), questions, strict=True
        ):
            right.append(answer[0][0] == topic)
            sure.append(answer[0][1] >= 0.9)
    kept = [good for good, certain in zip(right, sure, strict=True) if certain]
    return sum(right) / len(right), len(kept) / len(right), sum(kept) / max(len(kept), 1)


def main() -> int:
    chance = random.Random(77)
    pairs = made_up(chance)
    began, worked = time.perf_counter(), time.process_time()
    model = TopicModel.train(pairs)
    trained, cpu = time.perf_counter() - began, time.process_time() - worked
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    texts = [text for text, _ in pairs[:1_000]]
    began = time.process_time()
    model.predict_many(texts)
    predicted = (time.process_time() - began) * 1e3 / len(texts)
    print(
        f"train, {EXAMPLES} texts, {TOPICS} topics  {trained:6.1f} s  (bound {TRAIN_S:.0f}; {cpu:.1f} s of one core)"
    )
    print(f"memory at its highest             {memory:6.0f} MB (bound {MEMORY_MB:.0f})")
    print(f"predict, in a batch               {predicted:6.2f} ms (bound {PREDICT_MS:.0f})")
    for name, language in (("English", slice(0, 4)), ("Arabic", slice(4, 8))):
        right, sure, right_when_sure = understood(language, chance)
        print(
            f"new phrasings, {name:8} right {right:.0%}; sure of {sure:.0%}, right then {right_when_sure:.0%}"
        )
    return 0 if trained <= TRAIN_S and memory <= MEMORY_MB and predicted <= PREDICT_MS else 1


if __name__ == "__main__":
    sys.exit(main())
