"""Megabytes a second of one core through `normalise` and `search_terms` together, bound: 5.

The text mixes Arabic, English and French mails with numbers and addresses. Its words come from a vocabulary of
60,000 made-up inflected forms, used as unevenly as people use words, so caches help no more than in life.
"""

import random
import sys
import time

from routing.text import normalise, search_terms

ROOTS = 3_000
BYTES = 6_000_000
BOUND = 5.0
_ARABIC_LETTERS = "ابتثجحخدذرزسشصضطظعغفقكلمنهوي"
_BEFORE = ("", "", "", "ال", "و", "وال", "بال", "لل", "ب", "ل")
_AFTER = ("", "", "", "ة", "ات", "ين", "ي", "ها", "هم", "كم", "ية", "ى", "ًا", "ون")
_ENDINGS = ("", "", "", "s", "ed", "ing", "er", "ment", "'s")
_OFTEN = "في من على إلى عن أن لا ما هل the to and is my I for of please le la de je à".split()


def vocabulary(chance: random.Random) -> list[str]:
    words = []
    for _ in range(ROOTS):
        root = "".join(chance.choices(_ARABIC_LETTERS, k=chance.choice((3, 4, 4, 5))))
        words += [chance.choice(_BEFORE) + root + chance.choice(_AFTER) for _ in range(12)]
        latin = "".join(chance.choices("etaoinshrdlucmfpgbvkwyéè", k=chance.choice((3, 5, 6, 8))))
        words += [latin + chance.choice(_ENDINGS) for _ in range(8)]
    chance.shuffle(words)
    return words


def mails(chance: random.Random, size: int) -> list[str]:
    words = vocabulary(chance)
    weights = [1 / (rank + 3) for rank in range(len(words))]
    texts: list[str] = []
    written = 0
    while written < size:
        picked = chance.choices(words, weights, k=chance.randint(20, 200))
        picked += chance.choices(_OFTEN, k=len(picked) // 3)
        picked += [
            str(chance.randint(10_000, 10**8)),
            "٠١٢٣٤٥٦٧٨٩",
            "fatima@example.org",
            "A1234567،",
        ]
        chance.shuffle(picked)
        texts.append(" ".join(picked))
        written += len(texts[-1].encode())
    return texts


def main() -> int:
    texts = mails(random.Random(77), BYTES)
    size = sum(len(text.encode()) for text in texts)
    began = time.process_time()
    for text in texts:
        normalise(text)
    spelt = time.process_time()
    for text in texts:
        search_terms(text)
    ended = time.process_time()
    together = size / (ended - began) / 1e6
    print(f"normalise                 {size / (spelt - began) / 1e6:6.1f} MB/s")
    print(f"search_terms              {size / (ended - spelt) / 1e6:6.1f} MB/s")
    print(f"normalise + search_terms  {together:6.1f} MB/s  (bound {BOUND:.0f})")
    return 0 if together >= BOUND else 1


if __name__ == "__main__":
    sys.exit(main())
