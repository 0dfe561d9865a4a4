"""Read tickets: lists, counts, one with its thread. Whoever asks sees only the tickets of their teams."""
