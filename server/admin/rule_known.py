"""What rules may name, gathered once for forms and for sentences."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, cast

from agent_ui.catalogue import translations
from agent_ui.models import Name
from agent_ui.models.codes import Locale
from agent_ui.rule_words import WEEKDAY
from agent_ui.words import CHANNEL, LANGUAGE, PRIORITY
from server.assignment.queries import named
from server.assignment.queries.automatic_texts import automatic_texts
from server.assignment.queries.named import Listed
from server.channel_accounts.queries import every
from server.people.queries import Viewer, teams, users
from server.tickets.queries import topics as tree

Names = Mapping[str, Mapping[Any, str]]


@dataclass(frozen=True, slots=True)
class Known:
    """What exists: (id, name) of each kind, topics with their depth."""

    topics: Sequence[tuple[int, Name, int]]
    teams: Sequence[tuple[int, Name]]
    accounts: Sequence[tuple[int, str]]
    people: Sequence[tuple[int, str]]
    calendars: Sequence[Listed]
    policies: Sequence[Listed]
    answers: Sequence[tuple[int, str]]


async def knowledge() -> Known:
    """Gather what rules may name."""
    return Known(
        topics=[
            (node.topic.id, Name(node.topic.ar, node.topic.en), node.depth)
            for node in await tree.tree()
        ],
        teams=[(team.id, Name(team.name_ar, team.name_en)) for team in await teams()],
        accounts=[(account.id, account.name) for account in await every()],
        people=[(person.id, person.name) for person in await users()],
        calendars=await named.calendars(),
        policies=await named.policies(),
        answers=[(text.id, text.name) for text in await automatic_texts()],
    )


def readable(known: Known, viewer: Viewer) -> Names:
    """Return the reader's names for what rules hold, by the kind of thing."""
    say = translations(cast("Locale", viewer.locale)).gettext

    def called(name: Name) -> str:
        return name.ar if viewer.locale == "ar" else name.en

    return {
        "list": {"comma": "، " if viewer.locale == "ar" else ", "},
        "topic": {key: called(name) for key, name, _ in known.topics},
        "team": {key: called(name) for key, name in known.teams},
        "account": dict(known.accounts),
        "person": dict(known.people),
        "calendar": {key: one.name for one in known.calendars for key in one.ids},
        "policy": {key: one.name for one in known.policies for key in one.ids},
        "answer": dict(known.answers),
        "channel": {code: say(word) for code, word in CHANNEL.items()},
        "language": {code: say(word) for code, word in LANGUAGE.items()},
        "priority": {code: say(word) for code, word in PRIORITY.items()},
        "weekday": {int(code): say(word) for code, word in WEEKDAY.items()},
    }
