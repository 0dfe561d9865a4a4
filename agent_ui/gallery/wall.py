"""The state of channels, and the supervisors' wall."""

from agent_ui.gallery import portal, supervision
from agent_ui.gallery.inbox import ROWS
from agent_ui.gallery.people import (
    DAN,
    INTAKE,
    KHALID,
    NOURA,
    NOW,
    PASSPORTS,
    REEM,
    RESIDENCY,
    SARA,
    ago,
    ahead,
)
from agent_ui.models import (
    AccountHealth,
    AgentLoad,
    Promise,
    Reason,
    TeamLoad,
    TicketRow,
    Wall,
)
from agent_ui.models.alarms import HouseAlarm

HEALTH = (
    AccountHealth(
        1,
        "email",
        "بريد خدمة المراجعين",
        "care@passports.example",
        "connected",
        ago(3000),
        last_in=ago(2),
        last_out=ago(11),
        answers_stopped=True,
    ),
    AccountHealth(
        2,
        "telegram",
        "Telegram",
        "@passports_bot",
        "waiting",
        ago(6),
        last_in=ago(9),
        waiting_in=14,
        error=Reason("timeout"),
        retry_at=ahead(1),
    ),
    AccountHealth(
        3,
        "email",
        "بريد الشكاوى",
        "complaints@passports.example",
        "failed",
        ago(64),
        last_in=ago(70),
        waiting_out=3,
        failed=2,
        error=Reason("sign_in_refused"),
    ),
    AccountHealth(4, "hotline", "الخط الساخن", "920000000", "off", ago(9000)),
    AccountHealth(5, "email", "بريد العرض", "demo@passports.example", "kept", ago(9000)),
)


def _promise(row: TicketRow, minutes: float) -> Promise:
    return Promise(
        id=row.id,
        number=row.number,
        contact=row.contact,
        channel=row.channel,
        subject=row.subject or row.last_words,
        target="next_response" if row.unread else "resolution",
        due_at=ahead(minutes),
        status=row.status,
        team=PASSPORTS if row.assignee is SARA else RESIDENCY,
        priority=row.priority,
        assignee=row.assignee,
        late=minutes < 0,
    )


WALL = Wall(
    late_count=5,
    soon_count=4,
    later_count=61,
    open_count=134,
    unassigned_count=7,
    late=(_promise(ROWS[1], -40), _promise(ROWS[6], -18), _promise(ROWS[4], -3)),
    soon=(_promise(ROWS[0], 38), _promise(ROWS[2], 52)),
    later=(_promise(ROWS[5], 190),),
    agents=(
        AgentLoad(SARA, "online", 12, 4, 1, 9, 15),
        AgentLoad(KHALID, "online", 15, 2, 0, 6, 15),
        AgentLoad(NOURA, "away", 8, 6, 2, 11, 15),
        AgentLoad(DAN, "offline", 0, 1),
        AgentLoad(REEM, "online", 5, 0, 0, 14, 15),
    ),
    teams=(
        TeamLoad(1, PASSPORTS, 86, 3, 3, 2, 4, 5),
        TeamLoad(2, RESIDENCY, 41, 4, 2, 2, 2, 3),
        TeamLoad(3, INTAKE, 7, 0, 0, 0, 0, 2),
    ),
    accounts=HEALTH[:3],
    alarms=(
        HouseAlarm(1, Reason("alarm_quarantine", {"account": "بريد الشكاوى", "count": 3}), ago(30)),
    ),
    as_of=NOW,
    answers_stuck=3,
    topics=supervision.LATE_PARTS,
    channels=supervision.LATE_CHANNELS,
    longest=supervision.WAITS,
    flow=supervision.FLOW,
    rated=portal.LATELY[0],
)
QUIET_WALL = Wall(0, 0, 0, 0, 0, teams=(TeamLoad(3, INTAKE, 0, 0, 0, 0),))
