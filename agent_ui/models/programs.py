"""What lets other programs in: tokens for those who look after them, and the API as it describes itself."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal, get_args

from agent_ui.models.chrome import Chrome
from agent_ui.models.common import Reason

TokenScope = Literal["reports:read", "tickets:read", "tickets:write"]
TokenState = Literal["good", "revoked", "expired", "ended"]


@dataclass(frozen=True, slots=True)
class ApiToken:
    """One token; without ``created_by`` a command made it."""

    id: int
    name: str
    person: str
    email: str
    scopes: tuple[TokenScope, ...]
    state: TokenState
    created_at: datetime
    expires_at: datetime
    created_by: str = ""
    used_at: datetime | None = None
    revoked_by: str = ""


@dataclass(frozen=True, slots=True)
class NewToken:
    """A token that was just made: ``token`` is on this page and nowhere else."""

    name: str
    person: str
    token: str
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class TokenForm:
    """What is asked of whoever makes a token, as it was typed."""

    email: str = ""
    name: str = ""
    days: str = "90"
    scopes: frozenset[str] = frozenset()
    errors: tuple[tuple[str, Reason], ...] = ()

    @property
    def offered(self) -> tuple[TokenScope, ...]:
        """Return what a token may be given."""
        return get_args(TokenScope)

    def error(self, name: str) -> Reason | None:
        """Return what is wrong with a field."""
        return dict(self.errors).get(name)


@dataclass(frozen=True, slots=True)
class ApiTokens:
    """The tokens, those that are good first and the newest first; ``form_key`` is of the form for another."""

    lines: tuple[ApiToken, ...] = ()
    form: TokenForm = field(default_factory=TokenForm)
    made: NewToken | None = None
    form_key: str = ""


@dataclass(frozen=True, slots=True)
class ApiTokensPage:
    chrome: Chrome
    tokens: ApiTokens


@dataclass(frozen=True, slots=True)
class ApiParameter:
    """Something that is sent along, and where: in the path, the query or a header."""

    name: str
    place: str
    required: bool
    about: str


@dataclass(frozen=True, slots=True)
class ApiMember:
    """A member of a shape; ``shapes`` are the names of those that its kind names."""

    name: str
    kind: str
    required: bool
    about: str = ""
    shapes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ApiShape:
    """What an object on the wire holds."""

    name: str
    about: str
    members: tuple[ApiMember, ...]


@dataclass(frozen=True, slots=True)
class ApiOperation:
    """One thing that a program may ask for; ``body`` and ``answer`` are names of shapes."""

    id: str
    method: str
    path: str
    scope: str
    summary: str
    about: str
    parameters: tuple[ApiParameter, ...]
    answer: str
    body: str = ""


@dataclass(frozen=True, slots=True)
class ApiDocs:
    """The API; its words are English, as those of every program are."""

    about: str
    operations: tuple[ApiOperation, ...]
    shapes: tuple[ApiShape, ...]
