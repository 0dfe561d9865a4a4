"""Which bytes are pictures: what a browser draws without running anything, told by how they begin."""

PICTURES = frozenset({"image/png", "image/jpeg", "image/gif", "image/webp"})
"""SVG is a program."""


def picture_type(content: bytes) -> str | None:
    """Return the true media type of a picture, whatever its name says; nothing for anything else."""
    match content[:12]:
        case head if head.startswith(b"\x89PNG\r\n\x1a\n"):
            return "image/png"
        case head if head.startswith(b"\xff\xd8\xff"):
            return "image/jpeg"
        case head if head.startswith((b"GIF87a", b"GIF89a")):
            return "image/gif"
        case head if head[:4] == b"RIFF" and head[8:] == b"WEBP":
            return "image/webp"
    return None
