"""Build the pages of citizens, in the language of their request."""

from typing import cast
from zoneinfo import ZoneInfo

from agent_ui import urls
from agent_ui.mail.answer import language_of
from agent_ui.models import Reason
from agent_ui.models.codes import Digits, Locale
from agent_ui.models.portal import RatingForm, RatingThanks
from agent_ui.render import Ui
from server.kit import clock
from server.kit.http import DIGITS
from server.kit.limits import RATING_COMMENT_CHARACTERS
from server.kit.settings import settings
from server.portal.queries import Rating


def reader(found: Rating, chosen: str) -> Ui:
    """Return the citizen: their own language, unless they chose the other one."""
    locale = cast("Locale", chosen) if chosen in DIGITS else language_of(found.language)
    return Ui(
        locale=locale,
        now=clock.now(),
        zone=ZoneInfo(settings().zone),
        digits=cast("Digits", DIGITS[locale]),
    )


def form(
    found: Rating,
    ui: Ui,
    *,
    token: str,
    chosen: int | None = None,
    comment: str | None = None,
    error: Reason | None = None,
) -> RatingForm:
    """Build the form, with what stands so far or what was typed just now."""
    return RatingForm(
        office=found.office,
        number=str(found.number),
        action=urls.rating(token, lang=ui.locale),
        other=urls.rating(token, lang=_other(ui), score=chosen),
        until=found.expires_at,
        limit=RATING_COMMENT_CHARACTERS,
        chosen=chosen or found.score,
        comment=found.comment if comment is None else comment,
        given=found.score,
        error=error,
    )


def thanks(found: Rating, ui: Ui, *, token: str, score: int) -> RatingThanks:
    """Build what is said to an answer."""
    return RatingThanks(
        office=found.office,
        number=str(found.number),
        score=score,
        back=urls.rating(token, lang=ui.locale),
        other=urls.rating(token, lang=_other(ui), kept=1),
        until=found.expires_at,
    )


def _other(ui: Ui) -> str:
    return "en" if ui.locale == "ar" else "ar"
