"""Examples of what concerns other programs: tokens, and the API as it describes itself."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta

from agent_ui.gallery.people import NOW
from agent_ui.models import Chrome, Reason
from agent_ui.models.programs import (
    ApiDocs,
    ApiMember,
    ApiOperation,
    ApiParameter,
    ApiShape,
    ApiToken,
    ApiTokens,
    ApiTokensPage,
    NewToken,
    TokenForm,
)

MADE = NOW - timedelta(days=3)
UNTIL = NOW + timedelta(days=87)
LINES = (
    ApiToken(
        4,
        "لوحة الأرقام في بهو الاستقبال",
        "سارة القحطاني",
        "sara@passports.example",
        ("reports:read",),
        "good",
        MADE,
        UNTIL,
        "خالد العمري",
        NOW - timedelta(hours=2),
    ),
    ApiToken(
        3,
        "Smart app",
        "App",
        "app@passports.example",
        ("tickets:read", "tickets:write"),
        "good",
        MADE,
        UNTIL,
    ),
    ApiToken(
        2,
        "Old export",
        "سارة القحطاني",
        "sara@passports.example",
        ("reports:read",),
        "revoked",
        MADE,
        UNTIL,
        revoked_by="خالد العمري",
    ),
    ApiToken(1, "Trial", "Omar", "omar@passports.example", ("tickets:read",), "ended", MADE, UNTIL),
)
WRONG = TokenForm(
    "nobody@passports.example",
    "",
    "1000",
    frozenset({"reports:read"}),
    (
        ("name", Reason("required")),
        ("email", Reason("token_nobody")),
        ("days", Reason("token_days", {"limit": 366})),
        ("scope", Reason("token_not_supervisor")),
    ),
)
TOKENS = ApiTokens(LINES)
NEW = ApiTokens(
    LINES,
    made=NewToken("Smart app", "app@passports.example", "twsl_" + "x4Kq" * 10 + "z9A", UNTIL),
)
AGAIN = ApiTokens(LINES, TokenForm(errors=(("form_key", Reason("token_made")),)), form_key="b2")
OPERATIONS = (
    ApiOperation(
        "wall",
        "GET",
        "/api/v1/wall",
        "reports:read",
        "Figures of now",
        "Say what is late.",
        (ApiParameter("team", "query", required=False, about="The id of a team."),),
        "Wall",
    ),
    ApiOperation(
        "note",
        "POST",
        "/api/v1/tickets/{ticket_id}/notes",
        "tickets:write",
        "Write a note",
        "Write something down.",
        (),
        "Said",
        "Note",
    ),
)
SHAPES = (
    ApiShape(
        "Wall",
        "The figures of now.",
        (ApiMember("figures", "array of object", True, "", ("Figure",)),),
    ),
    ApiShape(
        "Figure",
        "",
        (ApiMember("metric", "string", True), ApiMember("value", "number or null", False)),
    ),
    ApiShape("Said", "What was written.", (ApiMember("seq", "integer", True, "Its place."),)),
    ApiShape("Note", "", (ApiMember("text", "string", True),)),
)
DOCS = ApiDocs("What the desk knows, for other programs.", OPERATIONS, SHAPES)

COMPONENTS: Mapping[str, tuple[object, ...]] = {
    "api_tokens": (TOKENS, ApiTokens(), NEW, ApiTokens(LINES, WRONG), AGAIN),
    "api_token": LINES,
    "api_operation": OPERATIONS,
    "api_shape": SHAPES,
}


def pages(chrome: Chrome) -> Mapping[str, tuple[object, ...]]:
    """Return examples of the pages, with the gallery's own rail around them."""
    chrome = replace(chrome, here="api_tokens")
    return {
        "api_tokens": (
            ApiTokensPage(chrome, TOKENS),
            ApiTokensPage(chrome, NEW),
            ApiTokensPage(chrome, ApiTokens(form=WRONG)),
        ),
        "api_docs": (DOCS,),
    }
