"""The pages of rules, as view models."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from itertools import pairwise

from agent_ui import urls
from agent_ui.models import Param, Question, QuestionForm, Reason
from agent_ui.models.rules import (
    AutomaticText,
    AutomaticTexts,
    RuleClause,
    RuleLine,
    RuleList,
    RulePage,
    RulePreview,
    RulesPage,
    RuleVersion,
)
from routing import Inquiry
from routing import Reason as Remark
from server.admin import rule_forms, rule_words, tried
from server.admin.rule_forms import Draft
from server.admin.rule_known import Names, knowledge, readable
from server.admin.tried import Tried
from server.assignment import queries
from server.assignment.actions.rules import remarks
from server.assignment.queries.automatic_texts import automatic_texts
from server.assignment.queries.written import Version, WrittenRule
from server.people.queries import Viewer
from server.tickets.screens.chrome import chrome

VERSIONS = 20


async def rules_page(
    viewer: Viewer,
    *,
    now: datetime,
    typed: Tried | None = None,
    inquiry: Inquiry | None = None,
    notices: tuple[Reason, ...] = (),
) -> RulesPage:
    """Build the list of rules, its versions, and the dry run with what became of it."""
    rail = await chrome(viewer, here="rules", now=now)
    known = await knowledge()
    names = readable(known, viewer)
    written = await queries.written_rules()
    read = await queries.rules()
    wrong = await remarks(read)
    readable_ids = {rule.id for rule in read}
    called = {rule.id: rule.name for rule in written}
    lines = tuple(
        RuleLine(
            id=rule.id,
            name=rule.name,
            enabled=rule.enabled,
            clauses=_clauses(rule, names) if rule.id in readable_ids else (),
            then=rule_words.deeds(rule.body["then"], names) if rule.id in readable_ids else (),
            warnings=tuple(said(one, called) for one in wrong if one.params["rule"] == rule.id)
            if rule.id in readable_ids
            else (Reason("rule_unreadable"),),
            first=place == 0,
            last=place == len(written) - 1,
        )
        for place, rule in enumerate(written)
    )
    versions = await queries.rule_versions(limit=VERSIONS + 1)
    trial = await tried.trial(inquiry, written, known, names) if inquiry else None
    return RulesPage(
        rail,
        RuleList(lines, _versions(versions, names), notices),
        tried.form(typed or Tried(), known),
        trial,
    )


async def rule_page(
    viewer: Viewer,
    *,
    rule_id: int | None,
    draft: Draft,
    now: datetime,
    notices: Sequence[Reason] = (),
    preview: RulePreview | None = None,
) -> RulePage:
    """Build the builder with one rule in it."""
    rail = await chrome(viewer, here="rules", now=now)
    form = rule_forms.view(rule_id, draft, await knowledge(), notices=notices, preview=preview)
    return RulePage(rail, form)


async def automatic_texts_page(
    viewer: Viewer,
    *,
    text_id: int | None,
    now: datetime,
    typed: Mapping[str, str] | None = None,
    wrong: tuple[str, Reason] | None = None,
) -> AutomaticTexts:
    """Build the texts that rules answer with, one of them in the form, or a new one."""
    rail = await chrome(viewer, here="rules", now=now)
    texts = await automatic_texts()
    used = [rule.then.auto_reply for rule in await queries.rules()]
    current = next((one for one in texts if one.id == text_id), None)
    filled = typed or {
        name: getattr(current, name) if current else "" for name in ("name", "text_ar", "text_en")
    }
    error = dict([wrong]) if wrong else {}
    return AutomaticTexts(
        rail,
        tuple(
            AutomaticText(one.id, one.name, one.text_ar, one.text_en, used.count(one.id))
            for one in texts
        ),
        QuestionForm(
            action=urls.automatic_text(text_id),
            title="automatic_text" if text_id else "new_automatic_text",
            questions=(
                Question("name", value=filled["name"], error=error.get("name")),
                Question("text_ar", "long", value=filled["text_ar"], error=error.get("text_ar")),
                Question("text_en", "long", value=filled["text_en"], error=error.get("text_en")),
            ),
            does=("save", "remove") if text_id else ("save",),
            name=current.name if current else None,
        ),
    )


def said(remark: Remark, called: Mapping[int, str], *, of: int | None = None) -> Reason:
    """Say what is wrong with a rule; with that of another than ``of`` its name is said, too."""
    params: dict[str, Param] = {
        key: called.get(value, str(value))
        for key, value in remark.params.items()
        if key in {"rule", "by"} and isinstance(value, int)
    }
    if of is not None and remark.params["rule"] != of:
        return Reason("of_another_rule", params)
    return Reason(remark.code, params)


def _clauses(rule: WrittenRule, names: Names) -> tuple[RuleClause, ...]:
    return rule_words.clauses(rule.body.get("when", {}), names)


def _versions(found: Sequence[Version], names: Names) -> tuple[RuleVersion, ...]:
    shown = [
        RuleVersion(
            newer.id,
            newer.author,
            newer.at,
            len(newer.rules),
            rule_words.edits(older.rules, newer.rules, names),
            current=place == 0,
        )
        for place, (newer, older) in enumerate(pairwise(found))
    ]
    if found and len(found) <= VERSIONS:
        first = found[-1]
        edits = rule_words.edits((), first.rules, names)
        shown.append(
            RuleVersion(
                first.id, first.author, first.at, len(first.rules), edits, current=len(found) == 1
            )
        )
    return tuple(shown)
