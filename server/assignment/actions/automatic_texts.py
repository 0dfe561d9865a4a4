"""Write the texts that rules answer with."""

from datetime import datetime

from server.assignment import queries
from server.assignment.actions.rules import only_who_write_rules
from server.db import sql
from server.kit.errors import Invalid, NotFound
from server.kit.limits import AUTOMATIC_TEXT_CHARACTERS, NAME_CHARACTERS
from server.kit.work import transaction
from server.people.queries import Viewer


class UsedByRules(Invalid):
    """Rules answer with this text; ``rules`` are their names."""

    def __init__(self, rules: tuple[str, ...]) -> None:
        super().__init__("used_by_rules", field="name")
        self.rules = rules


async def save_automatic_text(
    text_id: int | None, *, name: str, text_ar: str, text_en: str, by: Viewer, now: datetime
) -> int:
    """Write a text; :class:`Invalid` says what is wrong with it."""
    only_who_write_rules(by)
    name, text_ar, text_en = name.strip(), text_ar.strip(), text_en.strip()
    for field, text, most in (
        ("name", name, NAME_CHARACTERS),
        ("text_ar", text_ar, AUTOMATIC_TEXT_CHARACTERS),
        ("text_en", text_en, AUTOMATIC_TEXT_CHARACTERS),
    ):
        if not text:
            raise Invalid("required", field=field)
        if len(text) > most:
            raise Invalid("too_long", field=field)
    async with transaction():
        if await sql.value(
            """
            SELECT true FROM automatic_texts
            WHERE name = $1 AND removed_at IS NULL AND id IS DISTINCT FROM $2
            """,
            name,
            text_id,
        ):
            raise Invalid("name_taken", field="name")
        arguments = (name, text_ar, text_en, by.id, now)
        saved: int | None = await (
            sql.value(
                """
                INSERT INTO automatic_texts (name, text_ar, text_en, author_id, changed_at)
                VALUES ($1, $2, $3, $4, $5) RETURNING id
                """,
                *arguments,
            )
            if text_id is None
            else sql.value(
                """
                UPDATE automatic_texts SET name = $1, text_ar = $2, text_en = $3, author_id = $4, changed_at = $5
                WHERE id = $6 AND removed_at IS NULL RETURNING id
                """,
                *arguments,
                text_id,
            )
        )
    if saved is None:
        raise NotFound
    return saved


async def remove_automatic_text(text_id: int, *, by: Viewer, now: datetime) -> None:
    """Take a text away, unless rules answer with it."""
    only_who_write_rules(by)
    async with transaction():
        using = {rule.id for rule in await queries.rules() if rule.then.auto_reply == text_id}
        used = tuple(rule.name for rule in await queries.written_rules() if rule.id in using)
        if used:
            raise UsedByRules(used)
        if not await sql.run(
            "UPDATE automatic_texts SET removed_at = $2 WHERE id = $1 AND removed_at IS NULL",
            text_id,
            now,
        ):
            raise NotFound
