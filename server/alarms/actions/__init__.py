"""Writes on alarms: tell people, raise and end alarms, choose ways, send what has been gathered."""

from server.alarms.actions.choose import (
    WebhookDraft,
    choose_account,
    remove_webhook,
    save_choice,
    save_webhook,
    try_mail,
    try_webhook,
)
from server.alarms.actions.gather import gather_for_offices
from server.alarms.actions.react import PROMISES, answers_failed, pass_on, rated_low
from server.alarms.actions.send import forget_dispatches, send_due
from server.alarms.actions.tell import open_notices, tell
from server.alarms.actions.trouble import Trouble, end_alarms, raise_alarm
from server.alarms.actions.watch import sign_of_life, watch_house

__all__ = [
    "PROMISES",
    "Trouble",
    "WebhookDraft",
    "answers_failed",
    "choose_account",
    "end_alarms",
    "forget_dispatches",
    "gather_for_offices",
    "open_notices",
    "pass_on",
    "raise_alarm",
    "rated_low",
    "remove_webhook",
    "save_choice",
    "save_webhook",
    "send_due",
    "sign_of_life",
    "tell",
    "try_mail",
    "try_webhook",
    "watch_house",
]
