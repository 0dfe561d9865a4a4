"""Alarms as reasons that a screen or a mail can say, and where to look at what is wrong."""

from datetime import date

from agent_ui import urls
from agent_ui.models import Name, Reason
from agent_ui.models.common import Param
from server.alarms.queries.sending import Alarm

LINKS = {
    "source_failing": urls.CHANNELS,
    "source_silent": urls.CHANNELS,
    "not_leaving": urls.CHANNELS,
    "backlog": urls.CHANNELS,
    "answers_stopped": urls.CHANNELS,
    "quarantine": urls.QUARANTINE,
    "mail_withheld": urls.QUARANTINE,
    "entry_old": urls.QUARANTINE,
    "nobody_found": urls.ASSIGNMENT,
    "topic_model_damaged": urls.TOPIC_MODEL,
    "scheduler_down": urls.behind("late"),
    "terms_followed": urls.behind("late"),
    "hours_followed": urls.behind("late"),
    "day_unconfirmed": urls.TERMS,
    "webhook_failing": urls.ALARM_WAYS,
    "mail_failing": urls.ALARM_WAYS,
}


def reason_of(alarm: Alarm) -> Reason:
    """Return what is wrong as a code with parameters."""
    params: dict[str, Param] = {
        name: value if isinstance(value, str | int) else str(value)
        for name, value in alarm.data.items()
    }
    names = {"account": alarm.account, "webhook": alarm.webhook, "person": alarm.person}
    params |= {what: name for what, name in names.items() if name is not None}
    if alarm.kind == "day_unconfirmed":
        params |= {
            "calendar": alarm.calendar,
            "occasion": alarm.occasion or "–",
            "day": date.fromisoformat(alarm.data["day"]),
        }
    if alarm.terms is not None:
        params["terms"] = alarm.terms
    if alarm.team_ar and alarm.team_en:
        params["team"] = Name(alarm.team_ar, alarm.team_en)
    if alarm.number is not None:
        params["number"] = str(alarm.number)
    return Reason(f"alarm_{alarm.kind}", params)


def link_of(alarm: Alarm) -> str:
    """Return the page on which something can be done about it, if there is one."""
    if alarm.ticket_id is not None:
        return urls.ticket(alarm.ticket_id)
    return LINKS.get(alarm.kind, "")
