"""From an agent's words to the citizen's device: the life of an outbound message."""
