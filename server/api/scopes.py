"""What a token may open. A scope never opens more than its person may see and do."""

from typing import Literal, get_args

Scope = Literal["reports:read", "tickets:read", "tickets:write"]
SCOPES: tuple[Scope, ...] = get_args(Scope)
