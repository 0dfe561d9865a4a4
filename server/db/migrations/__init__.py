"""The schema's history, written by hand; each file is applied once, in order."""
