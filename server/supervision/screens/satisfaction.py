"""Build what citizens said of how it went, and the page on which teams begin to ask."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import cast, get_args
from zoneinfo import ZoneInfo

from agent_ui import urls
from agent_ui.mail import rating_words, render_rating
from agent_ui.models import Name, Reason
from agent_ui.models.codes import ChannelKind, Locale, Priority
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
from server.kit.errors import Invalid
from server.kit.limits import RATING_HOURS, RATING_LINK
from server.people.queries import Viewer, teams
from server.supervision import days
from server.supervision.queries import board, ratings, reports
from server.supervision.queries.ratings import Rated, Which
from server.tickets.screens.chrome import chrome

WEEK = 7
MOST_DIGITS = 19
"""Of what cannot be an id, for it is beyond 64 bits."""
LANGUAGES: tuple[Locale, ...] = ("ar", "en")
EXAMPLE = {"ar": "تجديد جواز السفر", "en": "Passport renewal"}
NOWHERE = "https://example.org/portal/rating/…"


async def satisfaction_page(
    viewer: Viewer, shown: Satisfaction, *, now: datetime
) -> SatisfactionPage:
    """Put the answers on a page."""
    return SatisfactionPage(await chrome(viewer, here="satisfaction", now=now), shown)


async def satisfaction(
    viewer: Viewer,
    asked: Mapping[str, str],
    *,
    low: bool,
    after: int,
    zone: ZoneInfo,
    now: datetime,
) -> Satisfaction:
    """Build the answers of some days: the last seven, unless others are asked for."""
    today, error = now.astimezone(zone).date(), None
    first, last = asked.get("first"), asked.get("last")
    try:
        chosen = (
            days.period("days", None, first, last, today=today).days
            if first or last
            else last_week(today)
        )
    except Invalid as wrong:
        chosen, error = last_week(today), Reason(wrong.code)
    narrowed = _readable(asked)
    which = _which(viewer, narrowed, chosen, zone, today)
    found = await ratings.page(which, low=low, after=after)
    more = len(found) > ratings.PAGE
    told = {"first": chosen[0].isoformat(), "last": chosen[1].isoformat()}
    return replace(
        await _named(which, narrowed),
        first=chosen[0],
        last=chosen[1],
        ratings=await ratings.counts(which),
        rows=tuple(map(_row, found[: ratings.PAGE])),
        low=low,
        narrowed=narrowed,
        next_link=urls.satisfaction(
            **told, **narrowed, low=1 if low else None, after=after + ratings.PAGE
        )
        if more
        else "",
        error=error,
    )


def last_week(today: date) -> days.Days:
    """Return the last seven days, of which today is one."""
    return today - timedelta(days=WEEK - 1), today


async def wall_ratings(
    team_ids: tuple[int, ...], *, zone: ZoneInfo, now: datetime
) -> WallRatings | None:
    """Build how it went lately; nothing where nobody was asked."""
    first, last = last_week(now.astimezone(zone).date())
    found = await ratings.counts(Which(team_ids, (first, last), zone, last))
    return WallRatings(first, last, found) if found.asked or found.rated else None


async def asking_page(viewer: Viewer, shown: Asking, *, now: datetime) -> AskingPage:
    """Put the teams on a page."""
    return AskingPage(await chrome(viewer, here="satisfaction", now=now), shown)


async def asking(
    viewer: Viewer,
    *,
    zone: ZoneInfo,
    now: datetime,
    saved: bool = False,
    wrong: tuple[int, str, Reason] | None = None,
) -> Asking:
    """Build which teams ask; ``wrong`` is a team, what was typed for it, and what is wrong with that."""
    found = await ratings.asking(sorted(viewer.supervised))
    rows = []
    for one in found:
        mine = wrong if wrong and wrong[0] == one.id else None
        rows.append(
            TeamAsking(
                one.id,
                Name(one.name_ar, one.name_en),
                one.asks,
                mine[1] if mine else str(one.hours),
                RATING_HOURS,
                mine[2] if mine else None,
            )
        )
    return Asking(
        tuple(rows), tuple(_mail(language, zone, now) for language in LANGUAGES), saved=saved
    )


def _mail(language: Locale, zone: ZoneInfo, now: datetime) -> AskingMail:
    text, _ = render_rating(
        rating_words(language),
        language=language,
        link=NOWHERE,
        until=(now + RATING_LINK).astimezone(zone).date(),
        signature="",
        ticket_number="100482",
    )
    return AskingMail(language, f"Re: {EXAMPLE[language]}", text.strip())


def _readable(asked: Mapping[str, str]) -> dict[str, str]:
    """Return what answers are to be narrowed by, without what means nothing."""
    known = {"channel": get_args(ChannelKind), "priority": get_args(Priority)}
    return {
        name: said
        for name, said in asked.items()
        if (name in known and said in known[name])
        or (name in {"team", "topic", "agent"} and said.isdecimal() and len(said) < MOST_DIGITS)
    }


def _which(
    viewer: Viewer, narrowed: Mapping[str, str], chosen: days.Days, zone: ZoneInfo, today: date
) -> Which:
    def number(name: str) -> int | None:
        return int(narrowed[name]) if name in narrowed else None

    team = number("team")
    supervised = tuple(sorted(viewer.supervised))
    return Which(
        supervised if team is None else tuple(one for one in supervised if one == team),
        chosen,
        zone,
        today,
        topic_id=number("topic"),
        channel=narrowed.get("channel"),
        agent_id=number("agent"),
        priority=narrowed.get("priority"),
    )


async def _named(which: Which, narrowed: Mapping[str, str]) -> Satisfaction:
    """Return what the answers are narrowed by, in words."""
    topics = await board.topic_names([which.topic_id] if which.topic_id else [])
    people = await reports.people([which.agent_id] if which.agent_id else [])
    every = {team.id: Name(team.name_ar, team.name_en) for team in await teams()}
    return Satisfaction(
        date.min,
        date.min,
        Ratings(),
        team=every[which.team_ids[0]] if narrowed.get("team") and which.team_ids else None,
        topic=next((Name(*one) for one in topics.values()), None),
        channel=cast("ChannelKind | None", which.channel),
        agent=next(iter(people.values()), ""),
        priority=cast("Priority | None", which.priority),
    )


def _row(one: Rated) -> RatedTicket:
    return RatedTicket(
        one.id,
        str(one.number),
        one.contact_name,
        one.subject,
        one.score,
        one.comment,
        one.rated_at,
        Name(one.team_ar, one.team_en),
        Name(one.topic_ar, one.topic_en or "") if one.topic_ar is not None else None,
        one.agent or "",
    )
