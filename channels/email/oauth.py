"""Access tokens for mailboxes that take no passwords (Microsoft 365, Google): fetched, kept while they last.

A provider may answer with a new refresh token that takes the place of ours (RFC 6749, section 6). It is used at
once, and whoever keeps our secrets is told, again and again until it is written down.
"""

import threading
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from time import monotonic
from typing import Any

import httpx
import msgspec

from channels.email.settings import Settings
from channels.errors import SignInFailed, TemporaryFailure, Unreachable

EARLY = 60.0
"""A token that ends within this many seconds is not begun with."""
LEAST_SECONDS = 30.0


@dataclass(frozen=True, slots=True)
class _Token:
    text: str
    until: float


Keep = Callable[[str, str], None]
"""Write down, in place of the first refresh token, the second; raise if that could not be done."""

_kept: dict[frozenset[tuple[str, object]], _Token] = {}
_renewed: dict[str, str] = {}
_unwritten: dict[str, str] = {}
_asking = threading.Lock()
_keepers: list[Keep] = []


def tell_of_renewals(keep: Keep) -> None:
    """Let refresh tokens that a provider replaces be written down by ``keep``, called in any thread."""
    _keepers[:] = [keep]


def access_token(settings: Settings, *, refused: str = "") -> str:
    """Return a token that is valid now, asking for a new one if none is kept or the kept one was `refused`."""
    place = _place(settings)
    with _asking:
        kept = _kept.get(place)
        if kept is None or kept.until <= monotonic() or kept.text == refused:
            _kept[place] = kept = _asked(settings)
        _write_down()
        return kept.text


def _write_down() -> None:
    for keep in _keepers:
        for old, new in list(_unwritten.items()):
            with suppress(Exception):  # the keeper has said why; the next token is another chance
                keep(old, new)
                del _unwritten[old]


def _place(settings: Settings) -> frozenset[tuple[str, object]]:
    """Name a mailbox by its settings, in which the refresh token may change while the access token lasts."""
    told = msgspec.structs.asdict(settings)
    return frozenset((name, told[name]) for name in told if name != "oauth_refresh_token")


def _newest(refresh_token: str) -> str:
    while refresh_token in _renewed:
        refresh_token = _renewed[refresh_token]
    return refresh_token


def _asked(settings: Settings) -> _Token:
    form = {"client_id": settings.oauth_client_id, "client_secret": settings.oauth_client_secret}
    form["scope"] = settings.oauth_scope
    refresh_token = _newest(settings.oauth_refresh_token)
    if refresh_token:
        form |= {"grant_type": "refresh_token", "refresh_token": refresh_token}
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
    renewed = said.get("refresh_token")
    if refresh_token and isinstance(renewed, str) and renewed not in {"", refresh_token}:
        _renewed[refresh_token] = _unwritten[refresh_token] = renewed
    seconds = float(lasts) if isinstance(lasts, int | float | str) and str(lasts).isdigit() else 0
    return _Token(text, monotonic() + max(seconds - EARLY, LEAST_SECONDS))


def _read(answer: httpx.Response) -> dict[str, Any]:
    try:
        said = answer.json()
    except ValueError:
        return {}
    return said if isinstance(said, dict) else {}
