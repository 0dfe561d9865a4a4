"""Applying what sla reckoned: policies, calendars, clocks, breaches."""
