"""What the API says and hears, as it stands on the wire; its description is made from these."""
