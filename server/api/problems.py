"""How the API says what went wrong."""

import re
from typing import Any

from litestar import Request, Response
from litestar.exceptions import HTTPException, ValidationException
from litestar.types import ExceptionHandlersMap

from server.api.door import NoToken, TooMany, WrongScope
from server.kit.errors import Invalid, TawasulError
from server.kit.problems import problem, refused, wrong
from server.tickets.actions import NewerThings
from server.tickets.actions.common import Merged

AnyRequest = Request[Any, Any, Any]
REALM = 'Bearer realm="tawasul"'
MISSING = re.compile(r"Missing required \w+ parameter '([^']*)'")
PLACE = re.compile(r"`\$\.?([^`]*)`")


def _of_ours(_request: AnyRequest, error: TawasulError) -> Response[Any]:
    return problem(error.status, error.code)


def _no_token(_request: AnyRequest, error: NoToken) -> Response[Any]:
    return problem(error.status, error.code, headers={"WWW-Authenticate": REALM})


def _wrong_scope(_request: AnyRequest, error: WrongScope) -> Response[Any]:
    says = f'{REALM}, error="insufficient_scope", scope="{error.scope}"'
    return problem(error.status, error.code, headers={"WWW-Authenticate": says}, scope=error.scope)


def _too_many(_request: AnyRequest, error: TooMany) -> Response[Any]:
    return problem(error.status, error.code, headers={"Retry-After": str(error.seconds)})


def _invalid(_request: AnyRequest, error: Invalid) -> Response[Any]:
    return problem(422, "invalid", errors=[wrong(error.field or "", error.code)])


def _newer(_request: AnyRequest, error: NewerThings) -> Response[Any]:
    return problem(error.status, error.code, newer_seqs=list(error.seqs))


def _merged(_request: AnyRequest, error: Merged) -> Response[Any]:
    return problem(error.status, error.code, merged_into=str(error.root))


def _unfit(_request: AnyRequest, error: ValidationException) -> Response[Any]:
    """Answer values of another kind than the schema says."""
    given = error.extra if isinstance(error.extra, list) else []
    named = [_unfit_field(one) for one in given]
    if missing := MISSING.search(error.detail):
        named.append(wrong(missing[1], "required"))
    return problem(422, "invalid", errors=named)


def _unfit_field(one: Any) -> dict[str, str]:
    key, said = str(one.get("key", "")), str(one.get("message", ""))
    place = PLACE.search(said)
    key = key.removeprefix("data").removeprefix(".") or (place[1] if place else "")
    return wrong(key, "required" if "missing required" in said else "unfit")


def _refused(_request: AnyRequest, error: HTTPException) -> Response[Any]:
    return problem(error.status_code, refused(error.status_code), headers=error.headers)


def _unreadable(_request: AnyRequest, _error: Exception) -> Response[Any]:
    """Answer a body that nests too deep or is no UTF-8; nothing but bodies is read so deep, or as bytes."""
    return problem(400, refused(400))


HANDLERS: ExceptionHandlersMap = {
    TawasulError: _of_ours,
    NoToken: _no_token,
    WrongScope: _wrong_scope,
    TooMany: _too_many,
    Invalid: _invalid,
    NewerThings: _newer,
    Merged: _merged,
    ValidationException: _unfit,
    HTTPException: _refused,
    RecursionError: _unreadable,
    UnicodeDecodeError: _unreadable,
}
