"""What an administrator tells us about one mailbox."""

import re
from typing import Annotated, Literal
from urllib.parse import urlsplit

import msgspec

TlsMode = Literal["tls", "starttls", "none"]
Switch = Literal["on", "off"]
Port = Annotated[int, msgspec.Meta(ge=1, le=65535)]

SECRET_FIELDS = frozenset(
    {"imap_password", "smtp_password", "oauth_client_secret", "oauth_refresh_token"}
)
SINGLE_LINE = (
    "sender_name",
    "imap_host",
    "imap_user",
    "smtp_host",
    "smtp_user",
    "authserv_id",
    "after_fetch",
    "oauth_token_url",
    "oauth_client_id",
    "oauth_scope",
)
ADDRESS = re.compile(r"[^\s@<>\"(),:;\\]+@[^\s@<>\"(),:;\\]+")
LOOPBACK = ("localhost", "127.0.0.1", "::1")


class Settings(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """One mailbox; an empty host means that this way (in or out) is not used.

    `outgoing` "keep" leaves answers on the desk's outgoing-mail page instead of sending them.
    `authserv_id` names the server whose Authentication-Results we believe; "-" means those that
    carry no name, as Microsoft 365 writes them; empty believes none.
    `after_fetch` says what happens on the server to mail that we have worked through: "keep",
    "delete", or "move:" and a folder's name.
    With `oauth_token_url` both servers are signed in to with tokens from there instead of passwords:
    by the refresh token if there is one, else as the application itself.
    """

    address: str
    sender_name: str = ""
    aliases: tuple[str, ...] = ()

    imap_host: str = ""
    imap_port: Port = 993
    imap_tls: TlsMode = "tls"
    imap_user: str = ""
    imap_password: str = ""
    imap_folders: tuple[str, ...] = ("INBOX",)

    smtp_host: str = ""
    smtp_port: Port = 465
    smtp_tls: TlsMode = "tls"
    smtp_user: str = ""
    smtp_password: str = ""

    oauth_token_url: str = ""
    oauth_client_id: str = ""
    oauth_client_secret: str = ""
    oauth_refresh_token: str = ""
    oauth_scope: str = ""

    after_fetch: str = "keep"

    outgoing: Literal["smtp", "keep"] = "smtp"
    acknowledge: Switch = "off"
    copy_followers: Switch = "off"
    quote_history: Switch = "off"
    signature: Annotated[str, msgspec.Meta(max_length=2_000)] = ""
    domain_mails_per_minute: Annotated[int, msgspec.Meta(ge=1, le=100_000)] = 120
    authserv_id: str = ""
    tls_verify: bool = True
    timeout_seconds: Annotated[int, msgspec.Meta(ge=1, le=600)] = 30
    max_mail_bytes: Annotated[int, msgspec.Meta(ge=100_000, le=200_000_000)] = 40_000_000

    def __post_init__(self) -> None:
        for address in (self.address, *self.aliases):
            if not ADDRESS.fullmatch(address):
                raise ValueError(f"address: {address!r} is not an e-mail address")
        for name in SINGLE_LINE:
            if any(ord(letter) < 32 for letter in getattr(self, name)):
                raise ValueError(f"{name}: must be one line without control characters")
        self._check_tokens()
        if self.after_fetch not in ("keep", "delete") and not self.moves_to:
            raise ValueError('after_fetch: must be "keep", "delete" or "move:" and a folder')
        if self.moves_to in self.imap_folders:
            raise ValueError("after_fetch: mail cannot be moved into a folder that is read")
        if self.imap_host and not self.imap_folders:
            raise ValueError("imap_folders: name at least one folder, for example INBOX")
        self._check_way("imap", self.imap_host, self.imap_tls, self.imap_user, self.imap_password)
        if self.outgoing == "smtp" and not self.smtp_host:
            raise ValueError('smtp_host: missing; to send nothing, set outgoing to "keep"')
        self._check_way("smtp", self.smtp_host, self.smtp_tls, self.smtp_user, self.smtp_password)

    def _check_tokens(self) -> None:
        if not self.oauth_token_url:
            return
        url = urlsplit(self.oauth_token_url)
        if url.scheme != "https" and not (url.scheme == "http" and url.hostname in LOOPBACK):
            raise ValueError("oauth_token_url: must be an https:// address")
        if not self.oauth_client_id:
            raise ValueError("oauth_client_id: missing; tokens are asked for in its name")
        if not (self.oauth_refresh_token or self.oauth_client_secret):
            raise ValueError("oauth_refresh_token: missing; or give oauth_client_secret")
        for way in ("imap", "smtp"):
            if getattr(self, f"{way}_password"):
                raise ValueError(f"{way}_password: not used together with oauth_token_url")
            unsafe = getattr(self, f"{way}_tls") == "none"
            if unsafe and getattr(self, f"{way}_host") not in ("", *LOOPBACK):
                raise ValueError(f'{way}_tls: "none" would send the token in the clear')

    def _check_way(self, way: str, host: str, tls: TlsMode, user: str, password: str) -> None:
        if not host:
            return
        if bool(user) != bool(password) and not self.oauth_token_url:
            missing = "password" if user else "user"
            raise ValueError(f"{way}_{missing}: missing; user and password go together")
        if way == "imap" and not user:
            raise ValueError("imap_user: missing; a mailbox is read with a user and a password")
        if password and tls == "none" and host not in LOOPBACK:
            raise ValueError(
                f'{way}_tls: "none" would send the password in the clear to {host}; '
                'use "tls" or "starttls"'
            )

    def __repr__(self) -> str:
        """Keep passwords out of logs and tracebacks."""
        return f"Settings(address={self.address!r})"

    @property
    def own_addresses(self) -> frozenset[str]:
        """Every address under which people write to this mailbox, in lower case."""
        return frozenset(address.lower() for address in (self.address, *self.aliases))

    @property
    def moves_to(self) -> str:
        """The folder into which mail is moved that we have worked through, if any."""
        found = self.after_fetch.partition("move:")
        return found[2].strip() if not found[0] else ""

    @property
    def domain(self) -> str:
        return self.address.rpartition("@")[2].lower()


def load(values: object) -> Settings:
    """Check what was typed or stored; a ValueError says which setting is wrong and why."""
    try:
        return msgspec.convert(values, Settings, strict=False)
    except msgspec.ValidationError as error:
        raise ValueError(_plain(str(error))) from error


def _plain(complaint: str) -> str:
    """Say `imap_port: Expected …` instead of msgspec's path notation."""
    found = re.fullmatch(r"(?s)(.*) - at `\$\.?(.*)`", complaint)
    return f"{found[2]}: {found[1]}" if found and found[2] else complaint
