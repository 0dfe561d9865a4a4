"""From raw bytes to messages in tickets: journal, drain, quarantine."""
