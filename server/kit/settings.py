"""Every setting of the system, typed, read once from ``TAWASUL_*`` variables.

Any variable may instead be given as ``NAME_FILE``, the path of a file that holds the value, so that a
secret need not stand in the environment.
"""

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

PREFIX = "TAWASUL_"


class WrongSetting(ValueError):
    """A setting is missing or cannot be used; the message names it and says why."""


@dataclass(frozen=True, slots=True)
class Settings:
    """What the processes run with. Times are in seconds."""

    data_dir: Path
    database_url: str
    broker_url: str
    files_url: str
    base_url: str
    secret_key: bytes
    secret_keys_old: tuple[bytes, ...]
    mail_domain: str
    zone: str
    locale: str
    host: str
    port: int
    smtp_host: str
    smtp_port: int
    undo_seconds: float
    secure_cookies: bool
    log_format: str
    metrics_token: str
    webhooks_private: bool
    testing: bool
    clock_offset: float


class _Reader:
    def __init__(self, environ: Mapping[str, str]) -> None:
        self._environ = environ

    def text(self, name: str, default: str | None = None) -> str:
        key = PREFIX + name
        if path := self._environ.get(f"{key}_FILE"):
            try:
                return Path(path).read_text(encoding="utf-8").strip()
            except OSError as error:
                raise WrongSetting(f"{key}_FILE: {error.strerror}: {path}") from error
        value = self._environ.get(key, default)
        if value is None:
            raise WrongSetting(f"{key} is not set")
        return value

    def number(self, name: str, default: str) -> float:
        value = self.text(name, default)
        try:
            return float(value)
        except ValueError as error:
            raise WrongSetting(f"{PREFIX}{name} must be a number, not {value!r}") from error

    def port(self, name: str, default: str) -> int:
        number = self.number(name, default)
        if number != int(number) or not 0 <= number <= 65535:
            raise WrongSetting(f"{PREFIX}{name} must be a port from 0 to 65535")
        return int(number)

    def zone(self, name: str, default: str) -> str:
        value = self.text(name, default)
        try:
            ZoneInfo(value)
        except (ValueError, OSError, ZoneInfoNotFoundError) as error:
            raise WrongSetting(
                f"{PREFIX}{name} must be a zone such as {default}, not {value!r}"
            ) from error
        return value

    def files(self, name: str, default: str) -> str:
        value = self.text(name, default)
        if not value.startswith("file:///"):
            raise WrongSetting(f"{PREFIX}{name} must be a file:/// address")
        return value

    def one_of(self, name: str, choices: Sequence[str]) -> str:
        """Return one of the choices, of which the first is the default."""
        value = self.text(name, choices[0])
        if value not in choices:
            raise WrongSetting(f"{PREFIX}{name} must be {' or '.join(choices)}, not {value!r}")
        return value

    def flag(self, name: str) -> bool:
        value = self.text(name, "").lower()
        if value not in {"", "0", "1", "false", "true"}:
            raise WrongSetting(f"{PREFIX}{name} must be 0 or 1")
        return value in {"1", "true"}


def read(environ: Mapping[str, str]) -> Settings:
    """Read the settings; raise :class:`WrongSetting` for the first that cannot be used."""
    env = _Reader(environ)
    data_dir = Path(env.text("DATA_DIR", "data")).absolute()
    database_url = env.text("DATABASE_URL")
    base_url = env.text("BASE_URL", "http://localhost:8000").rstrip("/")
    testing = env.flag("TESTING")
    clock_offset = env.number("CLOCK_OFFSET", "0")
    if clock_offset and not testing:
        raise WrongSetting(f"{PREFIX}CLOCK_OFFSET is for tests only and needs {PREFIX}TESTING=1")
    return Settings(
        data_dir=data_dir,
        database_url=database_url,
        broker_url=env.text("BROKER_URL", database_url),
        files_url=env.files("FILES_URL", (data_dir / "files").as_uri()),
        base_url=base_url,
        secret_key=_key(env.text("SECRET_KEY")),
        secret_keys_old=tuple(_key(key) for key in env.text("SECRET_KEYS_OLD", "").split()),
        mail_domain=env.text("MAIL_DOMAIN", "tawasul.localhost"),
        zone=env.zone("ZONE", "Asia/Riyadh"),
        locale=env.one_of("LOCALE", ("ar", "en")),
        host=env.text("HOST", "127.0.0.1"),
        port=env.port("PORT", "8000"),
        smtp_host=env.text("SMTP_HOST", "127.0.0.1"),
        smtp_port=env.port("SMTP_PORT", "2525"),
        undo_seconds=env.number("UNDO_SECONDS", "10"),
        secure_cookies=base_url.startswith("https://"),
        log_format=env.text("LOG_FORMAT", "console"),
        metrics_token=env.text("METRICS_TOKEN", ""),
        webhooks_private=env.flag("WEBHOOKS_PRIVATE"),
        testing=testing,
        clock_offset=clock_offset,
    )


def _key(text: str) -> bytes:
    if len(text) < 32:
        raise WrongSetting(f"{PREFIX}SECRET_KEY must have at least 32 characters")
    return text.encode()


@cache
def settings() -> Settings:
    """Return this process's settings."""
    return read(os.environ)
