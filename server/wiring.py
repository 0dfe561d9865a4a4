"""Who reacts to what, in which order: the one place where features meet their neighbours.

Reactions run inside the transaction of the events they react to. Routing comes before the clocks, because
topic and priority decide which promises a ticket is under; clocks before delivery, which may fail at once.
"""

from server.alarms import actions as alarms
from server.assignment import actions as assignment
from server.delivery import actions as delivery
from server.events import reactions
from server.people import reactions as presence
from server.search import actions as search
from server.service_levels import actions as service_levels


def connect() -> None:
    """Wire this process; called once, before anything is written."""
    reactions.connect(
        [
            (frozenset({"ticket_created"}), assignment.route),
            (assignment.REACTS_TO, assignment.follow),
            (service_levels.REACTS_TO, service_levels.run_clocks),
            (search.REACTS_TO, search.index),
            (frozenset({"reply_written"}), delivery.hold),
            (frozenset({"ticket_created"}), delivery.acknowledge),
            (frozenset({"delivery_reported"}), delivery.settle_reported),
            (frozenset({"status_changed"}), delivery.expect_rating),
            (alarms.PROMISES, alarms.pass_on),
            (frozenset({"delivery_failed"}), alarms.answers_failed),
            (frozenset({"rated"}), alarms.rated_low),
        ]
    )
    presence.connect([assignment.welcome], [assignment.part])
