"""The doors for other programs, each by a token that has the door's scope."""

from litestar import Router

from server.api.door import with_token
from server.api.handlers import figures, tickets, writing
from server.api.problems import HANDLERS
from server.kit.http import PROGRAMS
from server.kit.limits import API_BODY

router = Router(
    path="/api/v1",
    route_handlers=[*figures.handlers, *tickets.handlers, *writing.handlers],
    guards=[with_token],
    opt=dict(PROGRAMS),
    exception_handlers=HANDLERS,
    request_max_body_size=API_BODY,
    include_in_schema=True,
)
