"""Decide where tickets belong, give them to people, and take back what is left lying."""

from server.assignment.actions.follow import (
    DECLINES,
    REACTS_TO,
    WORDS,
    NotYours,
    decline,
    follow,
    give_back,
    part,
    welcome,
)
from server.assignment.actions.hand_out import hand_out
from server.assignment.actions.model_alarm import watch_model
from server.assignment.actions.route import route
from server.assignment.actions.rules import (
    checked,
    move_rule,
    remove_rule,
    restore_rules,
    save_rule,
    set_rule_enabled,
)
from server.assignment.actions.shifts import (
    keep_team_hours,
    set_shifts,
    set_team_hours,
    set_week,
    turn_shifts,
)
from server.assignment.actions.skills import set_skills, set_way
from server.assignment.actions.topic_places import (
    TopicInUse,
    move_topic,
    remove_topic,
    restore_topic,
)
from server.assignment.actions.topics import (
    add_rule,
    add_topic,
    begin_with_topics,
    save_topic,
    take_starting_topics,
)
from server.assignment.actions.train import ask_for_training, train_if_due
from server.assignment.actions.waiting import alarm, overflow, sweep

__all__ = [
    "DECLINES",
    "REACTS_TO",
    "WORDS",
    "NotYours",
    "TopicInUse",
    "add_rule",
    "add_topic",
    "alarm",
    "ask_for_training",
    "begin_with_topics",
    "checked",
    "decline",
    "follow",
    "give_back",
    "hand_out",
    "keep_team_hours",
    "move_rule",
    "move_topic",
    "overflow",
    "part",
    "remove_rule",
    "remove_topic",
    "restore_rules",
    "restore_topic",
    "route",
    "save_rule",
    "save_topic",
    "set_rule_enabled",
    "set_shifts",
    "set_skills",
    "set_team_hours",
    "set_way",
    "set_week",
    "sweep",
    "take_starting_topics",
    "train_if_due",
    "turn_shifts",
    "watch_model",
    "welcome",
]
