"""A program that uses the API: a token and plain HTTP, without a network."""

from collections.abc import Collection
from typing import Any

import httpx
from jsonschema import Draft202012Validator
from litestar import Litestar
from referencing import Registry, Resource
from referencing.jsonschema import DRAFT202012

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


def described(app: Litestar, method: str, path: str, answer: httpx.Response) -> list[str]:
    """Return in what an answer differs from its description; a member that is not described is a difference."""
    document: Any = _closed(app.openapi_schema.to_schema())
    media_type = answer.headers["Content-Type"].partition(";")[0]
    responses = document["paths"][path][method.lower()]["responses"]
    schema = responses[str(answer.status_code)]["content"][media_type]["schema"]
    resource = Resource(contents=document, specification=DRAFT202012)
    registry = Registry().with_resource("urn:api", resource)
    absolute = {"$ref": "urn:api" + schema["$ref"]} if "$ref" in schema else schema
    validator = Draft202012Validator(absolute, registry=registry)
    return [f"{error.json_path}: {error.message}" for error in validator.iter_errors(answer.json())]


def _closed(part: Any) -> Any:
    if isinstance(part, dict):
        closed = {key: _closed(value) for key, value in part.items()}
        if part.get("type") == "object" and "properties" in part:
            closed["additionalProperties"] = False
        return closed
    return [_closed(one) for one in part] if isinstance(part, list) else part
