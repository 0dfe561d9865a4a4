"""View models that several features' screens share."""
