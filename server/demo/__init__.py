"""A believable day of a passport authority, made by the same actions that people and channels use."""

from datetime import timedelta

from server import wiring
from server.demo.day import live_a_day
from server.demo.knowledge import write_knowledge
from server.demo.office import COLLEAGUES, DOMAIN, PASSWORD, open_office
from server.kit import clock
from server.kit.settings import settings

SAMPLE = (
    'python3 -c \'import smtplib; smtplib.SMTP("{host}", {port}).sendmail("omar@citizens.example", '
    '["help@{domain}"], "From: Omar <omar@citizens.example>\\nTo: help@{domain}\\nSubject: Lost passport\\n'
    "\\nI lost my passport yesterday and I travel on Sunday. What can I do?\".encode())'"
)


async def seed() -> str:
    """Fill an empty database; return what the person at the terminal should read."""
    wiring.connect()
    now = clock.now()
    with clock.standing_at(now - timedelta(days=4)):
        await open_office(clock.now())
        await write_knowledge(clock.now())
    await live_a_day(now)
    return news()


def news() -> str:
    """Say who may sign in, and how to send an inquiry."""
    given = settings()
    people = "\n".join(f"  {one.email:28}{one.role:16}{one.name}" for one in COLLEAGUES)
    sample = SAMPLE.format(host=given.smtp_host, port=given.smtp_port, domain=DOMAIN)
    return (
        f"Sign in (password for all: {PASSWORD}):\n{people}\n\n"
        f"Mail is taken at {given.smtp_host}:{given.smtp_port}. Send a sample inquiry:\n  {sample}\n"
    )
