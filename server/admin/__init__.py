"""What administrators look after: channel accounts, quarantine, outgoing mail of a demo."""
