"""What a message of alarms says: in a person's words for e-mail, in codes and numbers for webhooks."""

from zoneinfo import ZoneInfo

from agent_ui import urls
from agent_ui.models.alarms import AlarmLine, AlarmMail
from agent_ui.reader import Reader
from server.alarms.queries import sending
from server.alarms.queries.sending import Alarm, Dispatch
from server.alarms.wording import link_of, reason_of
from server.kit import clock
from server.kit.settings import settings


async def worded(message: Dispatch) -> AlarmMail:
    """Return what a mail says."""
    known = await _alarms(message)
    shown = [(one, known.get(one.alarm_id or 0)) for one in message.items[:10]]
    return AlarmMail(
        message.counts,
        tuple(
            AlarmLine(
                one.kind,
                one.at,
                str(one.number or ""),
                one.target,  # type: ignore[arg-type]  # the codes of targets
                one.due_at,
                reason_of(alarm) if alarm else None,
            )
            for one, alarm in shown
        ),
        link=absolute(urls.NOTICES),
        held=message.held,
        test=message.test,
    )


async def said(message: Dispatch) -> dict[str, object]:
    """Write what a webhook is told: ids, codes and numbers, never what a person wrote."""
    known = await _alarms(message)
    return {
        "id": str(message.id),
        "kind": "test" if message.test else "alarms",
        "began_at": message.began_at,
        "counts": dict(message.counts),
        "items": [
            {"kind": one.kind, "at": one.at, **_trouble(known[one.alarm_id])}
            if one.alarm_id in known
            else {
                "kind": one.kind,
                "at": one.at,
                "ticket": {
                    "id": str(one.ticket_id),
                    "number": str(one.number),
                    "priority": one.priority,
                    "team": one.team,
                    "link": absolute(urls.ticket(one.ticket_id or 0)),
                },
                "target": one.target,
                "percent": one.percent,
                "due_at": one.due_at,
            }
            for one in message.items
        ],
        "link": absolute(urls.behind("late")),
    }


def _trouble(alarm: Alarm) -> dict[str, object]:
    return {
        "alarm": alarm.kind,
        "alarm_id": str(alarm.id),
        "data": dict(alarm.data),
        "raised_at": alarm.raised_at,
        "ended_at": alarm.ended_at,
        "link": absolute(link_of(alarm) or urls.NOTICES),
    }


async def _alarms(message: Dispatch) -> dict[int, Alarm]:
    ids = [one.alarm_id for one in message.items if one.alarm_id is not None]
    return dict(await sending.alarms(ids))


def reader_of(message: Dispatch) -> Reader:
    """Return the person who reads the mail."""
    return Reader(
        locale=message.locale,  # type: ignore[arg-type]  # the column knows no others
        now=clock.now(),
        zone=ZoneInfo(message.zone or settings().zone),
        digits=message.digits,  # type: ignore[arg-type]  # the same
    )


def absolute(path: str) -> str:
    """Return the address of a page for somebody who is not at the desk."""
    return f"{settings().base_url}{path}"
