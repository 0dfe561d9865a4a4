"""What programs are told when something goes wrong: RFC 9457, with codes that stay the same."""

from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

from litestar import Response

MEDIA_TYPE = "application/problem+json"
CODES = {404: "not_found", 405: "method", 413: "too_large"}
"""What the framework refuses, in our words."""


def problem(
    status: int, code: str, *, headers: Mapping[str, str] | None = None, **more: Any
) -> Response[Any]:
    """Answer a program; ``code`` says what went wrong, ``more`` says it more exactly."""
    content = {"type": "about:blank", "title": _phrase(status), "status": status, "code": code}
    return Response(
        content | more, status_code=status, media_type=MEDIA_TYPE, headers=dict(headers or {})
    )


def wrong(field: str, code: str) -> dict[str, str]:
    """Name a field and what is wrong with it, for the member ``errors`` of a problem."""
    return {"field": field, "code": code}


def refused(status: int) -> str:
    """Return the code of what the framework refused."""
    return CODES.get(status, "refused")


def _phrase(status: int) -> str:
    try:
        return HTTPStatus(status).phrase
    except ValueError:
        return "Error"
