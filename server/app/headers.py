"""What every answer says to the browser about safety and keeping."""

from litestar.datastructures import MutableScopeHeaders
from litestar.types import Message, Scope

from agent_ui import stylesheet, urls
from server.kit.settings import settings

POLICY = (
    "default-src 'self'; object-src 'none'; base-uri 'none'; form-action 'self'; "
    "frame-src 'self'; frame-ancestors 'none'; img-src 'self' data:"
)
ALWAYS = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}
FOR_EVER = "public, max-age=31536000, immutable"


async def secure(message: Message, scope: Scope) -> None:
    """Add the headers to an answer; a handler's own policy stands (a framed message has one)."""
    if message["type"] != "http.response.start":
        return
    headers = MutableScopeHeaders.from_message(message)
    for name, value in ALWAYS.items():
        headers.setdefault(name, value)
    headers.setdefault("Content-Security-Policy", POLICY)
    if "frame-ancestors 'none'" in headers["Content-Security-Policy"]:
        headers.setdefault("X-Frame-Options", "DENY")
    if settings().secure_cookies:
        headers.setdefault("Strict-Transport-Security", "max-age=31536000")
    headers["Cache-Control"] = _keeping(scope, message["status"], headers.get("Cache-Control"))


def _keeping(scope: Scope, status: int, given: str | None) -> str:
    path = scope["path"]
    if status == 200 and (path.startswith(f"{urls.STATIC}/") or path == urls.STYLESHEET):
        named = path.startswith(urls.scripts(stylesheet.scripts_version()))
        versioned = named or (
            scope["query_string"].startswith(b"v=") and len(scope["query_string"]) > 2
        )
        return FOR_EVER if versioned else "public, max-age=3600"
    return given if given and "private" in given else "no-store"
