"""What this process counts, in the form that Prometheus reads."""

from prometheus_client import CONTENT_TYPE_LATEST, REGISTRY, generate_latest

CONTENT_TYPE = CONTENT_TYPE_LATEST


def text() -> bytes:
    """Return every metric of this process."""
    return generate_latest(REGISTRY)
