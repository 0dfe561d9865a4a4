"""The pages of rules and topics, as view models."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any, cast

from agent_ui import urls
from agent_ui.catalogue import translations
from agent_ui.models import (
    Choice,
    Name,
    Param,
    Question,
    QuestionForm,
    Reason,
    RuleChange,
    RuleLine,
    RuleList,
    RulePage,
    RulePreview,
    RulesPage,
    RuleTrial,
    RuleVerdict,
    RuleVersion,
    TopicLine,
    TopicsPage,
)
from agent_ui.models.codes import Locale, Priority
from agent_ui.words import CHANNEL, LANGUAGE, PRIORITY
from routing import Decision, Inquiry, Rule, decide, dry_run
from server.admin import rule_forms
from server.admin.rule_forms import Known
from server.assignment import queries
from server.assignment.queries import WrittenRule, WrittenTopic, named
from server.channel_accounts.queries import every
from server.people.queries import Viewer, teams, users
from server.tickets.queries import topics as tree
from server.tickets.screens.chrome import chrome

WEEK = timedelta(days=7)
SHOWN = 20
SAID_AS = {
    "topic_by_keywords": "topic",
    "topic_chosen": "topic",
    "topic_given": "topic",
    "team_of_topic": "team",
    "fallback_team": "catch_all",
}


@dataclass(frozen=True, slots=True)
class Tried:
    """What was typed into the dry run."""

    subject: str = ""
    text: str = ""
    sender: str = ""
    channel: str = "email"
    ticket: str = ""


async def rules_page(
    viewer: Viewer, *, now: datetime, tried: Tried | None = None, inquiry: Inquiry | None = None
) -> RulesPage:
    """Build the list of rules, its versions, and the dry run with what became of it."""
    rail = await chrome(viewer, here="rules", now=now)
    known = await knowledge()
    names = _readable(known, viewer)
    written = await queries.written_rules()
    versions = await queries.rule_versions()
    lines = tuple(
        _line(rule, names, first=place == 0, last=place == len(written) - 1)
        for place, rule in enumerate(written)
    )
    shown = tuple(
        RuleVersion(v.id, v.author, v.at, v.rules, current=place == 0)
        for place, v in enumerate(versions)
    )
    trial = await _trial(inquiry, written, known) if inquiry else None
    return RulesPage(rail, RuleList(lines, shown), _try_out(tried or Tried()), trial)


async def rule_page(
    viewer: Viewer,
    *,
    rule_id: int | None,
    name: str,
    body: Mapping[str, Any],
    now: datetime,
    notices: tuple[Reason, ...] = (),
    preview: RulePreview | None = None,
) -> RulePage:
    """Build the form of one rule, with what last week would have looked like."""
    rail = await chrome(viewer, here="rules", now=now)
    form = QuestionForm(
        action=urls.rule(rule_id),
        title="rule",
        questions=rule_forms.questions(name, body, await knowledge()),
        does=("save", "preview"),
        notices=notices,
    )
    return RulePage(rail, form, preview)


async def preview(
    rules: Sequence[Rule], rule_id: int | None, *, viewer: Viewer, now: datetime
) -> RulePreview:
    """Let last week's tickets come in again: by the rules as they are, and as they would be."""
    found = await queries.inquiries(await queries.beginnings(since=now - WEEK))
    present = await queries.rules()
    topics, existing = await queries.topics(), await named.existing()
    known = await knowledge()
    own = rule_id or 0
    matched = 0
    changes: list[tuple[int, Decision, Decision]] = []
    for ticket_id, (stored, fallback) in found.items():
        inquiry = _as_it_came(stored)
        before = decide(inquiry, present, topics, fallback_team=fallback, existing=existing)
        after, verdicts = dry_run(inquiry, rules, topics, fallback_team=fallback, existing=existing)
        matched += any(v.rule == own and v.outcome == "matched" for v in verdicts)
        if _way(before) != _way(after):
            changes.append((ticket_id, before, after))
    numbers = await queries.numbers([ticket_id for ticket_id, _, _ in changes[:SHOWN]])
    names = _readable(known, viewer)
    return RulePreview(
        looked_at=len(found),
        matched=matched,
        changed=len(changes),
        changes=tuple(
            RuleChange(
                str(numbers[ticket_id][0]),
                numbers[ticket_id][1],
                _outcome(before, names),
                _outcome(after, names),
            )
            for ticket_id, before, after in changes[:SHOWN]
        ),
    )


async def topics_page(
    viewer: Viewer,
    *,
    topic_id: int | None,
    now: datetime,
    filled: WrittenTopic | None = None,
    wrong: tuple[str, Reason] | None = None,
) -> TopicsPage:
    """Build the tree of topics with the form of one of them, or of a new one."""
    rail = await chrome(viewer, here="topics", now=now)
    written = {topic.id: topic for topic in await queries.written_topics()}
    known = await knowledge()
    team_names = dict(known.teams)
    topic = filled or written.get(topic_id or 0) or WrittenTopic(0, None, "", "", None, None, ())
    lines = tuple(
        TopicLine(
            id=key,
            name=name,
            depth=depth,
            team=team_names.get(written[key].team_id or 0),
            priority=cast("Priority | None", written[key].priority),
            keywords=written[key].keywords,
        )
        for key, name, depth in known.topics
        if key in written
    )
    form = QuestionForm(
        action=urls.topics(topic_id or 0),
        title="topic" if topic_id else "new_topic",
        name=Name(written[topic_id].name_ar, written[topic_id].name_en)
        if topic_id in written
        else None,
        questions=_topic_questions(topic, known, wrong),
    )
    return TopicsPage(rail, lines, form)


def _topic_questions(
    topic: WrittenTopic, known: Known, wrong: tuple[str, Reason] | None
) -> tuple[Question, ...]:
    error = dict([wrong]) if wrong else {}
    parents = [(key, name, depth) for key, name, depth in known.topics if key != topic.id]
    priorities = ("", *rule_forms.PRIORITIES)
    return (
        Question("name_ar", value=topic.name_ar, error=error.get("name_ar")),
        Question("name_en", value=topic.name_en, error=error.get("name_en")),
        Question(
            "parent",
            "one",
            options=(
                Choice("", selected=topic.parent_id is None),
                *(
                    Choice(str(key), name, selected=key == topic.parent_id, depth=depth)
                    for key, name, depth in parents
                ),
            ),
            error=error.get("parent"),
        ),
        Question("keywords", "long", value="، ".join(topic.keywords), error=error.get("keywords")),
        Question(
            "team",
            "one",
            options=(
                Choice("", selected=topic.team_id is None),
                *(Choice(str(k), name, selected=k == topic.team_id) for k, name in known.teams),
            ),
            error=error.get("team"),
        ),
        Question(
            "priority",
            "one",
            options=tuple(Choice(c, selected=c == (topic.priority or "")) for c in priorities),
            of="priority",
        ),
    )


async def knowledge() -> Known:
    """Gather what rules may name."""
    return Known(
        topics=[
            (node.topic.id, Name(node.topic.ar, node.topic.en), node.depth)
            for node in await tree.tree()
        ],
        teams=[(team.id, Name(team.name_ar, team.name_en)) for team in await teams()],
        accounts=[(account.id, account.name) for account in await every()],
        people=[(person.id, person.name) for person in await users()],
    )


def _readable(known: Known, viewer: Viewer) -> dict[str, dict[Any, str]]:
    """Return the reader's names for what rules hold, by field."""
    say = translations(cast("Locale", viewer.locale)).gettext

    def called(name: Name) -> str:
        return name.ar if viewer.locale == "ar" else name.en

    return {
        "topic": {key: called(name) for key, name, _ in known.topics},
        "team": {key: called(name) for key, name in known.teams},
        "account": dict(known.accounts),
        "person": dict(known.people),
        "channel": {code: say(word) for code, word in CHANNEL.items()},
        "language": {code: say(word) for code, word in LANGUAGE.items()},
        "priority": {code: say(word) for code, word in PRIORITY.items()},
    }


def _line(
    rule: WrittenRule, names: Mapping[str, Mapping[Any, str]], *, first: bool, last: bool
) -> RuleLine:
    when = rule.body.get("when", {})
    return RuleLine(
        id=rule.id,
        name=rule.name,
        enabled=rule.enabled,
        when=rule_forms.sentences([*when.get("all", ()), *when.get("any", ())], names),
        unless=rule_forms.sentences(when.get("none", ()), names),
        then=rule_forms.actions(rule.body.get("then", {}), names),
        any_of=bool(when.get("any")) and not when.get("all"),
        first=first,
        last=last,
    )


def _try_out(tried: Tried) -> QuestionForm:
    return QuestionForm(
        action=urls.RULES,
        title="try_out",
        questions=(
            Question("ticket", "number", value=tried.ticket),
            Question("subject", value=tried.subject),
            Question("text", "long", value=tried.text),
            Question("sender", value=tried.sender),
            Question(
                "channel",
                "one",
                options=tuple(Choice(code, selected=code == tried.channel) for code in CHANNEL),
                of="channel",
            ),
        ),
        does=("try",),
    )


async def _trial(inquiry: Inquiry, written: Sequence[WrittenRule], known: Known) -> RuleTrial:
    team_ids = await queries.team_ids()
    fallback = min(team_ids)
    decision, verdicts = dry_run(
        _as_it_came(inquiry),
        await queries.rules(),
        await queries.topics(),
        fallback_team=fallback,
        existing=await named.existing(),
    )
    called = {rule.id: rule.name for rule in written}
    topics = {key: name for key, name, _ in known.topics}
    team_names = dict(known.teams)
    return RuleTrial(
        team=team_names[decision.team],
        priority=cast("Priority", decision.priority),
        topic=topics.get(decision.topic or 0),
        verdicts=tuple(RuleVerdict(v.rule, called.get(v.rule, ""), v.outcome) for v in verdicts),
        why=tuple(
            _because(reason.as_dict(), topics, team_names, called) for reason in decision.reasons
        ),
    )


def _because(
    given: Mapping[str, Any],
    topics: Mapping[int, Name],
    team_names: Mapping[int, Name],
    rules: Mapping[int, str],
) -> Reason:
    params: dict[str, Param] = {}
    for key, value in given.items():
        if key == "topic":
            params[key] = topics.get(value)
        elif key == "team":
            params[key] = team_names.get(value)
        elif key in {"rule", "by"}:
            params[key] = rules.get(value, str(value))
        elif isinstance(value, str | int) and key != "code":
            params[key] = value
    return Reason(SAID_AS.get(given["code"], given["code"]), params)


def _as_it_came(inquiry: Inquiry) -> Inquiry:
    """Return an inquiry without what routing itself has decided about it; a person's choice stays."""
    if inquiry.topic_chosen:
        return replace(inquiry, priority="normal")
    return replace(inquiry, topic=None, topic_confidence=None, priority="normal")


def _way(decision: Decision) -> tuple[object, ...]:
    return (decision.team, decision.topic, decision.priority, decision.assign_to)


def _outcome(decision: Decision, names: Mapping[str, Mapping[Any, str]]) -> Reason:
    said = [names["team"].get(decision.team, "?"), names["priority"][decision.priority]]
    if decision.topic is not None:
        said.insert(1, names["topic"].get(decision.topic, "?"))
    return Reason("outcome", {"value": " · ".join(said)})
