"""The doors of supervision: the wall and what is behind it, promises, notices, reports."""

from litestar import Router

from server.kit.limits import SMALL_FORM
from server.supervision.handlers import accounts, notices, policies, reports, terms, wall

router = Router(
    path="/",
    route_handlers=[
        *wall.handlers,
        *terms.handlers,
        *policies.handlers,
        *notices.handlers,
        *accounts.handlers,
        *reports.handlers,
    ],
    request_max_body_size=4 * SMALL_FORM,
)
