"""A mailbox without a network and an agent, for tests of tickets that are merged and split."""

from dataclasses import dataclass, field
from itertools import count

from server.channel_accounts import actions as accounts
from server.db import sql
from server.delivery import actions as delivery
from server.intake import actions as intake
from server.kit import clock
from server.people import actions as people
from server.people.queries import Viewer, viewer_of
from server.tickets import actions as tickets
from tests.support.mails import mail

FATIMA = "Fatima Ali <fatima@example.org>"
OMAR = "Omar Saleh <omar@example.org>"


@dataclass(slots=True)
class Counter:
    """One mailbox that keeps its mail, and an agent who is there."""

    account: int
    agent: Viewer
    _keys: "count[int]" = field(default_factory=count)

    def key(self) -> str:
        """Return a form's key that was not used before."""
        return f"form {next(self._keys)}"

    async def takes(self, *mails: bytes) -> None:
        """Let mails become messages."""
        now = clock.now()
        await intake.journal(self.account, [intake.Delivery(raw, now) for raw in mails], now=now)
        await intake.drain(self.account)

    async def asks(
        self, text: str = "متى أستلم جوازي؟", *, sender: str = FATIMA, subject: str = "الجواز"
    ) -> int:
        """Let a citizen begin a ticket; return it."""
        await self.takes(mail(text, sender=sender, subject=subject))
        return int(await sql.value("SELECT max(id) FROM tickets"))

    async def adds(self, ticket_id: int, text: str, *, sender: str = FATIMA) -> int:
        """Let a citizen answer the newest mail of a ticket; return the message."""
        refers_to = await sql.value(
            "SELECT external_id FROM messages WHERE ticket_id = $1 ORDER BY seq DESC LIMIT 1",
            ticket_id,
        )
        await self.takes(mail(text, sender=sender, subject="Re:", in_reply_to=refers_to))
        return int(await sql.value("SELECT max(id) FROM messages"))

    async def answers(
        self, ticket_id: int, text: str = "جوازك جاهز.", *, leaves: bool = True
    ) -> int:
        """Answer a ticket; return the delivery."""
        written = await tickets.reply(
            ticket_id, by=self.agent, text=text, form_key=self.key(), seen_seq=None, now=clock.now()
        )
        delivery_id = int(
            await sql.value("SELECT id FROM deliveries WHERE message_id = $1", written.message_id)
        )
        if leaves:
            await self.leaves(delivery_id)
        return delivery_id

    async def leaves(self, delivery_id: int) -> None:
        """End the undo window and send."""
        await sql.run(
            "UPDATE deliveries SET next_try_at = $2 WHERE id = $1", delivery_id, clock.now()
        )
        await delivery.deliver(delivery_id)

    async def merge(self, ticket_id: int, into: int) -> int:
        return await tickets.merge(
            ticket_id, into=into, by=self.agent, form_key=self.key(), now=clock.now()
        )

    async def undo(self, ticket_id: int) -> None:
        await tickets.undo_merge(ticket_id, by=self.agent, form_key=self.key(), now=clock.now())

    async def split(self, message_id: int) -> int:
        return await tickets.split(message_id, by=self.agent, form_key=self.key(), now=clock.now())


async def counter(**settings: object) -> Counter:
    """Open the mailbox and let the agent sit down."""
    now = clock.now()
    user_id = await people.add_user(
        email="amal@passports.example",
        name="Amal",
        role="agent",
        team="intake",
        password=None,
        now=now,
    )
    await people.set_presence(user_id, "online", now=now)
    agent = await viewer_of(user_id)
    assert agent is not None
    values = {"address": "help@passports.example", "outgoing": "keep"}
    account = await accounts.add("email", name="help", values=values | settings, now=now)
    return Counter(account, agent)


async def row(ticket_id: int) -> dict[str, object]:
    """Return a ticket's own row."""
    found = await sql.row("SELECT * FROM tickets WHERE id = $1", ticket_id)
    assert found is not None
    return dict(found)


async def events(ticket_id: int, *kinds: str) -> list[tuple[str, dict[str, object]]]:
    """Return a ticket's events of these kinds as (kind, data)."""
    found = await sql.rows(
        "SELECT kind, data FROM events WHERE ticket_id = $1 AND kind = ANY($2::text[]) ORDER BY seq",
        ticket_id,
        list(kinds),
    )
    return [(one["kind"], sql.load(one["data"])) for one in found]
