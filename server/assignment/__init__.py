"""Applying what routing decided: topics, rules, decisions, who gets the ticket."""
