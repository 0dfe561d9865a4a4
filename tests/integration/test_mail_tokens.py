"""Mailboxes that take no passwords: tokens are fetched, kept while they last, and fetched anew when refused."""

import asyncio
import base64
import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, Session

from channels.email import client, oauth
from channels.email.imap import Mailbox
from channels.email.settings import Settings, load
from channels.errors import SignInFailed, TemporaryFailure, Unreachable
from server.channel_accounts import actions as accounts
from server.channel_accounts.queries import one
from server.channel_accounts.tokens import write_down_renewals
from server.db import sql
from server.kit import clock
from tests.support.dovecot import Dovecot, _free_port
from tests.support.mails import mail

pytestmark = pytest.mark.anyio

USER = "desk@passports.example"
OAUTH = """
auth_mechanisms = plain login xoauth2
passdb {{
  driver = oauth2
  mechanisms = xoauth2
  args = {home}/oauth2.conf.ext
}}
"""


class Tokens:
    """An identity provider as strict as the real ones: one client, one refresh token, tokens that end."""

    def __init__(self) -> None:
        self.valid: set[str] = set()
        self.given = 0
        self.status = 200
        self.lasts = 3600
        self.rotates = False
        self.right = "r-1"
        owner = self

        class Door(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                form = parse_qs(self.rfile.read(int(self.headers["Content-Length"])).decode())
                self._answer(*owner.ask({name: one[0] for name, one in form.items()}))

            def do_GET(self) -> None:
                token = parse_qs(urlsplit(self.path).query).get("access_token", [""])[0]
                known = token in owner.valid
                self._answer(200 if known else 401, {"email": USER} if known else {"error": "no"})

            def _answer(self, status: int, said: dict[str, Any]) -> None:
                body = json.dumps(said).encode()
                self.send_response(status)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_: object) -> None:
                """Say nothing."""

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Door)
        self.url = f"http://127.0.0.1:{self.server.server_address[1]}"

    def ask(self, form: dict[str, str]) -> tuple[int, dict[str, Any]]:
        if self.status != 200:
            return self.status, {"error": "temporarily_unavailable"}
        right = {
            "grant_type": "refresh_token",
            "refresh_token": self.right,
            "client_id": "tawasul",
        }
        if form != right:
            return 400, {"error": "invalid_grant"}
        self.given += 1
        token = f"token-{self.given}"
        self.valid.add(token)
        said = {"access_token": token, "token_type": "Bearer", "expires_in": self.lasts}
        if self.rotates:
            self.right = said["refresh_token"] = f"r-{self.given + 1}"
        return 200, said


def forget_everything() -> None:
    """Know no more of tokens than a process that has just started."""
    for known in (oauth._kept, oauth._renewed, oauth._unwritten, oauth._keepers):
        known.clear()


@pytest.fixture
def tokens() -> Iterator[Tokens]:
    made = Tokens()
    serving = threading.Thread(target=made.server.serve_forever, daemon=True)
    serving.start()
    forget_everything()
    yield made
    forget_everything()
    made.server.shutdown()
    made.server.server_close()
    serving.join()


class OauthDovecot(Dovecot):
    """A Dovecot that asks the identity provider about every token."""

    user = USER

    def __init__(self, tokens: Tokens) -> None:
        self._tokens = tokens
        super().__init__()

    def _write(self) -> None:
        super()._write()
        home = Path(self._home)
        config = (home / "dovecot.conf").read_text()
        config = config.replace("auth_mechanisms = plain login\n", "")
        (home / "dovecot.conf").write_text(config + OAUTH.format(home=home))
        (home / "oauth2.conf.ext").write_text(
            f"tokeninfo_url = {self._tokens.url}/info?access_token=\n"
            "introspection_mode = auth\nusername_attribute = email\nusername_format = %u\n"
        )


def settings(tokens: Tokens, **more: object) -> Settings:
    return load(
        {
            "address": USER,
            "outgoing": "keep",
            "oauth_token_url": f"{tokens.url}/token",
            "oauth_client_id": "tawasul",
            "oauth_refresh_token": "r-1",
        }
        | more
    )


def imap(tokens: Tokens, dovecot: Dovecot, **more: object) -> Settings:
    way = {"imap_host": "127.0.0.1", "imap_port": dovecot.port, "imap_tls": "none"}
    return settings(tokens, **way, imap_user=USER, **more)


def test_a_mailbox_is_read_with_a_token_that_is_kept_and_replaced_when_revoked(
    tokens: Tokens,
) -> None:
    with OauthDovecot(tokens) as dovecot:
        dovecot.deliver(mail())
        for _ in range(2):
            with Mailbox(imap(tokens, dovecot)) as mailbox:
                assert mailbox.select("INBOX").exists == 1
        assert tokens.given == 1
        tokens.valid.clear()
        with Mailbox(imap(tokens, dovecot)) as mailbox:
            assert mailbox.select("INBOX").exists == 1
        assert tokens.given == 2


def test_a_refresh_token_that_was_taken_away_is_a_wrong_password(tokens: Tokens) -> None:
    with pytest.raises(SignInFailed, match="invalid_grant"):
        oauth.access_token(settings(tokens, oauth_refresh_token="r-2"))


def test_a_provider_that_is_busy_or_away_is_tried_again(tokens: Tokens) -> None:
    tokens.status = 503
    with pytest.raises(TemporaryFailure):
        oauth.access_token(settings(tokens))
    with pytest.raises(Unreachable):
        oauth.access_token(settings(tokens, oauth_token_url="http://127.0.0.1:9/token"))


def test_a_token_is_not_used_to_its_last_minute(
    tokens: Tokens, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = 1000.0
    monkeypatch.setattr(oauth, "monotonic", lambda: now)
    first = oauth.access_token(settings(tokens))
    now += tokens.lasts - oauth.EARLY - 1
    assert oauth.access_token(settings(tokens)) == first
    now += 2
    assert oauth.access_token(settings(tokens)) != first


def test_a_refresh_token_that_the_provider_replaces_is_used_from_then_on(tokens: Tokens) -> None:
    tokens.rotates = True
    mailbox = settings(tokens)
    first = oauth.access_token(mailbox)
    second = oauth.access_token(mailbox, refused=first)
    assert oauth.access_token(mailbox, refused=second) == "token-3"


def test_a_replaced_refresh_token_is_told_until_it_is_written_down(tokens: Tokens) -> None:
    written = []
    tokens.rotates = True

    def keep(old: str, new: str) -> None:
        if tokens.given == 1:
            raise OSError("the database is away")
        written.append((old, new))

    oauth.tell_of_renewals(keep)
    first = oauth.access_token(settings(tokens))
    assert written == []
    oauth.access_token(settings(tokens), refused=first)
    assert written == [("r-1", "r-2"), ("r-2", "r-3")]


async def test_a_replaced_refresh_token_outlives_the_process(tokens: Tokens, db: object) -> None:
    assert db
    tokens.rotates = True
    values: dict[str, object] = {
        "address": USER,
        "outgoing": "keep",
        "oauth_token_url": f"{tokens.url}/token",
        "oauth_client_id": "tawasul",
        "oauth_refresh_token": "r-1",
    }
    account_id = await accounts.add("email", name="tokens", values=values, now=clock.now())
    other = await accounts.add(
        "email", name="other", values=values | {"oauth_refresh_token": "o"}, now=clock.now()
    )
    for given in (1, 2):
        forget_everything()
        write_down_renewals()
        account = await one(account_id)
        await asyncio.to_thread(oauth.access_token, account.settings)
        assert tokens.given == given
    assert (await one(account_id)).settings.oauth_refresh_token == "r-3"
    assert (await one(other)).settings.oauth_refresh_token == "o"
    assert "r-3" not in str(await sql.value("SELECT secrets::text FROM channel_accounts LIMIT 1"))


async def test_mail_leaves_with_a_token(tokens: Tokens) -> None:
    taken: list[bytes] = []

    class Door:
        async def auth_XOAUTH2(self, _server: SMTP, args: list[str]) -> AuthResult:  # noqa: N802
            user, bearer = base64.b64decode(args[1]).decode().rstrip("\x01").split("\x01")
            good = user == f"user={USER}" and bearer.removeprefix("auth=Bearer ") in tokens.valid
            return AuthResult(success=good, handled=False)

        async def handle_DATA(self, _server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802
            if not session.authenticated:
                return "530 5.7.0 sign in first"
            assert isinstance(envelope.content, bytes)
            taken.append(envelope.content)
            return "250 ok"

    port = _free_port()
    controller = Controller(Door(), hostname="127.0.0.1", port=port, auth_require_tls=False)
    controller.start()
    try:
        way = {"outgoing": "smtp", "smtp_host": "127.0.0.1", "smtp_port": port, "smtp_tls": "none"}
        with_token = settings(tokens, **way, smtp_user=USER)
        await client.send(mail(), with_token, recipients=["fatima@example.org"])
        tokens.valid.clear()
        await client.send(mail(), with_token, recipients=["fatima@example.org"])
        assert len(taken) == 2
        assert tokens.given == 2
    finally:
        await asyncio.to_thread(controller.stop)


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ({"oauth_token_url": "http://login.example/token"}, "oauth_token_url"),
        ({"oauth_client_id": ""}, "oauth_client_id"),
        ({"oauth_refresh_token": ""}, "oauth_refresh_token"),
        ({"imap_host": "mail.example", "imap_user": "x", "imap_password": "x"}, "imap_password"),
        ({"imap_host": "mail.example", "imap_user": "x", "imap_tls": "none"}, "imap_tls"),
    ],
)
def test_settings_that_would_leak_or_fail_are_refused(
    tokens: Tokens, values: dict[str, object], said: str
) -> None:
    with pytest.raises(ValueError, match=said):
        settings(tokens, **values)
