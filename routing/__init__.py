"""Who gets it and why: pure decisions, and the text they read.

    from routing import Inquiry, TopicFacts, TopicTree, decide, parse_rule
    decision = decide(inquiry, [parse_rule(row) for row in rows], tree, fallback_team=1)

`decide` answers where an inquiry belongs, `assign` and `assign_many` who gets a ticket; both say why in codes
with ids and numbers. `routing.text` spells text for matching and for the index. `TopicModel` is loaded on first
use, because numpy is not wanted where only rules are read.
"""

from typing import TYPE_CHECKING

from routing.assign import Assign, Strategy, Wait, assign, assign_many
from routing.conditions import COMPARISONS
from routing.decide import Decision, Verdict, decide, dry_run
from routing.eligibility import work_of
from routing.errors import DamagedModel, InvalidRule, RoutingError, TooFewExamples
from routing.explain import Check
from routing.facts import (
    PRIORITIES,
    AgentFacts,
    Existing,
    Inquiry,
    Reason,
    TicketFacts,
    TopicFacts,
)
from routing.review import review
from routing.rules import Actions, Rule, parse_rule
from routing.topics import TopicScore, TopicTree, classify

if TYPE_CHECKING:
    from routing.model import TopicModel

__all__ = [
    "COMPARISONS",
    "PRIORITIES",
    "Actions",
    "AgentFacts",
    "Assign",
    "Check",
    "DamagedModel",
    "Decision",
    "Existing",
    "Inquiry",
    "InvalidRule",
    "Reason",
    "RoutingError",
    "Rule",
    "Strategy",
    "TicketFacts",
    "TooFewExamples",
    "TopicFacts",
    "TopicModel",
    "TopicScore",
    "TopicTree",
    "Verdict",
    "Wait",
    "assign",
    "assign_many",
    "classify",
    "decide",
    "dry_run",
    "parse_rule",
    "review",
    "work_of",
]


def __getattr__(name: str) -> object:
    if name == "TopicModel":
        from routing.model import TopicModel

        return TopicModel
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
