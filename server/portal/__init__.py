"""The pages of citizens, who do not sign in: a signed link in a mail leads to each."""
