"""Who gets it and why: pure decisions, and the text they read."""
