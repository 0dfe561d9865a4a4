"""What every door of the API has in common: its scope, what it says when something is wrong, how it reads ids."""

import hashlib
from datetime import datetime
from typing import Any, cast

from litestar.openapi.datastructures import ResponseSpec

from agent_ui.models.codes import Locale
from agent_ui.render import Ui
from server.api.scopes import Scope
from server.api.shapes.common import Problem
from server.kit.errors import Invalid, NotFound
from server.kit.http import zone
from server.kit.limits import IDEMPOTENCY_CHARACTERS
from server.kit.problems import MEDIA_TYPE
from server.people.queries import Viewer

LONGEST_ID = 18
"""No id is longer, and no shorter number is too large for the database."""
IDEMPOTENCY_KEY = "Idempotency-Key"
REASONS = {
    400: "The body is not JSON.",
    401: "There is no token, or none that opens anything now.",
    403: "The token lacks the scope, or its person may not do this.",
    404: "It does not exist, or not for the token's person.",
    409: "Others did something since `seen_seq`: `newer_seqs` names it. Or it is merged: `merged_into` says where.",
    413: "The body is too large.",
    415: "The body is of another type than `application/json`.",
    422: "A value cannot be used; `errors` says which, and why.",
    429: "Too many requests; `Retry-After` says in how many seconds to ask again.",
    503: "It cannot be done just now; `Retry-After` says in how many seconds to ask again.",
}
READS = (400, 401, 403, 404, 422, 429, 503)
WRITES = (*READS, 409, 413, 415)


def asks(scope: Scope, *, says: tuple[int, ...] = READS) -> dict[str, Any]:
    """Return what a handler is registered with: the scope it asks for, and what it may answer."""
    return {
        "opt": {"scope": scope, "writes": says is WRITES},
        "security": [{"token": [scope]}],
        "response_description": "What was asked for.",
        "responses": {
            status: ResponseSpec(
                Problem,
                description=REASONS[status],
                media_type=MEDIA_TYPE,
                generate_examples=False,
            )
            for status in sorted(says)
        },
    }


def number(text: str, *, field: str) -> int:
    """Read an id that was chosen."""
    if not text.isascii() or not text.isdecimal() or len(text) > LONGEST_ID:
        raise Invalid("not_possible", field=field)
    return int(text)


def id_of(text: str) -> int:
    """Read an id in a path; what is none belongs to nothing."""
    try:
        return number(text, field="id")
    except Invalid as error:
        raise NotFound from error


def form_key(given: str, *, ticket_id: int, verb: str) -> str:
    """Return the key of one write: the caller's, for this ticket and verb."""
    if not given:
        raise Invalid("required", field=IDEMPOTENCY_KEY)
    if len(given) > IDEMPOTENCY_CHARACTERS:
        raise Invalid("too_long", field=IDEMPOTENCY_KEY)
    made = hashlib.sha256(f"{ticket_id} {verb} {given}".encode("utf-8", "surrogateescape"))
    return f"api-{made.hexdigest()[:40]}"


def reader(language: str | None, viewer: Viewer, *, now: datetime) -> Ui:
    """Return how things are said in the language that was asked for, or that the token's person reads."""
    if language not in {None, "ar", "en"}:
        raise Invalid("not_possible", field="language")
    locale = cast("Locale", language or viewer.locale)
    return Ui(locale=locale, now=now, zone=zone(), digits="latn")
