"""The doors of rules and topics."""

from typing import Any

from litestar import Response, Router, get, post
from litestar.datastructures import FormMultiDict
from litestar.di import NamedDependency
from litestar.params import FromPath
from litestar.response import Redirect

from agent_ui import urls
from agent_ui.models import Reason
from agent_ui.sentences import REASONS
from routing import Inquiry
from server.admin import rule_forms
from server.admin import rules_screens as screens
from server.admin.rules_screens import Tried
from server.assignment import actions, queries
from server.assignment.queries import WrittenTopic
from server.kit import clock
from server.kit.errors import Forbidden, Invalid, NotFound
from server.kit.http import AnyRequest, respond, see_other, text_of, zone
from server.kit.limits import NAME_CHARACTERS, SUBJECT_CHARACTERS
from server.people.queries import Viewer

FORM = 256 * 1024
PASTED = 100_000
Answer = Response[str] | Redirect


@get(urls.RULES)
async def rules(request: AnyRequest, viewer: NamedDependency[Viewer]) -> Response[str]:
    """Show the rules."""
    _only_administrators(viewer)
    return respond(request, "rules", await screens.rules_page(viewer, now=clock.now()))


@post(urls.RULES, status_code=200)
async def try_out(request: AnyRequest, viewer: NamedDependency[Viewer]) -> Response[str]:
    """Show what would become of a message that was pasted, or of one that came long ago."""
    _only_administrators(viewer)
    form = await request.form()
    now = clock.now()
    tried = Tried(
        subject=text_of(form, "subject", limit=SUBJECT_CHARACTERS),
        text=text_of(form, "text", limit=PASTED),
        sender=text_of(form, "sender", limit=NAME_CHARACTERS),
        channel=text_of(form, "channel", limit=20) or "email",
        ticket=text_of(form, "ticket", limit=20),
    )
    inquiry = Inquiry(
        channel=tried.channel,
        at=now.astimezone(zone()),
        subject=tried.subject,
        text=tried.text,
        sender=tried.sender,
    )
    number = tried.ticket.strip()
    if number.isdecimal():
        message_id = await queries.beginning_of(int(number), viewer=viewer)
        if message_id is None:
            raise NotFound
        ((inquiry, _),) = (await queries.inquiries([message_id])).values()
    page = await screens.rules_page(viewer, now=now, tried=tried, inquiry=inquiry)
    return respond(request, "rules", page)


@get(urls.RULE)
async def rule(
    request: AnyRequest, viewer: NamedDependency[Viewer], rule_id: FromPath[int]
) -> Response[str]:
    """Show one rule as a form; 0 is a new one."""
    _only_administrators(viewer)
    name, body, _ = await _written(rule_id)
    page = await screens.rule_page(
        viewer, rule_id=rule_id or None, name=name, body=body, now=clock.now()
    )
    return respond(request, "rule", page)


@post(urls.RULE, status_code=200)
async def change_rule(
    request: AnyRequest, viewer: NamedDependency[Viewer], rule_id: FromPath[int]
) -> Answer:
    """Save a rule, look at last week with it, move it, switch it or take it away."""
    _only_administrators(viewer)
    form = await request.form()
    now = clock.now()
    does = text_of(form, "do", limit=20)
    if does in {"save", "preview"}:
        return await _save(request, viewer, rule_id, form, does)
    match does:
        case "up" | "down":
            await actions.move_rule(rule_id, up=does == "up", by=viewer, now=now)
        case "on" | "off":
            await actions.set_rule_enabled(rule_id, enabled=does == "on", by=viewer, now=now)
        case "remove":
            await actions.remove_rule(rule_id, by=viewer, now=now)
        case _:
            raise NotFound
    return see_other(urls.RULES)


async def _save(
    request: AnyRequest, viewer: Viewer, rule_id: int, form: FormMultiDict, does: str
) -> Answer:
    now = clock.now()
    _, former, enabled = await _written(rule_id)
    name = text_of(form, "name", limit=NAME_CHARACTERS)
    body = rule_forms.read(form, former)
    shown: dict[str, Any] = {"rule_id": rule_id or None, "name": name, "body": body, "now": now}
    try:
        if does == "save":
            await actions.save_rule(
                rule_id or None, name=name, body=body, enabled=enabled, by=viewer, now=now
            )
            return see_other(urls.RULES)
        changed, remarks = await actions.checked(
            rule_id or None, name=name or "…", body=body, enabled=enabled
        )
    except Invalid as error:
        page = await screens.rule_page(viewer, **shown, notices=(_reason(error),))
        return respond(request, "rule", page, status=422)
    looked = await screens.preview(changed, rule_id or None, viewer=viewer, now=now)
    notices = tuple(Reason(remark.code) for remark in remarks)
    page = await screens.rule_page(viewer, **shown, notices=notices, preview=looked)
    return respond(request, "rule", page)


@post(urls.RULE_VERSION, status_code=200)
async def restore(viewer: NamedDependency[Viewer], version_id: FromPath[int]) -> Redirect:
    """Go back to how the rules were."""
    await actions.restore_rules(version_id, by=viewer, now=clock.now())
    return see_other(urls.RULES)


@get(urls.TOPIC)
async def topic(
    request: AnyRequest, viewer: NamedDependency[Viewer], topic_id: FromPath[int]
) -> Response[str]:
    """Show the tree with one topic in the form; 0 is a new one."""
    _only_administrators(viewer)
    page = await screens.topics_page(viewer, topic_id=topic_id or None, now=clock.now())
    return respond(request, "topics", page)


@post(urls.TOPIC, status_code=200)
async def save_topic(
    request: AnyRequest, viewer: NamedDependency[Viewer], topic_id: FromPath[int]
) -> Answer:
    """Save a topic."""
    _only_administrators(viewer)
    form = await request.form()
    filled = WrittenTopic(
        id=topic_id,
        parent_id=_number(form, "parent"),
        name_ar=text_of(form, "name_ar", limit=FORM),
        name_en=text_of(form, "name_en", limit=FORM),
        team_id=_number(form, "team"),
        priority=text_of(form, "priority", limit=20) or None,
        keywords=tuple(rule_forms.parts(text_of(form, "keywords", limit=FORM))),
    )
    try:
        saved = await actions.save_topic(
            topic_id or None,
            parent_id=filled.parent_id,
            name_ar=filled.name_ar,
            name_en=filled.name_en,
            team_id=filled.team_id,
            priority=filled.priority,
            keywords=filled.keywords,
            by=viewer,
        )
    except Invalid as error:
        page = await screens.topics_page(
            viewer,
            topic_id=topic_id or None,
            now=clock.now(),
            filled=filled,
            wrong=(error.field or "name_ar", _reason(error)),
        )
        return respond(request, "topics", page, status=422)
    return see_other(urls.topics(saved))


async def _written(rule_id: int) -> tuple[str, dict[str, Any], bool]:
    if rule_id == 0:
        return "", {}, True
    for written in await queries.written_rules():
        if written.id == rule_id:
            return written.name, written.body, written.enabled
    raise NotFound


def _number(form: FormMultiDict, name: str) -> int | None:
    text = text_of(form, name, limit=20)
    if not text:
        return None
    if not text.isdecimal():
        raise Invalid("not_possible", field=name)
    return int(text)


def _reason(error: Invalid) -> Reason:
    code = error.code if error.code in REASONS else "not_possible"
    return Reason(code, {"field": error.field or ""})


def _only_administrators(viewer: Viewer) -> None:
    if not viewer.administrator:
        raise Forbidden


router = Router(
    path="/",
    route_handlers=[rules, try_out, rule, change_rule, restore, topic, save_topic],
    request_max_body_size=FORM,
)
