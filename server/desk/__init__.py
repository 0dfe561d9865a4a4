"""The inbox and the ticket, as agents see them."""
