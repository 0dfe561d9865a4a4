"""An office that promises something: a mailbox, hours, a policy for everything, and people of the intake team."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from server.channel_accounts import actions as accounts
from server.db import sql
from server.intake import actions as intake
from server.intake.actions import Delivery
from server.kit import clock
from server.people import actions as people
from server.people.queries import Viewer, viewer_of
from server.service_levels import actions as service_levels
from server.service_levels.queries import Step

ALL_DAY = {str(day): [["00:00", "24:00"]] for day in range(7)}
PROMISED = {"first_response": 60, "resolution": 600}
USUAL = (Step(75, "agent"), Step(100, "supervisors"))


async def office(
    agents: Sequence[str] = ("amal",),
    supervisors: Sequence[str] = (),
    *,
    promised: Mapping[str, float] = PROMISED,
    steps: Sequence[Step] = USUAL,
) -> int:
    """Open the office; every agent is online. Return the mailbox."""
    now = clock.now()
    await service_levels.save_calendar(
        "always", zone="Asia/Riyadh", weekly=ALL_DAY, exceptions={}, now=now
    )
    await service_levels.save_policy(
        "standard", calendar="always", allowed_minutes=promised, steps=steps, position=1, now=now
    )
    for name in agents:
        await people.set_presence(await person(name), "online", now=now)
    for name in supervisors:
        await person(name, role="supervisor")
    return await accounts.add(
        "email",
        name="help",
        values={"address": "help@passports.example", "outgoing": "keep"},
        now=now,
    )


async def person(name: str, *, role: str = "agent", team: str = "intake") -> int:
    """Add somebody to a team."""
    return await people.add_user(
        email=f"{name}@passports.example",
        name=name,
        role=role,  # type: ignore[arg-type]  # one of the roles
        team=team,
        password=None,
        now=clock.now(),
    )


async def take(account: int, *mails: bytes, at: datetime | None = None) -> None:
    """Let mails come in, taken over by their source now or at another time."""
    now = clock.now()
    await intake.journal(account, [Delivery(raw, at or now) for raw in mails], now=now)
    await intake.drain(account)


async def viewer(name: str) -> Viewer:
    """Return a person of the office as they look at the desk."""
    found = await viewer_of(
        await sql.value("SELECT id FROM users WHERE email = $1", f"{name}@passports.example")
    )
    assert found is not None
    return found
