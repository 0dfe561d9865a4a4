"""Facts about tickets: written once, in the transaction that made them true, and followed from there."""
