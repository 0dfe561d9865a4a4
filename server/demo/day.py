"""A believable day: citizens write, agents answer, each at its own instant of the last three days."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from email.message import EmailMessage
from email.utils import format_datetime
from random import Random

from server.channel_accounts.queries import Account, every
from server.delivery.actions import ask_due, deliver
from server.delivery.queries import due
from server.demo.letters import ARABIC, CITIES, COMMENTS, ENGLISH, GUESTS, PEOPLE, Letter
from server.demo.office import DOMAIN
from server.demo.queries import asked_about, delivery_of, ticket_of
from server.intake.actions import Delivery, drain, journal
from server.kit import clock
from server.kit.settings import settings
from server.people.queries import Viewer, viewer_of
from server.portal.actions import rate
from server.tickets import actions as tickets

TICKETS = 150
STRAIGHT = timedelta(seconds=2)
ASKED = timedelta(hours=2, seconds=1)

Act = Callable[[], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class _Inquiry:
    number: int
    letter: Letter
    name: str
    address: str
    city: str
    ref: str
    few: int
    days: int
    at: datetime

    def fill(self, text: str) -> str:
        return text.format(city=self.city, ref=self.ref, few=self.few, days=self.days)

    @property
    def message_id(self) -> str:
        return f"<demo.{self.number}@citizens.example>"


async def live_a_day(now: datetime) -> None:
    """Let everything happen in the order of its instants."""
    chance = Random(1447)  # noqa: S311 -- the same day every time
    accounts = await every("email")
    script: list[tuple[datetime, int, Act]] = []
    for inquiry in _inquiries(chance, now):
        _plan(script, inquiry, accounts[chance.random() < 0.25], chance, now)
    for at, _, act in sorted(script, key=lambda step: step[:2]):
        with clock.standing_at(at):
            await act()


def _inquiries(chance: Random, now: datetime) -> Sequence[_Inquiry]:
    made = []
    for number in range(TICKETS):
        guest = number % 5 == 4
        letters, people = (ENGLISH, GUESTS) if guest else (ARABIC, PEOPLE)
        name, mailbox = people[(number * 7) % len(people)]
        arabic, english = CITIES[chance.randrange(len(CITIES))]
        # Most of today, some of yesterday, few of the day before.
        age = timedelta(minutes=chance.choice((7, 10, 20, 30)) * chance.uniform(0.4, 100))
        made.append(
            _Inquiry(
                number=number,
                letter=letters[number % len(letters)],
                name=name,
                address=f"{mailbox}@citizens.example",
                city=english if guest else arabic,
                ref=f"{chance.randrange(10**6, 10**7)}",
                few=chance.randrange(3, 11),
                days=chance.randrange(11, 29),
                at=now - age,
            )
        )
    return made


def _plan(
    script: list[tuple[datetime, int, Act]],
    inquiry: _Inquiry,
    account: Account,
    chance: Random,
    now: datetime,
) -> None:
    """Write down what happens to one inquiry, and when."""
    at = inquiry.at

    def then(after: timedelta, act: Act) -> bool:
        nonlocal at
        if at + after > now - timedelta(minutes=1):
            return False
        at += after
        script.append((at, len(script), act))
        return True

    then(timedelta(), lambda: _write(account, inquiry, inquiry.letter.text))
    # Of the newest many are unanswered yet, of the old few.
    if chance.random() < (0.6 if now - at < timedelta(hours=4) else 0.06):
        return
    pause = timedelta(minutes=chance.choice((6, 15, 40, 90, 200)) * chance.uniform(0.5, 1.5))
    if not then(pause, lambda: _answer(inquiry)):
        return
    fate = chance.random()
    if inquiry.letter.again and fate < 0.6:
        if then(
            timedelta(minutes=chance.uniform(20, 400)),
            lambda: _write(account, inquiry, inquiry.letter.again, again=True),
        ):
            return
    elif fate < 0.8:
        then(timedelta(minutes=1), lambda: _move(inquiry, "resolved"))
        luck = Random(inquiry.number)  # noqa: S311 -- the same answers every time
        then(ASKED, _ask)
        then(timedelta(minutes=luck.uniform(4, 90)), lambda: _rate(inquiry, luck))
    elif fate < 0.92:
        then(timedelta(minutes=1), lambda: _move(inquiry, "pending"))
    else:
        then(timedelta(minutes=2), lambda: _note(inquiry))
        then(timedelta(minutes=1), lambda: _move(inquiry, "on_hold"))


async def _write(account: Account, inquiry: _Inquiry, text: str, *, again: bool = False) -> None:
    now = clock.now()
    mail = EmailMessage()
    mail["From"] = f"{inquiry.name} <{inquiry.address}>"
    mail["To"] = f"{account.settings.sender_name} <{account.settings.address}>"
    subject = inquiry.fill(inquiry.letter.subject)
    mail["Subject"] = f"Re: {subject}" if again else subject
    mail["Date"] = format_datetime(now)
    mail["Message-ID"] = inquiry.message_id.replace("@", ".2@") if again else inquiry.message_id
    if again:
        mail["In-Reply-To"] = mail["References"] = inquiry.message_id
    mail.set_content(inquiry.fill(text))
    await journal(account.id, [Delivery(mail.as_bytes(), now)], now=now)
    await drain(account.id)


async def _ticket(inquiry: _Inquiry) -> tuple[int, Viewer]:
    """Return the inquiry's ticket and the colleague who has it."""
    ticket_id, agent_id = await ticket_of(
        inquiry.message_id.strip("<>"), otherwise=f"salma@{DOMAIN}"
    )
    viewer = await viewer_of(agent_id)
    if viewer is None:
        raise LookupError(agent_id)
    return ticket_id, viewer


async def _answer(inquiry: _Inquiry) -> None:
    ticket_id, agent = await _ticket(inquiry)
    written = await tickets.reply(
        ticket_id,
        by=agent,
        text=inquiry.fill(inquiry.letter.answer),
        form_key=f"demo-answer-{inquiry.number}",
        seen_seq=None,
        now=clock.now(),
    )
    delivery_id = await delivery_of(written.message_id)
    held = timedelta(seconds=settings().undo_seconds)
    with clock.standing_at(clock.now() + held + STRAIGHT):
        await deliver(delivery_id)


async def _move(inquiry: _Inquiry, status: str) -> None:
    ticket_id, agent = await _ticket(inquiry)
    key = f"demo-{status}-{inquiry.number}"
    await tickets.set_status(ticket_id, status=status, by=agent, form_key=key, now=clock.now())


async def _ask() -> None:
    await ask_due(now=clock.now())
    for delivery_id in await due(now=clock.now()):
        await deliver(delivery_id)


async def _rate(inquiry: _Inquiry, luck: Random) -> None:
    """Let the citizen say how it went, if they were asked: nobody is asked twice in a month."""
    ticket_id, _ = await _ticket(inquiry)
    asked = await asked_about(ticket_id)
    if asked is not None and luck.random() < 0.75:
        score = luck.choices((5, 4, 3, 2, 1), (9, 6, 2, 1, 2))[0]
        comment = luck.choice(COMMENTS[inquiry.letter.language][score])
        await rate(asked, score=score, comment=comment, now=clock.now())


async def _note(inquiry: _Inquiry) -> None:
    ticket_id, agent = await _ticket(inquiry)
    text = (
        "Asked the regional office for the file; they answer by tomorrow noon."
        if inquiry.letter.language == "en"
        else "طلبت الملف من مكتب المنطقة، ووعدوا بالرد غدًا قبل الظهر."
    )
    key = f"demo-note-{inquiry.number}"
    await tickets.note(ticket_id, by=agent, text=text, form_key=key, now=clock.now())
