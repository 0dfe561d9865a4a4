"""Keep what the search looks in: in the transaction of the event, and for tickets older than the search."""

from server.search.actions.keep import REACTS_TO, index
from server.search.actions.take_up import VERSION, take_up

__all__ = ["REACTS_TO", "VERSION", "index", "take_up"]
