"""What routing reads and what it answers with: plain values, looked up by the caller beforehand."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Final

PRIORITIES: Final = ("low", "normal", "high", "urgent")
NEVER: Final = datetime.min.replace(tzinfo=UTC)

Param = int | float | str | bool | tuple[int, ...] | tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Reason:
    """Why something was decided: a code, and ids and numbers to make a sentence of on screen."""

    code: str
    params: Mapping[str, Param] = field(default_factory=dict)

    def as_dict(self) -> dict[str, object]:
        return {"code": self.code, **self.params}


@dataclass(frozen=True, slots=True)
class Inquiry:
    """One inbound message as routing sees it.

    `topic` is what is known so far; `topic_chosen` says that a person chose it, and then it stays.
    `at` carries the zone in which rules speak of hours and weekdays; `calendars` tells of each calendar
    whether it was open then.
    """

    channel: str
    at: datetime
    account: int | None = None
    subject: str = ""
    text: str = ""
    sender: str = ""
    language: str | None = None
    topic: int | None = None
    topic_confidence: float | None = None
    topic_chosen: bool = False
    priority: str = "normal"
    attachments: int = 0
    vip: bool = False
    earlier_tickets: int = 0
    calendars: Mapping[int, bool] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Existing:
    """The ids of what rules may name, by kind; a kind left None is taken to hold whatever is named."""

    teams: Collection[int] | None = None
    people: Collection[int] | None = None
    policies: Collection[int] | None = None
    answers: Collection[int] | None = None
    accounts: Collection[int] | None = None
    calendars: Collection[int] | None = None


@dataclass(frozen=True, slots=True)
class TopicFacts:
    """A topic; what it leaves open (team, priority, policy) it takes from its parent."""

    id: int
    parent: int | None = None
    keywords: tuple[str, ...] = ()
    team: int | None = None
    priority: str | None = None
    policy: int | None = None


@dataclass(frozen=True, slots=True)
class TicketFacts:
    """A ticket that looks for an agent; `topics` is its topic followed by that topic's ancestors."""

    id: int
    team: int
    channel: str
    topics: tuple[int, ...] = ()
    language: str | None = None
    due_at: datetime | None = None
    created_at: datetime = NEVER
    last_agent: int | None = None
    assign_to: int | None = None
    declined_by: frozenset[int] = frozenset()


@dataclass(frozen=True, slots=True)
class AgentFacts:
    """An agent as assignment sees one; `topics` and `languages` left None mean every one.

    `calls`, `chats` and `mails` count only tickets that wait for the agent, not for anybody else.
    """

    id: int
    teams: frozenset[int]
    presence: str = "offline"
    on_shift: bool = True
    topics: frozenset[int] | None = None
    languages: frozenset[str] | None = None
    calls: int = 0
    chats: int = 0
    mails: int = 0
    capacity: int = 15
    last_assigned_at: datetime | None = None
    idle_since: datetime | None = None
    taken_last_hour: int = 0
