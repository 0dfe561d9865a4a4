"""Lists as people type them."""


def parted(text: str) -> list[str]:
    """Part a list by commas of either script, or lines; what is empty or said twice is left out."""
    for mark in ("،", "؛", ";", "\n"):
        text = text.replace(mark, ",")
    return list(dict.fromkeys(part.strip() for part in text.split(",") if part.strip()))
