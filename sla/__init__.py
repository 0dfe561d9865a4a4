"""When it is due: pure arithmetic."""
