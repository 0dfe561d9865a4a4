"""E-mail: a mailbox read by IMAP or fed by SMTP, answered by SMTP."""
