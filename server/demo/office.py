"""The authority of the demonstration: its teams, people, topics, rules, promises and mailboxes."""

from dataclasses import dataclass
from datetime import datetime

from server.assignment.actions import add_rule, begin_with_topics
from server.channel_accounts.actions import add as add_account
from server.kit.settings import settings
from server.people.actions import add_team, add_user, set_membership, set_presence
from server.people.queries import teams, user_id, viewer_of
from server.service_levels.actions import save_calendar, save_policy
from server.supervision.actions.asking import set_asking

PASSWORD = "tawasul-demo"  # noqa: S105 -- printed on the terminal of whoever starts a demonstration
DOMAIN = "passports.example"

PASSPORTS, RESIDENCY = "passports", "residency"


@dataclass(frozen=True, slots=True)
class Colleague:
    name: str
    mailbox: str
    role: str
    team: str | None
    locale: str = "ar"

    @property
    def email(self) -> str:
        return f"{self.mailbox}@{DOMAIN}"


COLLEAGUES = (
    Colleague("سلمى الفارس", "salma", "administrator", None),
    Colleague("هدى الراشد", "huda", "supervisor", PASSPORTS),
    Colleague("خالد النجار", "khalid", "supervisor", RESIDENCY),
    Colleague("أمل الشهري", "amal", "agent", PASSPORTS),
    Colleague("بدر العلي", "badr", "agent", PASSPORTS),
    Colleague("Dana Ibrahim", "dana", "agent", PASSPORTS, "en"),
    Colleague("فيصل الحمد", "faisal", "agent", RESIDENCY),
    Colleague("غادة منصور", "ghada", "agent", RESIDENCY),
)

SHIFT = [["07:30", "12:00"], ["12:30", "15:30"]]
WORKING_WEEK = dict.fromkeys(("6", "0", "1", "2", "3"), SHIFT)
"""Sunday to Thursday, with the noon prayer between."""
ALWAYS = {str(day): [["00:00", "24:00"]] for day in range(7)}


async def open_office(now: datetime) -> None:
    """Make everything but the tickets."""
    await add_team(PASSPORTS, name_ar="الجوازات", name_en="Passports")
    await add_team(RESIDENCY, name_ar="الإقامة والتأشيرات", name_en="Residency and visas")
    for colleague in COLLEAGUES:
        user_id = await add_user(
            colleague.email,
            name=colleague.name,
            role=colleague.role,  # type: ignore[arg-type]  # the table above holds only roles
            team=colleague.team,
            password=PASSWORD,
            locale=colleague.locale,
            now=now,
        )
        if colleague.team is not None:
            await set_membership(user_id, team="intake", role=colleague.role, now=now)  # type: ignore[arg-type]
            await set_presence(user_id, "online", now=now)
    topics = await begin_with_topics()
    await _promises(topics, now)
    await add_rule(
        name="سفر قريب",
        body={
            "when": {
                "all": [
                    {"field": "topic", "op": "in", "value": [topics["loss"]]},
                    {"field": "words", "op": "any", "value": ["مسافر", "سفر", "flight", "urgent"]},
                ]
            },
            "then": {"priority": "urgent"},
        },
        position=1,
        now=now,
    )
    await ask_how_it_went()
    for name, mailbox, sender in (
        ("البريد العام", "help", "هيئة الجوازات"),
        ("بريد الإقامة", "residency", "إدارة الإقامة والتأشيرات"),
    ):
        await add_account(
            "email",
            name=name,
            values={
                "address": f"{mailbox}@{DOMAIN}",
                "sender_name": sender,
                "outgoing": "keep",
            },
            now=now,
        )


async def ask_how_it_went() -> None:
    """Let every team ask citizens, as a supervisor would."""
    viewer = await viewer_of(await user_id(f"salma@{DOMAIN}") or 0)
    if viewer is None:
        raise LookupError("salma")
    for team in await teams():
        await set_asking(team.id, asks=True, hours=2, by=viewer)


async def _promises(topics: dict[str, int], now: datetime) -> None:
    zone = settings().zone
    await save_calendar("ساعات العمل", zone=zone, weekly=WORKING_WEEK, exceptions={}, now=now)
    await save_calendar("على مدار الساعة", zone=zone, weekly=ALWAYS, exceptions={}, now=now)
    await save_policy(
        "البلاغات العاجلة",
        calendar="على مدار الساعة",
        topic_id=topics["loss"],
        allowed_minutes={"first_response": 60, "next_response": 120, "resolution": 24 * 60},
        position=1,
        now=now,
    )
    await save_policy(
        "الأولوية المرتفعة",
        calendar="على مدار الساعة",
        priority="high",
        allowed_minutes={"first_response": 120, "next_response": 240, "resolution": 48 * 60},
        position=2,
        now=now,
    )
    await save_policy(
        "الالتزام المعتاد",
        calendar="ساعات العمل",
        allowed_minutes={"first_response": 240, "next_response": 480, "resolution": 5 * 450},
        position=3,
        now=now,
    )
