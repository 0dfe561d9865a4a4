"""Tell administrators when what was learnt about topics cannot be read; rules and words go on without it."""

import asyncio
from datetime import datetime

from server.alarms.actions import Trouble, end_alarms, raise_alarm
from server.assignment import topic_model
from server.assignment.queries import about_model

KIND = "topic_model_damaged"


async def watch_model(*, now: datetime) -> None:
    """Look once whether the model that should be in use stands."""
    found = await about_model.report_in_use()
    if found is None:
        return
    training, _ = found
    if await asyncio.to_thread(topic_model.stands, training.file or ""):
        await end_alarms(KIND, but=[], now=now)
    else:
        await raise_alarm(Trouble(KIND), now=now)
