"""Decide where an inquiry belongs, and say why.

Rules run from top to bottom, once. **The higher rule is the stronger**: what it set, a lower one leaves; tags
add up; `stop` ends the run. Later rules see the topic and priority decided so far. A topic that a person
chose stays. What no rule set comes from the topic, then from its ancestors; a ticket always has a team.
"""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace

from routing.explain import Check, explain
from routing.facts import Existing, Inquiry, Param, Reason, TopicFacts
from routing.reading import Reading
from routing.rules import Rule
from routing.topics import TopicTree, rank

_SETTINGS = ("topic", "team", "priority", "policy", "assign_to", "auto_reply")
_NAMED = {"assign_to": "person", "auto_reply": "answer"}

ANYTHING = Existing()


@dataclass(frozen=True, slots=True)
class Decision:
    """What routing answered; `reasons` hold ids, codes and numbers only."""

    topic: int | None
    team: int
    priority: str
    policy: int | None
    tags: tuple[str, ...]
    assign_to: int | None
    auto_reply: int | None
    reasons: tuple[Reason, ...]


@dataclass(frozen=True, slots=True)
class Verdict:
    """What became of one rule in a dry run: `matched`, `not_matched`, `disabled` or `not_reached`.

    `checks` tell of each of its conditions whether it held; `by` is the rule that ended the run before it.
    """

    rule: int
    outcome: str
    applied: tuple[str, ...] = ()
    outranked: tuple[str, ...] = ()
    checks: tuple[Check, ...] = ()
    by: int | None = None


def decide(
    inquiry: Inquiry,
    rules: Iterable[Rule],
    topics: TopicTree | Sequence[TopicFacts],
    *,
    fallback_team: int,
    existing: Existing = ANYTHING,
) -> Decision:
    """Decide; what a rule names and is not among what exists is passed over with a reason, never followed."""
    return _run(inquiry, rules, _tree(topics), fallback_team, existing)[0]


def dry_run(
    inquiry: Inquiry,
    rules: Iterable[Rule],
    topics: TopicTree | Sequence[TopicFacts],
    *,
    fallback_team: int,
    existing: Existing = ANYTHING,
) -> tuple[Decision, tuple[Verdict, ...]]:
    """Decide the same way, and tell every rule's verdict, also of those that were not reached."""
    return _run(inquiry, rules, _tree(topics), fallback_team, existing, every_rule=True)


def _tree(topics: TopicTree | Sequence[TopicFacts]) -> TopicTree:
    return topics if isinstance(topics, TopicTree) else TopicTree(topics)


def _run(
    inquiry: Inquiry,
    rules: Iterable[Rule],
    tree: TopicTree,
    fallback_team: int,
    existing: Existing,
    *,
    every_rule: bool = False,
) -> tuple[Decision, tuple[Verdict, ...]]:
    reading = Reading(inquiry, tree)
    draft = _Draft(reading, existing)
    draft.find_topic()
    verdicts: list[Verdict] = []
    looked = hit = 0
    ended_by: int | None = None
    for rule in rules:
        if ended_by is not None or not rule.enabled:
            if every_rule:
                outcome = "not_reached" if rule.enabled else "disabled"
                verdicts.append(Verdict(rule.id, outcome, by=ended_by if rule.enabled else None))
            elif ended_by is not None:
                break
            continue
        looked += 1
        checks = explain(rule.source, reading) if every_rule else ()
        if rule.matches(reading):
            hit += 1
            verdicts.append(replace(draft.follow(rule), checks=checks))
            ended_by = rule.id if rule.then.stop else None
        elif every_rule:
            verdicts.append(Verdict(rule.id, "not_matched", checks=checks))
    if looked:
        draft.because("rules_read", looked=looked, hit=hit)
    return draft.finish(fallback_team), tuple(verdicts)


@dataclass
class _Draft:
    """A decision in the making: who set what, and why."""

    reading: Reading
    existing: Existing

    def __post_init__(self) -> None:
        self.set_by: dict[str, int] = {}
        self.values: dict[str, int | str] = {}
        self.tags: dict[str, None] = {}
        self.reasons: list[Reason] = []

    def find_topic(self) -> None:
        reading, inquiry = self.reading, self.reading.inquiry
        if inquiry.topic_chosen:
            self.because("topic_chosen", **_known(topic=inquiry.topic))
        elif inquiry.topic is not None:
            self.because(
                "topic_given", **_known(topic=inquiry.topic, confidence=inquiry.topic_confidence)
            )
        elif best := rank(reading.subject_terms, reading.text_terms, reading.tree):
            reading.settle_topic(best[0].topic, best[0].score)
            self.because(
                "topic_by_keywords",
                topic=best[0].topic,
                keywords=len(best[0].hits),
                share=round(best[0].score, 3),
            )
        else:
            self.because("topic_unknown")

    def follow(self, rule: Rule) -> Verdict:
        then = rule.then
        applied: list[str] = []
        outranked: list[str] = []
        for name in _SETTINGS:
            value: int | str | None = getattr(then, name)
            if value is None:
                continue
            if not self._allowed(name, value, rule.id):
                outranked.append(name)
                continue
            self.set_by[name] = rule.id
            self.values[name] = value
            applied.append(name)
        if then.tags:
            self.tags.update(dict.fromkeys(then.tags))
            applied.append("tags")
        if "topic" in applied and then.topic is not None:
            self.reading.settle_topic(then.topic, None)
        if "priority" in applied and then.priority is not None:
            self.reading.settle_priority(then.priority)
        self.because("rule", rule=rule.id, set=tuple(applied))
        if then.stop:
            self.because("stopped_by_rule", rule=rule.id)
        return Verdict(rule.id, "matched", tuple(applied), tuple(outranked))

    def _allowed(self, name: str, value: int | str, rule: int) -> bool:
        if name in self.set_by:
            if self.values[name] != value:
                self.because("rule_outranked", rule=rule, setting=name, by=self.set_by[name])
            return False
        if name == "topic" and self.reading.inquiry.topic_chosen:
            self.because("topic_kept", rule=rule)
            return False
        if not self._exists(name, value):
            named = _NAMED.get(name, name)
            self.because(f"rule_names_unknown_{named}", rule=rule, **{named: value})
            return False
        return True

    def _exists(self, name: str, value: int | str) -> bool:
        existing = self.existing
        known: Collection[int | str] | None
        match name:
            case "topic":
                known = self.reading.tree.by_id
            case "team":
                known = existing.teams
            case "policy":
                known = existing.policies
            case "assign_to":
                known = existing.people
            case "auto_reply":
                known = existing.answers
            case _:
                known = None
        return known is None or value in known

    def finish(self, fallback_team: int) -> Decision:
        topic = self.reading.topic
        return Decision(
            topic=topic,
            team=self._team(topic, fallback_team),
            priority=self._priority(topic),
            policy=self._policy(topic),
            tags=tuple(self.tags),
            assign_to=_id(self.values.get("assign_to")),
            auto_reply=_id(self.values.get("auto_reply")),
            reasons=tuple(self.reasons),
        )

    def _team(self, topic: int | None, fallback_team: int) -> int:
        ruled = _id(self.values.get("team"))
        if ruled is not None:
            return ruled
        team = self.reading.tree.team(topic)
        if team is not None and topic is not None:
            if self._exists("team", team):
                self.because("team_of_topic", topic=topic, team=team)
                return team
            self.because("topic_names_unknown_team", topic=topic, team=team)
        self.because("fallback_team", team=fallback_team)
        return fallback_team

    def _priority(self, topic: int | None) -> str:
        if "priority" not in self.values and topic is not None:
            priority = self.reading.tree.priority(topic)
            if priority is not None and priority != self.reading.priority:
                self.because("priority_of_topic", topic=topic, priority=priority)
                return priority
        return self.reading.priority

    def _policy(self, topic: int | None) -> int | None:
        ruled = _id(self.values.get("policy"))
        if ruled is not None:
            return ruled
        policy = self.reading.tree.policy(topic)
        if policy is not None and topic is not None:
            self.because("policy_of_topic", topic=topic, policy=policy)
        return policy

    def because(self, code: str, **params: Param) -> None:
        self.reasons.append(Reason(code, params))


def _id(value: int | str | None) -> int | None:
    return value if isinstance(value, int) else None


def _known(**params: Param | None) -> dict[str, Param]:
    return {name: value for name, value in params.items() if value is not None}
