"""Alarms as people see them: what is wrong with the house, what leaves by mail, and who wants what."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

from agent_ui.models.chrome import Chrome
from agent_ui.models.codes import Target
from agent_ui.models.common import Choice, Reason

AlarmKind = Literal["warning", "breach", "escalation", "trouble"]
Outcome = Literal["gathering", "waiting", "sending", "sent", "failed"]


@dataclass(frozen=True, slots=True)
class HouseAlarm:
    """Something that is or was wrong; ``reason`` says what, ``link`` where to look."""

    id: int
    reason: Reason
    raised_at: datetime
    ended_at: datetime | None = None
    link: str = ""


@dataclass(frozen=True, slots=True)
class AlarmLine:
    """One thing that a mail of alarms names: a ticket's promise, or what is wrong with the house."""

    kind: AlarmKind
    at: datetime
    number: str = ""
    target: Target | None = None
    due_at: datetime | None = None
    reason: Reason | None = None


@dataclass(frozen=True, slots=True)
class AlarmMail:
    """A mail of alarms: how many of each kind, the first of them, and where the rest stands."""

    counts: tuple[tuple[AlarmKind, int], ...]
    lines: tuple[AlarmLine, ...]
    link: str
    held: bool = False
    test: bool = False

    @property
    def whole(self) -> int:
        return sum(count for _, count in self.counts)


@dataclass(frozen=True, slots=True)
class LastSent:
    """What became of the last message by one way; ``why`` it did not arrive."""

    state: Outcome
    at: datetime
    why: Reason | None = None
    attempts: int = 0


@dataclass(frozen=True, slots=True)
class QuietDay:
    """The quiet hours that begin on one weekday (0 is Monday), as they were typed."""

    weekday: int
    hours: str = ""
    error: Reason | None = None


@dataclass(frozen=True, slots=True)
class AlarmChoices:
    """What one person wants to hear of, by which way, and when not.

    ``address`` is where e-mail goes; without ``mail_leaves`` none does, because no account was chosen.
    """

    email: frozenset[AlarmKind]
    browser: frozenset[AlarmKind]
    days: tuple[QuietDay, ...]
    zone: str
    pressing: str
    address: str
    mail_leaves: bool
    zones: tuple[str, ...] = ()
    errors: tuple[tuple[str, Reason], ...] = ()
    last: LastSent | None = None
    saved: bool = False

    def error(self, name: str) -> Reason | None:
        return next((reason for field_name, reason in self.errors if field_name == name), None)


@dataclass(frozen=True, slots=True)
class AlarmChoicesPage:
    chrome: Chrome
    choices: AlarmChoices


@dataclass(frozen=True, slots=True)
class WebhookLine:
    """One webhook and how it is doing; ``failed`` messages of the last day never arrived."""

    id: int
    name: str
    host: str
    kinds: tuple[AlarmKind, ...]
    enabled: bool
    waiting: int = 0
    failed: int = 0
    last: LastSent | None = None


@dataclass(frozen=True, slots=True)
class AlarmWays:
    """How alarms leave the house: by which account as e-mail, and to which webhooks."""

    accounts: tuple[Choice, ...]
    webhooks: tuple[WebhookLine, ...]
    alarms: tuple[HouseAlarm, ...] = ()
    error: Reason | None = None


@dataclass(frozen=True, slots=True)
class AlarmWaysPage:
    chrome: Chrome
    ways: AlarmWays


@dataclass(frozen=True, slots=True)
class WebhookForm:
    """A webhook's form as it was filled in; the secret of one that exists is never shown again."""

    id: int
    name: str
    url: str
    secret: str
    kinds: frozenset[AlarmKind]
    enabled: bool = True
    errors: tuple[tuple[str, Reason], ...] = field(default=())

    def error(self, name: str) -> Reason | None:
        return next((reason for field_name, reason in self.errors if field_name == name), None)


@dataclass(frozen=True, slots=True)
class WebhookPage:
    chrome: Chrome
    form: WebhookForm
