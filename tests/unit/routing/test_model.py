"""Topics by probability: right more often than not on new phrasings, honest about doubt, safe to load."""

import io
import random
import re
import subprocess
import sys
import time
import zipfile
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

import routing
from routing import DamagedModel, TooFewExamples, TopicModel
from routing.examples import tabulate
from routing.features import WEIGHTS_OF_FEW

QUESTIONS = Path(__file__).parent / "data" / "questions.txt"
TOPICS_TAUGHT = 36


def spun(template: str, chance: random.Random) -> str:
    """Choose one of each `{a|b|c}`."""
    while "{" in template:
        template = re.sub(
            r"\{([^{}]*)\}", lambda found: chance.choice(found[1].split("|")), template
        )
    return " ".join(template.split())


def questions(topics: int) -> tuple[list[tuple[str, str]], list[tuple[str, str]]]:
    """Three phrasings of every topic and language to learn from, and the fourth to be asked about."""
    chance = random.Random(4)
    taught, asked = [], []
    for block in QUESTIONS.read_text(encoding="utf-8").strip().split("\n\n")[:topics]:
        topic, *templates = block.split("\n")
        for at, template in enumerate(templates):
            if at % 4 == 0:
                asked += [(spun(template, chance), topic) for _ in range(4)]
            else:
                taught += [(spun(template, chance), topic) for _ in range(8)]
    return taught, asked


@pytest.fixture(scope="module")
def model() -> TopicModel:
    return TopicModel.train(questions(TOPICS_TAUGHT)[0])


def test_phrasings_never_seen_are_mostly_understood(model: TopicModel) -> None:
    _, asked = questions(TOPICS_TAUGHT)
    assert model.accuracy(asked) > 0.6


def test_what_was_taught_is_known_however_it_is_spelt(model: TopicModel) -> None:
    for text in (
        "جَوَازِي مفقود كيف أبلغ",
        "جوازى مفقوود كيف ابلغ",
        "my pasport is MISSING, how do I repport it",
    ):
        assert model.predict(text)[0][0] == "lost_passport"


def test_every_topic_has_a_probability_and_the_best_comes_first(model: TopicModel) -> None:
    ranked = model.predict("how much does a passport cost")
    chances = [chance for _, chance in ranked]
    assert len(ranked) == TOPICS_TAUGHT
    assert chances == sorted(chances, reverse=True)
    assert sum(chances) == pytest.approx(1.0, abs=1e-4)


@pytest.mark.parametrize("text", ["", "😀😀", "؟!", "\u202e", "ж" * 50, "\ud800"])
def test_a_text_that_says_nothing_makes_the_model_abstain(model: TopicModel, text: str) -> None:
    assert model.choose(text) is None
    assert model.predict(text)[0][1] < 0.5


def test_a_megabyte_is_answered_from_its_beginning(model: TopicModel) -> None:
    assert model.predict("I lost my passport. " + "x" * 1_000_000)[0][0] == "lost_passport"


def test_a_batch_answers_like_one_by_one(model: TopicModel) -> None:
    texts = ["my passport was stolen", "", "أريد استرداد الرسوم"]
    assert model.predict_many(texts) == [model.predict(text) for text in texts]


def test_texts_are_weighed_alike_for_learning_and_for_answering(model: TopicModel) -> None:
    texts = ["أريد تجديد الجواز الجواز", "my passport, my passport", "x"]
    table = tabulate(texts, WEIGHTS_OF_FEW)
    parts = replace(
        model.parts,
        vocabulary=table.vocabulary,
        idf=table.idf,
        weights=np.eye(len(table.idf), dtype=np.float16),
        bias=np.zeros(len(table.idf), dtype=np.float32),
        topics=tuple(range(len(table.idf))),
        temperature=1.0,
    )
    logarithms = np.log(TopicModel(parts).probabilities(texts))
    learnt = table.matrix.toarray()
    for row, weights in zip(logarithms, learnt, strict=True):
        assert row - row.min() == pytest.approx(weights - weights.min(), abs=1e-3)


def test_confident_answers_are_mostly_right_on_phrasings_never_seen(model: TopicModel) -> None:
    _, asked = questions(TOPICS_TAUGHT)
    answers = model.predict_many([text for text, _ in asked])
    sure = [
        answer[0][0] == topic
        for answer, (_, topic) in zip(answers, asked, strict=True)
        if answer[0][1] >= 0.9
    ]
    assert len(sure) > 20
    assert sum(sure) / len(sure) >= 0.85


def test_the_report_adds_up_and_names_topics_only(model: TopicModel) -> None:
    report = model.report
    assert [row["topic"] for row in report["topics"]] == list(model.topics)
    assert sum(row["held_back"] for row in report["topics"]) == report["held_back"]
    right = sum(row["right"] for row in report["topics"])
    assert right / report["held_back"] == pytest.approx(report["accuracy"])
    assert {row["taken_for"] for row in report["confusions"]} <= set(model.topics)


def test_the_same_examples_make_the_same_model() -> None:
    taught, _ = questions(4)
    first, second = TopicModel.train(taught), TopicModel.train(taught)
    assert np.array_equal(first.parts.weights, second.parts.weights)
    assert first.parts.temperature == second.parts.temperature


def test_a_saved_model_answers_the_same(model: TopicModel, tmp_path: Path) -> None:
    path = tmp_path / "topics.npz"
    model.save(path)
    assert TopicModel.load(path).predict("سرق جوازي") == model.predict("سرق جوازي")
    assert [file.name for file in tmp_path.iterdir()] == ["topics.npz"]


def test_topics_may_be_ids_and_keep_their_type(tmp_path: Path) -> None:
    learnt = TopicModel.train(
        [("تجديد الجواز", 7), ("renew", 7), ("شكوى من موظف", 8), ("complaint", 8)]
    )
    learnt.save(tmp_path / "m.npz")
    assert TopicModel.load(tmp_path / "m.npz").predict("شكوى")[0][0] == 8


def test_a_topic_with_one_example_and_repeats_do_no_harm() -> None:
    learnt = TopicModel.train([("lost", 1)] * 50 + [("renew my passport", 2), ("fees", 3), ("", 4)])
    assert learnt.topics == (1, 2, 3)


@pytest.mark.parametrize("pairs", [[], [("a", 1)], [("a", 1), ("b", 1)], [("", 1), (" ", 2)]])
def test_too_few_topics_are_refused(pairs: list[tuple[str, int]]) -> None:
    with pytest.raises(TooFewExamples):
        TopicModel.train(pairs)


def rewritten(path: Path, member: str, content: bytes | None) -> None:
    with zipfile.ZipFile(path) as archive:
        members = {name: archive.read(name) for name in archive.namelist()}
    if content is None:
        del members[member]
    else:
        members[member] = content
    with zipfile.ZipFile(path, "w") as archive:
        for name, data in members.items():
            archive.writestr(name, data)


def stored(array: np.ndarray) -> bytes:
    buffer = io.BytesIO()
    np.save(buffer, array, allow_pickle=True)
    return buffer.getvalue()


def test_damaged_files_are_named_and_never_loaded(model: TopicModel, tmp_path: Path) -> None:
    good = tmp_path / "good.npz"
    model.save(good)
    whole = good.read_bytes()
    bad = tmp_path / "bad.npz"
    for content in (b"", b"no model", whole[: len(whole) // 2], whole[:-300] + bytes(300)):
        bad.write_bytes(content)
        with pytest.raises(DamagedModel, match=re.escape(str(bad))):
            TopicModel.load(bad)
    flipped = bytearray(whole)
    flipped[len(whole) // 3] ^= 0xFF
    bad.write_bytes(flipped)
    with pytest.raises(DamagedModel):
        TopicModel.load(bad)
    with pytest.raises(DamagedModel, match="there is no topic model"):
        TopicModel.load(tmp_path / "missing.npz")


@pytest.mark.parametrize(
    ("member", "content"),
    [
        ("idf.npy", None),
        ("idf.npy", stored(np.zeros(3, dtype=np.float32))),
        ("bias.npy", stored(np.array(["a"]))),
        ("bias.npy", stored(np.array([{"a": 1}], dtype=object))),
        ("about.npy", stored(np.frombuffer(b"{}", dtype=np.uint8))),
        ("about.npy", stored(np.frombuffer(b"[1", dtype=np.uint8))),
        ("about.npy", stored(np.frombuffer(b"[]", dtype=np.uint8))),
    ],
)
def test_a_file_whose_parts_do_not_fit_is_refused(
    model: TopicModel, tmp_path: Path, member: str, content: bytes | None
) -> None:
    path = tmp_path / "model.npz"
    model.save(path)
    rewritten(path, member, content)
    with pytest.raises(DamagedModel):
        TopicModel.load(path)


def test_importing_routing_loads_neither_numpy_nor_scikit_learn() -> None:
    seen = "import sys, routing; print('numpy' in sys.modules, 'sklearn' in sys.modules)"
    ran = subprocess.run([sys.executable, "-c", seen], capture_output=True, text=True, check=True)
    assert ran.stdout.split() == ["False", "False"]
    assert routing.TopicModel is TopicModel


def test_predicting_needs_no_scikit_learn(model: TopicModel, tmp_path: Path) -> None:
    model.save(tmp_path / "m.npz")
    code = (
        "import sys; from routing import TopicModel; TopicModel.load(sys.argv[1]).predict('x');"
        "print('sklearn' in sys.modules, 'scipy' in sys.modules)"
    )
    ran = subprocess.run(
        [sys.executable, "-c", code, str(tmp_path / "m.npz")],
        capture_output=True,
        text=True,
        check=True,
    )
    assert ran.stdout.split() == ["False", "False"]


@pytest.fixture(scope="module")
def grown() -> tuple[TopicModel, list[tuple[str, str]]]:
    """A model of so many examples that a network speaks beside the machines, and questions for it."""
    chance = random.Random(9)
    pairs = []
    for number in range(18):
        for block in QUESTIONS.read_text(encoding="utf-8").strip().split("\n\n"):
            topic, *templates = block.split("\n")
            for template in templates:
                words = spun(template, chance).split()
                if len(words) > 4:
                    del words[chance.randrange(len(words))]
                ends = chance.choice(("thanks", "وشكرا", "please", ""))
                pairs.append((f"{' '.join(words)} {ends} {number}", topic))
    chance.shuffle(pairs)
    return TopicModel.train(pairs[500:]), pairs[:500]


def test_with_many_examples_a_network_speaks_too_and_probabilities_mean_what_they_say(
    grown: tuple[TopicModel, list[tuple[str, str]]], tmp_path: Path
) -> None:
    model, asked = grown
    assert model.parts.network is not None
    assert model.parts.share > 0
    assert model.accuracy(asked) > 0.95
    answers = model.predict_many([text for text, _ in asked])
    sure = [
        answer[0][0] == topic
        for answer, (_, topic) in zip(answers, asked, strict=True)
        if answer[0][1] >= 0.9
    ]
    assert len(sure) > 250
    assert sum(sure) / len(sure) >= 0.97
    model.save(tmp_path / "m.npz")
    assert TopicModel.load(tmp_path / "m.npz").predict_many(["سرق جوازي", ""]) == (
        model.predict_many(["سرق جوازي", ""])
    )


def test_a_network_that_does_not_fit_is_refused(
    grown: tuple[TopicModel, list[tuple[str, str]]], tmp_path: Path
) -> None:
    path = tmp_path / "model.npz"
    grown[0].save(path)
    rewritten(path, "outer.npy", stored(np.zeros((3, 2), dtype=np.float32)))
    with pytest.raises(DamagedModel, match="network"):
        TopicModel.load(path)


HOSTILE = (
    "\u202e\u2066" * 50_000,
    "\u064b" * 1_000_000,
    "😀" * 250_000,
    "ا" * 1_000_000,
    ("سؤال question ؟! " * 60_000),
    "\u200f\u202bنص mixed \u202aاتجاه\u202c" * 20_000,
    "\x00\ufffe\ud83d" * 100_000,
)


@pytest.mark.parametrize("text", HOSTILE, ids=range(len(HOSTILE)))
def test_a_megabyte_of_anything_is_answered_at_once(model: TopicModel, text: str) -> None:
    began = time.process_time()
    ranked = model.predict(text)
    assert time.process_time() - began < 1
    assert sum(chance for _, chance in ranked) == pytest.approx(1.0, abs=1e-3)
