"""One matter of one contact: its messages, its status, who has it."""
