"""The doors of rules, and of the texts that they answer with."""

from dataclasses import replace

from litestar import Response, Router, get, post
from litestar.datastructures import FormMultiDict
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery
from litestar.response import Redirect

from agent_ui import urls
from agent_ui.models import Reason
from agent_ui.models.rules import RulePreview
from server.admin import rule_forms, rule_screens, rule_tree
from server.admin.doors import only_supervisors, reason_of
from server.admin.last_week import preview
from server.admin.rule_forms import Draft
from server.admin.rule_known import knowledge, readable
from server.admin.tried import Tried, inquiry_of
from server.assignment import actions, queries
from server.assignment.actions import automatic_texts
from server.assignment.actions.rules import RefusedRule
from server.kit import clock
from server.kit.errors import Invalid, NotFound
from server.kit.http import AnyRequest, respond, see_other, text_of
from server.people.queries import Viewer

FORM = 256 * 1024
TICKET = 20
Answer = Response[str] | Redirect


@get(urls.RULES)
async def rules(
    request: AnyRequest, viewer: NamedDependency[Viewer], ticket: FromQuery[str] = ""
) -> Response[str]:
    """Show the rules; with a ticket's number in the link, what they make of it."""
    only_supervisors(viewer)
    now = clock.now()
    if not ticket.strip():
        return respond(request, "rules", await rule_screens.rules_page(viewer, now=now))
    return await _tried(request, viewer, Tried(ticket=ticket.strip()[:TICKET]))


@post(urls.RULES, status_code=200)
async def try_out(request: AnyRequest, viewer: NamedDependency[Viewer]) -> Response[str]:
    """Show what would become of a message that was pasted, or of one that came long ago."""
    only_supervisors(viewer)
    return await _tried(request, viewer, Tried.of(await request.form()))


async def _tried(request: AnyRequest, viewer: Viewer, typed: Tried) -> Response[str]:
    now = clock.now()
    try:
        inquiry = await inquiry_of(typed, viewer=viewer, now=now)
    except Invalid as error:
        typed = replace(typed, wrong=(error.field or "ticket", reason_of(error)))
        page = await rule_screens.rules_page(viewer, now=now, typed=typed)
        return respond(request, "rules", page, status=422)
    page = await rule_screens.rules_page(viewer, now=now, typed=typed, inquiry=inquiry)
    return respond(request, "rules", page)


@get(urls.RULE)
async def rule(
    request: AnyRequest, viewer: NamedDependency[Viewer], rule_id: FromPath[int]
) -> Response[str]:
    """Show one rule in the builder; 0 is a new one."""
    only_supervisors(viewer)
    draft, notices = await _saved(rule_id)
    page = await rule_screens.rule_page(
        viewer, rule_id=rule_id or None, draft=draft, now=clock.now(), notices=notices
    )
    return respond(request, "rule", page, part=("rule_form", page.form))


@post(urls.RULE, status_code=200)
async def change_rule(
    request: AnyRequest, viewer: NamedDependency[Viewer], rule_id: FromPath[int]
) -> Answer:
    """Save a rule, build at it, look at last week with it; or move it, switch it, take it away."""
    only_supervisors(viewer)
    form = await request.form()
    now = clock.now()
    does, _, path = text_of(form, "do", limit=40).partition(":")
    if path or does in {"save", "preview", "look"}:
        return await _build(request, viewer, rule_id, form, does, path)
    try:
        match does:
            case "up" | "down":
                await actions.move_rule(rule_id, up=does == "up", by=viewer, now=now)
            case "on" | "off":
                await actions.set_rule_enabled(rule_id, enabled=does == "on", by=viewer, now=now)
            case "remove":
                await actions.remove_rule(rule_id, by=viewer, now=now)
            case _:
                raise NotFound
    except RefusedRule as error:
        notices = await _told(error)
        page = await rule_screens.rules_page(viewer, now=now, notices=notices)
        return respond(request, "rules", page, status=422)
    return see_other(urls.RULES)


async def _build(
    request: AnyRequest, viewer: Viewer, rule_id: int, form: FormMultiDict, does: str, path: str
) -> Answer:
    """Change the draft as its button says; save it, or show it again."""
    now = clock.now()
    enabled = await _enabled(rule_id)
    draft = rule_forms.of_form(form)
    notices: tuple[Reason, ...] = ()
    looked: RulePreview | None = None
    if path:
        ask = text_of(form, f"new-{path}", limit=40)
        draft.focus = (rule_tree.edited(draft.tree, does, path, ask=ask), does)
    elif does != "look":
        try:
            body = draft.body()
            if draft.wrong:
                raise Invalid("not_complete")  # noqa: TRY301 -- said in one place, below
            if does == "save":
                await actions.save_rule(
                    rule_id or None, name=draft.name, body=body, enabled=enabled, by=viewer, now=now
                )
                return see_other(urls.RULES)
            changed = await actions.checked(
                rule_id or None, name=draft.name or "…", body=body, enabled=enabled
            )
            known = await knowledge()
            looked = await preview(
                changed,
                rule_id or None,
                known=known,
                names=readable(known, viewer),
                viewer=viewer,
                now=now,
            )
        except Invalid as error:
            notices = await _point_out(error, draft, rule_id)
    page = await rule_screens.rule_page(
        viewer, rule_id=rule_id or None, draft=draft, now=now, notices=notices, preview=looked
    )
    status = 422 if notices else 200
    return respond(request, "rule", page, part=("rule_form", page.form), status=status)


async def _point_out(error: Invalid, draft: Draft, rule_id: int) -> tuple[Reason, ...]:
    """Say what is wrong beside where it stands in the draft, and what concerns other rules above it."""
    called = {rule.id: rule.name for rule in await queries.written_rules()}
    if not isinstance(error, RefusedRule):
        if error.code != "not_complete":
            reason = Reason("does_nothing") if error.field == "then" else reason_of(error)
            _beside(draft, error.field or "when", reason)
        return (Reason("not_complete"),)
    others = []
    for remark in error.remarks:
        reason = rule_screens.said(remark, called, of=rule_id)
        if remark.params["rule"] == rule_id:
            _beside(draft, str(remark.params.get("where", "when")), reason)
        else:
            others.append(reason)
    return (Reason("rule_refused"), *others)


def _beside(draft: Draft, field: str, reason: Reason) -> None:
    draft.wrong.setdefault(rule_tree.path_of(field) or field, reason)


async def _told(error: RefusedRule) -> tuple[Reason, ...]:
    called = {rule.id: rule.name for rule in await queries.written_rules()}
    return tuple(rule_screens.said(remark, called, of=0) for remark in error.remarks)


@post(urls.RULE_VERSION, status_code=200)
async def restore(viewer: NamedDependency[Viewer], version_id: FromPath[int]) -> Redirect:
    """Go back to how the rules were."""
    await actions.restore_rules(version_id, by=viewer, now=clock.now())
    return see_other(urls.RULES)


@get(urls.AUTOMATIC_TEXT)
async def automatic_text(
    request: AnyRequest, viewer: NamedDependency[Viewer], text_id: FromPath[int]
) -> Response[str]:
    """Show the texts that rules answer with, one of them in the form; 0 is a new one."""
    only_supervisors(viewer)
    page = await rule_screens.automatic_texts_page(viewer, text_id=text_id or None, now=clock.now())
    return respond(request, "automatic_texts", page)


@post(urls.AUTOMATIC_TEXT, status_code=200)
async def save_automatic_text(
    request: AnyRequest, viewer: NamedDependency[Viewer], text_id: FromPath[int]
) -> Answer:
    """Save a text, or take it away."""
    form = await request.form()
    now = clock.now()
    typed = {name: text_of(form, name, limit=FORM) for name in ("name", "text_ar", "text_en")}
    try:
        if form.get("do") == "remove":
            await automatic_texts.remove_automatic_text(text_id, by=viewer, now=now)
        else:
            await automatic_texts.save_automatic_text(text_id or None, **typed, by=viewer, now=now)
    except Invalid as error:
        reason = reason_of(error)
        if isinstance(error, automatic_texts.UsedByRules):
            reason = Reason(error.code, {"value": "، ".join(error.rules)})
        page = await rule_screens.automatic_texts_page(
            viewer,
            text_id=text_id or None,
            now=now,
            typed=typed,
            wrong=(error.field or "name", reason),
        )
        return respond(request, "automatic_texts", page, status=422)
    return see_other(urls.automatic_text(None))


async def _saved(rule_id: int) -> tuple[Draft, tuple[Reason, ...]]:
    """Return a rule as a draft; of one that cannot be read, what can be said of it."""
    if rule_id == 0:
        return rule_forms.of_rule("", {}), ()
    for written in await queries.written_rules():
        if written.id == rule_id:
            if any(rule.id == rule_id for rule in await queries.rules()):
                return rule_forms.of_rule(written.name, written.body), ()
            return rule_forms.of_rule(written.name, {}), (Reason("rule_unreadable"),)
    raise NotFound


async def _enabled(rule_id: int) -> bool:
    if rule_id == 0:
        return True
    for written in await queries.written_rules():
        if written.id == rule_id:
            return written.enabled
    raise NotFound


router = Router(
    path="/",
    route_handlers=[
        rules,
        try_out,
        rule,
        change_rule,
        restore,
        automatic_text,
        save_automatic_text,
    ],
    request_max_body_size=FORM,
)
