"""The doors to policies: administrators only."""

from dataclasses import replace

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath
from litestar.response import Redirect

from agent_ui import urls
from agent_ui.models import Reason
from agent_ui.models.terms import PolicyForm
from server.alarms import queries as alarms
from server.kit import clock
from server.kit.errors import Invalid
from server.kit.http import AnyRequest, respond, see_other
from server.people.queries import Viewer
from server.service_levels import actions
from server.service_levels.queries import Policy
from server.supervision.handlers.terms import only_administrators
from server.supervision.policy_forms import (
    PolicyDraft,
    judge_policy,
    read_policy,
    with_another_step,
)
from server.supervision.queries import terms as queries
from server.supervision.screens import policies as screens
from server.supervision.screens.terms import preview
from server.supervision.term_forms import fingerprint, typed


@get(urls.POLICY)
async def policy(
    request: AnyRequest, viewer: NamedDependency[Viewer], policy_id: FromPath[int]
) -> Response[str]:
    """Show a policy's form."""
    only_administrators(viewer)
    return await _policy(request, viewer, await screens.policy_form(policy_id, now=clock.now()))


@post(urls.POLICY, status_code=200)
async def write_policy(
    request: AnyRequest, viewer: NamedDependency[Viewer], policy_id: FromPath[int]
) -> Response[str] | Redirect:
    """Say what a draft would change, save it, or retire the policy."""
    only_administrators(viewer)
    sent, now = await request.form(), clock.now()
    form = read_policy(sent, await screens.policy_form(policy_id, now=now))
    match typed(sent, "do"):
        case "add_step":
            return await _policy(request, viewer, with_another_step(form))
        case "retire" if form.id:
            await actions.retire_policy(form.name, now=now)
            return see_other(urls.TERMS)
        case "withdraw" if form.id:
            await actions.withdraw_policy(form.id, now=now)
            return see_other(urls.TERMS)
        case verb:
            zones = {row.name: row.zone for row in await queries.calendars()}
            form, draft = judge_policy(
                form, zones=zones, can_mail=await alarms.account_id() is not None, now=now
            )
    if not form.id and await queries.policy_taken(form.name, now=now):
        form, draft = _wrong(form, "name", "name_taken"), None
    if draft is not None:
        try:
            await _demand_room(form, draft)
        except Invalid as error:
            form, draft = _wrong(form, error.field or "starts", error.code), None
    if draft is None:
        return await _policy(request, viewer, form, status=422)
    seen = fingerprint(draft)
    if verb != "save" or typed(sent, "checked") != seen:
        found = await actions.preview_policy(_drafted(form, draft), now=now)
        form = replace(form, preview=preview(found), checked=seen)
        return await _policy(request, viewer, form)
    await _save(form, draft, by=viewer)
    if typed(sent, "follow") == "yes":
        await actions.order_following(
            policy=form.name, from_at=draft.starts_at, by=viewer.id, now=now
        )
    return see_other(urls.TERMS)


async def _demand_room(form: PolicyForm, draft: PolicyDraft) -> None:
    await actions.demand_room(
        form.name,
        starts_at=draft.starts_at,
        ends_at=draft.ends_at,
        instead_of=form.id,
        now=clock.now(),
    )


async def _save(form: PolicyForm, draft: PolicyDraft, *, by: Viewer) -> None:
    await actions.save_policy(
        form.name,
        calendar=draft.calendar,
        own_hours=draft.own_hours,
        allowed_minutes=draft.allowed_minutes,
        pauses_in=draft.pauses_in,
        priority=draft.priority,
        channel=draft.channel,
        topic_id=draft.topic_id,
        team_id=draft.team_id,
        account_id=draft.account_id,
        contact_class=draft.contact_class,
        position=draft.position,
        steps=draft.steps,
        starts_at=draft.starts_at,
        ends_at=draft.ends_at,
        instead_of=form.id or None,
        by=by.id,
        now=clock.now(),
    )


def _drafted(form: PolicyForm, draft: PolicyDraft) -> Policy:
    return Policy(
        id=0,
        name=form.name,
        calendar=draft.calendar,
        calendar_id=0,
        own_hours=draft.own_hours,
        position=draft.position,
        priority=draft.priority,
        channel=draft.channel,
        topic_id=draft.topic_id,
        team_id=draft.team_id,
        account_id=draft.account_id,
        contact_class=draft.contact_class,
        allowed_minutes=draft.allowed_minutes,
        pauses_in=frozenset(draft.pauses_in),
        steps=draft.steps,
    )


def _wrong(form: PolicyForm, field: str, code: str) -> PolicyForm:
    return replace(form, errors=(*form.errors, (field, Reason(code))))


async def _policy(
    request: AnyRequest, viewer: Viewer, form: PolicyForm, *, status: int = 200
) -> Response[str]:
    page = await screens.policy_page(viewer, form, now=clock.now())
    return respond(request, "policy", page, part=("policy_form", form), status=status)


handlers = [policy, write_policy]
