"""Build what the API answers from what the desk's own screens are built from."""
