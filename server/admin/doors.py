"""What the doors of administration ask alike: who comes in, and what a form said."""

from litestar.datastructures import FormMultiDict

from agent_ui.models import Reason
from agent_ui.sentences import REASONS
from server.kit.errors import Forbidden, Invalid
from server.kit.http import text_of
from server.people.queries import Viewer

DIGITS = 18
"""No id is longer, and no shorter number is too large for the database."""


def number(form: FormMultiDict, name: str) -> int | None:
    """Return an id that was chosen, if any; raise :class:`Invalid` for anything else."""
    text = text_of(form, name, limit=DIGITS)
    if not text:
        return None
    if not text.isdecimal():
        raise Invalid("not_possible", field=name)
    return int(text)


def reason_of(error: Invalid) -> Reason:
    """Return what can be said of an error beside its field."""
    code = error.code if error.code in REASONS else "not_possible"
    return Reason(code, {"field": error.field or ""})


def only_administrators(viewer: Viewer) -> None:
    """Raise :class:`Forbidden` for everybody else."""
    if not viewer.administrator:
        raise Forbidden


def only_supervisors(viewer: Viewer) -> None:
    """Raise :class:`Forbidden` for everybody who leads no team."""
    if not viewer.supervised:
        raise Forbidden
