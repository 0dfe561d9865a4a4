"""What the form of a canned reply or an article brings along."""

from litestar.datastructures import FormMultiDict

from agent_ui.models.knowledge import KnowledgeForm
from server.kit.errors import Invalid
from server.kit.http import text_of
from server.kit.limits import SMALL_FORM
from server.knowledge.queries.pieces import Written
from server.people.queries import Viewer

SIZE = 256 * 1024
MANY = 200


def written(form: FormMultiDict, shown: KnowledgeForm, *, viewer: Viewer) -> Written:
    """Return what was typed; teams that this person may not choose are not chosen.

    Lengths are judged when it is saved, so that a text which is too long is not lost.
    """
    offered = {choice.value for choice in shown.teams}
    every = form.get("every_team") == "yes" and viewer.administrator
    chosen = tuple(sorted(int(one) for one in _several(form, "teams") if one in offered))
    known = {choice.value for choice in shown.topics}
    topics = tuple(sorted(int(one) for one in _several(form, "topics") if one in known))
    return Written(
        title_ar=_typed(form, "title_ar"),
        title_en=_typed(form, "title_en"),
        body_ar=_typed(form, "body_ar"),
        body_en=_typed(form, "body_en"),
        shortcut=_typed(form, "shortcut"),
        address=_typed(form, "address"),
        topic_ids=topics,
        team_ids=None if every else chosen,
    )


def number(form: FormMultiDict, name: str) -> int:
    """Return a whole number; anything else is :class:`Invalid`."""
    text = text_of(form, name, limit=18)
    if not (text.isascii() and text.isdecimal()):
        raise Invalid("not_possible", field=name)
    return int(text)


def _typed(form: FormMultiDict, name: str) -> str:
    return text_of(form, name, limit=SMALL_FORM)


def _several(form: FormMultiDict, name: str) -> list[str]:
    return [one for one in form.getall(name, []) if isinstance(one, str)][:MANY]
