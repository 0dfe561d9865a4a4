"""The topic model learns from what people chose, in a process of its own, and never gets worse."""

from datetime import timedelta

from server.assignment import actions, topic_model
from server.db import sql
from server.events.actions import emit
from server.events.reactions import Event
from server.kit.settings import Settings
from server.kit.work import transaction
from tests.support import factories as make
from tests.support.factories import NOW

SAID = {
    "loss": (
        "فقدت جوازي في {n}",
        "ضاع جواز سفري عند {n}",
        "lost my passport near {n}",
        "سرق جوازي من {n}",
    ),
    "fees": (
        "كم رسوم التجديد {n}",
        "دفعت الرسوم مرتين {n}",
        "the fee was charged {n}",
        "أريد استرداد المبلغ {n}",
    ),
}


async def chosen(*, turned: bool = False) -> dict[str, int]:
    """Let people choose the topics of a hundred tickets, or mix them all up."""
    topics = {name: await make.topic(ar=name) for name in SAID}
    for number in range(25):
        for place, (name, texts) in enumerate(SAID.items()):
            for turn, text in enumerate(texts):
                topic = list(topics.values())[(number + turn) % 2] if turned else topics[name]
                ticket_id = await make.ticket(1, topic_id=topic, topic_by_person=True, subject="")
                await make.message(ticket_id, text=text.format(n=f"{number} {place}"))
    return topics


async def arrives(text: str) -> tuple[int | None, str]:
    topic_model.forget()
    async with transaction():
        ticket_id = await make.ticket(1, subject="")
        data = {
            "message": await make.message(ticket_id, text=text),
            "said_us": int(NOW.timestamp() * 1e6),
        }
        await emit([Event(ticket_id, "ticket_created", data)], at=NOW)
    row = await sql.row(
        """
        SELECT t.topic_id, e.data->'reasons'->0->>'code' AS code FROM tickets t
        JOIN events e ON e.ticket_id = t.id AND e.kind = 'routed' WHERE t.id = $1
        """,
        ticket_id,
    )
    assert row is not None
    return row["topic_id"], row["code"]


async def test_it_learns_is_used_without_a_restart_and_never_gets_worse(db: Settings) -> None:
    assert await arrives("ضاع جواز سفري") == (None, "topic_unknown")
    topics = await chosen()
    first = await actions.train_if_due(now=NOW)
    assert first is not None
    assert first["kept"]
    assert first["examples"] == 200
    assert first["accuracy"] > 0.9
    assert await arrives("ضاع جواز سفري") == (topics["loss"], "topic_given")
    assert await actions.train_if_due(now=NOW + timedelta(hours=1)) is None
    good = topic_model.versions()
    await sql.run(
        "UPDATE tickets SET topic_id = CASE id % 2 WHEN 0 THEN $1::bigint ELSE $2::bigint END",
        *topics.values(),
    )
    worse = await actions.train_if_due(now=NOW + timedelta(days=2))
    assert worse is not None
    assert worse["kept"] == (worse["accuracy"] >= worse["former_accuracy"])
    assert (topic_model.versions() != good) == worse["kept"]


async def test_a_desk_that_nobody_has_written_to_yet_has_a_model(db: Settings) -> None:
    topics = await actions.begin_with_topics()
    verdict = await actions.train_if_due(now=NOW)
    assert verdict is not None
    assert (verdict["kept"], verdict["corrected"], verdict["confirmed"]) == (True, 0, 0)
    assert verdict["seeded"] >= 25 * len(topics)
    assert verdict["accuracy"] > 0.6
    assert await arrives("ضاع جواز سفري في السوق وابي ابلغ") == (topics["loss"], "topic_given")


async def test_wrong_corrections_do_not_outvote_what_administrators_wrote(db: Settings) -> None:
    topics = await actions.begin_with_topics()
    assert (await actions.train_if_due(now=NOW)) is not None
    good = topic_model.versions()
    poisons = ("فقدت جوازي في {n}", "ضاع جواز سفري {n}", "lost my passport {n}", "سرق جوازي {n}")
    for number in range(60):
        for text in poisons:
            ticket_id = await make.ticket(
                1, topic_id=topics["fees"], topic_by_person=True, subject=""
            )
            await make.message(ticket_id, text=text.format(n=f"{number} {number % 7}"))
    verdict = await actions.train_if_due(now=NOW + timedelta(days=2))
    assert verdict is not None
    assert verdict["corrected"] == 240
    assert (verdict["kept"], verdict["error"]) == (False, "worse_on_seeded")
    assert topic_model.versions() == good


async def test_what_was_let_stand_is_learnt_from_but_judges_nothing(db: Settings) -> None:
    topics = await actions.begin_with_topics()
    agent = await make.user()
    for number in range(20):
        ticket_id = await make.ticket(
            1, topic_id=topics["visa"], status="closed", assignee_id=agent, subject=""
        )
        await make.message(ticket_id, text=f"تأشيرة زيارة {number}")
    verdict = await actions.train_if_due(now=NOW)
    assert verdict is not None
    assert verdict["confirmed"] == 20
    assert verdict["report"]["judged"]["held_back"] < verdict["seeded"] / 3


async def test_a_training_that_was_asked_for_runs_at_once_and_once(db: Settings) -> None:
    await actions.begin_with_topics()
    supervisor = await make.viewer(supervisor_of=(1,))
    assert (await actions.train_if_due(now=NOW)) is not None
    for _ in range(2):
        await actions.ask_for_training(by=supervisor, now=NOW)
    again = await actions.train_if_due(now=NOW + timedelta(minutes=1))
    assert again is not None
    assert again["former_accuracy"] == again["accuracy"]
    assert await actions.train_if_due(now=NOW + timedelta(minutes=2)) is None
    assert await sql.value("SELECT count(*) FROM topic_trainings WHERE state = 'done'") == 2


async def test_a_damaged_file_stops_nothing(db: Settings) -> None:
    await chosen()
    assert (await actions.train_if_due(now=NOW)) is not None
    (whole,) = topic_model.versions()
    (topic_model.folder() / "topics-999999999999.npz").write_bytes(b"PK\x03\x04 not a model")
    topic, code = await arrives("ضاع جواز سفري")
    assert (topic is not None, code) == (True, "topic_given")
    whole.write_bytes(b"")
    topic_model._in_use.clear()
    assert await arrives("ضاع جواز سفري") == (None, "topic_unknown")


async def test_too_little_to_learn_from_is_no_model(db: Settings) -> None:
    verdict = await actions.train_if_due(now=NOW)
    assert verdict is not None
    assert (verdict["kept"], verdict["error"]) == (False, "too_few_examples")
    assert topic_model.versions() == []


async def test_a_training_whose_process_died_does_not_run_for_ever(db: Settings) -> None:
    await actions.begin_with_topics()
    await sql.run(
        "INSERT INTO topic_trainings (at, examples, kept, state) VALUES ($1, 0, false, 'running')",
        NOW,
    )
    assert await actions.train_if_due(now=NOW + timedelta(minutes=5)) is None
    await actions.ask_for_training(by=await make.viewer(supervisor_of=(1,)), now=NOW)
    verdict = await actions.train_if_due(now=NOW + timedelta(minutes=30))
    assert verdict is not None
    assert verdict["kept"]
    found = await sql.rows("SELECT state, error FROM topic_trainings ORDER BY id")
    assert [tuple(row) for row in found] == [("done", "broken_off"), ("done", None)]
