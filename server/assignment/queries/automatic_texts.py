"""Read the texts that rules answer with."""

from dataclasses import dataclass

from server.db import sql


@dataclass(frozen=True, slots=True)
class AutomaticText:
    """A text in both languages; the citizen gets the one they wrote in."""

    id: int
    name: str
    text_ar: str
    text_en: str


async def automatic_texts() -> tuple[AutomaticText, ...]:
    """Return the texts in use by name."""
    found = await sql.rows(
        """
        SELECT id, name, text_ar, text_en FROM automatic_texts
        WHERE removed_at IS NULL ORDER BY name LIMIT 500
        """
    )
    return tuple(AutomaticText(**row) for row in found)
