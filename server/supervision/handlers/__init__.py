"""The doors of supervision: the wall and what is behind it, promises, notices, reports, shifts and shares."""

from litestar import Router

from server.kit.limits import SMALL_FORM
from server.supervision.handlers import (
    accounts,
    alarms,
    fairness,
    notices,
    policies,
    reports,
    satisfaction,
    shifts,
    terms,
    wall,
)

router = Router(
    path="/",
    route_handlers=[
        *wall.handlers,
        *terms.handlers,
        *policies.handlers,
        *notices.handlers,
        *alarms.handlers,
        *accounts.handlers,
        *reports.handlers,
        *satisfaction.handlers,
        *shifts.handlers,
        *fairness.handlers,
    ],
    request_max_body_size=4 * SMALL_FORM,
)
