"""Who reacts to what, in which order: the one place where features meet their neighbours.

Reactions run inside the transaction of the events they react to.
"""

from server.delivery import actions as delivery
from server.events import reactions


def connect() -> None:
    """Wire this process; called once, before anything is written."""
    reactions.connect([(frozenset({"reply_written"}), delivery.hold)])
