"""The page of tokens, for those who look after them."""

from datetime import datetime
from typing import cast

from agent_ui.models.programs import (
    ApiToken,
    ApiTokens,
    ApiTokensPage,
    NewToken,
    TokenForm,
    TokenScope,
    TokenState,
)
from server.api.queries.tokens import Token, every
from server.desk.screens.composing import new_key
from server.people.queries import Viewer
from server.tickets.screens.chrome import chrome


async def tokens_page(
    viewer: Viewer, *, form: TokenForm, made: NewToken | None = None, now: datetime
) -> ApiTokensPage:
    """Build the page; ``made`` is the token that was made just now."""
    lines = tuple(_line(one) for one in await every(now=now))
    return ApiTokensPage(
        await chrome(viewer, here="api_tokens", now=now), ApiTokens(lines, form, made, new_key())
    )


def _line(one: Token) -> ApiToken:
    return ApiToken(
        id=one.id,
        name=one.name,
        person=one.user_name,
        email=one.email,
        scopes=cast("tuple[TokenScope, ...]", one.scopes),
        state=cast("TokenState", one.state),
        created_at=one.created_at,
        expires_at=one.expires_at,
        created_by=one.created_by or "",
        used_at=one.last_used_at,
        revoked_by=one.revoked_by or "",
    )
