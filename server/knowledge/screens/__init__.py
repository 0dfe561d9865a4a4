"""Build the pages of canned replies and articles, and the help beside the composer."""
