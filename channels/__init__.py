"""How we talk to the outside: verify, parse, compose, client."""
