"""Reads of the API that no screen has."""
