"""Decide where tickets belong, give them to people, and take back what is left lying."""

from server.assignment.actions.follow import (
    DECLINES,
    REACTS_TO,
    NotYours,
    alarm,
    decline,
    follow,
    give_back,
    sweep,
    welcome,
)
from server.assignment.actions.hand_out import hand_out
from server.assignment.actions.route import route
from server.assignment.actions.rules import (
    checked,
    move_rule,
    remove_rule,
    restore_rules,
    save_rule,
    set_rule_enabled,
)
from server.assignment.actions.skills import set_skills, set_way
from server.assignment.actions.topics import add_rule, add_topic, save_topic
from server.assignment.actions.train import train_if_due

__all__ = [
    "DECLINES",
    "REACTS_TO",
    "NotYours",
    "add_rule",
    "add_topic",
    "alarm",
    "checked",
    "decline",
    "follow",
    "give_back",
    "hand_out",
    "move_rule",
    "remove_rule",
    "restore_rules",
    "route",
    "save_rule",
    "save_topic",
    "set_rule_enabled",
    "set_skills",
    "set_way",
    "sweep",
    "train_if_due",
    "welcome",
]
