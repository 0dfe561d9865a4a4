"""Read canned replies and articles, and what may help with one ticket."""
