"""Finding tickets by what was said, by whom, and by their numbers."""
