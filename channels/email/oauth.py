"""Access tokens for mailboxes that take no passwords (Microsoft 365, Google): fetched, kept while they last."""

import threading
from dataclasses import dataclass
from time import monotonic
from typing import Any

import httpx

from channels.email.settings import Settings
from channels.errors import SignInFailed, TemporaryFailure, Unreachable

EARLY = 60.0
"""A token that ends within this many seconds is not begun with."""
LEAST_SECONDS = 30.0


@dataclass(frozen=True, slots=True)
class _Token:
    text: str
    until: float


_kept: dict[Settings, _Token] = {}
_asking = threading.Lock()


def access_token(settings: Settings, *, refused: str = "") -> str:
    """Return a token that is valid now, asking for a new one if none is kept or the kept one was `refused`."""
    with _asking:
        kept = _kept.get(settings)
        if kept is None or kept.until <= monotonic() or kept.text == refused:
            _kept[settings] = kept = _asked(settings)
        return kept.text


def _asked(settings: Settings) -> _Token:
    form = {"client_id": settings.oauth_client_id, "client_secret": settings.oauth_client_secret}
    form["scope"] = settings.oauth_scope
    if settings.oauth_refresh_token:
        form |= {"grant_type": "refresh_token", "refresh_token": settings.oauth_refresh_token}
    else:
        form["grant_type"] = "client_credentials"
    try:
        answer = httpx.post(
            settings.oauth_token_url,
            data={name: value for name, value in form.items() if value},
            timeout=settings.timeout_seconds,
            follow_redirects=False,
        )
    except httpx.HTTPError as error:
        raise Unreachable(f"{settings.oauth_token_url}: {error}") from error
    said = _read(answer)
    if answer.status_code in (408, 429) or answer.status_code >= 500:
        raise TemporaryFailure(f"{settings.oauth_token_url}: {answer.status_code}")
    text, lasts = said.get("access_token"), said.get("expires_in", 0)
    if answer.status_code != 200 or not isinstance(text, str) or not text.isascii():
        why = str(said.get("error") or answer.status_code)[:200]
        raise SignInFailed(f"{settings.oauth_token_url}: {why}")
    seconds = float(lasts) if isinstance(lasts, int | float | str) and str(lasts).isdigit() else 0
    return _Token(text, monotonic() + max(seconds - EARLY, LEAST_SECONDS))


def _read(answer: httpx.Response) -> dict[str, Any]:
    try:
        said = answer.json()
    except ValueError:
        return {}
    return said if isinstance(said, dict) else {}
