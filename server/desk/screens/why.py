"""Why a ticket is where it is: routing's reasons, with names in place of ids."""

from collections.abc import Mapping, Sequence
from typing import Any

from agent_ui.models import Param, Person, Reason
from agent_ui.sentences import REASONS
from server.desk.screens.history import Names, plain
from server.tickets.queries.thread import Done

SAID_AS = {
    "topic_by_keywords": "topic",
    "topic_chosen": "topic",
    "topic_given": "topic",
    "team_of_topic": "team",
    "fallback_team": "catch_all",
    "last_agent": "same_agent",
    "longest_idle": "round_robin",
    "most_spare_capacity": "least_busy",
}
"""Routing tells apart what one sentence can say."""


def why(decisions: Sequence[Done], known: Names) -> tuple[Reason, ...]:
    """Return the reasons that still hold: of the newest routing or hand-over, and of who has it now."""
    found: list[Reason] = []
    for event in decisions:
        if event.kind in {"routed", "team_changed"}:
            return (*_reasons(event, known), *found)
        if not found:
            found = _reasons(event, known)
    return tuple(found)


def _reasons(event: Done, known: Names) -> list[Reason]:
    if event.actor is not None and "reasons" not in event.data:
        return [Reason("by_hand", {"actor": Person(event.actor.id, event.actor.name)})]
    worded = (_reason(given, known) for given in event.data.get("reasons", ()))
    return [reason for reason in worded if reason.code in REASONS]


def _reason(given: Mapping[str, Any], known: Names) -> Reason:
    params: dict[str, Param] = {}
    for key, value in given.items():
        match key:
            case "agent" | "actor":
                params[key] = known.person(value)
            case "team":
                params[key] = known.team(value)
            case "topic":
                params[key] = known.topic(value)
            case "rule" | "by":
                params[key] = known.rule(value)
            case "code":
                pass
            case _:
                params.update([plain((key, value))])
    code = given["code"]
    if code == "topic_given" and "confidence" in given:
        code = "topic_by_model"
    if code == "refused":  # of each reason to pass somebody over, how many there were
        code = f"refused_{given.get('why')}"
    return Reason(SAID_AS.get(code, code), params)
