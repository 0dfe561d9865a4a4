"""What waits for citizens to say something: SMTP, IMAP, and the sweep for what nobody was rung for."""
