"""Every kind of channel, one line each; a kind's code is imported when it is first used."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from importlib import import_module
from typing import Any, cast

import msgspec

from channels.message import Parsed

NO_HEADERS: Mapping[str, str] = {}


@dataclass(frozen=True, slots=True)
class Channel:
    """One kind; its folder has `settings.Settings`, `settings.SECRET_FIELDS` and `parse.read`."""

    kind: str

    @property
    def settings_type(self) -> type[msgspec.Struct]:
        return cast("type[msgspec.Struct]", self._find("settings", "Settings"))

    @property
    def secret_fields(self) -> frozenset[str]:
        """Names of the settings that are stored encrypted and never shown."""
        return cast("frozenset[str]", self._find("settings", "SECRET_FIELDS"))

    def load(self, values: object) -> msgspec.Struct:
        """Check an account's settings; a ValueError says which one is wrong and why."""
        load = cast("Callable[[object], msgspec.Struct]", self._find("settings", "load"))
        return load(values)

    def parse(self, raw: bytes, headers: Mapping[str, str], settings: msgspec.Struct) -> Parsed:
        """Read one raw delivery; odd input becomes warnings, never an exception."""
        read = cast("Callable[..., Parsed]", self._find("parse", "read"))
        return read(raw, headers, settings)

    def inspect(self, raw: bytes) -> dict[str, Any]:
        """Say what the parser makes of a raw delivery, for people to look at."""
        inspect = cast("Callable[[bytes], dict[str, Any]]", self._find("parse", "inspect"))
        return inspect(raw)

    def _find(self, module: str, name: str) -> Any:
        return getattr(import_module(f"channels.{self.kind}.{module}"), name)


REGISTRY: dict[str, Channel] = {
    "email": Channel("email"),
}
