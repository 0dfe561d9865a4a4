"""Examples of the pages of citizens, and of what supervisors see of their answers."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, date, datetime

from agent_ui import urls
from agent_ui.mail import rating_words
from agent_ui.models import Chrome, Name, Reason
from agent_ui.models.portal import LinkOver, RatingForm, RatingThanks
from agent_ui.models.report import Ratings
from agent_ui.models.satisfaction import (
    Asking,
    AskingMail,
    AskingPage,
    RatedTicket,
    Satisfaction,
    SatisfactionPage,
    TeamAsking,
    WallRatings,
)

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

PASSPORTS = Name("الجوازات", "Passports")
FIRST, LAST = date(2026, 11, 16), date(2026, 11, 22)
MANY, FEW = Ratings(61, (3, 2, 4, 11, 19)), Ratings(4, (1, 0, 0, 0, 1))
RATED = (
    RatedTicket(
        7,
        "100482",
        "فاطمة العتيبي",
        "تجديد جواز السفر",
        1,
        "انتظرت أسبوعين ولم يخبرني أحد بشيء.\nShame.",
        datetime(2026, 11, 22, 6, 0, tzinfo=UTC),
        PASSPORTS,
        Name("التجديد", "Renewal"),
        "أمل الشهري",
    ),
    RatedTicket(
        8,
        "100501",
        "James Carter",
        "Lost passport",
        5,
        "",
        datetime(2026, 11, 21, 6, 0, tzinfo=UTC),
        PASSPORTS,
    ),
)
LATELY = (WallRatings(FIRST, LAST, MANY), WallRatings(FIRST, LAST, FEW))
ANSWERS = (
    Satisfaction(FIRST, LAST, MANY, RATED, next_link=urls.satisfaction(after=100)),
    Satisfaction(
        FIRST,
        LAST,
        FEW,
        low=True,
        team=PASSPORTS,
        priority="high",
        narrowed={"team": "2", "topic": "0", "agent": "0", "priority": "high"},
    ),
    Satisfaction(FIRST, LAST, Ratings(), channel="email", error=Reason("range_inverted")),
)
TEAMS = (
    TeamAsking(2, PASSPORTS, asks=True, hours="2", limit=168),
    TeamAsking(
        3,
        PASSPORTS,
        asks=False,
        hours="900",
        limit=168,
        error=Reason("rating_hours", {"limit": 168}),
    ),
)
MAILS = (
    AskingMail("ar", "Re: تجديد جواز السفر", rating_words("ar")),
    AskingMail("en", "Re: Passport renewal", rating_words("en")),
)
ASKINGS = (Asking(TEAMS, MAILS, saved=True), Asking((), MAILS))

COMPONENTS: Mapping[str, tuple[object, ...]] = {
    "rating_form": FORMS,
    "rating_thanks": THANKS,
    "link_over": OVER,
    "rated_ticket": RATED,
    "satisfaction": ANSWERS,
    "wall_ratings": LATELY,
    "team_asking": TEAMS,
    "asking_mail": MAILS,
    "asking": ASKINGS,
}


def pages(chrome: Chrome) -> Mapping[str, tuple[object, ...]]:
    here = replace(chrome, here="satisfaction")
    return {
        "rating": FORMS,
        "rating_thanks": THANKS,
        "link_over": OVER,
        "satisfaction": tuple(SatisfactionPage(here, one) for one in ANSWERS),
        "asking": tuple(AskingPage(here, one) for one in ASKINGS),
    }
