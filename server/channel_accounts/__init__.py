"""The configured mailboxes, bots, pages and numbers, and how they are doing."""
