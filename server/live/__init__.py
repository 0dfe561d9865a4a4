"""Who should look again: one NOTIFY per transaction, one stream per browser."""
