"""Alarms: what is wrong, who is told by which way, and when somebody is left in peace."""
