"""A program that uses the API: a token and plain HTTP, without a network."""

from collections.abc import Collection
from typing import Any

import httpx
from litestar import Litestar

from server.api.actions import Issued, create_token
from server.kit import clock


async def issued(user_id: int, *scopes: str, days: int = 90) -> Issued:
    """Make a token for somebody."""
    return await create_token(
        user_id, scopes=scopes, name="a program", days=days, by=None, now=clock.now()
    )


def client(app: Litestar, token: str | None = None, **headers: str) -> httpx.AsyncClient:
    """Return a client that shows this token with every request."""
    shown = {"Authorization": f"Bearer {token}"} if token else {}
    return httpx.AsyncClient(
        transport=httpx.ASGITransport(app=app),  # type: ignore[arg-type]  # Litestar's ASGI types are its own
        base_url="http://desk.example",
        headers=shown | headers,
    )


async def program(app: Litestar, user_id: int, *scopes: str) -> httpx.AsyncClient:
    """Return a client with a fresh token of this person."""
    return client(app, (await issued(user_id, *scopes)).token)


def fields(answer: httpx.Response) -> Collection[tuple[str, Any]]:
    """Return which fields a problem names, and what is wrong with each."""
    return {(one["field"], one["code"]) for one in answer.json()["errors"]}
