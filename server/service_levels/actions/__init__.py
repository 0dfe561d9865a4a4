"""Writes on promises: clocks that react, breaches, steps, terms and what follows them."""

from server.service_levels.actions.check import Difference, begin_check, check_clocks, finish_check
from server.service_levels.actions.clocks import record_breaches, run_clocks
from server.service_levels.actions.follow import follow_terms, order_following
from server.service_levels.actions.meanings import REACTS_TO
from server.service_levels.actions.notices import acknowledge, forget_notices, read_notices
from server.service_levels.actions.preview import Preview, preview_calendar, preview_policy
from server.service_levels.actions.promise import (
    demand_room,
    retire_policy,
    save_policy,
    withdraw_policy,
)
from server.service_levels.actions.steps import take_steps
from server.service_levels.actions.terms import save_calendar, set_channel_hours, set_lead

__all__ = [
    "REACTS_TO",
    "Difference",
    "Preview",
    "acknowledge",
    "begin_check",
    "check_clocks",
    "demand_room",
    "finish_check",
    "follow_terms",
    "forget_notices",
    "order_following",
    "preview_calendar",
    "preview_policy",
    "read_notices",
    "record_breaches",
    "retire_policy",
    "run_clocks",
    "save_calendar",
    "save_policy",
    "set_channel_hours",
    "set_lead",
    "take_steps",
    "withdraw_policy",
]
