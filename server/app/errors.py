"""What people and programs are told when something goes wrong; never a traceback."""

import secrets
from dataclasses import replace
from typing import Any

import asyncpg
from litestar import Request, Response
from litestar.enums import MediaType
from litestar.exceptions import HTTPException, NotAuthorizedException, PermissionDeniedException
from litestar.types import ExceptionHandlersMap
from markupsafe import Markup

from agent_ui.models import ErrorPage, Reason
from server.kit import log
from server.kit.errors import Invalid, NotFound, TawasulError
from server.kit.http import (
    CSRF_COOKIE,
    expired,
    is_part,
    see_other,
    ui_for,
)
from server.kit.problems import problem, refused
from server.sign_in.handlers import forget_session, sign_in_path, token_of

AnyRequest = Request[Any, Any, Any]
AnyResponse = Response[Any]

PUBLIC_PATHS = ("/portal/",)
MACHINE_PATHS = ("/api/", "/hooks/")
AWAY = (
    OSError,
    asyncpg.PostgresConnectionError,
    asyncpg.InsufficientResourcesError,
    asyncpg.OperatorInterventionError,
    asyncpg.LockNotAvailableError,
    asyncpg.TransactionRollbackError,
    asyncpg.InterfaceError,
)
"""The database, or a disk, cannot do it just now: gone, full, stopping, too slow, or in each other's way."""
RETRY_SECONDS = 5

_log = log.get(__name__)


def on_purpose(request: AnyRequest, error: TawasulError) -> AnyResponse:
    """Answer one of our own errors; its code is put into words on screen."""
    reason = None if error.code in {"not_found", "error"} else Reason(error.code)
    return _answer(
        request, ErrorPage(error.status, reason, signed_in=_signed_in(request)), error.code
    )


def by_framework(request: AnyRequest, error: HTTPException) -> AnyResponse:
    """Answer what the framework refused: no such path, too large, not a form."""
    page = ErrorPage(error.status_code, signed_in=_signed_in(request))
    answer = _answer(request, page, refused(error.status_code))
    if isinstance(error, PermissionDeniedException):
        # A form token made with an earlier secret key would be refused for ever; the next page makes a new one.
        answer.set_cookie(expired(CSRF_COOKIE))
    return answer


def signed_out(request: AnyRequest, error: NotAuthorizedException) -> AnyResponse:
    """Show the way in, and from there back; programs and parts of pages are only told."""
    del error
    if is_part(request) or not _is_navigation(request):
        return _answer(request, ErrorPage(401), "session_ended")
    query = request.scope["query_string"].decode("latin-1")
    back_to = request.scope["path"] + (f"?{query}" if query else "")
    had_session = token_of(request) is not None
    answer = see_other(
        sign_in_path(
            back_to=back_to if request.method == "GET" and back_to != "/" else None,
            why="session_ended" if had_session else None,
        )
    )
    if had_session:
        forget_session(answer)
    return answer


def away(request: AnyRequest, error: Exception) -> AnyResponse:
    """Say that it cannot be done just now and when to try again."""
    _log.warning(
        "not possible just now",
        error=type(error).__name__,
        errno=getattr(error, "errno", None),
        path=request.scope["path"],
    )
    page = ErrorPage(503, retry_after=RETRY_SECONDS, signed_in=_signed_in(request))
    return _answer(request, page, "away")


def unusable(request: AnyRequest, error: asyncpg.DataError) -> AnyResponse:
    """Answer a value that the database has no room for, as a number larger than any id."""
    del error
    return on_purpose(request, NotFound() if request.method == "GET" else Invalid("not_possible"))


def unforeseen(request: AnyRequest, error: Exception) -> AnyResponse:
    """Admit a fault of ours, under a number by which it can be found in the log."""
    reference = secrets.token_hex(4)
    _log.error("unforeseen error", reference=reference, path=request.scope["path"], exc_info=error)
    page = ErrorPage(500, reference=reference, signed_in=_signed_in(request))
    return _answer(request, page, "error")


HANDLERS: ExceptionHandlersMap = {
    TawasulError: on_purpose,
    NotAuthorizedException: signed_out,
    HTTPException: by_framework,
    asyncpg.DataError: unusable,
    **dict.fromkeys(AWAY, away),
    Exception: unforeseen,
}


def _answer(request: AnyRequest, page: ErrorPage, code: str) -> AnyResponse:
    headers = {"Vary": "HX-Request-Type"}
    if page.retry_after:
        headers["Retry-After"] = str(page.retry_after)
    if request.scope["path"].startswith(MACHINE_PATHS):
        return problem(page.status, code, headers=headers)
    page = replace(page, public=request.scope["path"].startswith(PUBLIC_PATHS))
    ui = ui_for(request)
    if request.method == "GET" or not is_part(request):
        html = ui.component("error_page", page) if is_part(request) else ui.page("error", page)
        return Response(
            str(html), status_code=page.status, media_type=MediaType.HTML, headers=headers
        )
    # What is on the screen stays there, with everything typed; the sentence is for a notice.
    sentence = (
        ui.because(page.reason) if page.reason else ui.words.of("error_text", str(page.status))
    )
    return Response(
        Markup(sentence).striptags(),  # noqa: S704 -- made of our own words, and stripped
        status_code=page.status,
        media_type=MediaType.TEXT,
        headers={**headers, "HX-Reswap": "none"},
    )


def _is_navigation(request: AnyRequest) -> bool:
    return "text/html" in request.headers.get("Accept", "")


def _signed_in(request: AnyRequest) -> bool:
    return request.scope["state"].get("viewer") is not None
