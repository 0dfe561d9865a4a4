"""Examples of the pages of citizens."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime

from agent_ui import urls
from agent_ui.models import Reason
from agent_ui.models.portal import LinkOver, RatingForm, RatingThanks

WORD = "AAAAAAAAAA"
UNTIL = datetime(2026, 12, 22, 9, 0, tzinfo=UTC)

ASKED = RatingForm(
    office="هيئة الجوازات",
    number="100482",
    action=urls.rating(WORD, lang="ar"),
    other=urls.rating(WORD, lang="en"),
    until=UNTIL,
    limit=1000,
)
FORMS = (
    ASKED,
    replace(ASKED, chosen=4),
    replace(ASKED, chosen=2, given=5, comment="تأخر التوصيل أسبوعًا.\n<b>ولم يتصل أحد</b>"),
    replace(ASKED, error=Reason("score_missing")),
    replace(ASKED, chosen=1, error=Reason("comment_too_long", {"over": 12, "limit": 1000})),
)
THANKS = tuple(
    RatingThanks(
        "هيئة الجوازات",
        "100482",
        score,
        urls.rating(WORD, lang="ar"),
        urls.rating(WORD, lang="en", kept=1),
        UNTIL,
    )
    for score in (5, 2)
)
OVER = (LinkOver(), LinkOver(hasty=True))

COMPONENTS: Mapping[str, tuple[object, ...]] = {
    "rating_form": FORMS,
    "rating_thanks": THANKS,
    "link_over": OVER,
}
PAGES: Mapping[str, tuple[object, ...]] = {
    "rating": FORMS,
    "rating_thanks": THANKS,
    "link_over": OVER,
}
