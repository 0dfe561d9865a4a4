"""The doors of topics, and of how they are recognised."""

from litestar import Response, Router, get, post
from litestar.datastructures import FormMultiDict
from litestar.di import NamedDependency
from litestar.params import FromPath
from litestar.response import Redirect

from agent_ui import urls
from agent_ui.models import Reason
from server.admin import topic_model_screens, topic_screens
from server.admin.doors import number, only_administrators, only_supervisors, reason_of
from server.assignment import actions
from server.assignment.actions import TopicInUse
from server.assignment.queries import WrittenTopic
from server.kit import clock
from server.kit.errors import Invalid, NotFound
from server.kit.http import AnyRequest, respond, see_other, text_of
from server.kit.lists import parted
from server.people.queries import Viewer

FORM = 2 * 1024 * 1024
Answer = Response[str] | Redirect


@get(urls.TOPIC)
async def topic(
    request: AnyRequest, viewer: NamedDependency[Viewer], topic_id: FromPath[int]
) -> Response[str]:
    """Show the tree with one topic in the form; 0 is a new one."""
    only_administrators(viewer)
    page = await topic_screens.topics_page(viewer, topic_id=topic_id or None, now=clock.now())
    return respond(request, "topics", page)


@post(urls.TOPIC, status_code=200)
async def change_topic(
    request: AnyRequest, viewer: NamedDependency[Viewer], topic_id: FromPath[int]
) -> Answer:
    """Save a topic, move it, put it away, bring it back, or begin with a set of them."""
    only_administrators(viewer)
    form = await request.form()
    match text_of(form, "do", limit=20):
        case "save" | "":
            return await _save(request, viewer, topic_id, form)
        case "remove":
            return await _remove(request, viewer, topic_id, form)
        case "up" | "down" as way:
            await actions.move_topic(topic_id, up=way == "up", by=viewer)
        case "restore":
            await actions.restore_topic(topic_id, by=viewer)
        case "begin":
            await actions.take_starting_topics(by=viewer)
        case _:
            raise NotFound
    return see_other(urls.topics(topic_id))


async def _save(request: AnyRequest, viewer: Viewer, topic_id: int, form: FormMultiDict) -> Answer:
    typed = text_of(form, "examples", limit=FORM)
    filled = WrittenTopic(
        id=topic_id,
        parent_id=number(form, "parent"),
        name_ar=text_of(form, "name_ar", limit=FORM),
        name_en=text_of(form, "name_en", limit=FORM),
        team_id=number(form, "team"),
        priority=text_of(form, "priority", limit=20) or None,
        keywords=tuple(parted(text_of(form, "keywords", limit=FORM))),
        examples=tuple(dict.fromkeys(line.strip() for line in typed.splitlines() if line.strip())),
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
            examples=filled.examples,
            by=viewer,
        )
    except Invalid as error:
        page = await topic_screens.topics_page(
            viewer,
            topic_id=topic_id or None,
            now=clock.now(),
            filled=filled,
            wrong=(error.field or "name_ar", reason_of(error)),
        )
        return respond(request, "topics", page, status=422)
    return see_other(urls.topics(saved))


async def _remove(
    request: AnyRequest, viewer: Viewer, topic_id: int, form: FormMultiDict
) -> Answer:
    now = clock.now()
    status = 422
    try:
        await actions.remove_topic(topic_id, into=number(form, "into"), by=viewer, now=now)
    except Invalid as error:
        reason = reason_of(error)
    except TopicInUse as error:
        reason, status = Reason(error.code, {"called": error.called}), 409
    else:
        return see_other(urls.topics())
    page = await topic_screens.topics_page(
        viewer, topic_id=topic_id, now=now, wrong=("into", reason)
    )
    return respond(request, "topics", page, status=status)


@get(urls.TOPIC_MODEL)
async def topic_model(request: AnyRequest, viewer: NamedDependency[Viewer]) -> Response[str]:
    """Show how topics are recognised."""
    only_supervisors(viewer)
    page = await topic_model_screens.topic_model_page(viewer, now=clock.now())
    return respond(request, "topic_model", page)


@post(urls.TOPIC_MODEL, status_code=200)
async def learn_now(viewer: NamedDependency[Viewer]) -> Redirect:
    """Ask for a training."""
    await actions.ask_for_training(by=viewer, now=clock.now())
    return see_other(urls.TOPIC_MODEL)


router = Router(
    path="/",
    route_handlers=[topic, change_topic, topic_model, learn_now],
    request_max_body_size=FORM,
)
