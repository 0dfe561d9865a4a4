"""The dry run: what would become of a message that was pasted, or of one that came long ago."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, cast

from litestar.datastructures import FormMultiDict

from agent_ui import urls
from agent_ui.models import Choice, Name, Param, Question, QuestionForm, Reason
from agent_ui.models.codes import Priority
from agent_ui.models.rules import RuleTrial, RuleVerdict
from agent_ui.words import CHANNEL
from routing import Decision, Inquiry, Verdict, dry_run
from server.admin import rule_words
from server.admin.rule_known import Known, Names
from server.assignment import queries
from server.assignment.actions.route import at_hours, recognised
from server.assignment.queries import last_week, named
from server.assignment.queries.written import WrittenRule
from server.kit.errors import Invalid
from server.kit.http import text_of, zone
from server.kit.limits import NAME_CHARACTERS, SUBJECT_CHARACTERS
from server.people.queries import Viewer

PASTED = 100_000
SAID_AS = {
    "topic_given": "topic_by_model",
    "team_of_topic": "team",
    "fallback_team": "catch_all",
}
WHEN = "%Y-%m-%dT%H:%M"
"""As browsers write a day and a time."""


@dataclass(frozen=True, slots=True)
class Tried:
    """What was typed into the dry run; ``at`` and the numbers stay as they were typed."""

    ticket: str = ""
    place: str = ""
    subject: str = ""
    text: str = ""
    sender: str = ""
    channel: str = "email"
    account: str = ""
    at: str = ""
    attachments: str = ""
    earlier: str = ""
    vip: bool = False
    wrong: tuple[str, Reason] | None = None

    @classmethod
    def of(cls, form: FormMultiDict) -> "Tried":
        """Read the form."""
        return cls(
            ticket=text_of(form, "ticket", limit=20).strip(),
            place=text_of(form, "place", limit=20).strip(),
            subject=text_of(form, "subject", limit=SUBJECT_CHARACTERS),
            text=text_of(form, "text", limit=PASTED),
            sender=text_of(form, "sender", limit=NAME_CHARACTERS),
            channel=text_of(form, "channel", limit=20) or "email",
            account=text_of(form, "account", limit=20),
            at=text_of(form, "at", limit=20),
            attachments=text_of(form, "attachments", limit=20).strip(),
            earlier=text_of(form, "earlier", limit=20).strip(),
            vip=bool(form.get("vip")),
        )


async def inquiry_of(tried: Tried, *, viewer: Viewer, now: datetime) -> Inquiry:
    """Return what is to be tried; :class:`Invalid` names the field that is wrong."""
    if tried.ticket:
        message_id = await last_week.message_of(
            _number(tried.ticket, "ticket"),
            _number(tried.place or "1", "place") or 1,
            viewer=viewer,
        )
        if message_id is None:
            raise Invalid("no_such_message", field="ticket")
        ((inquiry, _),) = (await queries.inquiries([message_id])).values()
        return as_it_came(inquiry)
    return Inquiry(
        channel=tried.channel,
        at=_at(tried.at, now),
        account=_number(tried.account, "account") if tried.account else None,
        subject=tried.subject,
        text=tried.text,
        sender=tried.sender,
        vip=tried.vip,
        attachments=_number(tried.attachments or "0", "attachments"),
        earlier_tickets=_number(tried.earlier or "0", "earlier"),
    )


def as_it_came(inquiry: Inquiry) -> Inquiry:
    """Return an inquiry without what routing itself has decided about it; a person's choice stays."""
    if inquiry.topic_chosen:
        return replace(inquiry, priority="normal")
    return replace(inquiry, topic=None, topic_confidence=None, priority="normal")


def form(tried: Tried, known: Known) -> QuestionForm:
    """Build the form of the dry run."""
    error = dict([tried.wrong]) if tried.wrong else {}
    return QuestionForm(
        action=urls.RULES,
        title="try_out",
        questions=(
            Question("ticket", "number", value=tried.ticket, error=error.get("ticket")),
            Question("place", "number", value=tried.place, error=error.get("place")),
            Question("subject", value=tried.subject),
            Question("text", "long", value=tried.text),
            Question("sender", value=tried.sender),
            Question(
                "channel",
                "one",
                options=tuple(Choice(code, selected=code == tried.channel) for code in CHANNEL),
                of="channel",
            ),
            Question(
                "account",
                "one",
                options=(
                    Choice("", selected=not tried.account),
                    *(
                        Choice(str(key), name, selected=str(key) == tried.account)
                        for key, name in known.accounts
                    ),
                ),
                error=error.get("account"),
            ),
            Question("at", "moment", value=tried.at, error=error.get("at")),
            Question(
                "attachments", "number", value=tried.attachments, error=error.get("attachments")
            ),
            Question("earlier", "number", value=tried.earlier, error=error.get("earlier")),
            Question("vip", "yes", value="yes" if tried.vip else ""),
        ),
        does=("try",),
    )


async def trial(
    inquiry: Inquiry, written: Sequence[WrittenRule], known: Known, names: Names
) -> RuleTrial:
    """Decide about it by the rules as they are, and tell each rule's verdict."""
    rules, topics = await queries.rules(), await queries.topics()
    existing = await named.existing()
    calendars = await named.calendars_asked(rules)
    fallback = min(await queries.team_ids())
    decision, verdicts = dry_run(
        recognised(at_hours(inquiry, calendars), topics),
        rules,
        topics,
        fallback_team=fallback,
        existing=existing,
    )
    by_id = {rule.id: rule for rule in written}
    called = {rule.id: rule.name for rule in written}
    topic_names = {key: name for key, name, _ in known.topics}
    team_names = dict(known.teams)
    return RuleTrial(
        team=team_names[decision.team],
        priority=cast("Priority", decision.priority),
        topic=topic_names.get(decision.topic or 0),
        verdicts=tuple(_verdict(one, by_id.get(one.rule), called, names) for one in verdicts),
        why=tuple(
            _because(reason.as_dict(), topic_names, team_names, called)
            for reason in decision.reasons
            if reason.code not in {"rules_read", "rule"}
        ),
        also=rule_words.deeds(_also(decision), names),
    )


def _also(decision: Decision) -> dict[str, Any]:
    return {
        "policy": decision.policy,
        "tags": decision.tags,
        "assign_to": decision.assign_to,
        "auto_reply": decision.auto_reply,
    }


def _verdict(
    verdict: Verdict, rule: WrittenRule | None, called: Mapping[int, str], names: Names
) -> RuleVerdict:
    then = rule.body.get("then", {}) if rule else {}
    return RuleVerdict(
        id=verdict.rule,
        name=called.get(verdict.rule, ""),
        outcome=verdict.outcome,
        clauses=rule_words.checked(verdict.checks, names),
        did=rule_words.deeds({name: then.get(name) for name in verdict.applied}, names),
        left=rule_words.deeds({name: then.get(name) for name in verdict.outranked}, names),
        by=called.get(verdict.by or 0, ""),
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


def _number(text: str, field: str) -> int:
    if not text.isdecimal() or len(text) > 15:
        raise Invalid("not_a_whole_number", field=field)
    return int(text)


def _at(text: str, now: datetime) -> datetime:
    if not text:
        return now.astimezone(zone())
    try:
        return datetime.strptime(text, WHEN).replace(tzinfo=zone())
    except ValueError as error:
        raise Invalid("date_unreadable", field="at") from error
